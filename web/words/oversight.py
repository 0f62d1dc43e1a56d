"""Oversight: labels of spot checks and of a held sweep, and the sentences of errors of spot checks, signals and the audit trail."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "spot_check.status": {
            "todo": _l("to be made"),
            "overdue": _l("not made in time"),
            "holds": _l("the closing holds"),
            "false": _l("false closing"),
            "lapsed": _l("lapsed, reopened before"),
        },
        "sweep.hold": {
            "clock_backwards": _l("The clock of the worker ran backwards."),
            "clock_leap": _l("The clock of the worker leapt ahead by more than a day."),
        },
        "unit_account.figure": {
            "held": _l("Time held"),
            "on_time": _l("Ended on time"),
            "late": _l("Ended late"),
            "charged": _l("Charged to it"),
            "credited": _l("Credited to it"),
            "false_mended": _l("False closings it had mended"),
            "false_confirmed": _l("False closings it had confirmed"),
        },
        "charge.ground": {
            "ruling": _l("charged by a ruling"),
            "late_answer": _l("charged for a late answer"),
            "downtime": _l("charged to the system's own downtime"),
        },
        "export.list": {
            "households": _l("Households"),
            "tickets": _l("Tickets"),
            "report": _l("Written report"),
            "ledger": _l("Ledger of open tickets"),
            "household_file": _l("File of a household"),
            "sheet": _l("Sheet of a unit"),
            "draft": _l("Draft of a periodic report"),
        },
        "field": {
            "month": _l("month"),
        },
        "error": {
            "account_not_yours": _l(
                "A unit's account is for the unit itself and for who reads the county; ask your own unit."
            ),
            "unknown_figure": _l("There is no figure “%(figure)s” here; follow one of the links of the account."),
            "signals_not_yours": _l("Signals are for the office and the inspectorate; use your own list."),
            "unknown_signal": _l("There is no signal “%(signal)s”; follow one of the links of the signals' page."),
            "board_not_yours": _l("Each unit and village sees its own board; the county's readers see every one."),
            "trail_not_yours": _l("The audit trail is for the inspectorate; ask it."),
            "too_much_to_verify": _l("There are more than %(most)s events; run `flask --app wsgi verify` instead."),
            "future_sweep": _l("A sweep in the future that writes is refused in production; add --dry-run."),
            "bad_moment": _l("“%(value)s” is not a moment; write it like 2018-11-20T10:00."),
            "spot_checks_not_yours": _l(
                "Spot checks are for the towns that make them and for who reads the county; use your own list."
            ),
            "no_such_spot_check": _l(
                "There is no such spot check, or it is not yours to see; follow a link of the list."
            ),
            "no_such_draw": _l("There is no draw of “%(month)s”; choose one of the listed months."),
            "spot_check_of_another": _l("This check was given to another unit; leave it to them."),
            "spot_check_lapsed": _l("The ticket was reopened meanwhile; there is nothing left to look at."),
            "spot_check_made": _l("This check was made already; load the list again."),
            "unknown_spot_result": _l("Choose whether the closing holds (holds) or was false (false)."),
            "visit_before_draw": _l("The visit must not be before %(day)s, when the ticket was drawn; visit it now."),
            "bad_month": _l("“%(month)s” is no month; write it like 2018-11."),
            "release_not_yours": _l("A held sweep is released by the county office or the administrator; ask them."),
            "nothing_holds": _l("The sweep does not hold; there is nothing to release."),
        },
    }
)
