"""Posts (岗位): the office enters on a document who leads a unit, who is on duty for it and who stands in for a person.

Each has a first day, and a last one where it is known; both may be entered late.  Then who was in post (时任) of every
stretch since that day is derived again, while what was issued keeps the name it was issued with.  No two people hold one
post on one day, by a trigger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models import LARGEST_ID, Post, Unit, User
from models.base import stated
from models.post import POSTS
from workflow.actors import Actor
from workflow.county.accounts import find_user
from workflow.county.posts.post_record import last_day, midnight, record
from workflow.county.posts.post_relief import derive_again, withdraw
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import document_of, needed_day, statement_of
from workflow.policy.worktime import local_date

#: How many days back the first or last day may lie, and how many ahead.
BACK, AHEAD = 400, 366


@dataclass(frozen=True, slots=True)
class WantedPost:
    """A checked entry: the person, the post and its days; `away` is whom a deputy stands in for."""

    user: User
    unit_id: int
    kind: str
    from_at: datetime
    until_at: datetime | None
    document: str
    away: User | None


@dataclass(frozen=True, slots=True)
class Displaced:
    """A post that an entry ends on the day before (`until` its last day), or replaces from its first day on (None)."""

    post: Post
    name: str
    until: date | None


def wanted(session: Session, actor: Actor, now: datetime, given: Mapping[str, Any]) -> WantedPost:
    """The entry that `given` describes: user (sign-in name), kind, from_day, until_day, document, and stands_for.

    Raises NotAllowed for anybody but the office, and BadInput naming the field.
    """
    _require_office(actor)
    kind = str(given.get("kind") or "")
    if kind not in POSTS:
        raise BadInput("no_such_post" if kind else "missing", "kind")
    user = _person(session, given, "user")
    away = _person(session, given, "stands_for") if kind == "deputy" else None
    if user.unit_id is None or (user.role == "village" and away is None):
        raise BadInput("no_such_post", "kind")
    if away is not None:
        if away.id == user.id:
            raise BadInput("deputy_of_oneself", "stands_for")
        if (away.unit_id, away.village_id) != (user.unit_id, user.village_id):
            raise BadInput("deputy_of_another_unit", "stands_for", name=away.display_name)
    first, last = _days(now, given, kind)
    return WantedPost(
        user=user,
        unit_id=user.unit_id,
        kind=kind,
        from_at=midnight(first),
        until_at=midnight(last + timedelta(days=1)) if last is not None else None,
        document=document_of("document", given.get("document") or "", local_date(now)),
        away=away,
    )


def displaced(session: Session, entry: WantedPost) -> list[Displaced]:
    """The posts that give way to an entry.  Raises BadInput where another one is in the way that it cannot end."""
    query = (
        select(Post, User.display_name)
        .join(User, User.id == Post.user_id)
        .where(
            Post.unit_id == entry.unit_id,
            Post.kind == entry.kind,
            Post.cancelled_at.is_(None),
            or_(Post.until_at.is_(None), Post.until_at > entry.from_at),
        )
        .order_by(Post.from_at)
    )
    if entry.until_at is not None:
        query = query.where(Post.from_at < entry.until_at)
    if entry.away is not None:
        query = query.where(Post.stands_for_id == entry.away.id)
    first, giving_way = local_date(entry.from_at), list[Displaced]()
    for post, name in session.execute(query):
        begins = local_date(post.from_at)
        if begins > first:
            raise BadInput("post_taken_later", "until_day", name=name, day=begins.isoformat())
        if begins < first:
            giving_way.append(Displaced(post, name, first - timedelta(days=1)))
        elif entry.until_at is None or (post.until_at is not None and post.until_at <= entry.until_at):
            giving_way.append(Displaced(post, name, None))
        else:
            raise BadInput("post_taken", "from_day", name=name, day=begins.isoformat())
    return giving_way


def enter(session: Session, actor: Actor, now: datetime, given: Mapping[str, Any]) -> Post:
    """Enter a post; whoever holds it on its first day is relieved on the day before.

    One that is on record already is returned as it is: a form sent twice enters one line.  Raises NotAllowed, BadInput.
    """
    entry = wanted(session, actor, now, given)
    # Serialises two simultaneous entries, and custodies of the unit that open meanwhile.
    session.execute(select(Unit.id).where(Unit.id == entry.unit_id).with_for_update())
    session.refresh(entry.user)
    if entry.user.unit_id != entry.unit_id:
        # A reform has moved the account meanwhile.
        entry = wanted(session, actor, now, given)
        session.execute(select(Unit.id).where(Unit.id == entry.unit_id).with_for_update())
    known = on_record(session, entry)
    if known is not None:
        return known
    for each in displaced(session, entry):
        _give_way(session, actor, now, each, entry)
    row = Post(
        unit_id=entry.unit_id,
        user_id=entry.user.id,
        kind=entry.kind,
        from_at=entry.from_at,
        until_at=entry.until_at,
        stands_for_id=entry.away.id if entry.away is not None else None,
        document=entry.document,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    changed = derive_again(session, row, row.from_at)
    record(event_log.of(session, row, actor, now, first=True), row, "appointed", custodies=changed)
    return row


def end(session: Session, actor: Actor, now: datetime, post_id: int, given: Mapping[str, Any]) -> Post:
    """End a post with its last day (`until_day`), on a document.  Raises NotFound, NotAllowed, WrongState, BadInput."""
    row = _standing(session, actor, post_id)
    last = needed_day("until_day", given)
    _within(now, "until_day", last)
    document = document_of("document", given.get("document") or "", local_date(now))
    until = midnight(last + timedelta(days=1))
    if until <= row.from_at:
        raise BadInput("days_reversed", "until_day")
    before = row.until_at
    if before is not None and until > before:
        raise BadInput("post_ends_before", "until_day", day=stated(last_day(row)).isoformat())
    row.until_at, row.ended_at = until, now
    session.flush()
    changed = derive_again(session, row, until)
    record(event_log.of(session, row, actor, now), row, "post_ended", custodies=changed, on=document)
    return row


def cancel(session: Session, actor: Actor, now: datetime, post_id: int, reason: Any) -> Post:
    """Cancel a post that was entered by mistake.  Raises NotFound, NotAllowed, WrongState, BadInput."""
    _standing(session, actor, post_id)
    return withdraw_entry(session, actor, now, post_id, statement_of("reason", reason))


def withdraw_entry(session: Session, actor: Actor, now: datetime, post_id: int, reason: str) -> Post:
    """Cancel a post for a checked reason.  Raises NotFound, NotAllowed, WrongState."""
    row = _standing(session, actor, post_id)
    withdraw(row, now)
    session.flush()
    changed = derive_again(session, row, row.from_at)
    said = {"reason": reason} if reason else None
    record(event_log.of(session, row, actor, now), row, "post_cancelled", custodies=changed, private=said)
    return row


def _require_office(actor: Actor) -> None:
    if actor.role not in ("office", "system"):
        raise NotAllowed("only_the_office_enters_posts")


def _standing(session: Session, actor: Actor, post_id: int) -> Post:
    """The post with its unit locked.  Raises NotAllowed, NotFound; WrongState where it was cancelled."""
    _require_office(actor)
    unit = select(Post.unit_id).where(Post.id == post_id).scalar_subquery()
    if (
        not 0 < post_id <= LARGEST_ID
        or not session.execute(select(Unit.id).where(Unit.id == unit).with_for_update()).all()
    ):
        raise NotFound("no_such_post_entry")
    row = session.get_one(Post, post_id, populate_existing=True)
    if row.cancelled_at is not None:
        raise WrongState("post_cancelled_already")
    return row


def _person(session: Session, given: Mapping[str, Any], field: str) -> User:
    name = given.get(field)
    if not isinstance(name, str) or not name.strip():
        raise BadInput("missing", field)
    try:
        return find_user(session, name)
    except BadInput as error:
        raise BadInput("user_unknown", field, name=name[:64]) from error


def _days(now: datetime, given: Mapping[str, Any], kind: str) -> tuple[date, date | None]:
    first = needed_day("from_day", given)
    _within(now, "from_day", first)
    if not given.get("until_day") and kind != "deputy":
        return first, None
    last = needed_day("until_day", given)
    _within(now, "until_day", last)
    if last < first:
        raise BadInput("days_reversed", "until_day")
    return first, last


def _within(now: datetime, field: str, day: date) -> None:
    if abs((day - local_date(now)).days + (BACK - AHEAD) // 2) > (BACK + AHEAD) // 2:
        raise BadInput("post_day", field, back=BACK, ahead=AHEAD)


def on_record(session: Session, entry: WantedPost) -> Post | None:
    """The post that is exactly this entry, or None."""
    same = and_(
        Post.unit_id == entry.unit_id,
        Post.kind == entry.kind,
        Post.user_id == entry.user.id,
        Post.from_at == entry.from_at,
        Post.until_at == entry.until_at if entry.until_at is not None else Post.until_at.is_(None),
        Post.stands_for_id == entry.away.id if entry.away is not None else Post.stands_for_id.is_(None),
        Post.document == entry.document,
        Post.cancelled_at.is_(None),
    )
    return session.scalars(select(Post).where(same)).one_or_none()


def _give_way(session: Session, actor: Actor, now: datetime, each: Displaced, entry: WantedPost) -> None:
    if each.until is None:
        withdraw(each.post, now)
    else:
        each.post.until_at, each.post.ended_at = entry.from_at, now
    # The old one is written as ended before the next is inserted: a trigger refuses both at once.
    session.flush()
    action = "post_cancelled" if each.until is None else "post_ended"
    record(event_log.of(session, each.post, actor, now), each.post, action, on=entry.document)
