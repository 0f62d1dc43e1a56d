"""Audit trail, for the inspectorate alone: events of accounts, posts, tokens, schemes and villages, views of full numbers,
exports of data, and the head block that a report prints, each with the address and the sign-in from which it was done.
Operators and auditors are different people (三员分立), and each reading of the trail is on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from models import Block, Event, EventSecret, Household, Post, SchemeVersion, User, Village
from models.history import TRAIL
from workflow.actors import Actor
from workflow.errors import NotAllowed
from workflow.history import event_log
from workflow.history.trail_search import Mark, TrailSearch, found, midnight
from workflow.policy.worktime import local_date

#: Events whose written part is shown: what a reading of the trail was for, and who was refused.
_TOLD = ("read_trail", "refused_access")
#: The rows of one page of an export.
_LOT = 500
_EVERYTHING = TrailSearch()


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event with its actor, action and subject.  `actor` None is the system; `subject` a person (with the `account`), a
    scheme, a village or a household's code; `address` and `session` from where it was done, where that is known."""

    id: int
    at: datetime
    actor: str | None
    role: str
    action: str
    subject: str
    account: str | None
    subject_role: str | None
    given: dict[str, Any]
    hash: str
    block: int | None
    unit: int | None = None
    address: str | None = None
    session: int | None = None
    #: What was written with the events of `_TOLD`.
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> Mark:
        """Where the next page begins, if this is the last line of one."""
        return self.at, self.id


def require(actor: Actor) -> None:
    """Raises NotAllowed for everybody but the inspectorate."""
    if actor.role != "inspectorate":
        raise NotAllowed("trail_not_yours")


def trail(
    session: Session, actor: Actor, wanted: TrailSearch = _EVERYTHING, before: Mark | None = None, limit: int = 50
) -> list[TrailLine]:
    """The latest events that match, before the mark.  Raises NotAllowed, BadInput."""
    require(actor)
    return _lines(session, found(session, wanted, before, limit))


def whole(session: Session, actor: Actor, wanted: TrailSearch, most: int) -> Iterator[TrailLine]:
    """All events that match, the latest first, up to `most`, read page by page; what is refused is refused at once, before
    anything is written of it.  Raises NotAllowed, BadInput.
    """
    return _following(session, actor, wanted, most, trail(session, actor, wanted, None, min(_LOT, most)))


def _following(
    session: Session, actor: Actor, wanted: TrailSearch, left: int, lines: list[TrailLine]
) -> Iterator[TrailLine]:
    while lines:
        yield from lines
        left -= len(lines)
        if left <= 0 or len(lines) < _LOT:
            return
        lines = trail(session, actor, wanted, lines[-1].mark, min(_LOT, left))


def record_reading(session: Session, actor: Actor, now: datetime, wanted: TrailSearch) -> bool:
    """The event of a reading: of one reader and search once a day, so that reading does not fill the history.

    What was searched for may name a person and is kept apart.  Returns whether it was recorded.  Raises NotAllowed.
    """
    require(actor)
    return _record_reading(session, actor, now, wanted.asked())


def record_look_up(session: Session, actor: Actor, now: datetime, code: str) -> None:
    """The event of a look-up of who accessed a household's data, recorded as a reading of the trail."""
    _record_reading(session, actor, now, {"household": code})


def _record_reading(session: Session, actor: Actor, now: datetime, asked: dict[str, Any]) -> bool:
    session.execute(select(User.id).where(User.id == actor.account_id).with_for_update())
    since = midnight(local_date(now))
    today = (
        select(EventSecret.body)
        .select_from(Event)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(TRAIL.predicate, Event.subject_type == "user", Event.subject_id == actor.account_id)
        .where(Event.at >= since, Event.action == "read_trail")
    )
    if any((body or {}) == asked for body in session.scalars(today)):
        return False
    chain = event_log.of(session, ("user", actor.account_id), actor, now)
    chain.append("read_trail", {}, private=asked or None, notify=False)
    return True


def record_virus(session: Session, actor: Actor, now: datetime, virus: str) -> None:
    """The event of a refused file: the name that the scanner gives to what it found, on the chain of who sent it."""
    chain = event_log.of(session, ("user", actor.account_id), actor, now)
    chain.append("refused_virus", {"virus": virus[:200]}, notify=False)


def _lines(session: Session, ids: list[int]) -> list[TrailLine]:
    doer, whom = aliased(User), aliased(User)
    query = (
        select(
            *(Event, doer, whom, func.coalesce(SchemeVersion.code, Village.name, Household.code), Block.number),
            EventSecret.body,
        )
        .outerjoin(doer, doer.id == Event.actor_id)
        .outerjoin(Post, (Post.id == Event.subject_id) & (Event.subject_type == "post"))
        .outerjoin(whom, whom.id == case((Event.subject_type == "user", Event.subject_id), else_=Post.user_id))
        .outerjoin(SchemeVersion, (SchemeVersion.id == Event.subject_id) & (Event.subject_type == "scheme"))
        .outerjoin(Village, (Village.id == Event.subject_id) & (Event.subject_type == "village"))
        .outerjoin(Household, (Household.id == Event.subject_id) & (Event.subject_type == "household"))
        .outerjoin(Block, Block.id == Event.block_id)
        .outerjoin(EventSecret, (EventSecret.event_id == Event.id) & Event.action.in_(_TOLD))
        .where(Event.id.in_(ids))
        .order_by(Event.at.desc(), Event.id.desc())
    )
    return [
        TrailLine(
            id=event.id,
            at=event.at,
            actor=by.display_name if by else None,
            role=event.actor_role,
            unit=event.actor_unit_id,
            action=event.action,
            subject=about.display_name if about else named or "",
            account=about.name if about else None,
            subject_role=about.role if about else None,
            given=event.given,
            hash=event.hash,
            block=block,
            address=event.address or _earlier(event).get("address"),
            session=event.session_id or _earlier(event).get("session"),
            words=words or {},
        )
        for event, by, about, named, block, words in session.execute(query)
    ]


def _earlier(event: Event) -> dict[str, Any]:
    """The input of a sign-in, which held address and session before every event had them."""
    return event.given if event.action in ("signed_in", "signed_out") else {}


def head_block(session: Session) -> Block | None:
    """The last block: a holder of its number and hash can prove a later rewrite."""
    return session.scalars(select(Block).order_by(Block.number.desc()).limit(1)).one_or_none()
