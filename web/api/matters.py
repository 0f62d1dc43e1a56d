"""Matters over the API: the open ones, one whole, opening, joining, splitting, and acting on its tickets at once."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.errors import BadInput
from workflow.tickets import matters
from workflow.tickets.views import matter_views
from workflow.tickets.views.matter_views import MatterLine, MatterView

_FIELDS = {"join": ("tickets",), "split": ("ticket",)}
_ACT = ("versions", "note", "evidence")


def _matter_line(line: MatterLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "title": line.title,
        "kind": line.kind,
        "village": line.village,
        "town": line.town,
        "open": line.open,
        "all": line.all,
        "began_at": shapes.when(line.began_at),
        "ended_at": shapes.when(line.ended_at),
    }


def _whole_matter(view: MatterView) -> dict[str, Any]:
    return {
        **_matter_line(view.line),
        "lead": view.lead.name if view.lead else None,
        "tickets": [shapes.line(ticket) for ticket in view.tickets],
        "actions": {name: [ticket.number for ticket in tickets] for name, tickets in view.acts.items()},
    }


def _matter_shape(session: Session, matter: int) -> dict[str, Any]:
    return _whole_matter(matter_views.matter_view(session, actor(), matter, db.now()))


@blueprint.get("/matters")
def list_matters() -> Response:
    args = request.args
    with db.read_session() as session:
        page = matter_views.list_matters(session, actor(), args.get("cursor"), shapes.limit(args.get("limit")))
    return jsonify({"items": [_matter_line(line) for line in page.items], "next": page.next})


@blueprint.get("/matters/<id:matter>")
def show_matter(matter: int) -> Response:
    with db.read_session() as session:
        return jsonify(_matter_shape(session, matter))


@blueprint.post("/matters")
def open_matter() -> Response:
    given = body(("tickets", "title"))
    tickets, title, who, now = _texts(given, "tickets"), given.get("title") or "", actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = matters.open_matter(session, who, now, tickets=tickets, title=title)
        return 201, _matter_shape(session, made.id)

    return idempotent(work)


@blueprint.post("/matters/<id:matter>/<action>")
def act_on_matter(matter: int, action: str) -> Response:
    given, who, now = body(_FIELDS.get(action, _ACT)), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        if action == "join":
            matters.join(session, who, now, matter, tickets=_texts(given, "tickets"))
        elif action == "split":
            matters.split(session, who, now, matter, ticket=_text_field(given, "ticket"))
        else:
            note = {"note": given["note"]} if given.get("note") else {}
            evidence = _ids(given.get("evidence") or [])
            matters.act(session, who, now, matter, action, _versions(given), evidence=evidence, **note)
        return 200, _matter_shape(session, matter)

    return idempotent(work)


def _texts(given: dict[str, Any], name: str) -> list[str]:
    found = given.get(name)
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise BadInput("not_ticket_numbers", name)
    return found


def _text_field(given: dict[str, Any], name: str) -> str:
    found = given.get(name)
    if found is None or found == "":
        raise BadInput("missing", name)
    if not isinstance(found, str):
        raise BadInput("not_text", name)
    return found


def _ids(found: Any) -> list[int]:
    if not isinstance(found, list) or not all(isinstance(i, int) and not isinstance(i, bool) for i in found):
        raise BadInput("not_a_list", "evidence")
    return found


def _versions(given: dict[str, Any]) -> dict[str, int]:
    found = given.get("versions")
    if not isinstance(found, dict) or not all(isinstance(v, int) and not isinstance(v, bool) for v in found.values()):
        raise BadInput("not_versions", "versions")
    return found
