"""Book obstacles: why a change of a workbook cannot be put back, since the county went on from it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import (
    AccountabilityCase,
    Authorisation,
    BookChange,
    Event,
    Household,
    Paper,
    Post,
    Report,
    SchemeAdoption,
    SchemeVersion,
    Unit,
    User,
    Village,
)
from models.base import stated
from workflow.county.posts.post_record import last_day
from workflow.register.counted.villages import facts
from workflow.setup.books import references
from workflow.setup.post_sheet import stamped
from workflow.setup.unit_definitions import Definitions, list_or


class Why(NamedTuple):
    """Why a change stays: a code, and what its sentence mentions."""

    code: str
    params: Mapping[str, Any] = MappingProxyType({})


CHANGED = Why("changed_since")


def cadres(session: Session, changes: Sequence[BookChange]) -> dict[int, Why]:
    """Households given to somebody else since, and former cadres whose account is closed by now."""
    homes = _by_id(session, Household, changes)
    before = {number for each in changes if (number := each.before.get("cadre_id")) is not None}
    open_ = set(session.scalars(select(User.id).where(User.id.in_(before), User.active)))
    why: dict[int, Why] = {}
    for each in changes:
        home, former = homes[each.subject_id], each.before.get("cadre_id")
        if (home.cadre_name, home.cadre_id) != (each.after["cadre"], each.after["cadre_id"]):
            why[each.id] = CHANGED
        elif former is not None and former not in open_:
            why[each.id] = Why("former_closed", {"name": each.before["cadre"]})
    return why


def posts(session: Session, changes: Sequence[BookChange]) -> dict[int, Why]:
    """Posts changed since, and those under which something was done or signed."""
    rows = _by_id(session, Post, changes)
    return {each.id: found for each in changes if (found := _of_post(session, each, rows[each.subject_id]))}


def _of_post(session: Session, change: BookChange, row: Post) -> Why | None:
    last = last_day(row)
    if row.cancelled_at is not None or (last.isoformat() if last else None) != change.after.get("until_day"):
        return CHANGED
    issued: list[Any] = [select(Report.id).where(Report.post_id == row.id)]
    if row.kind == "leader":
        led = (Paper.leader_id == row.user_id, Paper.issued_at >= row.from_at)
        opened = (AccountabilityCase.leader_id == row.user_id, AccountabilityCase.unit_id == row.unit_id)
        granted = (Authorisation.by_id == row.user_id, Authorisation.unit_id == row.unit_id)
        issued += [
            select(Paper.id).where(or_(Paper.unit_id == row.unit_id, Paper.issuer_id == row.unit_id), *led),
            select(AccountabilityCase.id).where(*opened),
            select(Authorisation.id).where(*granted),
        ]
    if any(session.scalar(query.limit(1)) is not None for query in issued):
        return Why("post_signed")
    acted = (Event.actor_id == row.user_id, Event.actor_unit_id == row.unit_id, Event.at >= stated(row.recorded_at))
    if session.scalar(select(Event.id).where(*acted).limit(1)) is not None:
        return Why("post_acted")
    for each in change.before.get("relieved", ()):
        former = session.get_one(Post, each["post"])
        person = session.get_one(User, former.user_id)
        if not person.active or person.unit_id != former.unit_id:
            return Why("former_closed", {"name": person.display_name})
        relieved = former.cancelled_at is not None or stamped(former.until_at) == stamped(row.from_at)
        if not relieved:
            return CHANGED
    return None


def accounts(session: Session, changes: Sequence[BookChange], since: datetime) -> dict[int, Why]:
    """Accounts whose owner has set a password or done something, that have something, or were changed since."""
    users = _by_id(session, User, changes)
    used = references.of(session, User, [each.subject_id for each in changes if each.made])
    moved = _moved(session, list(users), since)
    why: dict[int, Why] = {}
    for each in changes:
        user = users[each.subject_id]
        if not user.active or user.display_name != each.after["display_name"]:
            why[each.id] = CHANGED
        elif each.made and (user.password_hash or user.password_set_at) is not None:
            why[each.id] = Why("signed_in")
        elif each.made and user.id in used:
            why[each.id] = Why(used[user.id])
        elif user.id in moved:
            why[each.id] = CHANGED
    return why


def _moved(session: Session, ids: list[int], since: datetime) -> set[int]:
    """Which accounts came to another unit, village or role since."""
    moves = (Event.subject_type == "user", Event.action.in_(("user_moved", "user_transferred")), Event.at > since)
    return set(session.scalars(select(Event.subject_id).where(*moves, Event.subject_id.in_(ids))))


def villages(session: Session, changes: Sequence[BookChange]) -> dict[int, Why]:
    """Villages that have households or anything else, and those whose facts were changed since."""
    rows = _by_id(session, Village, changes)
    used = references.of(session, Village, [each.subject_id for each in changes if each.made])
    why: dict[int, Why] = {}
    for each in changes:
        row = rows[each.subject_id]
        now = facts(row)
        if row.ended_on is not None or any(now[name] != each.after[name] for name in now if name in each.after):
            why[each.id] = CHANGED
        elif each.made and row.id in used:
            why[each.id] = Why(used[row.id])
    return why


def units(session: Session, changes: Sequence[BookChange], since: datetime, definitions: Definitions) -> dict[int, Why]:
    """Units that have anything, are named by a scheme that waits, were defined anew since, or signed under the name."""
    rows = _by_id(session, Unit, changes)
    used = references.of(session, Unit, [each.subject_id for each in changes if each.made])
    waiting = session.scalars(
        select(SchemeVersion.content)
        .join(SchemeAdoption, SchemeAdoption.scheme_version_id == SchemeVersion.id)
        .where(SchemeAdoption.state == "waiting")
    ).all()
    named = {unit["code"] for content in waiting for unit in json.loads(content)["units"]}
    why: dict[int, Why] = {}
    for each in changes:
        row = rows[each.subject_id]
        if row.ended_on is not None or _differs(definitions.definition(row.code), each):
            why[each.id] = CHANGED
        elif each.made and row.id in used:
            why[each.id] = Why(used[row.id])
        elif each.made and row.code in named:
            why[each.id] = Why("scheme_waits")
        elif not each.made and _signed(session, row, each, since):
            why[each.id] = Why("papers")
    return why


def _differs(definition: Mapping[str, Any], change: BookChange) -> bool:
    return any(list_or(definition.get(name)) != list_or(value) for name, value in change.after.items())


def _signed(session: Session, row: Unit, change: BookChange, since: datetime) -> bool:
    """Whether a paper named the unit as the workbook had it."""
    if not {"full_name", "mark"} & set(change.after):
        return False
    named = or_(Paper.unit_id == row.id, Paper.issuer_id == row.id)
    queries = (
        select(Paper.id).where(named, Paper.issued_at >= since),
        select(Report.id).where(Report.unit_id == row.id, Report.issued_at >= since),
    )
    return any(session.scalar(query.limit(1)) is not None for query in queries)


def _by_id(session: Session, model: Any, changes: Sequence[BookChange]) -> dict[int, Any]:
    query = select(model).where(model.id.in_({each.subject_id for each in changes})).order_by(model.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return {row.id: row for row in session.scalars(locked)}
