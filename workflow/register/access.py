"""Register access: the households within an actor's reach, and finding one of them, locked for a change."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from models import Household, HouseholdErasure, Ticket, Village
from models.former_code import present_code
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import NotFound, WrongState
from workflow.tickets.visibility import COUNTY_WIDE, present


@dataclass(frozen=True, slots=True)
class Located:
    """A household with its village, its town and the county's present scheme.

    `known`: the actor may read it, and does not merely report data matching by its code.
    """

    household: Household
    village: Village
    town: UnitFact
    setting: CountyContext
    known: bool = True


def visible_area(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Household` row is in the actor's area; for a bureau, those of its open tickets."""
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


def find_household(session: Session, actor: Actor, code: str, *, lock: bool = False, matching: bool = False) -> Located:
    """The household that has or had this code, within the actor's reach; with `matching` a bureau may report on any code.

    A household it does not work on is not `known`: its code may be reported on, but nothing is read.  Raises
    NotFound.
    """
    wide = matching and actor.role == "bureau"
    query = (
        select(Household, Village, visible_area(actor).label("known"))
        .join(Village, Village.id == Household.village_id)
        .where(Household.code == present_code(code), true() if wide else visible_area(actor))
        .execution_options(populate_existing=True)
    )
    row = session.execute(query.with_for_update(of=Household) if lock else query).one_or_none()
    if row is None:
        raise _no_such(code)
    setting = county_context(session)
    return Located(row[0], row[1], setting.unit(row[1].town_id), setting, bool(row.known))


def refuse_gone(located: Located) -> None:
    """Raises WrongState for a household that was cleared from the register or has ended, or NotFound for a bureau that
    does not work on it, which must learn nothing from a code."""
    if located.household.gone:
        code = located.household.code
        raise WrongState("household_cleared", "household", code=code) if located.known else _no_such(code)


def refuse_erased(session: Session, household: Household) -> None:
    """Raises WrongState for a household whose personal data was erased: it stays gone."""
    erased = (HouseholdErasure.household_id == household.id) & HouseholdErasure.erased_at.is_not(None)
    if session.scalar(select(HouseholdErasure.id).where(erased)) is not None:
        raise WrongState("household_erased", "household", code=household.code)


def _no_such(code: str) -> NotFound:
    """The error for a code without a household within the actor's reach."""
    return NotFound("no_such_household", "household", code=code[:64])


def own_haves(setting: CountyContext, actor: Actor) -> frozenset[str]:
    """The haves an actor sees: a bureau those of its own kinds, others all."""
    if actor.role != "bureau" or actor.unit_id is None:
        return frozenset(have.code for have in setting.scheme.haves)
    code = setting.unit(actor.unit_id).code
    return frozenset(
        kind.have for kind in setting.scheme.kinds if kind.have and any(route.lead == code for route in kind.routes)
    )
