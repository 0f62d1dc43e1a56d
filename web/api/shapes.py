"""What the API gives and takes: domain objects to JSON, and single parameters to their types."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Ticket, TimeRequest
from web.words.dates import provisional
from web.words.language import say
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.inputs import whole
from workflow.paging import MOST
from workflow.policy.worktime import SHANGHAI
from workflow.register.household_listing import HouseholdLine
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.filing import Filed, Preview
from workflow.tickets.photo_reuse import Reused
from workflow.tickets.views import detail
from workflow.tickets.views.line import TicketLine
from workflow.tickets.views.timeline import HistoryLine

#: Every field an action may be given, besides the version.
ACTION_FIELDS = (
    "version",
    *sorted({name for action in ACTIONS.values() for name in (*action.needs, *action.optional)}),
)


def when(value: datetime | None) -> str | None:
    """A moment as ISO 8601 with China's offset."""
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds") if value else None


def limit(text: str | None) -> int:
    """How many items a page has.  Raises BadInput."""
    if text is None or text == "":
        return 50
    number = whole(text)
    if number is None or not 1 <= number <= MOST:
        raise BadInput("bad_limit", "limit")
    return number


def yes_or_no(name: str, text: str | None) -> bool | None:
    """A flag of a query.  Raises BadInput."""
    if text is None or text == "":
        return None
    if text.lower() not in ("true", "false", "1", "0"):
        raise BadInput("not_yes_or_no", name)
    return text.lower() in ("true", "1")


def filing(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a filing with their types.  Raises BadInput."""
    for name in ("household", "village", "kind", "cause", "description"):
        if given.get(name) is not None and not isinstance(given[name], str):
            raise BadInput("not_text", name)
    if not given.get("kind"):
        raise BadInput("missing", "kind")
    if not isinstance(given.get("urgent", False), bool):
        raise BadInput("not_yes_or_no", "urgent")
    return {name: value for name, value in given.items() if value not in (None, "")}


def scheme(setting: CountyContext) -> dict[str, Any]:
    """The scheme as the contract shows it."""
    made = setting.scheme
    return {
        "version": setting.scheme_version_id,
        "code": made.code,
        "year": setting.year,
        "indicators": [
            {
                "number": item.number,
                "title": item.title.model_dump(),
                "towns": item.towns,
                "units": [made.unit(code).name for code in item.units],
                "tasks": item.tasks.model_dump(),
                "figures": [figure.model_dump() for figure in item.figures],
            }
            for item in made.indicators
        ],
        "kinds": [
            {
                "code": kind.code,
                "name": kind.name.model_dump(),
                "indicator": kind.indicator,
                "subjects": list(kind.subjects),
                "causes": [{"code": cause.code, "name": cause.name.model_dump()} for cause in kind.causes],
            }
            for kind in made.kinds
        ],
        "duties": [
            {
                "code": duty.code,
                "name": duty.name.model_dump(),
                "item": duty.item,
                "units": [made.unit(code).name for code in made.duties.units_of(duty, made.towns)],
                "period": duty.period,
                "after": duty.after,
            }
            for duty in made.duties.list
        ],
    }


def preview(preview: Preview) -> dict[str, Any]:
    """The route, the reason and the dates."""
    return {
        "unit": preview.unit.name,
        "confirmer": preview.confirmer.name,
        "route": preview.route,
        "reason": say(preview.reason),
        "due_at": when(preview.due_at),
        "stages": [{"stage": s.stage, "unit": s.unit.name, "due_at": when(s.due_at)} for s in preview.stages],
        "explanation": list(preview.explanation),
        "flags": list(preview.flags),
        "duplicate_of": preview.duplicate_of,
        "relapse_of": preview.relapse_of,
        "nearby": [asdict(ticket) for ticket in preview.nearby],
    }


def household(line: HouseholdLine) -> dict[str, Any]:
    """A household."""
    return {
        "code": line.code,
        "name": line.name,
        "village": line.village,
        "village_code": line.village_code,
        "town": line.town,
        "labour": line.labour,
        "pre_exit": line.pre_exit,
    }


def line(item: TicketLine) -> dict[str, Any]:
    """A ticket in a list."""
    return {
        "number": item.number,
        "state": item.state,
        "kind": item.kind,
        "cause": item.cause or None,
        "period": item.period,
        "urgent": item.urgent,
        "household": item.household_code,
        "name": item.head_name,
        "village": item.village,
        "town": item.town,
        "owner": item.owner,
        "due_at": when(item.due_at),
        "overdue": item.overdue,
        "rung": item.rung,
        "version": item.version,
        "filed_at": when(item.filed_at),
    }


def moved(session: Session, who: Actor, ticket: Ticket | Filed, now: datetime) -> dict[str, Any]:
    """A ticket after a move, as `GET /tickets/{number}` shows it."""
    return view(detail.view_of(session, who, ticket, now))


def view(ticket_view: detail.TicketView) -> dict[str, Any]:
    """A ticket whole."""
    ticket = ticket_view.ticket
    return {
        "number": ticket_view.number,
        "type": ticket.type,
        "state": ticket_view.state,
        "version": ticket.version,
        "episode": ticket.episode,
        "kind": ticket.kind,
        "cause": ticket.cause or None,
        "urgent": ticket.urgent,
        "description": ticket_view.veil(ticket.description),
        "household": ticket_view.household_code,
        "name": ticket_view.head_name,
        "village": ticket_view.village,
        "town": ticket_view.town,
        "filed_at": when(ticket.filed_at),
        "owner": ticket_view.owner.name if ticket_view.owner else None,
        "lead": ticket_view.lead.name if ticket_view.lead else None,
        "confirmer": ticket_view.confirmer.name if ticket_view.confirmer else None,
        "due_at": when(ticket_view.due_at),
        "provisional": provisional(ticket_view.due_at, ticket_view.setting),
        "overdue": ticket_view.overdue,
        "rung": ticket_view.rung,
        "reason": say(ticket_view.reason) or None,
        "relapse_of": ticket_view.relapse_of,
        "false_closings": ticket.false_closings,
        "custodies": [
            {
                "unit": c.unit.name,
                "stage": c.stage,
                "episode": c.episode,
                "began_at": when(c.began_at),
                "due_at": when(c.due_at),
                "ended_at": when(c.ended_at),
                "verdict": c.verdict,
                "minutes": c.minutes,
                "late_minutes": c.late_minutes,
                "down_minutes": c.down,
                "handler": c.handler,
                "explanation": c.account["lines"],
                "flags": c.account["flags"],
            }
            for c in ticket_view.custodies
        ],
        "evidence": [
            {
                "id": e.id,
                "sha256": e.sha256,
                "media_type": e.media_type,
                "size": e.size,
                "at": when(e.uploaded_at),
                "taken_at": when(e.taken_at),
                "place": [e.latitude, e.longitude] if e.latitude is not None and not ticket_view.masked else None,
                **_reuse(ticket_view.reused, e.id),
            }
            for e in ticket_view.evidence
        ],
        "escalations": [
            {
                "id": e.id,
                "rung": e.rung,
                "stage": e.stage,
                "unit": e.unit.name,
                "due_at": when(e.due_at),
                "detected_at": when(e.detected_at),
                "status": e.status,
                "paper": e.paper,
                "answered_at": when(e.answered_at),
            }
            for e in ticket_view.escalations
        ],
        "assisting": [unit.name for unit in ticket_view.assisting],
        "requests": [time_request(row) for row in ticket_view.requests],
        "actions": list(ticket_view.actions),
    }


def time_request(asked: TimeRequest) -> dict[str, Any]:
    """A request for time with its answer."""
    return {
        "id": asked.id,
        "request": asked.kind,
        "status": asked.status,
        "ground": asked.ground,
        "wanted_until": asked.wanted_until.isoformat(),
        "asked_at": when(asked.asked_at),
        "answer_due_at": when(asked.answer_due_at),
        "answered_at": when(asked.answered_at),
        "granted_until": asked.granted_until.isoformat() if asked.granted_until else None,
    }


def _reuse(reused: dict[int, Reused] | None, evidence_id: int) -> dict[str, Any]:
    """Where a photo was seen before; null, both, for who is not told of it."""
    if reused is None:
        return {"reused": None, "reused_from": None}
    seen = reused.get(evidence_id)
    return {"reused": seen is not None, "reused_from": seen.tickets if seen else []}


def event(line_: HistoryLine) -> dict[str, Any]:
    """One event."""
    return {
        "seq": line_.seq,
        "at": when(line_.at),
        "effective_at": when(line_.effective_at),
        "actor": line_.actor,
        "role": line_.role,
        "unit": line_.unit.name if line_.unit else None,
        "village": line_.village,
        "action": line_.action,
        "from": line_.from_state,
        "to": line_.to_state,
        "given": {**line_.given, **line_.words},
        "hash": line_.hash,
    }
