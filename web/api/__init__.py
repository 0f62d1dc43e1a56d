"""The JSON API under /api/v1.  Routes only: parse, call the domain, serialise."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import IdempotencyKey
from web import db, uploads
from web.api import duty_shapes, shapes
from web.api.openapi import document
from web.errors import problem
from web.search_text import searched
from web.text_guard import is_storable
from web.words.errors import sentence
from workflow.actors import Actor
from workflow.assessment.duty_view import duty_view
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, WorkflowError
from workflow.register import household_listing
from workflow.tickets import attachments, desk, filing, lookup
from workflow.tickets.views import detail, due_soon, listing, timeline

LONGEST_KEY = 200
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.before_request
def _guard() -> Response | None:
    if request.endpoint != "api.openapi" and not current_user.is_authenticated:
        return problem(401, sentence(WorkflowError("signed_out")), "signed_out")
    return None


def actor() -> Actor:
    """Who is asking."""
    actor: Actor = current_user.actor
    return actor


def body(allowed: tuple[str, ...], part: str | None = None) -> dict[str, Any]:
    """The request's JSON object.  Raises BadInput for anything else and for fields that are not asked for.

    `part`: the text that holds it, where it came in a form together with files.
    """
    try:
        found = request.get_json(silent=True) if part is None else json.loads(part)
    except (RecursionError, ValueError) as error:
        raise BadInput("bad_body", "body") from error
    if part is None and found is None and not request.get_data():
        return {}
    if not isinstance(found, dict) or not is_storable(found):
        raise BadInput("bad_body", "body")
    for name in found:
        if name not in allowed:
            raise BadInput("unknown_field", str(name)[:64])
    return found


def idempotent(work: Callable[[Session], tuple[int, dict[str, Any]]], uploaded: bytes | None = None) -> Response:
    """Do `work` in one transaction; with an Idempotency-Key the same request gets the same answer again.

    `uploaded` stands for the body where it was a form, whose boundary is another each time.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise BadInput("too_long", "Idempotency-Key", most=LONGEST_KEY)
    if not key:
        status, answer = db.transaction(work)
        return _json(status, answer)
    user_id = int(current_user.id)
    sent = request.get_data() if uploaded is None else uploaded
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + sent).hexdigest()

    def keyed(session: Session) -> tuple[int, dict[str, Any]]:
        known = _known(session, user_id, key)
        if known is None:
            # Claimed before the work is done: who comes second waits here and finds the answer.
            claim = IdempotencyKey(
                user_id=user_id, key=key, request_hash=digest, status=0, answer={}, created_at=db.now()
            )
            session.add(claim)
            session.flush()
            status, answer = work(session)
            claim.status, claim.answer = status, answer
            return status, answer
        if known.request_hash != digest:
            raise Conflict("idempotency_conflict", "Idempotency-Key")
        return known.status, known.answer

    status, answer = db.transaction_once(keyed)
    return _json(status, answer)


def _known(session: Session, user_id: int, key: str) -> IdempotencyKey | None:
    return session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    ).one_or_none()


def _json(status: int, answer: dict[str, Any]) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False), status, content_type="application/json")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    return jsonify(document())


@blueprint.get("/scheme")
def scheme() -> Response:
    with db.read_session() as session:
        setting = county_context(session, at=db.now())
    return jsonify(shapes.scheme(setting))


@blueprint.post("/route")
def route() -> Response:
    given = shapes.filing(body(("household", "village", "kind", "cause", "urgent")))
    with db.read_session() as session:
        return jsonify(shapes.preview(filing.preview(session, actor(), db.now(), **given)))


@blueprint.get("/households")
def households() -> Response:
    args = request.args
    with db.read_session() as session:
        page = household_listing.list_households(
            session, actor(), args.get("village"), searched(), args.get("cursor"), shapes.limit(args.get("limit"))
        )
    return jsonify({"items": [shapes.household(line) for line in page.items], "next": page.next})


@blueprint.get("/tickets")
def tickets() -> Response:
    args = request.args
    filters = listing.Filters(
        state=args.get("state"),
        kind=args.get("kind"),
        owner=args.get("owner"),
        town=args.get("town"),
        overdue=shapes.yes_or_no("overdue", args.get("overdue")),
        q=searched(),
    )
    within = args.get("within")
    with db.read_session() as session:
        if within:
            filters = replace(filters, until=due_soon.horizon(county_context(session), db.now(), within))
        page = listing.list_tickets(
            session, actor(), db.now(), filters, args.get("cursor"), shapes.limit(args.get("limit"))
        )
    return jsonify({"items": [shapes.line(item) for item in page.items], "next": page.next})


@blueprint.post("/tickets")
def file_ticket() -> Response:
    given = shapes.filing(body(("household", "village", "kind", "cause", "description", "urgent")))
    who, now = actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        return 201, shapes.moved(session, who, filing.file_ticket(session, who, now, **given), now)

    return idempotent(work)


@blueprint.get("/tickets/<number>")
def ticket(number: str) -> Response:
    with db.read_session() as session:
        view = detail.ticket_view(session, actor(), number, db.now())
        owed = duty_view(session, actor(), view, db.now())
        return jsonify(shapes.view(view) | ({"duty": duty_shapes.duty(owed)} if owed else {}))


@blueprint.get("/tickets/<number>/history")
def history(number: str) -> Response:
    with db.read_session() as session:
        return jsonify(
            {"items": [shapes.event(line) for line in timeline.history(session, actor(), number)], "next": None}
        )


@blueprint.post("/tickets/<number>/evidence")
def upload(number: str) -> Response:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("missing", "file")
    who, now, name = actor(), db.now(), file.filename
    with db.read_session() as session:
        # Before any picture is developed: who may not bring it makes us no work and leaves no bytes behind.
        attachments.may_bring(session, who, lookup.find_ticket(session, who, number))
    content = file.read()
    file.seek(0)
    sha256 = hashlib.sha256(content).hexdigest()
    [kept] = uploads.taken([file])

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = attachments.add(session, who, lookup.find_ticket(session, who, number), now, **kept)
        return 201, {"id": row.id, "sha256": row.sha256, "media_type": row.media_type, "size": row.size}

    return idempotent(work, f"{name}\n{sha256}".encode())


@blueprint.post("/tickets/<number>/<action>")
def act(number: str, action: str) -> Response:
    given = body(shapes.ACTION_FIELDS)
    version = given.pop("version", None)
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadInput("bad_version", "version")
    who, now = actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = lookup.find_ticket(session, who, number)
        moved = desk.perform(session, who, row.id, action, now, version=version, **given)
        return 200, shapes.moved(session, who, moved, now)

    return idempotent(work)


from web.api import asking as _asking  # noqa: E402,F401
from web.api import boards as _boards  # noqa: E402,F401
from web.api import cases as _cases  # noqa: E402,F401
from web.api import checkups as _checkups  # noqa: E402,F401 - they hang their routes on the blueprint
from web.api import duties as _duties  # noqa: E402,F401
from web.api import inbox as _inbox  # noqa: E402,F401
from web.api import matters as _matters  # noqa: E402,F401
from web.api import papers as _papers  # noqa: E402,F401
from web.api import proposals as _proposals  # noqa: E402,F401
from web.api import rankings as _rankings  # noqa: E402,F401
from web.api import schemes as _schemes  # noqa: E402,F401
from web.api import spots as _spots  # noqa: E402,F401
