"""People of households as of a moment: as the register holds them, with every later change taken back.

An import or an event of the family records in the event of a household what its people were before (`people_was`), so a
ranking proved years later counts those it was made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Member
from models.household import ON_REGISTER
from workflow.assessment.facts.facts_as_of import HouseholdFact
from workflow.assessment.facts.places_as_of import moved_since
from workflow.county.context import CountyContext
from workflow.policy.counted_people import Schooling, counted, schooling_of
from workflow.policy.worktime import local_date

_CHUNK = 500


@dataclass(slots=True)
class PersonFact:
    """One person at the moment."""

    position: int
    born_on: date | None
    labour: str
    beyond_help: bool
    schooling: Schooling
    insured: bool | None
    pension: bool | None
    allowance: bool | None
    begins_on: date | None = None
    ends_on: date | None = None


#: By household, those counted at the moment.
People = dict[int, list[PersonFact]]


def people(session: Session, setting: CountyContext, homes: Sequence[HouseholdFact], at: datetime) -> People:
    """The counted people of these households on record by `at`, by household and position."""
    known, on, found = (
        _now(session, {home.id for home in homes if home.status in ON_REGISTER}),
        local_date(at),
        People(),
    )
    _undo(session, setting, known, at)
    for household_id, members in known.items():
        rows = sorted((row for row in members.values() if counted(row, on)), key=lambda person: person.position)
        if rows:
            found[household_id] = rows
    return found


#: The people of each household, by the id of their row.
_Known = dict[int, dict[int, PersonFact]]


def _now(session: Session, homes: set[int]) -> _Known:
    query = select(
        Member.id,
        Member.household_id,
        Member.position,
        Member.born_on,
        Member.labour,
        Member.beyond_help,
        Member.schooling,
        Member.insured,
        Member.pension,
        Member.allowance,
        Member.begins_on,
        Member.ends_on,
    )
    known = _Known()
    wanted = sorted(homes)
    # Every row read is opened, four sealed values each: so only the rows of these households are.
    for start in range(0, len(wanted), _CHUNK):
        for row in session.execute(query.where(Member.household_id.in_(wanted[start : start + _CHUNK]))):
            fact = PersonFact(
                *row[2:6],
                schooling_of(row.schooling),
                *row[7:10],
                begins_on=row.begins_on,
                ends_on=row.ends_on,
            )
            known.setdefault(row.household_id, {})[row.id] = fact
    return known


def _undo(session: Session, setting: CountyContext, known: _Known, at: datetime) -> None:
    moved = [subject for subject in moved_since(session, "household", at) if subject in known]
    for start in range(0, len(moved), _CHUNK):
        events = session.execute(
            select(Event.subject_id, Event.effect)
            .where(
                Event.subject_type == "household",
                Event.subject_id.in_(moved[start : start + _CHUNK]),
                Event.action.in_(("import", "undo_import", "family")),
                Event.at > at,
            )
            .order_by(Event.subject_id, Event.seq.desc())
        )
        for household_id, effect in events:
            if recorded := effect.get("people_was"):
                _take_back(known[household_id], recorded)


def _take_back(members: dict[int, PersonFact], recorded: dict[str, Any]) -> None:
    added = set(recorded["new"])
    for number in [number for number, row in members.items() if row.position in added]:
        del members[number]
    for number, was in recorded["was"].items():
        for name, value in was.items():
            day = name.endswith("_on") and value is not None
            setattr(members[int(number)], name, date.fromisoformat(value) if day else value)
