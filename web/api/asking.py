"""Asking for time over the API, and answering it."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.errors import BadInput
from workflow.tickets import lookup, time_requests

_ASK = ("request", "until", "reason", "plan", "ground", "evidence")


@blueprint.post("/tickets/<number>/requests")
def ask_time(number: str) -> Response:
    given, who, now = body(_ASK), actor(), db.now()
    evidence = given.pop("evidence", None)
    if evidence is not None and not isinstance(evidence, list):
        raise BadInput("not_a_list", "evidence")
    texts = {name: given.get(name) for name in ("until", "reason", "plan", "ground")}

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = lookup.find_ticket(session, who, number)
        made = time_requests.ask(session, who, now, row, str(given.get("request", "")), evidence=evidence, **texts)
        return 201, shapes.time_request(made)

    return idempotent(work)


@blueprint.post("/tickets/<number>/requests/<id:asked>/grant")
def grant_time(number: str, asked: int) -> Response:
    return _answer_request(number, asked, True, ("until", "reason"))


@blueprint.post("/tickets/<number>/requests/<id:asked>/refuse")
def refuse_time(number: str, asked: int) -> Response:
    return _answer_request(number, asked, False, ("reason",))


def _answer_request(number: str, asked: int, grant: bool, fields: tuple[str, ...]) -> Response:
    given, who, now = body(fields), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        time_requests.find(session, lookup.find_ticket(session, who, number), asked)
        made = time_requests.answer(session, who, now, asked, grant, given.get("until"), given.get("reason"))
        return 200, shapes.time_request(made)

    return idempotent(work)
