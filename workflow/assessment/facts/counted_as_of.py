"""Counted rows as of a moment: villages with what the office entered of them, their incomes, and the quota's houses."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, QuotaHouse, Village
from models.counted_rows import HOUSE_STEPS
from workflow.assessment.facts.places_as_of import living_villages, moved_since, village_towns
from workflow.county.context import CountyContext
from workflow.policy.poor_villages import hard_villages
from workflow.register.counted.quota_history import recorded_house
from workflow.register.counted.village_surveys import standing
from workflow.register.counted.villages import income_line_fen

_CHUNK = 500


@dataclass(slots=True)
class VillageFact:
    """One village at the moment; `reached`: whether its income reaches the line, None while none is entered."""

    code: str
    town_id: int
    listed_poor: bool
    poor_people: int | None
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class HouseFact:
    """One house of the quota at the moment, with the days that count."""

    paid_on: date | None
    finished_on: date | None


@dataclass(frozen=True, slots=True)
class CountedRows:
    """Villages by code, and the quota's houses by household."""

    villages: dict[str, VillageFact] = field(default_factory=dict)
    houses: dict[int, HouseFact] = field(default_factory=dict)

    def such(self, which: str) -> frozenset[str]:
        """The codes of the listed villages, or of the unlisted ones in the top third by poor people (`hard`)."""
        if which == "listed":
            return frozenset(code for code, row in self.villages.items() if row.listed_poor)
        rows = ((code, row.listed_poor, row.poor_people) for code, row in self.villages.items())
        return hard_villages(rows) or frozenset()


def counted_rows(
    session: Session, setting: CountyContext, at: datetime, known_at: datetime, confirmed: bool = True
) -> CountedRows:
    """The rows on record by `at`; incomes, which are reported, as known at `known_at`.  With `confirmed` only the days of
    houses count that another unit has confirmed."""
    return CountedRows(_villages(session, setting, at, known_at), _houses(session, setting, at, confirmed))


def _villages(session: Session, setting: CountyContext, at: datetime, known_at: datetime) -> dict[str, VillageFact]:
    # A village that has ended by then counts with its successor.
    then, towns = living_villages(session, at), village_towns(session, at)
    rows = [row for row in session.scalars(select(Village).order_by(Village.code)) if row.id in then]
    facts = {row.id: VillageFact(row.code, towns[row.id], row.listed_poor, row.poor_people) for row in rows}
    moved = [subject for subject in moved_since(session, "village", at) if subject in facts]
    for start in range(0, len(moved), _CHUNK):
        events = session.execute(
            select(Event.subject_id, Event.effect)
            .where(
                Event.subject_type == "village",
                Event.subject_id.in_(moved[start : start + _CHUNK]),
                Event.action == "describe_village",
                Event.at > at,
            )
            .order_by(Event.subject_id, Event.seq.desc())
        )
        for subject, effect in events:
            for name, value in effect["was"].items():
                setattr(facts[subject], name, value)
    line = income_line_fen(setting, setting.year)
    for village_id, income in standing(session, setting.year, known_at).items() if line is not None else ():
        if village_id in facts:
            facts[village_id].reached = income.income_fen >= (line or 0)
    return {fact.code: fact for fact in facts.values()}


def _houses(session: Session, setting: CountyContext, at: datetime, confirmed: bool) -> dict[int, HouseFact]:
    """Folded from the events of the households on the list: each says all there is of its house."""
    ids = sorted(session.scalars(select(QuotaHouse.household_id).where(QuotaHouse.year == setting.year)))
    found: dict[int, HouseFact] = {}
    for start in range(0, len(ids), _CHUNK):
        events = session.scalars(
            select(Event)
            .where(
                Event.subject_type == "household",
                Event.subject_id.in_(ids[start : start + _CHUNK]),
                Event.action == "quota",
                Event.at <= at,
            )
            .order_by(Event.subject_id, Event.seq)
        )
        for event in events:
            told = recorded_house(event)
            if told["year"] != setting.year:
                continue
            found.pop(event.subject_id, None)
            if not told["dropped"]:
                counting = [step for step in HOUSE_STEPS if not confirmed or told[step]["verdict"] == "confirmed"]
                days = {step: _day(told[f"{step}_on"]) if step in counting else None for step in HOUSE_STEPS}
                found[event.subject_id] = HouseFact(days["paid"], days["finished"])
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
