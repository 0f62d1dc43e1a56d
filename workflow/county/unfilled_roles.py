"""Unfilled roles: roles a scheme's ladder names without a person in them, and rungs without a recipient.

A message without a recipient climbs to the next role up (notifications.rules), so nothing is lost, but a scheme should
not depend on that.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Post, Unit, User
from models.post import held_at
from workflow.policy.scheme.accountability import Rung
from workflow.policy.scheme.model import Scheme

#: Roles of the holding unit by the post that fills them; None: any person of the unit.
_OF_THE_UNIT = {
    "holder_duty": "duty",
    "lead_duty": "duty",
    "holder_leader": "leader",
    "holder_people": None,
    "lead_people": None,
}
#: Roles of a single ticket, known only when there is one.
_OF_A_TICKET = ("handler", "filer", "assisting", "former_duty")
_SEATS = ("office", "leaders", "inspectorate", "admin")
_KNOWN = {*_OF_THE_UNIT, *_OF_A_TICKET, *_SEATS, "town"}


@dataclass(frozen=True, slots=True)
class Empty:
    """A role named by a rung and unfilled in these units (codes), or everywhere when no unit is named."""

    role: str
    units: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Unheard:
    """A rung without any recipient while one of these units (codes) holds the ticket."""

    rung: Rung
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vacancies:
    """The unfilled roles and unreceived rungs of a scheme in the county today."""

    empty: tuple[Empty, ...]
    unheard: tuple[Unheard, ...]

    @property
    def none(self) -> bool:
        """Whether every role is filled and every rung is received."""
        return not (self.empty or self.unheard)


def vacancies(session: Session, scheme: Scheme, now: datetime) -> Vacancies:
    """The unfilled roles of the ladder of `scheme`, by the accounts and posts of a moment."""
    posts = {
        (row[0], row[1])
        for row in session.execute(
            select(Unit.code, Post.kind)
            .join(Post, Post.unit_id == Unit.id)
            .join(User, User.id == Post.user_id)
            .where(held_at(now), User.active)
        )
    }
    people, seats, towns = set[str](), set[str](), set[str]()
    for code, role in session.execute(
        select(Unit.code, User.role)
        .select_from(User)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(User.active)
        .distinct()
    ):
        seats.add(role)
        if code is not None and role not in ("village", "admin"):
            people.add(code)
        if role == "town":
            towns.add(code)
    holders = _holders(scheme)
    named = dict.fromkeys(role for rung in scheme.ladder.rungs for role in rung.tells or ("holder_duty",))

    def missing(role: str) -> tuple[str, ...] | None:
        """The units in which the role is unfilled; None where it is filled or belongs to no unit."""
        if role in _OF_THE_UNIT:
            post = _OF_THE_UNIT[role]
            return tuple(unit for unit in holders if not ((unit, post) in posts if post else unit in people)) or None
        if role == "town":
            return tuple(unit.code for unit in scheme.units if unit.type == "town" and unit.code not in towns) or None
        return None if role in seats or role in _OF_A_TICKET else ()

    gaps = {role: missing(role) for role in named}
    empty = [Empty(role, units, role in _KNOWN) for role, units in gaps.items() if units is not None]

    def hears(role: str, unit: str) -> bool:
        if role in _OF_THE_UNIT:
            return unit not in (gaps[role] or ())
        return bool(towns) if role == "town" else role in seats

    unheard = []
    for rung in scheme.ladder.rungs:
        tells = rung.tells or ("holder_duty",)
        deaf = tuple(unit for unit in holders if not any(hears(role, unit) for role in tells))
        if deaf:
            unheard.append(Unheard(rung, deaf))
    return Vacancies(tuple(empty), tuple(unheard))


def unknown_roles(scheme: Scheme) -> tuple[str, ...]:
    """The roles named by rungs that do not exist."""
    return tuple(dict.fromkeys(role for rung in scheme.ladder.rungs for role in rung.tells if role not in _KNOWN))


def _holders(scheme: Scheme) -> tuple[str, ...]:
    """The units that hold tickets under the scheme's routes, and those that check, oversee and rule."""
    named = {code for kind in scheme.kinds for route in kind.routes for code in (route.lead, route.confirmer)}
    return tuple(unit.code for unit in scheme.units if unit.code in named or unit.type in ("town", "office", "leaders"))
