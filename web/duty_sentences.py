"""Sentences about duties: why an entry or a form was refused, and what people call periods and due rules."""

from flask_babel import gettext as _

from web.say import chinese
from workflow.policy.scheme.duties import Due


def errors() -> dict[str, str]:
    """Why a form, an entry or a calendar was refused."""
    return {
        "not_a_form": _("“{field}” must be an object of fields; see what the duty asks for."),
        "choice_unknown": _("“{field}” has no choice “{choice}”; take one of the list."),
        "not_a_figure": _("“{field}” must be a figure of at least nought, with at most two decimals."),
        "target_not_reached": _(
            "{done} of {target} are there; make the missing entries, or say in “{field}” what is missing and why."
        ),
        "counts_no_entries": _("This counts no entries; it is reported when it is done."),
        "entries_not_yours": _("Entries are made by the unit that owes the duty; ask it."),
        "entries_closed": _("Entries are made while the duty is in progress; it is “{state}”."),
        "outside_period": _("“{field}” must lie between {first} and {last}; give a day of the period."),
        "no_such_entry": _("There is no such entry here, or it was withdrawn; load the page again."),
        "entry_corrected": _("This entry was corrected or withdrawn already; load the page again."),
        "duties_not_yours": _(
            "The calendar of duties is for the units that owe them and for who reads the county; ask your town."
        ),
        "duties_of_another": _("You see the duties of your own unit; leave the unit out."),
        "unit_owes_nothing": _("“{unit}” owes no duties; name a town, a bureau or the office."),
        "bad_item": _("“{field}” must be the number of an item, or 0 for the closing paragraphs."),
    }


def fields() -> dict[str, str]:
    """What people call the inputs of duties."""
    return {
        "on": _("day"),
        "missing": _("what is missing and why"),
        "form": _("form"),
        "fields": _("fields"),
        "entry": _("entry"),
        "item": _("item"),
        "corrects": _("corrected entry"),
    }


def period_name(code: str) -> str:
    """What people call a period: 2018-Q3 is 2018年第三季度."""
    year, part = code[:4], code[5:]
    if not part:
        return _("year %(year)s", year=year)
    if part[0] == "Q":
        return (
            f"{year}年第{'一二三四'[int(part[1]) - 1]}季度"
            if chinese()
            else _("quarter %(n)s of %(year)s", n=part[1], year=year)
        )
    if part[0] == "H":
        return _("first half of %(year)s", year=year) if part == "H1" else _("second half of %(year)s", year=year)
    if len(code) > 7:
        day, _sign, edition = code.partition("#")
        month, number = int(day[5:7]), int(day[8:])
        told = f"{year}年{month}月{number}日排名" if chinese() else _("ranking of %(day)s", day=day)
        return f"{told} {_('edition %(n)s', n=edition)}" if edition else told
    return f"{year}年{int(part)}月" if chinese() else f"{year}-{part}"


def item_name(item: int | None) -> str:
    """Where in the notice a duty stands."""
    return _("closing paragraphs") if item is None else _("item %(n)s", n=item)


def due_name(due: Due) -> str:
    """By which rule a duty is due."""
    if due.by == "last":
        return _("by the last working day of the period")
    if due.by == "end":
        return _("within %(n)s working days after the period", n=due.days)
    if due.by == "report":
        return _("with the written report on the ranking, at the scheme’s hour")
    if due.by == "opened":
        return _("within %(n)s working days after the step before", n=due.days)
    month, day = str(due.date).split("-")
    return f"{int(month)}月{int(day)}日前" if chinese() else _("by %(date)s", date=due.date)
