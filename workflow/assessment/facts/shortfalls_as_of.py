"""Shortfalls (未达到要求) as of a moment: duties handed in with a form that does not reach the item.

The resolving event names them: the demands and the gaps to own rows in `short`, and a count below its target.  Source: the
notice's figures, which are the scheme's demands.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event
from workflow.assessment.facts.facts_as_of import TicketFact
from workflow.policy.form_rules import USUAL
from workflow.tickets.actions.own_gaps import OWN

_CHUNK = 500


def mark_short(session: Session, facts: Iterable[TicketFact], at: datetime) -> None:
    """Mark the duties whose last report until the moment falls short, or states that there is none (`none`); a duty in
    progress has no report that counts."""
    handed_in = {
        fact.id: fact for fact in facts if fact.duty_unit_id is not None and fact.state in ("resolved", "closed")
    }
    ids = sorted(handed_in)
    for start in range(0, len(ids), _CHUNK):
        reports = session.execute(
            select(Event.subject_id, Event.given)
            .where(
                Event.subject_type == "ticket",
                Event.subject_id.in_(ids[start : start + _CHUNK]),
                Event.action == "resolve",
                Event.at <= at,
            )
            .order_by(Event.subject_id, Event.seq)
        )
        for ticket_id, given in reports:
            done, target = given.get("done"), given.get("target")
            below = done is not None and target is not None and done < target
            fact = handed_in[ticket_id]
            fact.short = any(_lasts(code, fact) for code in given.get("short", ())) or below
            fact.none = bool(given.get("none")) and not fact.short


def _lasts(code: str, fact: TicketFact) -> bool:
    """Whether a shortfall makes the duty count as not reached.

    A number that differs from own rows, or from what is usual, does until it is confirmed: nobody but the unit has looked at
    it yet.  Registers lag, so the confirmer, who sees number, rows and reason side by side, decides it.
    """
    return not (code.startswith((OWN, USUAL)) and fact.state == "closed")
