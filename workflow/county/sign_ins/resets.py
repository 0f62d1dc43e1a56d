"""Resets (重置): of an account that rules, inspects or operates nothing is reset before somebody of the inspectorate agrees.

The administrator asks, a person of the inspectorate agrees or refuses, and the administrator carries out, once, within a
week.  That nobody agrees to the own reset, or to one the same person asked for, is a constraint of the table.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import ResetRequest, User
from models.people import OPEN_RESETS, WATCHED
from workflow.actors import Actor
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound
from workflow.history import event_log
from workflow.inputs import statement_of

#: For how long a request may be agreed to and carried out.
LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request as the inspectorate reads it."""

    id: int
    what: str
    user: User
    asked_at: datetime
    asked_by: str
    expires_at: datetime
    agreed_at: datetime | None
    agreed_by: str


def needs_agreement(user: User) -> bool:
    """Whether a reset of this account needs the agreement of the inspectorate."""
    return user.role in WATCHED


def must_ask(session: Session, user: User, what: str, now: datetime) -> bool:
    """Whether nothing was asked yet for a reset that needs an agreement."""
    row = _open(session, user.id, what) if needs_agreement(user) else None
    return needs_agreement(user) and (row is None or row.expires_at <= now)


def ask(session: Session, actor: Actor, now: datetime, user: User, what: str) -> ResetRequest:
    """Ask the inspectorate to agree.  Raises NotAllowed; BadInput for a closed account; Conflict `reset_asked`."""
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    if not user.active:
        raise BadInput("account_closed", "name", name=user.name)
    _lock(session, user.id)
    former = _open(session, user.id, what)
    if former is not None:
        if former.expires_at > now:
            raise Conflict("reset_asked")
        former.ended_at = now
        session.flush()
    row = ResetRequest(user_id=user.id, what=what, asked_at=now, asked_by_id=actor.user_id, expires_at=now + LASTS)
    session.add(row)
    session.flush()
    event_log.of(session, user, actor, now).append("reset_asked", {"what": what}, {"reset": row.id})
    return row


def decide(session: Session, actor: Actor, now: datetime, number: int, agrees: bool) -> ResetRequest:
    """Agree to a request or refuse it, as a person of the inspectorate.

    Raises NotAllowed, also for the own account; NotFound; Conflict `reset_settled` for one that is no longer open.
    """
    _require_inspectorate(actor)
    row = session.get(ResetRequest, number)
    if row is None:
        raise NotFound("no_such_reset")
    if row.user_id == actor.user_id:
        raise NotAllowed("reset_own")
    user = _lock(session, row.user_id)
    session.refresh(row)
    if row.used_at or row.ended_at or row.expires_at <= now or (agrees and row.agreed_at):
        raise Conflict("reset_settled")
    chain, given, effect = event_log.of(session, user, actor, now), {"what": row.what}, {"reset": row.id}
    if agrees:
        row.agreed_at, row.agreed_by_id = now, actor.user_id
        chain.append("reset_agreed", given, effect)
    else:
        row.ended_at, row.ended_by_id = now, actor.user_id
        chain.append("reset_refused", given, effect)
    return row


def carry_out(
    session: Session, actor: Actor, now: datetime, user: User, what: str, emergency: str = ""
) -> dict[str, int]:
    """Use up the agreement that a reset of this account needs; returns what its event names.  The caller holds the lock.

    `emergency`: the command line's reason for going without one, as when the inspectorate's only person is shut out.
    Raises Conflict `reset_not_agreed`.
    """
    if not needs_agreement(user):
        return {}
    if emergency and actor.role == "system":
        reason = statement_of("emergency", emergency)
        chain = event_log.of(session, user, actor, now)
        chain.append("reset_in_emergency", {"what": what}, private={"reason": reason})
        return {}
    row = _open(session, user.id, what)
    if row is None or row.agreed_at is None or row.expires_at <= now:
        raise Conflict("reset_not_agreed", name=user.name)
    row.used_at = now
    session.flush()
    return {"reset": row.id}


def agreement_of(user: User, given: dict[str, int]) -> str:
    """How a reset was agreed to, by what `carry_out` returned."""
    if not needs_agreement(user):
        return "not_needed"
    return "agreed" if given else "emergency"


def listed(session: Session, actor: Actor, now: datetime) -> list[Asked]:
    """The open requests, the latest first, for the inspectorate.  Raises NotAllowed."""
    _require_inspectorate(actor)
    return _asked(session, now)


def by_account(session: Session, now: datetime) -> dict[tuple[int, str], Asked]:
    """The open requests by account and by what is to be reset, for the administrator's list."""
    return {(each.user.id, each.what): each for each in _asked(session, now)}


def _asked(session: Session, now: datetime) -> list[Asked]:
    asker, agreer = aliased(User), aliased(User)
    query = (
        select(ResetRequest, User, asker.display_name, agreer.display_name)
        .join(User, User.id == ResetRequest.user_id)
        .outerjoin(asker, asker.id == ResetRequest.asked_by_id)
        .outerjoin(agreer, agreer.id == ResetRequest.agreed_by_id)
        .where(OPEN_RESETS.predicate, ResetRequest.expires_at > now)
        .order_by(ResetRequest.id.desc())
    )
    return [
        Asked(row.id, row.what, user, row.asked_at, asked_by or "", row.expires_at, row.agreed_at, agreed_by or "")
        for row, user, asked_by, agreed_by in session.execute(query)
    ]


def _open(session: Session, user_id: int, what: str) -> ResetRequest | None:
    query = select(ResetRequest).where(ResetRequest.user_id == user_id, ResetRequest.what == what)
    return session.scalars(query.where(OPEN_RESETS.predicate)).one_or_none()


def _lock(session: Session, user_id: int) -> User:
    return session.get_one(User, user_id, with_for_update=True)


def _require_inspectorate(actor: Actor) -> None:
    if actor.role != "inspectorate":
        raise NotAllowed("resets_not_yours")
