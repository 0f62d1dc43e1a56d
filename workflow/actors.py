"""Actors: a person in a role for a unit, or the system itself."""

from dataclasses import dataclass

from models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an action.  `role` is one of the seven of domain.md, or `system`."""

    county_id: int
    role: str
    user_id: int | None
    unit_id: int | None
    village_id: int | None = None
    name: str = ""


def actor_of(user: User) -> Actor:
    """The actor of an account."""
    return Actor(user.county_id, user.role, user.id, user.unit_id, user.village_id, user.display_name)


def system(county_id: int) -> Actor:
    """The system as an actor, for what lapses by itself."""
    return Actor(county_id, "system", None, None)
