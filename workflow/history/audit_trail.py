"""Audit trail, for the inspectorate alone: events of accounts, posts, tokens, schemes and villages, views of full
numbers, exports of data, and the head block that a report prints.  Operators and auditors are different people
(三员分立).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import Block, Event, Household, Post, SchemeVersion, User, Village
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed
from workflow.paging import escaped
from workflow.policy.worktime import SHANGHAI

#: Tickets have their own pages; all other acts on the county's order are on the trail.
SUBJECTS = ("user", "scheme", "village", "county", "spot_draw", "random_draw", "authorisation", "post")
#: Events of households and imports on the trail: views of full numbers, and searches by them.
LOOKED_AT = ("reveal", "find_by_number", "refused_rows", "apply", "undo")


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event with its actor, action and subject.  `actor` None is the system; `subject` a person (with the `account`), a
    scheme, a village or a household's code."""

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


def trail(
    session: Session, actor: Actor, person: str = "", day: str = "", before: int | None = None, limit: int = 50
) -> list[TrailLine]:
    """The latest events of the trail, before the event with the id `before`.

    `person` narrows to events by or about the person with this name or sign-in name, `day` (ISO) to one day in China.
    Raises NotAllowed, BadInput.
    """
    if actor.role != "inspectorate":
        raise NotAllowed("trail_not_yours")
    doer, whom = aliased(User), aliased(User)
    query = (
        select(Event, doer, whom, func.coalesce(SchemeVersion.code, Village.name, Household.code), Block.number)
        .outerjoin(doer, doer.id == Event.actor_id)
        .outerjoin(Post, (Post.id == Event.subject_id) & (Event.subject_type == "post"))
        .outerjoin(whom, whom.id == case((Event.subject_type == "user", Event.subject_id), else_=Post.user_id))
        .outerjoin(SchemeVersion, (SchemeVersion.id == Event.subject_id) & (Event.subject_type == "scheme"))
        .outerjoin(Village, (Village.id == Event.subject_id) & (Event.subject_type == "village"))
        .outerjoin(Household, (Household.id == Event.subject_id) & (Event.subject_type == "household"))
        .outerjoin(Block, Block.id == Event.block_id)
        .where(
            or_(
                Event.subject_type.in_(SUBJECTS),
                and_(Event.subject_type.in_(("household", "import")), Event.action.in_(LOOKED_AT)),
            ),
        )
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if person.strip():
        pattern = f"%{escaped(person.strip())}%"
        called = [table.display_name.like(pattern, escape="\\") for table in (doer, whom)]
        query = query.where(or_(doer.name == person.strip(), whom.name == person.strip(), *called))
    if day.strip():
        begins = _midnight(day.strip())
        query = query.where(Event.at >= begins, Event.at < begins + timedelta(days=1))
    if before is not None:
        query = query.where(Event.id < before)
    return [
        TrailLine(
            id=event.id,
            at=event.at,
            actor=by.display_name if by else None,
            role=event.actor_role,
            action=event.action,
            subject=about.display_name if about else named or "",
            account=about.name if about else None,
            subject_role=about.role if about else None,
            given=event.given,
            hash=event.hash,
            block=block,
        )
        for event, by, about, named, block in session.execute(query)
    ]


def head_block(session: Session) -> Block | None:
    """The last block: a holder of its number and hash can prove a later rewrite."""
    return session.scalars(select(Block).order_by(Block.number.desc()).limit(1)).one_or_none()


def _midnight(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", "day") from error
    if not 2000 <= day.year < 9999:
        raise BadInput("not_a_date", "day")
    return datetime.combine(day, time(), SHANGHAI)
