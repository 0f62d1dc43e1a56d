"""The inbox over the API: what one was told, how much of it is unread, saying that it is read, and who has read what."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from models import LARGEST_ID, Event, Message
from notifications import inbox as box
from notifications import planning, receipts
from notifications.wording import headline
from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.paging import cursor_of, read_cursor
from workflow.tickets import lookup
from workflow.tickets.permissions import COUNTY_WIDE


@blueprint.get("/inbox")
def inbox() -> Response:
    """The latest messages first; `unread` counts all that are not read, whatever is listed."""
    args, who = request.args, _signed_in_person()
    only = shapes.yes_or_no("unread", args.get("unread")) or False
    most = shapes.limit(args.get("limit"))
    before = read_cursor(args["cursor"], 1)[0] if args.get("cursor") else None
    if before is not None and not isinstance(before, int):
        raise BadInput("bad_cursor", "cursor")
    with db.read_session() as session:
        rows = [(row[0], row[1]) for row in box.messages(session, who, before, most + 1, only)]
        items, unread = _items(session, rows[:most]), box.unread(session, who)
    following = cursor_of([rows[most - 1][0].id]) if len(rows) > most else None
    return jsonify({"items": items, "unread": unread, "next": following})


@blueprint.get("/inbox/unread")
def unread() -> Response:
    with db.read_session() as session:
        return jsonify({"unread": box.unread(session, _signed_in_person())})


@blueprint.post("/inbox/read")
def read_upto() -> Response:
    """Everything up to the message `upto` is read."""
    given, who, now = body(("upto",)), _signed_in_person(), db.now()
    upto = given.get("upto")
    if isinstance(upto, bool) or not isinstance(upto, int) or not 0 < upto <= LARGEST_ID:
        raise BadInput("missing" if upto is None else "not_a_number", "upto")

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        box.mark_read(session, who, now, upto)
        return 200, {"unread": box.unread(session, who)}

    return idempotent(work)


@blueprint.post("/inbox/<id:message>/read")
def read_one(message: int) -> Response:
    """One message is read; its receipt is the moment it was first read at."""
    body(())
    who, now = _signed_in_person(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        box.mark_these_read(session, who, now, [message])
        read_at = box.read_at(session, who, message)
        if read_at is None:
            raise NotFound("no_such_message")
        return 200, {"id": message, "read_at": shapes.when(read_at), "unread": box.unread(session, who)}

    return idempotent(work)


@blueprint.get("/tickets/<number>/told")
def told(number: str) -> Response:
    """Who was told of a ticket, on which channel, how that stands, and when it was read; for those above."""
    who = actor()
    with db.read_session() as session:
        ticket = lookup.find_ticket(session, who, number)
        if who.role not in COUNTY_WIDE:
            raise NotAllowed("told_not_yours")
        items = [
            {
                "event": line.event.id,
                "kind": line.event.action,
                "channel": line.channel,
                "person": line.person.display_name if line.person else None,
                "unit": line.unit.name if line.unit else None,
                "status": line.status,
                "waits": line.waits,
                "error": line.error,
                "at": shapes.when(line.at),
                "read_at": shapes.when(line.read_at),
                "instead_of": line.instead_of,
            }
            for line in receipts.told_of(session, ticket.id)
        ]
    return jsonify({"items": items, "next": None})


def _signed_in_person() -> int:
    found = actor().user_id
    assert found is not None
    return found


def _items(session: Session, rows: Sequence[tuple[Message, Event]]) -> list[dict[str, Any]]:
    # Held on to, so that each ticket, village and unit is read once.
    kept = planning.read_ahead(session, [event for _, event in rows])
    items = [_item(session, message, event) for message, event in rows]
    del kept
    return items


def _item(session: Session, message: Message, event: Event) -> dict[str, Any]:
    facts, _ = planning.facts(session, planning.Told(event, message.kind, message.params, {}))
    both = {"zh": "zh_Hans", "en": "en"}
    return {
        "id": message.id,
        "event": event.id,
        "kind": message.kind,
        "title": {short: headline(message.kind, language, facts) for short, language in both.items()},
        "number": facts.get("number"),
        **{
            name: dict(zip(("zh", "en"), facts[name], strict=True)) if name in facts else None
            for name in ("what", "village")
        },
        "path": facts["path"],
        "at": shapes.when(message.created_at),
        "read_at": shapes.when(message.read_at),
        "instead_of": message.params.get("instead_of"),
    }
