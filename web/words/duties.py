"""Duties: periods, due rules and items of the notice in words, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add, label
from web.words.language import chinese, listing, say
from workflow.policy.scheme.duties import Count, Due
from workflow.tickets.actions.entry_credits import Credit

add(
    {
        "field": {
            "on": _l("day"),
            "missing": _l("what is missing and why"),
            "form": _l("form"),
            "fields": _l("form fields"),
            "entry": _l("entry"),
            "item": _l("item"),
            "corrects": _l("corrected entry"),
        },
        "duty.span": {"day": _l("day"), "month": _l("month"), "quarter": _l("quarter")},
        "duty.uncounted": {
            "short": _l("it falls short of the item"),
            "village": _l("the village is not one of those to be visited"),
            "once": _l("another entry with the same %(parts)s counts already"),
            "beyond": _l("the village has no more households on the register"),
            "nothing": _l("it names none"),
        },
        "duty.standing": {
            "all": _l("All duties"),
            "on_time": _l("Done on time"),
            "late": _l("Done late"),
            "overdue": _l("Overdue"),
            "ahead": _l("Not yet due"),
            "open": _l("To be submitted"),
            "waiting": _l("Waiting for confirmation"),
            "done": _l("Closed"),
        },
        "error": {
            "unknown_duties": _l("There is no such list of duties. Open it from the board or the calendar of duties."),
            "not_a_form": _l("“%(field)s” must be an object with the fields of the duty. See the duty."),
            "choice_unknown": _l("“%(field)s” has no choice “%(choice)s”. Choose one from the list."),
            "not_a_count": _l("“%(field)s” must be a whole number of 0 or more."),
            "above_households": _l(
                "“%(field)s” can be at most %(most)s: %(village)s has no more households on the register."
            ),
            "not_a_figure": _l("“%(field)s” must be 0 or more, with at most two decimal places."),
            "target_not_reached": _l(
                "%(done)s of %(target)s are recorded. Add the missing entries, or explain the shortfall in “%(field)s”."
            ),
            "counts_no_entries": _l("This duty does not count entries. Report it once when it is done."),
            "entries_not_yours": _l("Only the responsible unit can record entries. Contact that unit."),
            "entries_closed": _l("Entries can be recorded only while the duty is in progress. It is “%(state)s”."),
            "below_least": _l("“%(field)s” must be at least %(least)s. Check the figure."),
            "above_most": _l("“%(field)s” must be at most %(most)s. Check the figure."),
            "too_short": _l(
                "“%(field)s” says too little. Write at least %(least)s characters about what was found or done, on which day "
                "and how much; %(counted)s count so far, without repetition and stock phrases."
            ),
            "form_impossible": _l(
                "The figures contradict each other: %(rule)s. Correct “%(field)s” or the other figure."
            ),
            "none_unstated": _l(
                "“%(field)s” is 0, and nothing of nothing reaches no item. Enter the figure, or say under “%(says)s” why "
                "there is none."
            ),
            "none_and_some": _l(
                "“%(field)s” is more than 0, yet “%(says)s” says that there is none. Clear the one or enter 0 in the other."
            ),
            "text_of_none": _l(
                "“%(field)s” says something, yet by “%(whole)s” there is none to speak of. Correct the figure, or leave this empty."
            ),
            "form_above_rows": _l(
                "“%(field)s” is %(figure)s, more than the %(rows)s that the system itself counts. Correct it, or give the "
                "reason here."
            ),
            "form_below_rows": _l(
                "“%(field)s” is %(figure)s, far less than the %(rows)s that the system itself counts. Correct it, or give "
                "the reason here."
            ),
            "form_none_rows": _l(
                "“%(field)s” is 0, stated as none, yet the system itself counts %(rows)s. Correct it, or give the reason here."
            ),
            "above_rows": _l("“%(field)s” can be at most %(most)s (%(from)s). Check the figure."),
            "form_not_reached": _l("This falls short of the item: %(rule)s. Correct it, or give the reason here."),
            "form_unusual": _l("This is far from what is usual: %(rule)s. Check the figures, or give the reason here."),
            "town_unknown": _l(
                "“%(town)s” in “%(field)s” is no town of the county. Name the towns as the county does, with 、 between them."
            ),
            "outside_period": _l("“%(field)s” must be between %(first)s and %(last)s. Enter a day of the period."),
            "no_such_entry": _l("There is no such entry, or it was withdrawn. %(again)s"),
            "entry_corrected": _l("This entry was already corrected or withdrawn. %(again)s"),
            "duties_not_yours": _l(
                "The calendar of duties is visible to the responsible units and to county-level users. Ask your town."
            ),
            "duties_of_another": _l("You can see only the duties of your own unit. Leave out the unit."),
            "unit_owes_nothing": _l("“%(unit)s” has no duties. Choose a town, a bureau or the office."),
            "bad_item": _l("“%(field)s” must be the number of an item, or 0 for the closing paragraphs."),
        },
    }
)


def period_name(code: str) -> str:
    """The name of a period: 2018-Q3 is 2018年第三季度."""
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
        name = f"{year}年{month}月{number}日排名" if chinese() else _("ranking of %(day)s", day=day)
        return f"{name} {_('edition %(n)s', n=edition)}" if edition else name
    return f"{year}年{int(part)}月" if chinese() else f"{year}-{part}"


def item_name(item: int | None) -> str:
    """The item of the notice on which a duty rests."""
    return _("closing paragraphs") if item is None else _("item %(n)s", n=item)


def due_name(due: Due) -> str:
    """By which rule a duty is due."""
    if due.by == "last":
        return _("by the last working day of the period")
    if due.by == "end":
        return _("within %(n)s working days after the period", n=due.days)
    if due.by == "report":
        return _("with the written report on the ranking, at the hour set by the scheme")
    if due.by == "opened":
        return _("within %(n)s working days after the previous step", n=due.days)
    month, day = str(due.date).split("-")
    return f"{int(month)}月{int(day)}日前" if chinese() else _("by %(date)s", date=due.date)


def uncounted(credit: Credit | None, count: Count) -> str:
    """Why an entry adds nothing, or less than it says, to the progress of its duty; empty where it counts in full."""
    if credit is None or not credit.why:
        return ""
    names = {field.code: say(field.name) for field in count.fields}
    parts = listing(names.get(part) or label("duty.span", part) for part in count.once_per)
    why = label("duty.uncounted", credit.why) % {"parts": parts}
    if credit.amount:
        return _("Only %(n)s counted: %(why)s.", n=credit.amount, why=why)
    return _("Not counted: %(why)s.", why=why)
