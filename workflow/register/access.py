"""Which households an actor reaches, as one condition, and finding one of them, locked when something is to change."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from models import Household, Ticket, Village
from workflow.actors import Actor
from workflow.county.context import Setting, UnitFact, setting
from workflow.errors import NotFound, WrongState
from workflow.tickets.permissions import COUNTY_WIDE, present


@dataclass(frozen=True, slots=True)
class Located:
    """A household with its village, its town and the county's present scheme.

    `known`: the actor reaches it, and does not merely bring what its data matching says of this code.
    """

    household: Household
    village: Village
    town: UnitFact
    place: Setting
    known: bool = True


def area(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Household` row lies in the actor's area; a bureau's are those of its open tickets."""
    if actor.role in COUNTY_WIDE:
        return true()
    if actor.role == "village":
        return Household.village_id == actor.village_id
    if actor.role == "town":
        # The town's villages first, each along its own index: a join would let the database begin with the county.
        return Household.village_id.in_(select(Village.id).where(Village.town_id == actor.unit_id))
    if actor.role == "bureau":
        held = select(Ticket.household_id).where(
            present(actor), Ticket.ended_at.is_(None), Ticket.household_id.is_not(None)
        )
        return Household.id.in_(held)
    return false()


def locate(session: Session, actor: Actor, code: str, *, lock: bool = False, matching: bool = False) -> Located:
    """The household with this code, if the actor reaches it; with `matching`, a bureau reports on every one by its
    code.

    What it does not work on is not `known` to it: a code may be reported on, and nothing is read by it.  Raises
    NotFound.
    """
    wide = matching and actor.role == "bureau"
    query = (
        select(Household, Village, area(actor).label("known"))
        .join(Village, Village.id == Household.village_id)
        .where(Household.code == code, true() if wide else area(actor))
        .execution_options(populate_existing=True)
    )
    row = session.execute(query.with_for_update(of=Household) if lock else query).one_or_none()
    if row is None:
        raise _no_such(code)
    place = setting(session)
    return Located(row[0], row[1], place.unit(row[1].town_id), place, bool(row.known))


def refuse_cleared(found: Located) -> None:
    """Raises WrongState for a household that was cleared from the register, NotFound for who does not work on it: a
    code tells a bureau nothing else, and this neither."""
    if found.household.status == "cleared":
        code = found.household.code
        raise WrongState("household_cleared", "household", code=code) if found.known else _no_such(code)


def _no_such(code: str) -> NotFound:
    """What is said of a code that leads to no household, or to none the actor reaches."""
    return NotFound("no_such_household", "household", code=code[:64])


def own_haves(place: Setting, actor: Actor) -> frozenset[str]:
    """The haves an actor has to do with: a bureau those of its own kinds, everybody else all."""
    if actor.role != "bureau" or actor.unit_id is None:
        return frozenset(have.code for have in place.scheme.haves)
    code = place.unit(actor.unit_id).code
    return frozenset(
        kind.have for kind in place.scheme.kinds if kind.have and any(route.lead == code for route in kind.routes)
    )
