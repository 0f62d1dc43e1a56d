"""Closings that did not hold (销号不实) as of a moment: disproved by a spot check, reopened, or followed by a relapse.

Source: the notice's item 1, which asks whether those counted as lifted really are (抽查核实).
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Event, Ticket
from workflow.assessment.facts.facts_as_of import TicketFact

_CHUNK = 500
#: The acts on a closed ticket by which its closing turned out not to hold.
ACTS = ("reopen", "relapse", "disprove", "spot_false")


def not_held(session: Session, facts: Iterable[TicketFact], since: datetime, at: datetime) -> set[int]:
    """The tickets (ids) of which a closing was found not to hold from `since` until the moment.

    A new ticket for the same deficiency counts against the one it repeats, unless it was withdrawn.
    """
    rows = list(facts)
    found = {
        fact.relapse_of_id
        for fact in rows
        if fact.relapse_of_id is not None and fact.state != "withdrawn" and fact.filed_at >= since
    }
    # Both counters only grow, so what was found by then is among what was ever found.
    ever = select(Ticket.id).where(or_(Ticket.episode > 1, Ticket.false_closings > 0))
    ids = sorted({fact.id for fact in rows} & set(session.scalars(ever)))
    for start in range(0, len(ids), _CHUNK):
        events = select(Event.subject_id).where(
            Event.subject_type == "ticket",
            Event.subject_id.in_(ids[start : start + _CHUNK]),
            Event.action.in_(ACTS),
            Event.from_state == "closed",
            Event.effective_at >= since,
            Event.at <= at,
        )
        found |= set(session.scalars(events))
    return found
