"""Villages (村): whether a village is a listed poor one, and its registered poor people, entered by the county office.

Source: the notice's items 2 and 4.  Every change is an event of the village and is proved; what is on record changes only
for a reason, since duties, visits and rankings count such villages alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Village
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log
from workflow.inputs import says_nothing, statement_of
from workflow.policy.poor_villages import hard_villages
from workflow.tickets.visibility import COUNTY_WIDE

#: More people than any village has.
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village for display; `hard`: unlisted, and in the top third by poor people."""

    village: Village
    town: UnitFact
    hard: bool


@dataclass(frozen=True, slots=True)
class Description:
    """What the office enters of a village."""

    listed_poor: bool
    poor_people: int | None


def listed(session: Session, actor: Actor) -> list[VillageLine]:
    """The villages of the county, or a town's own, in the order of the scheme.  Raises NotAllowed."""
    if actor.role not in (*COUNTY_WIDE, "town", "bureau"):
        raise NotAllowed("villages_not_yours")
    setting = county_context(session)
    rows = session.scalars(select(Village).where(Village.ended_on.is_(None)).order_by(Village.code)).all()
    hard = hard_villages((row.code, row.listed_poor, row.poor_people) for row in rows) or frozenset()
    order = {code: place for place, code in enumerate(setting.scheme.towns)}
    lines = [
        VillageLine(row, setting.unit(row.town_id), row.code in hard)
        for row in rows
        if actor.role != "town" or row.town_id == actor.unit_id
    ]
    return sorted(lines, key=lambda line: (order.get(line.town.code, len(order)), line.village.code))


def may_describe(actor: Actor) -> bool:
    """Whether the actor enters the villages' facts: the county office."""
    return actor.role in ("office", "system")


def describe(session: Session, actor: Actor, now: datetime, given: Mapping[str, Description], reason: str = "") -> int:
    """Record what is entered of villages, by their codes; returns how many changed.

    A village taken off the list, and a recorded number that is changed or cleared, need a `reason`, kept with the event.
    Raises NotAllowed; BadInput with the `box` at fault.
    """
    if not may_describe(actor):
        raise NotAllowed("villages_not_yours")
    rows = session.scalars(select(Village).where(Village.code.in_(given)).order_by(Village.id).with_for_update()).all()
    if len(rows) != len(given):
        missing = next(code for code in given if code not in {row.code for row in rows})
        raise BadInput("village_unknown", "villages", village=missing[:40])
    changed = 0
    for row in rows:
        wanted = given[row.code]
        if wanted.poor_people is not None and not 0 <= wanted.poor_people <= MOST_PEOPLE:
            raise BadInput("poor_people", "villages", village=row.name, most=MOST_PEOPLE, box=f"people-{row.code}")
        box = _needs_reason(row, wanted)
        if box is not None and says_nothing(reason):
            raise BadInput("village_changed_why", "reason", village=row.name, box=f"{box}-{row.code}")
        why = statement_of("reason", reason) if box is not None else ""
        changed += put_down(session, actor, now, row, wanted, why)
    return changed


def put_down(session: Session, actor: Actor, now: datetime, row: Village, wanted: Description, reason: str) -> bool:
    """Record what is entered of a locked village, for a checked reason; returns whether it changed."""
    was = facts(row)
    row.listed_poor, row.poor_people = wanted.listed_poor, wanted.poor_people
    if facts(row) == was:
        return False
    event_log.of(session, row, actor, now).append(
        "describe_village",
        {"village": row.code},
        {"village": facts(row), "was": was},
        private={"reason": reason} if reason else None,
        notify=False,
    )
    return True


def _needs_reason(row: Village, wanted: Description) -> str | None:
    """Which box of a village changes what is on record; None where facts are only added."""
    if row.listed_poor and not wanted.listed_poor:
        return "listed"
    changed = row.poor_people is not None and row.poor_people != wanted.poor_people
    return "people" if changed else None


def facts(row: Village) -> dict[str, bool | int | None]:
    """The columns of a village in its events."""
    return {"listed_poor": row.listed_poor, "poor_people": row.poor_people}


def income_line_fen(setting: CountyContext, year: int) -> int | None:
    """What a listed village's income a head must reach in a year, in fen, rounded up; None while the scheme has no
    rule, or no average of that year."""
    rule, average = setting.scheme.village_income, setting.scheme.average_income(year)
    if rule is None or average is None:
        return None
    return -(-round(average.yuan * 100) * rule.percent // 100)
