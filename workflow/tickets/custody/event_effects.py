"""Event effects: the part of an event that describes a ticket's rows, so that folding the events gives the rows."""

from datetime import date, datetime
from typing import Any

from models import Ticket
from workflow.history import event_log
from workflow.tickets.custody.custodies import OpenCustody

#: The columns recorded in events.
FOLDED = (
    "state",
    "version",
    "episode",
    "kind",
    "cause",
    "urgent",
    "route",
    "route_labour",
    "lead_unit_id",
    "confirmer_unit_id",
    "may_decline",
    "declines",
    "proposed_kind",
    "proposed_cause",
    "hard_stop",
    "cap_at",
    "holder_unit_id",
    "due_at",
    "resolved_at",
    "resolved_by_unit_id",
    "closed_by_unit_id",
    "ended_at",
    "false_closings",
    "scheme_version_id",
    "household_id",
    "village_id",
    "in_village_id",
    "town_id",
    "duty_unit_id",
    "duty_code",
    "period",
    "type",
    "filed_as",
    "filed_at",
    "relapse_of_id",
    "matter_id",
    "finding_id",
    "visited_on",
    "relapses",
    "extensions",
    "subject_unit_id",
    "filed_unit_id",
    "source",
    "source_reference",
    "candidate_id",
)


def folded(ticket: Ticket) -> dict[str, Any]:
    """The ticket's columns in the form of events."""
    return {name: plain(getattr(ticket, name)) for name in FOLDED}


def plain(value: Any) -> Any:
    """A column's value as JSON: moments in their hashed form, days in ISO form."""
    if isinstance(value, datetime):
        return event_log.stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def opened(run: OpenCustody) -> dict[str, Any]:
    """The event payload of an opened custody."""
    row = run.custody
    return {
        "seq": row.seq,
        "episode": row.episode,
        "unit": row.unit_id,
        "stage": row.stage,
        "began_at": event_log.stamp(row.began_at),
        "due_at": event_log.stamp(row.due_at),
        "purpose": run.tenure.purpose,
        "round": run.tenure.round,
        "granted": row.granted,
        "flags": row.account["flags"],
        "account": event_log.digest(event_log.canonical(row.account)),
        "budget": run.tenure.budget_minutes,
        "accept_budget": run.tenure.accept_budget_minutes,
        **({"handler_left": True} if run.handler_left else {}),
    }


def rederived(run: OpenCustody) -> dict[str, Any]:
    """The event payload of a custody whose deadline was recomputed."""
    row = run.custody
    return {
        "seq": row.seq,
        "due_at": event_log.stamp(row.due_at),
        "flags": row.account["flags"],
        "account": event_log.digest(event_log.canonical(row.account)),
        "budget": run.tenure.budget_minutes,
        "accept_budget": run.tenure.accept_budget_minutes,
    }


def changed(ticket: Ticket, was: dict[str, Any]) -> dict[str, Any]:
    """The columns of events that differ from `was`, the earlier `folded`."""
    return {name: value for name, value in folded(ticket).items() if value != was[name]}
