"""Candidate consent: records that a family reported without its consent has given it, before it can be registered."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import Candidate
from workflow.actors import Actor
from workflow.errors import NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.register.candidates.report_input import check_consent
from workflow.register.candidates.reporting import REPORTERS
from workflow.tickets import desk
from workflow.tickets.consequences import candidate_verdicts
from workflow.tickets.lookup import find_ticket
from workflow.tickets.visibility import cut_at


def record_consent(
    session: Session, actor: Actor, now: datetime, number: str, by: str, on: date | str | None, how: str
) -> Candidate:
    """Record who consented, when and how, of the candidate of this ticket; a later record replaces an earlier one.

    Raises NotFound, NotAllowed, BadInput at the field at fault, WrongState once there is a verdict.
    """
    ticket = desk.lock_visible(session, actor, find_ticket(session, actor, number))
    if ticket.candidate_id is None:
        raise NotFound("no_such_candidate")
    if actor.role not in REPORTERS or cut_at(actor, ticket, session) is not None:
        raise NotAllowed("may_not_report_candidates")
    row = session.get_one(Candidate, ticket.candidate_id, populate_existing=True)
    if row.verdict is not None:
        raise WrongState("ticket_ended", state=ticket.state)
    given = check_consent(by, on, how, now)
    row.consent_by, row.consent_on, row.consent_how = given.by, given.on, given.how
    people = candidate_verdicts.people_of(session, row.id)
    event_log.of(session, ticket, actor, now).append(
        "consent",
        {"on": given.on.isoformat(), "how": given.how},
        {"candidate": candidate_verdicts.payload(row)},
        private={"candidate": candidate_verdicts.words(row, people)},
        notify=False,
    )
    return row
