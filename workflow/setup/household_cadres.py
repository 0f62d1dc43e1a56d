"""Cadres of households (包户责任人): who is responsible for which households, and giving households to another person."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models import Event, EventSecret, Household, User, Village, row_changes
from models.household import GONE
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log
from workflow.history.cadre_record import recorded_cadre
from workflow.history.event_log import GENESIS

#: Who gives households to cadres: the office, and a town within its own.
ASSIGNERS = ("office", "town", "system")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Cadre:
    """The person responsible for a household: the name, and the account where one is known."""

    name: str
    account_id: int | None


@dataclass(frozen=True, slots=True)
class Home:
    """A household of a cadre: its code, its head and its village."""

    code: str
    head: str
    village: str


@dataclass(frozen=True, slots=True)
class CadreLine:
    """A cadre of a town with the households; `closed`: the account is closed, so nobody sees to them."""

    town_id: int
    name: str
    account_id: int | None
    account: str | None
    closed: bool
    households: int
    villages: int


def listed(session: Session, actor: Actor, query: str = "", sort: str = "households") -> list[CadreLine]:
    """The cadres with households on the register, and last those without one, by `households`, `name` or `town`.

    A town sees its own.  Raises NotAllowed.
    """
    _require(actor)
    counted = (
        select(
            Village.town_id,
            Household.cadre_name,
            Household.cadre_id,
            User.name.label("account"),
            User.active,
            func.count().label("households"),
            func.count(Household.village_id.distinct()).label("villages"),
        )
        .join(Village, Village.id == Household.village_id)
        .outerjoin(User, User.id == Household.cadre_id)
        .where(Household.status.not_in(GONE))
        .group_by(Village.town_id, Household.cadre_name, Household.cadre_id, User.name, User.active)
    )
    if actor.role == "town":
        counted = counted.where(Village.town_id == actor.unit_id)
    if query:
        counted = counted.where(Household.cadre_name.contains(query, autoescape=True))
    lines = [
        CadreLine(
            town_id=row.town_id,
            name=row.cadre_name,
            account_id=row.cadre_id,
            account=row.account,
            closed=row.active is False,
            households=row.households,
            villages=row.villages,
        )
        for row in session.execute(counted)
    ]
    keys: dict[str, Any] = {
        "name": lambda line: (line.name == "", line.name),
        "town": lambda line: (line.town_id, line.name),
        "households": lambda line: (-line.households, line.name),
    }
    return sorted(lines, key=keys.get(sort, keys["households"]))


def assign(session: Session, actor: Actor, now: datetime, wanted: Mapping[str, Cadre]) -> int:
    """Give households, by code, to their cadres; returns how many changed.

    Raises NotAllowed; BadInput `household_unknown` for a code that is not there, or not the town's.
    """
    _require(actor)
    return hand_on(session, actor, now, wanted)


def hand_on(session: Session, actor: Actor, now: datetime, wanted: Mapping[str, Cadre]) -> int:
    """The same as a consequence of leaving, whoever closes the account."""
    changed = 0
    codes = sorted(wanted)
    for start in range(0, len(codes), _CHUNK):
        changed += _assign(session, actor, now, {code: wanted[code] for code in codes[start : start + _CHUNK]})
    return changed


def _assign(session: Session, actor: Actor, now: datetime, wanted: Mapping[str, Cadre]) -> int:
    query = select(Household).join(Village, Village.id == Household.village_id).where(Household.code.in_(wanted))
    if actor.role == "town":
        query = query.where(Village.town_id == actor.unit_id)
    rows = session.scalars(query.order_by(Household.id).with_for_update(of=Household)).all()
    if len(rows) != len(wanted):
        missing = min(set(wanted) - {row.code for row in rows})
        raise BadInput("household_unknown", "code", household=missing[:64])
    moving = [row for row in rows if (row.cadre_name, row.cadre_id) != _columns(wanted[row.code])]
    if not moving:
        return 0
    heads = event_log.heads_of(session, "household", [row.id for row in moving])
    values, events, said = [], [], dict[int, dict[str, Any]]()
    for row in moving:
        name, account = _columns(wanted[row.code])
        values.append({"b_id": row.id, "name": name, "account": account, "version": row.version + 1})
        private = {"cadre": name, "was": row.cadre_name}
        salt = secrets.token_hex(16)
        said[row.id] = {"salt": salt, "body": private}
        recorded = {"version": row.version + 1, **recorded_cadre(name, account)}
        effect = {"household": recorded, "cadre": account, "was": {"cadre_id": row.cadre_id}}
        chain = event_log.of(session, ("household", row.id), actor, now)
        head = heads.get(row.id, (0, GENESIS))
        events.append(chain.body(head, "assign_cadre", {}, effect, commitment=event_log.commit_to(salt, private)))
    _write(session, values, events, said)
    for row in moving:
        session.expire(row)
    return len(moving)


def _write(
    session: Session, values: list[dict[str, Any]], events: list[dict[str, Any]], said: Mapping[int, dict[str, Any]]
) -> None:
    """Write a chunk in bulk: the households, their events, and the names beside the events by household id."""
    table = Household.__table__
    columns: dict[str, Any] = {
        "cadre_name": bindparam("name"),
        "cadre_id": bindparam("account"),
        "version": bindparam("version"),
    }
    session.execute(update(table).where(table.c.id == bindparam("b_id")).values(columns), values)
    row_changes.note(session, "household", said)
    kept = Event.__table__
    inserted = session.execute(insert(kept).returning(kept.c.id, kept.c.subject_id), events)
    session.execute(insert(EventSecret.__table__), [{"event_id": event, **said[row]} for event, row in inserted])


def _columns(cadre: Cadre) -> tuple[str, int | None]:
    return cadre.name, cadre.account_id


def _require(actor: Actor) -> None:
    if actor.role not in ASSIGNERS:
        raise NotAllowed("cadres_not_yours")


def choices(session: Session, actor: Actor) -> list[User]:
    """The open accounts of towns and villages that can be given households, by town and name.  Raises NotAllowed."""
    _require(actor)
    query = select(User).where(User.active, User.role.in_(("village", "town")))
    if actor.role == "town":
        query = query.where(User.unit_id == actor.unit_id)
    return list(session.scalars(query.order_by(User.unit_id, User.display_name, User.name)))


def hand_over(
    session: Session, actor: Actor, now: datetime, *, town: int, name: str, account: int | None, to: str
) -> int:
    """Give all households of a cadre of a town to another person of it, by sign-in name; returns how many.

    `name` is empty for the households without a cadre.  Raises NotAllowed; BadInput `cadre_account`,
    `cadre_of_another_town`, `nothing_to_hand_over`.
    """
    user = _taking(session, actor, to)
    if user.unit_id != town:
        raise BadInput("cadre_of_another_town", "to", name=user.display_name)
    codes = [home.code for home in of_cadre(session, actor, town=town, name=name, account=account)]
    if not codes:
        raise BadInput("nothing_to_hand_over", "to")
    return assign(session, actor, now, dict.fromkeys(codes, Cadre(user.display_name, user.id)))


def of_cadre(session: Session, actor: Actor, *, town: int, name: str, account: int | None) -> list[Home]:
    """The households of a cadre of a town, by village and code.  Raises NotAllowed."""
    _require(actor)
    held = (
        select(Household.code, Household.head_name, Village.name)
        .join(Village, Village.id == Household.village_id)
        .where(Village.town_id == town, Household.cadre_name == name, Household.status.not_in(GONE))
        .order_by(Village.code, Household.code)
    )
    held = held.where(Household.cadre_id.is_(None) if account is None else Household.cadre_id == account)
    if actor.role == "town":
        held = held.where(Village.town_id == actor.unit_id)
    return [Home(code, head, village) for code, head, village in session.execute(held)]


def give(session: Session, actor: Actor, now: datetime, codes: Sequence[str], to: str) -> int:
    """Give single households, by code, to a person of their town, by sign-in name; returns how many changed.

    Raises NotAllowed; BadInput `missing` without a household, `household_unknown`, `cadre_account`,
    `cadre_of_another_town`.
    """
    user = _taking(session, actor, to)
    if not codes:
        raise BadInput("missing", "codes")
    towns = select(Village.town_id).join(Household, Household.village_id == Village.id)
    theirs = set(session.scalars(towns.where(Household.code.in_(codes)).distinct()))
    if theirs - {user.unit_id} and (actor.role != "town" or theirs == {actor.unit_id}):
        raise BadInput("cadre_of_another_town", "to", name=user.display_name)
    return assign(session, actor, now, dict.fromkeys(codes, Cadre(user.display_name, user.id)))


def _taking(session: Session, actor: Actor, to: str) -> User:
    user = next((each for each in choices(session, actor) if each.name == to.strip()), None)
    if user is None:
        raise BadInput("cadre_account" if to.strip() else "missing", "to", name=to[:64])
    return user
