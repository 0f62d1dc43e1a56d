"""Actors: a person in a role for a unit, or the system itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import QueryableAttribute, Session

from models import Post, Unit, User, UTCDateTime, Village
from models.base import stated
from models.post import held_at


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a person acts: the network address, and the sign-in by its id (None for a bearer token)."""

    address: str
    session_id: int | None = None


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
    #: The accounts of colleagues who are away and for whom the actor stands in today.
    stands_for: tuple[int, ...] = ()
    #: Recorded with every event of the actor; None on the command line.
    origin: Origin | None = field(default=None, compare=False)

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


def actor_of(
    user: User,
    standing: Sequence[tuple[int | None, int | None, int | None]] = (),
    origin: Origin | None = None,
) -> Actor:
    """The actor of an account; `standing` are the (unit, village, person) rows of `with_standing`."""
    units, villages, away = (tuple(sorted({one for row in standing if (one := row[n]) is not None})) for n in range(3))
    return Actor(
        user.role,
        user.id,
        user.unit_id,
        user.village_id,
        user.display_name,
        units,
        villages,
        away,
        origin,
    )


def with_standing(accounts: Select[Any]) -> Select[Any]:
    """A query of accounts, each row with a unit and a village that the account's own succeed, and a person for whom it
    stands in at the moment `now`, a parameter of the query; or None."""
    now = bindparam("now", type_=UTCDateTime())
    deputy = and_(Post.user_id == User.id, Post.stands_for_id.is_not(None), held_at(now))
    return (
        accounts.add_columns(Unit.id, Village.id, Post.stands_for_id)
        .outerjoin(Post, deputy)
        .outerjoin(Unit, Unit.successor_id == User.unit_id)
        .outerjoin(Village, Village.successor_id == User.village_id)
    )


def acting(session: Session, user: User, now: datetime) -> Actor:
    """The actor of an account at a moment, with what its unit and village succeed and for whom it stands in."""
    rows = session.execute(with_standing(select(User).where(User.id == user.id)), {"now": now}).all()
    return actor_of(user, [(row[1], row[2], row[3]) for row in rows])


def system() -> Actor:
    """The system as an actor, for what lapses by itself."""
    return Actor("system", None, None)
