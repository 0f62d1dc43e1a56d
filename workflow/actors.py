"""Actors: a person in a role for a unit, or the system itself."""

from dataclasses import dataclass

from models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an action.  `role` is one of the seven of domain.md, or `system`."""

    role: str
    user_id: int | None
    unit_id: int | None
    village_id: int | None = None
    name: str = ""


def actor_of(user: User) -> Actor:
    """The actor of an account."""
    return Actor(user.role, user.id, user.unit_id, user.village_id, user.display_name)


def system() -> Actor:
    """The system as an actor, for what lapses by itself."""
    return Actor("system", None, None)
