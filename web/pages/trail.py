"""The inspectorate's page: the audit trail, the head block, and verifying the history."""

from datetime import datetime

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from models import Event
from reports import lists
from reports.tables import Heading, Workbook
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import form_action, render_form
from web.report_files import MIMES
from web.words.dates import moment
from web.words.events import event_name
from web.words.labels import label
from web.words.system import unit_name
from web.words.trail import trail_details
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, Conflict, NotAllowed, WorkflowError
from workflow.history import audit_trail
from workflow.history.audit_trail import TrailLine
from workflow.history.trail_search import ACTS, Mark, TrailSearch
from workflow.paging import cursor_of, read_cursor
from workflow.verification import full_check

#: More events than this take longer than anybody waits for a page; the command has all the time it needs.
MOST_EVENTS = 200_000
#: The most rows of one spreadsheet; more than this are taken a day or a kind at a time.
MOST_ROWS = 100_000
_SHOWN = 50
_FILTERS = ("person", "unit", "act", "day", "address")


@blueprint.get("/trail")
def trail() -> ResponseReturnValue:
    """One page of the trail; its first page is a reading, which is an event itself."""
    args, error, lines = request.args, None, list[TrailLine]()
    actor, now = signed_in_actor(), db.now()
    audit_trail.require(actor)
    with db.read_session() as session:
        setting = county_context(session)
        try:
            wanted, before = _wanted(setting), _before(args.get("before"))
            lines = audit_trail.trail(session, actor, wanted, before, _SHOWN + 1)
        except WorkflowError as refusal:
            error = refusal
        head = audit_trail.head_block(session)
    if error is None and not args.get("before"):
        db.transaction(lambda session: audit_trail.record_reading(session, actor, now, wanted))
    return render_form(
        "admin/audit_trail.html",
        error,
        lines=lines[:_SHOWN],
        more=cursor_of(lines[_SHOWN - 1].mark) if len(lines) > _SHOWN else None,
        head=head,
        setting=setting,
        args=args,
        asked={name: args[name] for name in _FILTERS if args.get(name)},
        acts=tuple(ACTS),
        details=trail_details,
    )


@blueprint.get("/trail.xlsx")
@form_action(lambda error: redirect(url_for("pages.trail")), passes=(WorkflowError,))
def trail_xlsx() -> Response:
    """The events that match as a spreadsheet, the latest first; what was taken is an event before it is handed over."""
    actor, now = signed_in_actor(), db.now()
    headings = [_("Time"), _("Event"), _("Subject"), _("Account"), _("Details"), _("Person"), _("Role"), _("Unit")]
    headings += [_("Network address"), _("Session"), _("Block"), _("Hash")]
    with db.read_session() as session:
        setting = county_context(session)
        wanted = _wanted(setting)
        lines = audit_trail.whole(session, actor, wanted, MOST_ROWS)
        # After what may be refused, so that no temporary file is left open.
        book = Workbook()
        above = Heading(
            setting.scheme.county.name.zh + _("Audit trail"),
            _("Exported by: %(unit)s   As of: %(at)s", unit=actor.name, at=moment(now)),
        )
        count = book.sheet(_("Audit trail"), headings, (_cells(line, setting) for line in lines), above)
    db.transaction(lambda session: lists.record(session, actor, now, "trail", count, wanted))
    name = f"{_('Audit trail')}.xlsx"
    return send_file(book.close(), mimetype=MIMES["xlsx"], as_attachment=True, download_name=name)


def _cells(line: TrailLine, setting: CountyContext) -> list[str]:
    unit = setting.units.get(line.unit or 0)
    return [
        moment(line.at),
        event_name(line, setting),
        line.subject,
        line.account or "",
        "；".join(trail_details(line, setting)),
        line.actor or _("the system"),
        label("role", line.role),
        unit_name(unit) if unit else "",
        line.address or "",
        str(line.session or ""),
        str(line.block or ""),
        line.hash,
    ]


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


@blueprint.post("/trail/verify")
def verify() -> ResponseReturnValue:
    """Verify the history, the rows and the evidence, and show what does not hold."""
    if signed_in_actor().role != "inspectorate":
        raise NotAllowed("trail_not_yours")
    with db.read_session() as session:
        events = session.scalar(select(func.count()).select_from(Event)) or 0
        if events > MOST_EVENTS:
            raise Conflict("too_much_to_verify", most=MOST_EVENTS)
        findings = full_check.verify(session, db.county().store)
        head = audit_trail.head_block(session)
    return render_template(
        "admin/verified.html", findings=findings[:200], count=len(findings), events=events, head=head, now=db.now()
    )


@blueprint.get("/trail/verify")
def verify_again() -> ResponseReturnValue:
    """The button's address, loaded again: the page of the button."""
    return trail()
