"""Measure terms: each term lists the rows it counts in one town, so that every figure links to its rows."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from workflow.assessment.facts import paced_duties, row_terms
from workflow.assessment.facts.facts_as_of import HouseholdFact, TicketFact
from workflow.assessment.facts.known_facts import Known
from workflow.assessment.facts.paced_duties import Pace
from workflow.policy.scheme.measures import Measure
from workflow.policy.worktime import local_date

_FINE = ("met", "not_applicable")


def amount(known: Known, measure: Measure, term: str, town_id: int) -> int:
    """What a term counts in a town: rows, or for entries of duties the sum of their counts.

    Raises KeyError for a term of reported figures.
    """
    if term == "quota.target":
        return row_terms.quota_target(known, town_id)
    if not term.startswith("entries."):
        return len(rows(known, measure, term, town_id))
    name = term.removeprefix("entries.")
    return sum(getattr(pace, name) for _, pace in paced(known, measure, town_id))


def paced(known: Known, measure: Measure, town_id: int) -> list[tuple[str, Pace]]:
    """The countable duties of a measure that the town owes, by number."""
    codes = paced_duties.codes_of(known.setting.scheme, measure)
    return [
        (fact.number, known.paces[fact.id])
        for fact in known.tickets.get(town_id, ())
        if fact.duty_code in codes and fact.id in known.paces
    ]


def rows(known: Known, measure: Measure, term: str, town_id: int) -> list[str]:
    """The rows a term counts in a town: numbers of tickets and duties, codes of households and villages, or of people the
    code of the household and the position in it, in order.

    Raises KeyError for a term of reported figures, which have no rows here.
    """
    if term.partition(".")[0] in row_terms.KINDS:
        return list(row_terms.rows(known, term, town_id))
    return list(_TERMS[term](known, measure, town_id))


def _on_register(known: Known, measure: Measure, town: int) -> Iterator[HouseholdFact]:
    return (home for home in known.homes.get(town, ()) if home.status in ("new", "in", "pre_exit"))


def _with_labour(known: Known, measure: Measure, town: int) -> Iterator[HouseholdFact]:
    return (home for home in _on_register(known, measure, town) if home.labour == "with")


def _leaving(known: Known, measure: Measure, town: int) -> Iterator[HouseholdFact]:
    return (home for home in known.homes.get(town, ()) if home.status == "pre_exit")


def _fine(known: Known, home: HouseholdFact, have: str | None) -> bool:
    states = known.haves[home.id]
    return all(state.result in _FINE for code, state in states.items() if have in (None, code))


def _income_have(known: Known) -> str:
    rule = known.setting.scheme.exit.income
    return rule.have if rule else ""


def _checked(known: Known, measure: Measure, town: int) -> Iterable[str]:
    return known.checked.get(town, {})


def _held(known: Known, measure: Measure, town: int) -> Iterable[str]:
    return [code for code, held in known.checked.get(town, {}).items() if held]


def _visited_households(known: Known, measure: Measure, town: int) -> Iterator[HouseholdFact]:
    since = local_date(known.at) - timedelta(days=known.setting.scheme.exit.visit_days)
    return (home for home in _on_register(known, measure, town) if (home.visited_on or date.min) >= since)


def _labour(able: bool) -> Callable[[Known, Measure, int], Iterator[HouseholdFact]]:
    def leaving(known: Known, measure: Measure, town: int) -> Iterator[HouseholdFact]:
        wanted = ("with",) if able else ("partly", "none")
        return (home for home in _leaving(known, measure, town) if home.labour in wanted)

    return leaving


def _codes(
    which: Callable[[Known, Measure, int], Iterator[HouseholdFact]],
    asked: Callable[[Known, Measure], str | None] | None = None,
) -> Callable[[Known, Measure, int], Iterable[str]]:
    def codes_of(known: Known, measure: Measure, town: int) -> Iterable[str]:
        for home in which(known, measure, town):
            if asked is None or _fine(known, home, asked(known, measure)):
                yield home.code

    return codes_of


def _tickets(
    keep: Callable[[Known, TicketFact, int], bool], duty: bool
) -> Callable[[Known, Measure, int], Iterable[str]]:
    def numbers_of(known: Known, measure: Measure, town: int) -> Iterable[str]:
        scheme = known.setting.scheme
        codes: Iterable[str] = measure.duties if duty else measure.kinds
        if not codes:
            codes = (
                [entry.code for entry in scheme.duties.list if entry.item == measure.item]
                if duty
                else [kind.code for kind in scheme.kinds if kind.indicator == measure.item]
            )
        wanted = frozenset(codes)
        for fact in known.tickets.get(town, ()):
            ours = (fact.duty_unit_id is not None) == duty
            # A duty that does not apply is neither reached nor missed.
            if ours and not fact.none and (fact.duty_code if duty else fact.kind) in wanted and keep(known, fact, town):
                yield fact.number

    return numbers_of


def _closed(known: Known, fact: TicketFact, town: int) -> bool:
    return fact.state == "closed" and fact.ended_at is not None and fact.ended_at >= known.year_began


def _on_time(known: Known, fact: TicketFact, town: int) -> bool:
    return _closed(known, fact, town) and town not in fact.late


def _reached_on_time(known: Known, fact: TicketFact, town: int) -> bool:
    # A form that falls short of the item was accepted with its reason, and is still not what the item demands.
    return _on_time(known, fact, town) and not fact.short


def _is_open(known: Known, fact: TicketFact, town: int) -> bool:
    return fact.ended_at is None


def _overdue(known: Known, fact: TicketFact, town: int) -> bool:
    # Held by the town itself: a bureau's delay is not charged to it.
    return fact.ended_at is None and fact.holder_unit_id == town and fact.due_at is not None and fact.due_at < known.at


def _kept(known: Known, fact: TicketFact, town: int) -> bool:
    return _closed(known, fact, town) and fact.id not in known.not_held


def _closing(known: Known, fact: TicketFact, town: int) -> bool:
    """A closing of the year, also of a ticket that is open again because it did not hold."""
    return _closed(known, fact, town) or (fact.ended_at is None and fact.id in known.not_held)


_TERMS: dict[str, Callable[[Known, Measure, int], Iterable[str]]] = {
    "households.on_register": _codes(_on_register),
    "households.labour": _codes(_with_labour),
    "households.visited": _codes(_visited_households),
    "households.pre_exit": _codes(_leaving),
    "households.all_met": _codes(_leaving, lambda known, measure: None),
    "households.have_met": _codes(_leaving, lambda known, measure: measure.have),
    "households.able": _codes(_labour(True)),
    "households.able_earning": _codes(_labour(True), lambda known, measure: _income_have(known)),
    "households.unable": _codes(_labour(False)),
    "households.unable_covered": _codes(_labour(False), lambda known, measure: _income_have(known)),
    "households.checked": _checked,
    "households.held": _held,
    "tickets.closed": _tickets(_closed, False),
    "tickets.closed_on_time": _tickets(_on_time, False),
    "tickets.open": _tickets(_is_open, False),
    "tickets.open_overdue": _tickets(_overdue, False),
    "tickets.closings": _tickets(_closing, False),
    "tickets.kept": _tickets(_kept, False),
    "duties.closed": _tickets(_closed, True),
    "duties.closed_on_time": _tickets(_reached_on_time, True),
    "duties.open_overdue": _tickets(_overdue, True),
}
