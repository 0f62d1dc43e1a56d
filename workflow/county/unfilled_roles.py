"""Whom a scheme's ladder would speak to, and who is not there: roles nobody fills, and rungs nobody would receive.

What nobody receives climbs to the next one up (notifications.rules), so nothing is lost; but a scheme should not rest
on that.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Post, Unit, User
from workflow.policy.scheme.ladder import Rung
from workflow.policy.scheme.model import Scheme

#: Roles of the unit that holds a ticket, by the post that fills them; None is anybody of the unit.
_OF_THE_UNIT = {
    "holder_duty": "duty",
    "lead_duty": "duty",
    "holder_leader": "leader",
    "holder_people": None,
    "lead_people": None,
}
#: Roles of a single ticket: whether somebody fills them shows only then.
_OF_A_TICKET = ("handler", "filer", "assisting")
_SEATS = ("office", "leaders", "inspectorate", "admin")
_KNOWN = {*_OF_THE_UNIT, *_OF_A_TICKET, *_SEATS, "town"}


@dataclass(frozen=True, slots=True)
class Empty:
    """A role that a rung names and nobody fills: in these units (codes), or at all, when no unit is named."""

    role: str
    units: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Unheard:
    """A rung that nobody would receive when one of these units (codes) held the ticket."""

    rung: Rung
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vacancies:
    """What is missing of a scheme's readers in the county as it is."""

    empty: tuple[Empty, ...]
    unheard: tuple[Unheard, ...]

    @property
    def none(self) -> bool:
        """Whether every role is filled and every rung is received."""
        return not (self.empty or self.unheard)


def vacancies(session: Session, scheme: Scheme) -> Vacancies:
    """Who is missing for the ladder of `scheme`, by the accounts and posts there are now."""
    posts = {
        (row[0], row[1])
        for row in session.execute(
            select(Unit.code, Post.kind)
            .join(Post, Post.unit_id == Unit.id)
            .join(User, User.id == Post.user_id)
            .where(Post.until_at.is_(None), User.active)
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
        """The units in which nobody fills the role; None where it is filled, or not of a unit."""
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
    """The roles that rungs name and no county could fill."""
    return tuple(dict.fromkeys(role for rung in scheme.ladder.rungs for role in rung.tells if role not in _KNOWN))


def _holders(scheme: Scheme) -> tuple[str, ...]:
    """The units that the scheme's routes give tickets to, and those that check, oversee and rule."""
    named = {code for kind in scheme.kinds for route in kind.routes for code in (route.lead, route.confirmer)}
    return tuple(unit.code for unit in scheme.units if unit.code in named or unit.type in ("town", "office", "leaders"))
