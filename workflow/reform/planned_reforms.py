"""Planned reforms: entered before their day, applied at its beginning by the worker exactly once, withdrawn until then.

What can no longer be done on the day is refused and stays on record with its reason: the office enters it again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import PlannedReform, Reform, User
from models.look_alikes import NAMES_APART
from models.reform import WAITING_REFORMS
from workflow.actors import Actor, acting
from workflow.constraints import refused_as
from workflow.county.in_force import lock_county
from workflow.errors import Duplicate, NotFound, Stale, WorkflowError, WrongState
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.reform import reform_act
from workflow.reform.reform_input import Wanted, require_office, wanted
from workflow.reform.reform_parts import Part


def enter(
    session: Session, actor: Actor, now: datetime, given: dict[str, Any], *, seen: str | None = None
) -> Reform | PlannedReform:
    """Apply a reform whose day has come, or record it for a day to come.

    `seen` is the digest of the preview the person decided on.  Raises NotAllowed, BadInput, Stale.
    """
    asked = wanted(session, actor, now, given)
    if asked.from_day <= local_date(now):
        return reform_act.apply(session, actor, now, given, seen=seen)
    if seen is not None and seen != reform_act.preview(session, actor, now, given).seen:
        raise Stale("reform_changed")
    row = PlannedReform(
        kind=asked.kind,
        subject=asked.subject,
        from_day=asked.from_day,
        document=asked.document,
        reason=asked.reason,
        content=_content(asked, bool(given.get("another"))),
        entered_at=now,
        by_id=actor.account_id,
        state="waiting",
    )
    session.add(row)
    session.flush()
    event_log.of(session, row, actor, now, first=True).append(
        "plan_reform",
        {"kind": row.kind, "subject": row.subject, "from": row.from_day.isoformat(), "document": row.document},
        {"content": row.content},
        private={"reason": row.reason},
    )
    return row


def withdraw(session: Session, actor: Actor, now: datetime, planned_id: int) -> PlannedReform:
    """Withdraw a reform that waits for its day.  Raises NotAllowed, NotFound, WrongState."""
    require_office(actor)
    lock_county(session)
    row = _locked(session, planned_id)
    if row is None:
        raise NotFound("no_such_reform")
    if row.state != "waiting":
        raise WrongState("reform_settled")
    row.state, row.settled_at = "withdrawn", now
    event_log.of(session, row, actor, now).append("withdraw_reform", {"document": row.document})
    session.flush()
    return row


def waiting(session: Session) -> Sequence[PlannedReform]:
    """The reforms that wait for their day, the earliest first."""
    query = select(PlannedReform).where(WAITING_REFORMS.predicate)
    return session.scalars(query.order_by(PlannedReform.from_day, PlannedReform.id)).all()


def due(session: Session, now: datetime) -> list[int]:
    """The reforms whose day has come, by id, in the order in which they are applied."""
    today = local_date(now)
    return [row.id for row in waiting(session) if row.from_day <= today]


def apply_planned(session: Session, planned_id: int, now: datetime) -> bool:
    """Apply a reform whose day has come; False if it was settled meanwhile.  One that cannot be is refused on record."""
    lock_county(session)
    row = _locked(session, planned_id)
    if row is None or row.state != "waiting":
        # Withdrawn, or another worker was first.
        return False
    # In the name of who entered it, whatever their post is today.
    actor = replace(acting(session, session.get_one(User, row.by_id), now), role="office")
    about = {name: getattr(row, name) for name in ("kind", "subject", "from_day", "document", "reason")}
    try:
        # Which name may stand beside which is held by the database alone.
        with refused_as(Duplicate("name_looks_alike", "name"), *NAMES_APART), session.begin_nested():
            made = reform_act.apply(session, actor, now, {**row.content, **about})
    except WorkflowError as refusal:
        row.state, row.refusal, row.settled_at = "refused", refusal.code, now
        event_log.of(session, row, actor, now).append(
            "reform_refused", {"document": row.document, "refusal": refusal.code}
        )
    else:
        row.state, row.reform_id, row.settled_at = "applied", made.id, now
        event_log.of(session, row, actor, now).append(
            "reform_applied", {"document": row.document}, {"reform": made.id}, notify=False
        )
    session.flush()
    return True


def _locked(session: Session, planned_id: int) -> PlannedReform | None:
    return session.scalars(
        select(PlannedReform)
        .where(PlannedReform.id == planned_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _content(asked: Wanted, sure: bool) -> dict[str, Any]:
    """What was entered, by codes, as `wanted` reads it."""
    content: dict[str, Any] = {"sources": [row.code for row in asked.sources], "another": sure}
    if asked.kind == "split":
        return {**content, "parts": [_part(part) for part in asked.parts]}
    into = asked.into or asked.house
    return {**content, "into": into.code if into is not None else "", "name": asked.name, "name_en": asked.name_en}


def _part(part: Part) -> dict[str, Any]:
    return {
        "into": part.into.code if part.into is not None else "",
        "name": part.name,
        "name_en": part.name_en,
        "kinds": [topic.removeprefix("kind:") for topic in part.topics if topic.startswith("kind:")],
        "items": [topic.removeprefix("item:") for topic in part.topics if topic.startswith("item:")],
        "villages": [row.code for row in part.villages],
        "accounts": [row.name for row in part.accounts],
    }
