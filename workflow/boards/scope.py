"""Board scope: the county, a unit or a village; a reader opens only boards within their sight."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from models import Ticket
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed
from workflow.tickets.open_predicate import still_open
from workflow.tickets.visibility import COUNTY_WIDE


@dataclass(frozen=True, slots=True)
class Scope:
    """The county, where neither is named; a unit; or a village by its id."""

    setting: CountyContext
    unit: UnitFact | None = None
    village_id: int | None = None

    @property
    def county(self) -> bool:
        return self.unit is None and self.village_id is None

    @property
    def town(self) -> UnitFact | None:
        return self.unit if self.unit is not None and self.unit.type == "town" else None

    def open(self) -> ColumnElement[bool]:
        """The condition of its open tickets: for a town those in it or held by it, for another unit those it holds."""
        if self.village_id is not None:
            here: ColumnElement[bool] = Ticket.in_village_id == self.village_id
        elif self.unit is None:
            return still_open()
        elif self.town is not None:
            here = (Ticket.town_id == self.unit.id) | (Ticket.holder_unit_id == self.unit.id)
        else:
            here = Ticket.holder_unit_id == self.unit.id
        return and_(here, still_open())

    def inside(self) -> ColumnElement[bool]:
        """The condition of the open tickets about a town's households and villages, whoever holds them."""
        return and_(Ticket.town_id == (self.unit.id if self.unit is not None else None), still_open())

    def held(self) -> ColumnElement[bool]:
        """The condition of the open tickets it holds; for the county and a village all of them."""
        if self.unit is None:
            return self.open()
        return and_(Ticket.holder_unit_id == self.unit.id, still_open())


def scope_of(session: Session, actor: Actor, setting: CountyContext, named: str | None = None) -> Scope:
    """The requested scope: by default the reader's own; readers of the county see the county and may name any unit.

    Raises NotAllowed, or BadInput for an unknown unit.
    """
    if actor.role == "admin":
        raise NotAllowed("board_not_yours")
    if actor.role in COUNTY_WIDE and not named:
        return Scope(setting)
    if actor.role == "village":
        if named:
            raise NotAllowed("board_not_yours")
        return Scope(setting, village_id=actor.village_id)
    own = setting.units.get(actor.unit_id or 0)
    unit = setting.unit(find_unit(session, named).id) if named else own
    if unit is None or (actor.role not in COUNTY_WIDE and unit != own):
        raise NotAllowed("board_not_yours")
    if unit.type not in ("town", "bureau", "office", "leaders"):
        raise BadInput("unit_unknown", "unit", unit=unit.name)
    return Scope(setting, unit)
