"""Listing order: the keys by which lists of tickets are sorted, and the condition that a page begins after a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, literal, or_

from models import Custody, Tenure, Ticket
from models.base import stated
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.paging import cursor_of, read_cursor
from workflow.tickets.views.line import TicketLine
from workflow.tickets.visibility import COUNTY_WIDE

_Ts = TypeVarTuple("_Ts")
Key = tuple[SQLColumnExpression[Any], ...]
#: The higher rung of the two that a tenure keeps is that of the stage in which it is.
_RUNG = case((Custody.stage == "accept", Tenure.accept_rung), else_=Tenure.rung)
#: What a list of open tickets can be sorted by; tickets with the same value follow each other soonest due first.  A reversed
#: order has a hyphen before its name.
SORTS = ("due", "filed", "kind", "holder", "town", "handler", "rung")
#: Read from the custody, so that no index has them in the county's order: they sort what one unit holds or one town has.
OF_CUSTODY = ("handler", "rung")
USUAL = "due"
_KINDS: dict[str, tuple[type[datetime | str | int], ...]] = {
    "due": (datetime, int),
    "filed": (datetime, int),
    "ended": (datetime, int),
    "kind": (str, datetime, int),
    **dict.fromkeys(("holder", "town", "handler", "rung"), (int, datetime, int)),
}


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: what it is sorted by, or `ended` for tickets that are over, and whether it is reversed."""

    name: str = USUAL
    reversed: bool = False

    @property
    def of_custody(self) -> bool:
        """Whether it is read from the custody of each ticket."""
        return self.name in OF_CUSTODY

    def columns(self) -> Key:
        """The key: expressions over `Ticket`, and over its open `Custody` and `Tenure` where `of_custody`."""
        last = (Ticket.due_at, Ticket.id)
        keys: dict[str, Key] = {
            "due": last,
            "filed": (Ticket.filed_at, Ticket.id),
            "ended": (Ticket.ended_at, Ticket.id),
            "kind": (Ticket.kind, *last),
            "holder": (Ticket.holder_unit_id, *last),
            "town": (func.coalesce(Ticket.town_id, 0), *last),
            "handler": (func.coalesce(Custody.handler_id, 0), *last),
            "rung": (func.coalesce(_RUNG, 0), *last),
        }
        return keys[self.name]

    def ways(self, sights: Sequence[ColumnElement[bool]], *, county: bool) -> list["Way"]:
        """The ways to read the tickets in this order, each along its own index.

        `county`: all tickets of the county are read, in which those without a town have no place in the index of towns.
        """
        columns = self.columns()
        if self.name != "town" or not county:
            return [Way(sight, columns, columns) for sight in sights]
        last = columns[1:]
        placed, none = (Ticket.town_id, *last), (literal(0), *last)
        found = []
        for sight in sights:
            found.append(Way(and_(sight, Ticket.town_id.is_not(None)), placed, placed))
            found.append(Way(and_(sight, Ticket.town_id.is_(None)), last, none))
        return found

    def sorted(self, query: Select[*_Ts], columns: Key | None = None) -> Select[*_Ts]:
        """The query in this order, or in the order of the columns of one way."""
        keys = self.columns() if columns is None else columns
        return query.order_by(*(key.desc() if self.reversed else key for key in keys))

    def key_in(self, cursor: str) -> list[Any]:
        """The key that a cursor of this order names.  Raises BadInput for another cursor."""
        return read_cursor(cursor, *_KINDS[self.name])

    def after(self, columns: Key, key: Sequence[Any]) -> ColumnElement[bool]:
        """The condition that a row comes after a key: a range of the first column, within it of the second, and so on."""
        first, value = columns[0], key[0]
        beyond: ColumnElement[bool] = first < value if self.reversed else first > value
        if len(columns) == 1:
            return beyond
        upto: ColumnElement[bool] = first <= value if self.reversed else first >= value
        return and_(upto, or_(beyond, self.after(columns[1:], key[1:])))

    def cursor_after(self, line: TicketLine) -> str:
        """The cursor of the page that begins after a line."""
        last: tuple[datetime | str | int, ...] = (line.id,)
        if self.name == "filed":
            return cursor_of([line.filed_at, *last])
        if self.name == "ended":
            return cursor_of([stated(line.ended_at), *last])
        last = (stated(line.due_at), *last)
        if self.name == "due":
            return cursor_of(last)
        values: dict[str, str | int] = {
            "kind": line.kind,
            "holder": line.holder_id or 0,
            "town": line.town_id or 0,
            "handler": line.handler_id or 0,
            "rung": line.rung,
        }
        return cursor_of([values[self.name], *last])


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a page: its condition, the columns that sort it, and those that a key is compared with."""

    sight: ColumnElement[bool]
    columns: Key
    key: Key


def order_of(actor: Actor, sort: str | None, *, ended: bool, narrowed: bool) -> Order:
    """The order that is asked for; `narrowed`: the list is of one holder or one town.

    Tickets that are over are sorted by their end, the latest first.  Raises BadInput for an unknown order, and for one that
    only a narrowed list has.
    """
    if ended:
        return Order("ended", reversed=True)
    name, back = (sort or USUAL).removeprefix("-"), (sort or "").startswith("-")
    if name not in SORTS:
        raise BadInput("unknown_sort", "sort", sort=name[:40])
    if name in OF_CUSTODY and not sorts_by_custody(actor, narrowed=narrowed):
        raise BadInput("sort_of_one_unit", "sort")
    return Order(name, back)


def sorts_by_custody(actor: Actor, *, narrowed: bool) -> bool:
    """Whether a list may be sorted by what is read from the custody: not the whole county's."""
    return narrowed or actor.role not in COUNTY_WIDE
