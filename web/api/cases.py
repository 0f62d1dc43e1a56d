"""Accountability cases over the API: the list, one whole with its dossier, opening one, and moving it."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from models import AccountabilityCase
from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.accountability.cases import case_desk, case_views
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.accountability.cases.case_views import CaseView
from workflow.errors import BadInput
from workflow.tickets import lookup

#: Every field an action may be given, besides the version.
FIELDS = ("version", *sorted({name for action in CASE_ACTIONS.values() for name in (*action.needs, *action.optional)}))


def _case_line(case: AccountabilityCase, ticket: str, unit: str) -> dict[str, Any]:
    harmed = f"{case.indicator}:{case.figure}" if case.indicator is not None else None
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state,
        "version": case.version,
        "ticket": ticket,
        "unit": unit,
        "result": harmed,
        "outcome": case.outcome,
        "appeals": case.appeals,
        "proposed_at": shapes.when(case.proposed_at),
        "statement_due_at": shapes.when(case.statement_due_at),
        "served_at": shapes.when(case.served_at),
        "appeal_until": shapes.when(case.appeal_until),
        "ended_at": shapes.when(case.ended_at),
    }


def _whole_case(view: CaseView) -> dict[str, Any]:
    return {
        **_case_line(view.case, view.ticket, view.unit.name),
        "state": view.state,
        "opener": view.opener.name,
        "decider": view.decider.name if view.decider else None,
        "actions": list(view.actions),
        "outcomes": [
            {"code": entry.code, "name": entry.name.model_dump()}
            for entry in view.setting.scheme.accountability.outcomes
        ],
        "facts": view.content["facts"],
        "course": [{**step, "hash": view.events.get(step["seq"])} for step in view.content["course"]],
        "dossier": {"seq": view.dossier.seq, "hash": view.dossier.hash, "made_at": shapes.when(view.dossier.made_at)},
    }


@blueprint.get("/cases")
def list_cases() -> Response:
    args = request.args
    with db.read_session() as session:
        page = case_views.list_cases(
            session, actor(), db.now(), args.get("state"), args.get("cursor"), shapes.limit(args.get("limit"))
        )
    return jsonify(
        {"items": [_case_line(line.case, line.ticket, line.unit.name) for line in page.items], "next": page.next}
    )


@blueprint.get("/cases/<id:case>")
def show_case(case: int) -> Response:
    with db.read_session() as session:
        return jsonify(_whole_case(case_views.case_view(session, actor(), case, db.now())))


@blueprint.post("/cases")
def raise_case() -> Response:
    given, who, now = body(("ticket", "custody", "result", "harm")), actor(), db.now()
    number = given.pop("ticket", None)
    if not isinstance(number, str) or not number:
        raise BadInput("missing", "ticket")
    custody = given.pop("custody", None)

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = case_desk.raise_case(session, who, now, lookup.find_ticket(session, who, number), custody, **given)
        return 201, _whole_case(case_views.case_view(session, who, made.id, now))

    return idempotent(work)


@blueprint.post("/cases/<id:case>/<action>")
def act_on_case(case: int, action: str) -> Response:
    given, who, now = body(FIELDS), actor(), db.now()
    version = given.pop("version", None)
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadInput("missing", "version")

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        moved = case_desk.perform(session, who, case, action, now, version=version, **given)
        return 200, _whole_case(case_views.case_view(session, who, moved.id, now))

    return idempotent(work)
