"""Answering over the API what the ladder proposes."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.accountability import proposals
from workflow.tickets import lookup


@blueprint.post("/tickets/<number>/escalations/<id:rung>/issue")
def issue_rung(number: str, rung: int) -> Response:
    return _answer_proposal(number, rung, True)


@blueprint.post("/tickets/<number>/escalations/<id:rung>/decline")
def decline_rung(number: str, rung: int) -> Response:
    return _answer_proposal(number, rung, False)


def _answer_proposal(number: str, rung: int, issue: bool) -> Response:
    given, who, now = body(("reason",)), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = lookup.find_ticket(session, who, number)
        found = proposals.answer(session, who, now, row, rung, issue, given.get("reason"))
        return 200, {
            "id": found.escalation_id,
            "status": "issued" if found.issued else "declined",
            "paper": found.paper,
            "answered_at": shapes.when(found.at),
        }

    return idempotent(work)
