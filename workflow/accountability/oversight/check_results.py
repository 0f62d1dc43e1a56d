"""Spot check results: another town or the office records what was found on the spot.

A closing that holds changes nothing.  A false one (虚假办结) reopens its ticket, within the scheme's days for reopening
or the check's own days, whichever end later, so that a check made in time has its effect.  Afterwards, or where the
same deficiency is open again or the household was cleared, it is recorded without reopening; a new ticket names the old
one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Evidence, SpotCheck, SpotDraw, SpotResult, Ticket
from models.base import stated
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import day_of, statement_of
from workflow.policy.worktime import local_date
from workflow.tickets import desk
from workflow.tickets.actions.action_input import ActionInput, find_evidence
from workflow.tickets.consequences import pending_checks
from workflow.tickets.visibility import COUNTY_WIDE

RESULTS = ("holds", "false")


def find(session: Session, actor: Actor, check_id: int) -> SpotCheck:
    """The check with this id, if the actor may see it: readers of the county, and the unit that makes or made it.  Raises
    NotFound."""
    row = session.get(SpotCheck, check_id)
    if row is None:
        raise NotFound("no_such_spot_check")
    if actor.role in COUNTY_WIDE:
        return row
    result = result_of(session, row)
    made = result is not None and actor.is_of(result.unit_id)
    if (
        actor.role != "town"
        or row.void
        or not (made or (result is None and pending_checks.may_look(session, actor, row)))
    ):
        raise NotFound("no_such_spot_check")
    return row


def result_of(session: Session, check: SpotCheck) -> SpotResult | None:
    """The result of a check, if any."""
    return session.scalars(select(SpotResult).where(SpotResult.check_id == check.id)).one_or_none()


def still_open(session: Session, check: SpotCheck) -> None:
    """Raises WrongState for a check already made, or whose ticket was reopened before."""
    before = session.scalars(
        select(SpotResult).where(SpotResult.check_id == check.id).execution_options(populate_existing=True)
    ).one_or_none()
    if check.void or (before is not None and before.result == "lapsed"):
        raise WrongState("spot_check_lapsed")
    if before is not None:
        raise WrongState("spot_check_made")


@dataclass(frozen=True, slots=True)
class ResultInput:
    """A result as submitted: `holds` or `false`, with the day of the visit, own evidence and, where false, a note."""

    result: str | None
    visited_on: Any = None
    note: str | None = None
    evidence: Sequence[int | str] | None = None


def record(session: Session, actor: Actor, now: datetime, check: SpotCheck | int, given: ResultInput) -> SpotResult:
    """Record the result of a spot check.

    Raises NotFound, NotAllowed, WrongState (already made, or the ticket reopened) or BadInput.
    """
    row = find(session, actor, check if isinstance(check, int) else check.id)
    if not pending_checks.may_look(session, actor, row):
        raise NotAllowed("spot_check_of_another")
    ticket = stated(desk.lock(session, row.ticket_id))
    # An earlier result may have held the ticket's lock, so the row is read again.
    still_open(session, row)
    draw = session.get_one(SpotDraw, row.draw_id)
    if now < draw.drawn_at:
        raise Conflict("clock_ran_back")
    result = given.result
    if not result:
        raise BadInput("missing", "result")
    if result not in RESULTS:
        raise BadInput("unknown_spot_result", "result")
    false = result == "false"
    visited, said = _parse_visit_day(draw, given.visited_on, now), _note(given.note, false)
    shown = _checked_evidence(session, actor, ticket, draw, given.evidence)
    made = SpotResult(
        check_id=row.id,
        ticket_id=ticket.id,
        result=result,
        at=now,
        by_id=actor.user_id,
        unit_id=actor.unit_id,
        visited_on=visited,
        note=said,
        evidence=[piece.id for piece in shown],
        reopened=false and _reopens(session, ticket, row, now),
    )
    session.add(made)
    session.flush()
    pending_checks.mark_done(session, [row.id])
    _append_result(session, actor, now, ticket, row, made, shown)
    return made


def _parse_visit_day(draw: SpotDraw, value: Any, now: datetime) -> Any:
    if value in (None, ""):
        raise BadInput("missing", "visited_on")
    day = day_of("visited_on", value)
    if day > local_date(now):
        raise BadInput("date_in_future", "visited_on")
    # A visit before the draw was for another purpose.
    if day < local_date(draw.drawn_at):
        raise BadInput("visit_before_draw", "visited_on", day=local_date(draw.drawn_at).isoformat())
    return day


def _note(note: str | None, false: bool) -> str:
    if note in (None, ""):
        if false:
            raise BadInput("missing", "note")
        return ""
    return statement_of("note", note)


def _checked_evidence(
    session: Session, actor: Actor, ticket: Ticket, draw: SpotDraw, evidence: Sequence[int | str] | None
) -> list[Evidence]:
    if not evidence:
        raise BadInput("missing", "evidence")
    rows = find_evidence(session, actor, ticket, evidence)
    if all(row.uploaded_at < draw.drawn_at for row in rows):
        raise BadInput("evidence_not_new", "evidence")
    return rows


def _reopens(session: Session, ticket: Ticket, check: SpotCheck, now: datetime) -> bool:
    setting = county_context(session, ticket.scheme_version_id, hold=True)
    if now > max(check.due_at, setting.clock.due(stated(ticket.ended_at), setting.scheme.reopen_days)):
        return False
    if desk.household_is_gone(session, ticket):
        return False
    again = select(Ticket.id).where(
        Ticket.household_id == ticket.household_id if ticket.household_id else Ticket.village_id == ticket.village_id,
        Ticket.kind == ticket.kind,
        Ticket.cause == ticket.cause,
        Ticket.ended_at.is_(None),
    )
    return session.scalar(again) is None


def _append_result(
    session: Session,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    check: SpotCheck,
    made: SpotResult,
    shown: list[Evidence],
) -> None:
    """Append the result to the ticket's history; a false closing reopens the ticket through the desk where allowed."""
    setting = county_context(session, ticket.scheme_version_id)
    codes = {
        "spot_check": check.id,
        "month": session.get_one(SpotDraw, check.draw_id).month,
        "result": made.result,
        "visited_on": stated(made.visited_on).isoformat(),
        "evidence": [{"id": piece.id, "sha256": piece.sha256} for piece in shown],
        "mended_by": setting.unit(check.resolved_by_unit_id).code,
        "struck_off_by": setting.unit(check.confirmed_by_unit_id).code,
    }
    words = {"note": made.note} if made.note else {}
    effect: dict[str, Any] = {"spot_checks": [pending_checks.check_payload(made)]}
    if made.reopened:
        desk.disprove(session, actor, ticket, now, ActionInput(hashed=codes, private_text=words), effect)
        return
    if made.result == "false":
        ticket.false_closings += 1
        effect |= {"ticket": {"false_closings": ticket.false_closings}}
    event_log.of(session, ticket, actor, now).append(
        "spot_false" if made.result == "false" else "spot_holds", codes, effect, private=words or None
    )
