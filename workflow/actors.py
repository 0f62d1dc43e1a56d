"""Actors: a person in a role for a unit, or the system itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import QueryableAttribute, Session

from models import Unit, User, Village
from models.base import stated


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an action.  `role` is one of the seven roles, or `system`.

    `former_units` and `former_villages` have ended, and the actor's own unit or village succeeds them: what they left is
    read and answered by the actor.
    """

    role: str
    user_id: int | None
    unit_id: int | None
    village_id: int | None = None
    name: str = ""
    former_units: tuple[int, ...] = ()
    former_villages: tuple[int, ...] = ()

    @property
    def account_id(self) -> int:
        """The account of a person; the system has none and signs nothing."""
        return stated(self.user_id)

    @property
    def own_unit_id(self) -> int:
        """The unit of a member; the administrator and the system have none."""
        return stated(self.unit_id)

    def is_of(self, unit_id: int | None) -> bool:
        """Whether the unit is the actor's own, or one that it succeeds."""
        return unit_id is not None and (unit_id == self.unit_id or unit_id in self.former_units)

    def is_of_village(self, village_id: int | None) -> bool:
        """Whether the village is the actor's own, or one that it succeeds."""
        return village_id is not None and (village_id == self.village_id or village_id in self.former_villages)

    def own(self, column: QueryableAttribute[Any]) -> ColumnElement[bool]:
        """The condition that a unit's column is the actor's own unit, or one that it succeeds."""
        # Without predecessors it is the plain comparison, for which indexes are chosen.
        return column.in_((self.unit_id, *self.former_units)) if self.former_units else column == self.unit_id

    def own_village(self, column: QueryableAttribute[Any]) -> ColumnElement[bool]:
        """The same for a village's column."""
        former = self.former_villages
        return column.in_((self.village_id, *former)) if former else column == self.village_id


def actor_of(user: User, former: Sequence[tuple[int | None, int | None]] = ()) -> Actor:
    """The actor of an account; `former` are the (unit, village) rows of `with_former`."""
    return Actor(
        user.role,
        user.id,
        user.unit_id,
        user.village_id,
        user.display_name,
        tuple(sorted({unit for unit, _ in former if unit is not None})),
        tuple(sorted({village for _, village in former if village is not None})),
    )


def with_former(accounts: Select[Any]) -> Select[Any]:
    """A query of accounts, each row with a unit and a village that the account's own succeed, or None."""
    return (
        accounts.add_columns(Unit.id, Village.id)
        .outerjoin(Unit, Unit.successor_id == User.unit_id)
        .outerjoin(Village, Village.successor_id == User.village_id)
    )


def acting(session: Session, user: User) -> Actor:
    """The actor of an account, with what its unit and village succeed."""
    units = session.scalars(select(Unit.id).where(Unit.successor_id == user.unit_id))
    villages = session.scalars(select(Village.id).where(Village.successor_id == user.village_id))
    return actor_of(user, [*((unit, None) for unit in units), *((None, village) for village in villages)])


def system() -> Actor:
    """The system as an actor, for what lapses by itself."""
    return Actor("system", None, None)
