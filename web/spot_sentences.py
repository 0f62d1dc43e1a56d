"""Sentences and words about spot checks: why one was refused, and how one stands."""

from flask_babel import gettext as _


def errors() -> dict[str, str]:
    """Sentences by code."""
    return {
        "spot_checks_not_yours": _(
            "Spot checks are for the towns that make them and for who reads the county; use your own list."
        ),
        "no_such_spot_check": _("There is no such spot check, or it is not yours to see; follow a link of the list."),
        "no_such_draw": _("There is no draw of “{month}”; choose one of the listed months."),
        "spot_check_of_another": _("This check was given to another unit; leave it to them."),
        "spot_check_lapsed": _("The ticket was reopened meanwhile; there is nothing left to look at."),
        "spot_check_made": _("This check was made already; load the list again."),
        "unknown_spot_result": _("Choose whether the closing holds (holds) or was false (false)."),
        "visit_before_draw": _("The visit must not be before {day}, when the ticket was drawn; visit it now."),
        "bad_month": _("“{month}” is no month; write it like 2018-11."),
    }


def fields() -> dict[str, str]:
    """What people call the inputs."""
    return {"result": _("what was found"), "month": _("month")}


def spot_status(status: str) -> str:
    """How a check stands."""
    return {
        "todo": _("to be made"),
        "overdue": _("not made in time"),
        "holds": _("the closing holds"),
        "false": _("false closing"),
        "lapsed": _("lapsed, reopened before"),
    }[status]


def month_name(month: str) -> str:
    """A month as it is written: 2018年11月, 2018-11."""
    from web.sentences import chinese

    year, number = month.split("-")
    return f"{year}年{int(number)}月" if chinese() else month
