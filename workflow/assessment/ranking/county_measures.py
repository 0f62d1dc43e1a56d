"""County measures (县级事项): duties, entries and reports of bureaus and offices at a moment, counted for the county
itself.

Source: the notice's items 3, 4, 13 and 14, as far as only the county can achieve them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import DutyEntry
from workflow.assessment import reported_figures
from workflow.assessment.facts.facts_as_of import TicketFact
from workflow.assessment.facts.known_facts import Known
from workflow.assessment.ranking.measure_terms import rows
from workflow.county.context import CountyContext
from workflow.policy.scheme.duties import Duty
from workflow.policy.scheme.measures import CountyMeasure, Measure
from workflow.tickets.actions import entry_credits

#: One term of a measure: its amount, and the numbers of duties (for entries with their days) behind it.
Counted = tuple[int, tuple[str, ...]]


def figures(
    session: Session, setting: CountyContext, known: Known, on: date, known_at: datetime
) -> list[dict[str, Any]]:
    """(Σ of, Σ to) of every county measure, in the form of the snapshot; without its reported numerator a measure has no
    data, whatever its rows say."""

    def told(measure: CountyMeasure) -> bool:
        if measure.reported_by is None:
            return True
        reported = reported_figures.latest(session, setting, measure.code, on, known_at)
        figure = reported.get(setting.by_code[measure.reported_by].id)
        return figure is not None and not figure.none_here

    return [
        {
            "code": measure.code,
            "item": measure.item,
            **{
                part: sum(
                    counted(session, setting, known, measure, term, on, known_at)[0]
                    for term in (getattr(measure, part) if told(measure) else ())
                )
                for part in ("of", "to")
            },
        }
        for measure in setting.scheme.county_measures
    ]


def counted(
    session: Session,
    setting: CountyContext,
    known: Known,
    measure: CountyMeasure,
    term: str,
    on: date,
    known_at: datetime,
) -> Counted:
    """The rows counted by one term."""
    if term.startswith("reported."):
        unit = setting.by_code[str(measure.reported_by)].id
        figure = reported_figures.latest(session, setting, measure.code, on, known_at).get(unit)
        return (getattr(figure, term.removeprefix("reported.")) if figure is not None else 0), ()
    if measure.whole_counted:
        whole = Measure.model_validate(measure.model_dump())
        count = sum(len(rows(known, whole, term, setting.by_code[town].id)) for town in setting.scheme.towns)
        # A sum of money of the whole county names nobody it is due for.
        return count * measure.each, ()
    own = [unit for unit in setting.units.values() if unit.type != "town"]
    if term.startswith("duties."):
        # The vocabulary is shared with towns; here it counts duties that no town owes.
        of_unit = Measure.model_validate(measure.model_dump())
        keys = tuple(number for unit in own for number in rows(known, of_unit, term, unit.id))
        return len(keys), keys
    facts = [fact for unit in own for fact in known.tickets.get(unit.id, ()) if fact.state != "withdrawn"]
    total, counted_keys = 0, list[str]()
    for duty in (setting.scheme.duty(code) for code in measure.duties):
        owed = [fact for fact in facts if fact.duty_code == duty.code and fact.filed_at >= known.year_began]
        for group in [owed] if duty.count is not None and duty.count.together else [[fact] for fact in owed]:
            if term == "entries.target":
                total += _target(known, duty) if group else 0
            else:
                amount, entered = _entered(session, known, duty, group)
                total, counted_keys = total + amount, counted_keys + entered
    return total, tuple(counted_keys)


def _target(known: Known, duty: Duty) -> int:
    """What the duty prescribes for the county: a number, or all its villages of the moment."""
    if duty.count is None:
        return 0
    return len(known.counted.villages) if duty.count.of == "villages" else duty.count.target or 0


def _entered(session: Session, known: Known, duty: Duty, facts: Iterable[TicketFact]) -> tuple[int, list[str]]:
    """The entries of these duties valid at the moment, those that count as one once, and what they count: of a sum no more
    than the duty prescribes, since who took part twice is one."""
    numbers, at = {fact.id: fact.number for fact in facts}, known.at
    later = aliased(DutyEntry)
    standing = (
        select(DutyEntry)
        .outerjoin(later, (later.corrects_id == DutyEntry.id) & (later.at <= at))
        .where(DutyEntry.ticket_id.in_(numbers), DutyEntry.at <= at, later.id.is_(None), DutyEntry.void.is_(False))
        .order_by(DutyEntry.on, DutyEntry.id)
    )
    by_key: dict[object, str] = {}
    rows = list(session.scalars(standing))
    if duty.count is not None:
        such = known.counted.such(duty.count.villages) if duty.count.villages else None
        rows = entry_credits.counting(duty.count, rows, such)
    for row in rows:
        once = duty.count.once_per if duty.count is not None else ()
        key = tuple(entry_credits.part(row, name) for name in once) if once else row.id
        by_key.setdefault(key, f"{numbers[row.ticket_id]} {row.on.isoformat()}")
    if duty.count is not None and duty.count.sum is not None:
        worth = sum(credit.amount for credit in entry_credits.credits_of(duty.count, rows, {}).values())
        return min(worth, _target(known, duty)), list(by_key.values())
    return len(by_key), list(by_key.values())
