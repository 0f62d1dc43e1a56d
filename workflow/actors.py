"""Actors: a person in a role for a unit, or the system itself."""

from dataclasses import dataclass

from models import User
from models.base import stated


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an action.  `role` is one of the seven roles, or `system`."""

    role: str
    user_id: int | None
    unit_id: int | None
    village_id: int | None = None
    name: str = ""

    @property
    def account_id(self) -> int:
        """The account of a person; the system has none and signs nothing."""
        return stated(self.user_id)

    @property
    def own_unit_id(self) -> int:
        """The unit of a member; the administrator and the system have none."""
        return stated(self.unit_id)


def actor_of(user: User) -> Actor:
    """The actor of an account."""
    return Actor(user.role, user.id, user.unit_id, user.village_id, user.display_name)


def system() -> Actor:
    """The system as an actor, for what lapses by itself."""
    return Actor("system", None, None)
