"""Departure plan: what closing or moving an account does, item by item, checked before anything is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit, User, Village
from workflow.actors import Actor
from workflow.county import accounts
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput, Conflict, NotAllowed
from workflow.inputs import document_of, needed_day
from workflow.policy.worktime import local_date
from workflow.setup.departures import holdings
from workflow.setup.departures.holdings import ENDING, Held

#: Roles whose people the office closes and moves; the accounts of those who rule or inspect are the administrator's.
OF_THE_OFFICE = ("village", "town", "bureau")
#: Posts end and begin on a document.
_ON_A_DOCUMENT = ("posts", "standing_in", "stood_for")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an account moves."""

    unit: Unit
    village: Village | None


@dataclass(frozen=True, slots=True)
class Handing:
    """One item, who takes it over, and what happens to it.

    `outcome` is `handed`, `stays` (a household of the town that the person stays in), `vacant` (a post without a
    successor) or `ends`.
    """

    held: Held
    heir: User | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Departure:
    """A checked departure: `seat` is None if the account is closed; `first` is the first day of those who follow."""

    user: User
    #: The unit that the person leaves; None of an administrator.
    unit_id: int | None
    seat: Seat | None
    document: str
    first: date
    handings: tuple[Handing, ...]

    def taken_over(self) -> dict[int, tuple[User, list[Held]]]:
        """Who takes over what, by the account's id."""
        found: dict[int, tuple[User, list[Held]]] = {}
        for each in self.handings:
            if each.heir is not None:
                found.setdefault(each.heir.id, (each.heir, []))[1].append(each.held)
        return found


def person(session: Session, actor: Actor, name: str) -> User:
    """The open account that leaves or moves, by sign-in name, locked where a transaction writes.

    Raises BadInput `user_unknown`, NotAllowed.
    """
    user = accounts.find_user(session, name)
    require(actor, user)
    return user


def require(actor: Actor, user: User) -> None:
    """Raises NotAllowed unless the actor may close or move this account."""
    if actor.role not in ("admin", "system") and not (actor.role == "office" and user.role in OF_THE_OFFICE):
        raise NotAllowed("departure_not_yours")
    if user.id == actor.user_id:
        raise NotAllowed("not_oneself")


def heirs(session: Session, user: User, held: Sequence[Held] = ()) -> list[User]:
    """Who may take over: the other people of the unit, and of the towns of the person's households, with open accounts."""
    towns = {each.unit_id for each in held if each.kind == "households"}
    query = select(User).where(User.unit_id.in_({user.unit_id, *towns} - {None}), User.id != user.id, User.active)
    return list(session.scalars(query.order_by(User.role != user.role, User.display_name, User.id)))


def may_take(user: User, heir: User, held: Held) -> bool:
    """Whether a person may take over an item: one of the same unit, no village cadre but for households and a village's;
    households also one of their town."""
    if held.kind == "households":
        return heir.unit_id in (user.unit_id, held.unit_id)
    if heir.unit_id != user.unit_id:
        return False
    if held.kind == "tickets":
        return heir.role == user.role
    return heir.role != "village" or (user.role == "village" and held.kind == "standing_in")


def plan(session: Session, actor: Actor, now: datetime, user: User, given: Mapping[str, Any]) -> Departure:
    """The departure that `given` describes: `unit` and `village` of a move, `document` and `day` of posts, and `to`, who
    takes over, by kind (`tickets`) or item (`tickets.2018-000123`): sign-in names.

    Raises NotAllowed, BadInput naming the field, Conflict while the person has posts that the actor cannot hand on.
    """
    require(actor, user)
    held = holdings.of_person(session, user, now)
    seat = _seat(session, actor, user, given)
    document, first = "", local_date(now)
    on_paper = [each for each in held if each.kind in _ON_A_DOCUMENT and _ends(each, user, seat)]
    if on_paper:
        if actor.role == "admin":
            raise Conflict("leaver_has_posts", name=user.display_name)
        document = document_of("document", given.get("document") or "", local_date(now))
        first = _first_day(now, given)
    to = given.get("to") or {}
    if not isinstance(to, Mapping):
        raise BadInput("heirs_by_kind", "to")
    people = {one.name: one for one in heirs(session, user, held)}
    known = {*holdings.KINDS, *(each.key for each in held)}
    for key in to:
        if str(key).partition(".")[0] not in holdings.KINDS:
            raise BadInput("held_kind_unknown", "to", kind=str(key)[:64], kinds=", ".join(holdings.KINDS))
        if key not in known:
            raise BadInput("held_no_more", f"to.{str(key)[:64]}")
    handings = tuple(_handing(user, seat, each, people, to) for each in held)
    return Departure(user, user.unit_id, seat, document, first, handings)


def _handing(user: User, seat: Seat | None, held: Held, people: Mapping[str, User], to: Mapping[str, Any]) -> Handing:
    if not _ends(held, user, seat) and not to.get(held.key) and not to.get(held.kind):
        return Handing(held, None, "stays")
    if held.kind in ENDING:
        return Handing(held, None, "ends")
    field = held.key if to.get(held.key) else held.kind
    name = str(to.get(field) or "").strip()
    if not name:
        if held.kind in ("posts", "standing_in"):
            return Handing(held, None, "vacant")
        raise BadInput("missing", f"to.{held.kind}")
    heir = people.get(name)
    if heir is None or not may_take(user, heir, held):
        raise BadInput("leaver_needs_heir", f"to.{field}", name=name[:64])
    return Handing(held, heir, "handed")


def _ends(held: Held, user: User, seat: Seat | None) -> bool:
    """Whether the item cannot stay with the person: all of it can within a unit and role, and households within a town."""
    if seat is None or seat.unit.id != held.unit_id:
        return True
    return held.kind != "households" and accounts.role_in(seat.unit, seat.village) != user.role


def _seat(session: Session, actor: Actor, user: User, given: Mapping[str, Any]) -> Seat | None:
    unit, village = (str(given.get(name) or "").strip() for name in ("unit", "village"))
    if not unit and not village:
        return None
    if user.role == "admin":
        raise BadInput("role_not_moved", "unit")
    found, home = accounts.seat_of(session, "village" if village else _role_of(session, unit), unit or None, village)
    if found is None:
        raise BadInput("unit_unknown", "unit", unit=unit[:64])
    if actor.role == "office" and accounts.role_in(found, home) not in OF_THE_OFFICE:
        raise NotAllowed("departure_not_yours")
    if (found.id, home.id if home is not None else None) == (user.unit_id, user.village_id):
        raise BadInput("moves_nowhere", "unit", name=user.display_name)
    return Seat(found, home)


def _role_of(session: Session, unit: str) -> str:
    return accounts.role_in(living_unit(session, unit), None)


def _first_day(now: datetime, given: Mapping[str, Any]) -> date:
    first = needed_day("day", given)
    if first > local_date(now):
        raise BadInput("departure_ahead", "day")
    return first
