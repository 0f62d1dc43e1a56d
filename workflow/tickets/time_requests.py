"""Time requests: ask for an extension or suspension, and answer it.  Neither a request nor a refusal changes a clock; a
grant is a move through the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import LARGEST_ID, Ticket, TimeRequest
from models.base import stated
from models.request import KINDS
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import day_of, statement_of, text_of
from workflow.tickets import desk
from workflow.tickets.actions import lifecycle
from workflow.tickets.actions.action_input import find_evidence
from workflow.tickets.actions.time_bounds import check_until
from workflow.tickets.consequences import pending_request
from workflow.tickets.custody import custodies


@dataclass(frozen=True, slots=True)
class RequestInput:
    """A request as submitted: `extension` or `suspension` until a day, with reason, plan and ground."""

    kind: str
    until: date | str | None
    reason: str | None
    plan: str | None
    ground: str | None = None
    evidence: Sequence[int | str] | None = None


def ask(session: Session, actor: Actor, now: datetime, ticket: Ticket | int, given: RequestInput) -> TimeRequest:
    """Ask for a later deadline (`extension`) or for the clock to stop (`suspension`) until a day.

    Asked by the responsible unit while it holds the ticket and before its deadline, one request at a time; in the
    scheme's last working hours only with a ground.  A suspension needs a ground and evidence.  Raises NotFound,
    NotAllowed, WrongState, Duplicate or BadInput.
    """
    row, setting = _lock_request_ticket(session, actor, ticket, now)
    run = _custody_for_request(session, actor, now, row, setting)
    kind = given.kind
    if kind not in KINDS:
        raise BadInput("unknown_request", "request")
    if kind == "extension" and row.extensions >= len(lifecycle.EXTENDING):
        raise WrongState("extended_already")
    wanted = day_of("until", _there("until", given.until))
    check_until(setting, row, "suspend" if kind == "suspension" else "extend", wanted, now)
    words = {name: statement_of(name, _there(name, getattr(given, name))) for name in ("reason", "plan")}
    code = _checked_ground(setting, given, run.custody.due_at, now)
    if kind == "suspension" and not given.evidence:
        raise BadInput("missing", "evidence")
    shown = find_evidence(session, actor, row, list(given.evidence)) if given.evidence else []
    request = TimeRequest(
        ticket_id=row.id,
        custody_id=run.custody.id,
        tenure_id=run.tenure.id,
        unit_id=run.custody.unit_id,
        kind=kind,
        asked_at=now,
        asked_by_id=actor.account_id,
        ground=code,
        wanted_until=wanted,
        evidence=[piece.id for piece in shown],
        status="waiting",
        asked_of_id=_asked_of(setting, row, kind),
        answer_due_at=pending_request.answer_due(setting, now),
        **words,
    )
    session.add(request)
    session.flush()
    event_log.of(session, row, actor, now).append(
        "ask_time",
        {
            "request": kind,
            "until": wanted.isoformat(),
            **({"ground": code} if code else {}),
            **({"evidence": [{"id": piece.id, "sha256": piece.sha256} for piece in shown]} if shown else {}),
        },
        {"request": asked(request, run.custody.seq)},
        private=dict(words),
    )
    return request


def _custody_for_request(
    session: Session, actor: Actor, now: datetime, row: Ticket, setting: CountyContext
) -> custodies.OpenCustody:
    """The custody for which time may be asked now.  Raises NotAllowed, WrongState, Duplicate."""
    if "lead" not in lifecycle.relations(actor, row, setting):
        raise NotAllowed("only_the_lead_asks")
    if row.state != "in_progress":
        raise WrongState("asked_only_in_progress", state=row.state)
    run = stated(custodies.open_custody(session, row.id))
    if now >= run.custody.due_at:
        raise WrongState("asked_too_late")
    if pending_request.open_request(session, row.id) is not None:
        raise Duplicate("request_waits")
    return run


def _checked_ground(setting: CountyContext, given: RequestInput, due_at: datetime, now: datetime) -> str | None:
    code = _ground(setting, given.ground)
    if code is None:
        if given.kind == "suspension":
            raise BadInput("missing", "ground")
        if setting.clock.minutes_between(now, due_at) < setting.scheme.asking.last_hours * 60:
            raise BadInput("ground_in_last_hours", "ground", hours=setting.scheme.asking.last_hours)
    return code


def asked(request: TimeRequest, seq: int) -> dict[str, Any]:
    """The event payload of a new request, in the custody `seq`."""
    return {
        "id": request.id,
        "kind": request.kind,
        "custody": seq,
        "unit": request.unit_id,
        "asked_at": event_log.stamp(request.asked_at),
        "asked_by": request.asked_by_id,
        "ground": request.ground,
        "wanted_until": request.wanted_until.isoformat(),
        "evidence": request.evidence,
        "asked_of": request.asked_of_id,
        "answer_due_at": event_log.stamp(request.answer_due_at),
        "status": "waiting",
    }


def answer(
    session: Session,
    actor: Actor,
    now: datetime,
    request: TimeRequest | int,
    grant: bool,
    until: date | str | None = None,
    reason: str | None = None,
) -> TimeRequest:
    """Grant the request until the wanted day or another, or refuse it; both with a reason.

    Answered by the overseer, for a second extension by the leading group.  Raises NotFound, NotAllowed,
    WrongState (it was answered or lapsed) or BadInput.
    """
    time_request = session.get(TimeRequest, request if isinstance(request, int) else request.id)
    if time_request is None:
        raise NotFound("no_such_request")
    row, _ = _lock_request_ticket(session, actor, time_request.ticket_id, now)
    # Another answer may have held the ticket's lock before, so the request is read again.
    session.refresh(time_request)
    if not actor.is_of(time_request.asked_of_id) or actor.role not in ("office", "leaders"):
        raise NotAllowed("request_of_another")
    if time_request.status != "waiting":
        raise WrongState("request_answered")
    why = statement_of("reason", _there("reason", reason))
    if grant:
        _grant(session, actor, row, time_request, now, until, why)
        return time_request
    time_request.status, time_request.answered_at, time_request.answered_by_id, time_request.answer = (
        "refused",
        now,
        actor.account_id,
        why,
    )
    session.flush()
    event_log.of(session, row, actor, now).append(
        "refuse_time",
        {"request": time_request.kind},
        {"request": pending_request.answered(time_request)},
        private={"reason": why},
    )
    return time_request


def find(session: Session, ticket: Ticket, request_id: int) -> TimeRequest:
    """The request of this ticket with this id.  Raises NotFound."""
    request = session.get(TimeRequest, request_id) if request_id <= LARGEST_ID else None
    if request is None or request.ticket_id != ticket.id:
        raise NotFound("no_such_request")
    return request


def _grant(
    session: Session,
    actor: Actor,
    row: Ticket,
    time_request: TimeRequest,
    now: datetime,
    until: date | str | None,
    why: str,
) -> None:
    day = until or time_request.wanted_until
    if time_request.kind == "suspension":
        desk.perform(session, actor, row, "suspend", now, ground=time_request.ground, until=day, note=why)
    else:
        verb = lifecycle.EXTENDING[row.extensions]
        desk.perform(session, actor, row, verb, now, until=day, reason=why)


def _lock_request_ticket(
    session: Session, actor: Actor, ticket: Ticket | int, now: datetime
) -> tuple[Ticket, CountyContext]:
    row = desk.lock_visible(session, actor, ticket)
    setting = county_context(session, row.scheme_version_id)
    desk.settle(session, setting, row, now)
    return row, setting


def _asked_of(setting: CountyContext, ticket: Ticket, kind: str) -> int:
    again = kind == "extension" and ticket.extensions > 0
    return (setting.leaders if again else setting.grantor(ticket.responsible_unit_id)).id


def _ground(setting: CountyContext, text: str | None) -> str | None:
    """The code of a ground, which must be in the scheme's list."""
    if not text:
        return None
    for ground in setting.scheme.suspension.grounds:
        if text_of("ground", text) in (ground.code, ground.name.zh, ground.name.en):
            return ground.code
    raise BadInput("ground_unknown", "ground")


def _there(name: str, value: Any) -> Any:
    if value is None or value == "":
        raise BadInput("missing", name)
    return value
