"""Whose board it is: the county's, a unit's, or a village's; nobody opens one beyond what is theirs to see."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from models import Ticket
from workflow.actors import Actor
from workflow.county.context import Setting, UnitFact, find_unit
from workflow.errors import BadInput, NotAllowed
from workflow.tickets.open_predicate import still_open
from workflow.tickets.permissions import COUNTY_WIDE


@dataclass(frozen=True, slots=True)
class Scope:
    """The county, where neither is named; a unit; or a village by its id."""

    place: Setting
    unit: UnitFact | None = None
    village_id: int | None = None

    @property
    def county(self) -> bool:
        return self.unit is None and self.village_id is None

    @property
    def town(self) -> UnitFact | None:
        return self.unit if self.unit is not None and self.unit.type == "town" else None

    def open(self) -> ColumnElement[bool]:
        """The condition of the open tickets it is about: of a town those that lie in it or that it holds, of another
        unit those it holds."""
        if self.village_id is not None:
            here: ColumnElement[bool] = Ticket.in_village_id == self.village_id
        elif self.unit is None:
            return still_open()
        elif self.town is not None:
            here = (Ticket.town_id == self.unit.id) | (Ticket.holder_unit_id == self.unit.id)
        else:
            here = Ticket.holder_unit_id == self.unit.id
        return and_(here, still_open())

    def held(self) -> ColumnElement[bool]:
        """The condition of the open tickets in its own hands; of the county and of a village all."""
        if self.unit is None:
            return self.open()
        return and_(Ticket.holder_unit_id == self.unit.id, still_open())


def scope_of(session: Session, actor: Actor, place: Setting, named: str | None = None) -> Scope:
    """Whose board is asked for: one's own; who reads the county sees the county's and may name any unit.

    Raises NotAllowed, or BadInput for a unit there is none of.
    """
    if actor.role == "admin":
        raise NotAllowed("board_not_yours")
    if actor.role in COUNTY_WIDE and not named:
        return Scope(place)
    if actor.role == "village":
        if named:
            raise NotAllowed("board_not_yours")
        return Scope(place, village_id=actor.village_id)
    own = place.units.get(actor.unit_id or 0)
    found = place.unit(find_unit(session, named).id) if named else own
    if found is None or (actor.role not in COUNTY_WIDE and found != own):
        raise NotAllowed("board_not_yours")
    if found.type not in ("town", "bureau", "office", "leaders"):
        raise BadInput("unit_unknown", "unit", unit=found.name)
    return Scope(place, found)
