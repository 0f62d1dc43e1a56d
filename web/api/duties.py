"""Duties over the API: how they stand, and their dated entries.  They are moved as any ticket is."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from models import LARGEST_ID
from web import db
from web.api import actor, blueprint, body, duty_shapes, idempotent, shapes
from workflow.assessment import duty_calendar, duty_status, duty_view, entries
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.tickets import lookup
from workflow.tickets.views import detail

_ENTRY = ("on", "fields", "evidence", "corrects", "reason")


@blueprint.get("/duties")
def duties() -> Response:
    """The duties of one's unit, or of the county for who reads it; `unit` names another."""
    who, now = actor(), db.now()
    with db.read_session() as session:
        duty_calendar.may_see(who)
        setting = county_context(session)
        unit = duty_calendar.unit_of(session, who, setting, request.args.get("unit"))
        found = duty_status.lines(session, setting, now, unit.id if unit else None)
        return jsonify({"items": [duty_shapes.line(setting, line, shapes.when) for line in found], "next": None})


@blueprint.post("/tickets/<number>/entries")
def enter(number: str) -> Response:
    given, who, now = body(_ENTRY), actor(), db.now()
    corrects = given.get("corrects")
    if corrects is not None and (
        isinstance(corrects, bool) or not isinstance(corrects, int) or not 0 < corrects <= LARGEST_ID
    ):
        raise BadInput("no_such_entry", "corrects")
    reason = given.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise BadInput("not_text", "reason")

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = lookup.find_ticket(session, who, number)
        made = entries.enter(
            session,
            who,
            row,
            now,
            on=given.get("on"),
            fields=given.get("fields"),
            evidence=given.get("evidence"),
            corrects=corrects,
            reason=reason,
        )
        return 201, _entry_shape(session, number, made.id)

    return idempotent(work)


@blueprint.post("/tickets/<number>/entries/<id:entry>/withdraw")
def withdraw_entry(number: str, entry: int) -> Response:
    given, who, now = body(("reason",)), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = lookup.find_ticket(session, who, number)
        made = entries.withdraw(session, who, row, now, entry, given.get("reason"))
        return 200, _entry_shape(session, number, made.id)

    return idempotent(work)


def _entry_shape(session: Session, number: str, entry_id: int) -> dict[str, Any]:
    """What is told of an entry that was made: its id, and how far the duty is now."""
    shown = duty_view.duty_view(session, actor(), detail.ticket_view(session, actor(), number, db.now()), db.now())
    return {"id": entry_id, "progress": duty_shapes.progress(shown.progress if shown else None)}
