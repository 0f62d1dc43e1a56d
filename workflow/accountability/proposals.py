"""Proposals: a person issues the paper of a waiting rung in office hours, or declines it with a reason.

约谈 and 问责 always wait for a person, 督办 where no standing authorisation is on record.

The notice demands accountability for failing duty (closing section); whom it concerns is a person's judgement, so the
system only proposes.  Neither answer moves the ticket or changes a clock.  An issued 问责 proposes a case.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import LARGEST_ID, Custody, Escalation, Paper, RungAnswer, Tenure, Ticket
from models.base import stated
from workflow.accountability import automatic_issue, rung_issue
from workflow.accountability.cases import case_desk
from workflow.accountability.ladder_steps import LAST_RUNG
from workflow.accountability.replies import talks
from workflow.accountability.rung_issue import Wanted
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.policy.worktime import SHANGHAI
from workflow.tickets import desk
from workflow.tickets.name_veil import veil


def answers_it(actor: Actor, setting: CountyContext, unit_id: int) -> bool:
    """Whether this actor answers proposals against the unit: of the office, for its own lateness and that of units above
    it of the leading group."""
    return actor.role in ("office", "leaders") and actor.unit_id == setting.overseer(unit_id).id


def answer(
    session: Session,
    actor: Actor,
    now: datetime,
    ticket: Ticket | int,
    rung_id: int,
    issue: bool,
    reason: str | None,
    **talk: Any,
) -> RungAnswer:
    """Issue a waiting rung, which gives its paper the next number of its issuer, or decline it.

    The paper of a talk (约谈) is issued with `talk`: meet_at (outside office hours with hours_reason), place, presider and
    attendees.  Raises NotFound, NotAllowed,
    WrongState (it was answered, the system issued it by itself, it is the leading group's, or the office is closed) or
    BadInput.
    """
    row = desk.lock_visible(session, actor, ticket)
    rung = session.get(Escalation, rung_id) if rung_id <= LARGEST_ID else None
    if rung is None or rung.ticket_id != row.id:
        raise NotFound("no_such_proposal")
    setting = county_context(session, row.scheme_version_id)
    if not answers_it(actor, setting, rung.unit_id):
        raise NotAllowed("proposal_of_another")
    # An earlier answer held the ticket's lock, so it is visible here.
    known = session.scalars(select(RungAnswer.id).where(RungAnswer.escalation_id == rung.id)).first()
    if rung.status not in ("proposed", "deferred") or known is not None:
        raise WrongState("proposal_answered")
    if not reason:
        raise BadInput("missing", "reason")
    why = statement_of("reason", reason)
    appointment = (
        _appointment(session, setting, row, talk, now) if issue and rung.rung == rung_issue.TALK_RUNG else None
    )
    paper = _number(session, setting, rung, now) if issue else None
    said = RungAnswer(
        ticket_id=row.id,
        escalation_id=rung.id,
        issued=issue,
        paper=paper,
        reason=why,
        at=now,
        by_id=actor.account_id,
    )
    session.add(said)
    automatic_issue.answered(session, rung.id)
    session.flush()
    # A paper travels, so names of people in households are masked in it.
    printed = veil(session, [row])(why)
    frozen = _issued(session, setting, rung, said, printed, appointment) if paper else {}
    event_log.of(session, row, actor, now).append(
        "issue_rung" if issue else "decline_rung",
        {"rung": rung.rung, "stage": rung.stage, "unit": rung.unit_id, "paper": paper},
        {"rung": _proposal_payload(session, rung, said), **frozen},
        private={"reason": why, **({"printed": printed} if paper else {})},
    )
    if issue and rung.rung == LAST_RUNG:
        case_desk.propose(session, actor, now, rung)
    return said


def _appointment(
    session: Session, setting: CountyContext, ticket: Ticket, talk: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The appointment of a talk, with names of people in households masked in its reason.  Raises BadInput."""
    found = talks.appointed(talk, now, setting.clock, setting.scheme.ladder.talk_within)
    why = found.get("hours_reason")
    return found | ({"hours_reason": veil(session, [ticket])(why)} if why else {})


def decline_for_reform(
    session: Session, actor: Actor, now: datetime, ticket_id: int, rung: Escalation, why: str
) -> None:
    """Decline a waiting rung because its unit ends; a consequence of the reform, in the name of who applies it."""
    row = stated(desk.lock(session, ticket_id))
    said = RungAnswer(
        ticket_id=row.id, escalation_id=rung.id, issued=False, paper=None, reason=why, at=now, by_id=actor.account_id
    )
    session.add(said)
    automatic_issue.answered(session, rung.id)
    session.flush()
    event_log.of(session, row, actor, now).append(
        "decline_rung",
        {"rung": rung.rung, "stage": rung.stage, "unit": rung.unit_id, "paper": None},
        {"rung": _proposal_payload(session, rung, said)},
        private={"reason": why},
        notify=False,
    )


def _number(session: Session, setting: CountyContext, rung: Escalation, now: datetime) -> str:
    """The next number of the issuer.  Raises WrongState for a rung of the leading group (one that waited since before 0.3),
    after a higher rung's paper, and outside office hours, which a paper bears."""
    if not setting.accountable(rung.unit_id):
        raise WrongState("leaders_get_no_paper")
    if issued_above(session, rung):
        raise WrongState("higher_paper_issued")
    if not setting.clock.is_open(now):
        opens = setting.clock.next_opening(now).astimezone(SHANGHAI)
        raise WrongState("office_closed", opens=f"{opens:%Y-%m-%d %H:%M}")
    return rung_issue.next_number(session, now, setting, rung.unit_id)


def issued_above(session: Session, escalation: Escalation) -> bool:
    """Whether a paper of a higher rung exists for the same tenure and stage, which a lower one must not supersede."""
    above = select(Paper.id).where(
        Paper.tenure_id == escalation.tenure_id, Paper.stage == escalation.stage, Paper.rung > escalation.rung
    )
    return session.scalars(above.limit(1)).first() is not None


def _issued(
    session: Session,
    setting: CountyContext,
    escalation: Escalation,
    said: RungAnswer,
    printed: str,
    talk: dict[str, Any] | None,
) -> dict[str, Any]:
    """Write the paper of an issued proposal; returns the event payload."""
    custody, tenure = session.execute(
        select(Custody, Tenure).join(Tenure, Tenure.id == Custody.tenure_id).where(Custody.id == escalation.custody_id)
    ).one()
    # The time used before this custody: its own minutes are added at its end, and later ones after it.
    since = select(func.coalesce(func.sum(Custody.minutes), 0)).where(
        Custody.tenure_id == tenure.id,
        Custody.seq >= custody.seq,
        Custody.ended_at.is_not(None),
        *([Custody.stage == "accept"] if escalation.stage == "accept" else []),
    )
    open_ = automatic_issue.open_case(setting, escalation, custody, tenure)
    case = replace(open_, used_before=open_.used_before - int(session.scalar(since) or 0))
    wanted = Wanted(stated(said.paper), case, said.by_id, printed, escalation.id, talk=talk)
    return rung_issue.issue(session, said.at, [wanted])[tenure.id]


def _proposal_payload(session: Session, escalation: Escalation, said: RungAnswer) -> dict[str, Any]:
    """The event payload of the row, which `verify` folds."""
    return {
        "custody": session.get_one(Custody, escalation.custody_id).seq,
        "stage": escalation.stage,
        "rung": escalation.rung,
        "issued": said.issued,
        "paper": said.paper,
        "at": event_log.stamp(said.at),
        "by": said.by_id,
    }
