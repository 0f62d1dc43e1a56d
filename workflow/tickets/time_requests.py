"""Time requests: ask for an extension or suspension, and answer it.  Neither a request nor a refusal changes a clock; a
grant is a move through the desk.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import LARGEST_ID, Ticket, TimeRequest
from models.request import KINDS
from workflow.actors import Actor
from workflow.county.context import Setting, setting
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import day_of, text_of
from workflow.tickets import desk
from workflow.tickets.actions import lifecycle
from workflow.tickets.actions.action_input import bounded, named_evidence
from workflow.tickets.consequences import pending_request
from workflow.tickets.custody import custodies
from workflow.tickets.permissions import sees


def ask(
    session: Session,
    actor: Actor,
    now: datetime,
    ticket: Ticket | int,
    kind: str,
    until: date | str | None,
    reason: str | None,
    plan: str | None,
    ground: str | None = None,
    evidence: Sequence[int | str] | None = None,
) -> TimeRequest:
    """Ask for a later deadline (`extension`) or for the clock to stop (`suspension`) until a day.

    Asked by the responsible unit while it holds the ticket and before its deadline, one request at a time; in the
    scheme's last working hours only with a ground.  A suspension needs a ground and evidence.  Raises NotFound,
    NotAllowed, WrongState, Duplicate or BadInput.
    """
    row, place = _at_hand(session, actor, ticket, now)
    if "lead" not in lifecycle.relations(actor, row, place):
        raise NotAllowed("only_the_lead_asks")
    if row.state != "in_progress":
        raise WrongState("asked_only_in_progress", state=row.state)
    run = custodies.running(session, row.id)
    assert run is not None
    assert actor.user_id is not None
    due_at = run.custody.due_at
    if now >= due_at:
        raise WrongState("asked_too_late")
    if pending_request.of(session, row.id) is not None:
        raise Duplicate("request_waits")
    if kind not in KINDS:
        raise BadInput("unknown_request", "request")
    if kind == "extension" and row.extensions >= len(lifecycle.EXTENDING):
        raise WrongState("extended_already")
    wanted = day_of("until", _there("until", until))
    bounded(place, row, "suspend" if kind == "suspension" else "extend", wanted, now)
    words = {"reason": text_of("reason", _there("reason", reason)), "plan": text_of("plan", _there("plan", plan))}
    code = _ground(place, ground)
    if code is None:
        if kind == "suspension":
            raise BadInput("missing", "ground")
        if place.clock.minutes_between(now, due_at) < place.scheme.asking.last_hours * 60:
            raise BadInput("ground_in_last_hours", "ground", hours=place.scheme.asking.last_hours)
    if kind == "suspension" and not evidence:
        raise BadInput("missing", "evidence")
    shown = named_evidence(session, actor, row, list(evidence)) if evidence else []
    request = TimeRequest(
        ticket_id=row.id,
        custody_id=run.custody.id,
        tenure_id=run.tenure.id,
        unit_id=run.custody.unit_id,
        kind=kind,
        asked_at=now,
        asked_by_id=actor.user_id,
        ground=code,
        wanted_until=wanted,
        evidence=[piece.id for piece in shown],
        status="waiting",
        asked_of_id=_asked_of(place, row, kind),
        answer_due_at=pending_request.answer_due(place, now),
        **words,
    )
    session.add(request)
    session.flush()
    event_log.append(
        session,
        subject_type="ticket",
        subject_id=row.id,
        actor=actor,
        action="ask_time",
        now=now,
        from_state=row.state,
        to_state=row.state,
        given={
            "request": kind,
            "until": wanted.isoformat(),
            **({"ground": code} if code else {}),
            **({"evidence": [{"id": piece.id, "sha256": piece.sha256} for piece in shown]} if shown else {}),
        },
        effect={"request": asked(request, run.custody.seq)},
        secret=dict(words),
    )
    return request


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
    found = session.get(TimeRequest, request if isinstance(request, int) else request.id)
    if found is None:
        raise NotFound("no_such_request")
    row, _ = _at_hand(session, actor, found.ticket_id, now)
    # Another answer may have held the ticket's lock before, so the request is read again.
    session.refresh(found)
    if actor.unit_id != found.asked_of_id or actor.role not in ("office", "leaders"):
        raise NotAllowed("request_of_another")
    if found.status != "waiting":
        raise WrongState("request_answered")
    why = text_of("reason", _there("reason", reason))
    if grant:
        _grant(session, actor, row, found, now, until, why)
        return found
    assert actor.user_id is not None
    found.status, found.answered_at, found.answered_by_id, found.answer = "refused", now, actor.user_id, why
    session.flush()
    event_log.append(
        session,
        subject_type="ticket",
        subject_id=row.id,
        actor=actor,
        action="refuse_time",
        now=now,
        from_state=row.state,
        to_state=row.state,
        given={"request": found.kind},
        effect={"request": pending_request.answered(found)},
        secret={"reason": why},
    )
    return found


def find(session: Session, ticket: Ticket, request_id: int) -> TimeRequest:
    """The request of this ticket with this id.  Raises NotFound."""
    found = session.get(TimeRequest, request_id) if request_id <= LARGEST_ID else None
    if found is None or found.ticket_id != ticket.id:
        raise NotFound("no_such_request")
    return found


def _grant(
    session: Session, actor: Actor, row: Ticket, found: TimeRequest, now: datetime, until: date | str | None, why: str
) -> None:
    day = until or found.wanted_until
    if found.kind == "suspension":
        desk.perform(session, actor, row, "suspend", now, ground=found.ground, until=day, note=why)
    else:
        verb = lifecycle.EXTENDING[row.extensions]
        desk.perform(session, actor, row, verb, now, until=day, reason=why)


def _at_hand(session: Session, actor: Actor, ticket: Ticket | int, now: datetime) -> tuple[Ticket, Setting]:
    row = desk.lock(session, ticket if isinstance(ticket, int) else ticket.id)
    if row is None or not sees(actor, row, session):
        raise NotFound("no_such_ticket")
    place = setting(session, row.scheme_version_id)
    desk.settle(session, place, row, now)
    return row, place


def _asked_of(place: Setting, ticket: Ticket, kind: str) -> int:
    assert ticket.lead_unit_id is not None
    offices_own = place.unit(ticket.lead_unit_id).type == "office"
    again = kind == "extension" and ticket.extensions > 0
    return (place.leaders if offices_own or again else place.office).id


def _ground(place: Setting, text: str | None) -> str | None:
    """The code of a ground, which must be in the scheme's list."""
    if not text:
        return None
    for ground in place.scheme.suspension.grounds:
        if text_of("ground", text) in (ground.code, ground.name.zh, ground.name.en):
            return ground.code
    raise BadInput("ground_unknown", "ground")


def _there(name: str, value: Any) -> Any:
    if value is None or value == "":
        raise BadInput("missing", name)
    return value
