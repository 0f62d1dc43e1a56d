"""Ranking ledger (列账): tickets and duties open at a ranking's hour, of the county, a town or a bureau."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Ranking, Village
from workflow.actors import Actor
from workflow.assessment.facts.facts_as_of import TicketFact, tickets
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import NotAllowed
from workflow.tickets.visibility import COUNTY_WIDE


@dataclass(frozen=True, slots=True)
class Entry:
    """One open ticket or duty at the moment; `town`, `village` and `holder` by their names, the household by its
    code."""

    number: str
    item: int
    kind: str
    town: str
    village: str
    household: str
    holder: str
    state: str
    filed_at: datetime
    due_at: datetime | None
    overdue: bool


def may_open(actor: Actor, unit: UnitFact | None) -> bool:
    """Whether the actor may open the county's ledger (no unit), or a unit's: readers of the county, and the unit
    itself."""
    if actor.role in COUNTY_WIDE:
        return True
    return actor.role in ("town", "bureau") and unit is not None and actor.is_of(unit.id)


def entries(session: Session, actor: Actor, setting: CountyContext, row: Ranking, unit: UnitFact | None) -> list[Entry]:
    """Everything open at a ranking's hour, the soonest due first.

    For a town: its own tickets and duties; for another unit: those it held.  Raises NotAllowed.
    """
    if not may_open(actor, unit):
        raise NotAllowed("ledger_not_yours")
    facts = [
        fact for fact in tickets(session, setting, row.as_of) if fact.ended_at is None and _concerns_unit(fact, unit)
    ]
    facts.sort(key=lambda fact: (fact.due_at is None, fact.due_at, fact.id))
    named = select(Village.id, Village.name)
    villages = {home[0]: home[1] for home in session.execute(named)}
    homes = {
        home[0]: (home[1], home[2])
        for home in session.execute(select(Household.id, Household.code, Household.village_id))
    }
    return [_ledger_entry(setting, fact, villages, homes, row.as_of) for fact in facts]


def _concerns_unit(fact: TicketFact, unit: UnitFact | None) -> bool:
    if unit is None:
        return True
    own = (fact.town_id, fact.duty_unit_id) if unit.type == "town" else ()
    return unit.id in (fact.holder_unit_id, *own)


def _ledger_entry(
    setting: CountyContext, fact: TicketFact, villages: dict[int, str], homes: dict[int, tuple[str, int]], at: datetime
) -> Entry:
    code, village = homes.get(fact.household_id or 0, ("", fact.village_id or 0))
    kind = fact.duty_code or fact.kind
    scheme = setting.scheme
    item = scheme.duty(kind).item if fact.duty_code else scheme.kind(kind).indicator
    owner = fact.town_id or fact.duty_unit_id
    town = setting.units[owner] if owner is not None else None
    return Entry(
        number=fact.number,
        item=item or 0,
        kind=kind,
        town=town.name if town is not None and town.type == "town" else "",
        village=villages.get(village, ""),
        household=code,
        holder=setting.units[fact.holder_unit_id].name if fact.holder_unit_id is not None else "",
        state=fact.state,
        filed_at=fact.filed_at,
        due_at=fact.due_at,
        overdue=fact.due_at is not None and fact.due_at < at,
    )
