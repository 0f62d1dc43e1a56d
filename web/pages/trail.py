"""The inspectorate's page: the audit trail and the head block."""

import io
from datetime import datetime
from functools import partial

from flask import Response, request, send_file
from flask_babel import gettext as _

from web import db, trail_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Page, form_action, render_form, returns_to
from web.words.trail import trail_details
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.history import audit_trail
from workflow.history.audit_trail import TrailLine
from workflow.history.trail_search import ACTS, Mark, TrailSearch
from workflow.paging import cursor_of, read_cursor

_SHOWN = 50
_FILTERS = ("person", "unit", "act", "day", "address")


@blueprint.get("/trail")
def trail() -> Page:
    """One page of the trail; its first page is a reading, which is an event itself."""
    return _page(None)


def _page(error: WorkflowError | None) -> Page:
    args, lines, wanted = request.args, list[TrailLine](), None
    actor, now = signed_in_actor(), db.now()
    audit_trail.require(actor)
    with db.read_session() as session:
        setting = county_context(session)
        try:
            wanted, before = _wanted(setting), _before(args.get("before"))
            lines = audit_trail.trail(session, actor, wanted, before, _SHOWN + 1)
        except WorkflowError as refusal:
            error = error or refusal
        head = audit_trail.head_block(session)
    if wanted is not None and not args.get("before"):
        db.transaction(partial(audit_trail.record_reading, actor=actor, now=now, wanted=wanted))
    return render_form(
        "admin/audit_trail.html",
        error,
        tried="export" if request.method == "POST" else None,
        lines=lines[:_SHOWN],
        more=cursor_of(lines[_SHOWN - 1].mark) if len(lines) > _SHOWN else None,
        head=head,
        setting=setting,
        args=args,
        asked={name: args[name] for name in _FILTERS if args.get(name)},
        acts=tuple(ACTS),
        details=trail_details,
    )


@blueprint.post("/trail/export")
@form_action(_page, passes=(NotFound, NotAllowed))
def trail_export() -> Response:
    """The events that match as a file, the latest first, on a ground; what was taken is an event before it is handed over."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    audit_trail.require(actor)
    with db.read_session() as session:
        wanted = _wanted(county_context(session))
    kind = form.get("kind", "")
    content, _count = trail_files.exported(actor, now, kind, wanted, form.get("ground", ""), form.get("note", ""))
    name = f"{_('Audit trail')}.{kind}"
    return send_file(io.BytesIO(content), mimetype=trail_files.TYPES[kind], as_attachment=True, download_name=name)


returns_to("/trail/export", "trail")


def _wanted(setting: CountyContext) -> TrailSearch:
    """What the address asks for.  Raises BadInput."""
    args = request.args
    code = args.get("unit", "")
    unit = setting.by_code.get(code)
    if code and unit is None:
        raise BadInput("unit_unknown", "unit", unit=code[:64])
    texts = {name: args.get(name, "") for name in ("person", "act", "day", "address")}
    return TrailSearch(unit=unit.id if unit else None, **texts)


def _before(cursor: str | None) -> Mark | None:
    if not cursor:
        return None
    at, number = read_cursor(cursor, datetime, int)
    return at, number
