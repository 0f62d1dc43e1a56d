"""The inspectorate's page: the audit trail, the head block, and verifying the history."""

from datetime import date, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from models import LARGEST_ID, Event
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import render_form
from web.words.dates import moment, month_name, on_day
from web.words.duties import period_name
from web.words.labels import label
from workflow.county.context import CountyContext, county_context
from workflow.errors import Conflict, NotAllowed, WorkflowError
from workflow.history import audit_trail
from workflow.verification import full_check

#: More events than this take longer than anybody waits for a page; the command has all the time it needs.
MOST_EVENTS = 200_000
_SHOWN = 50


@blueprint.get("/trail")
def trail() -> ResponseReturnValue:
    args, error, lines = request.args, None, list[audit_trail.TrailLine]()
    with db.read_session() as session:
        setting = county_context(session)
        try:
            before = args.get("before", type=int)
            lines = audit_trail.trail(
                session,
                signed_in_actor(),
                args.get("person", ""),
                args.get("day", ""),
                None if before is None else max(0, min(before, LARGEST_ID)),
                _SHOWN + 1,
            )
        except NotAllowed:
            raise
        except WorkflowError as refusal:
            error = refusal
        head = audit_trail.head_block(session)
    return render_form(
        "admin/audit_trail.html",
        error,
        lines=lines[:_SHOWN],
        more=lines[_SHOWN - 1].id if len(lines) > _SHOWN else None,
        head=head,
        setting=setting,
        args=args,
        details=details,
    )


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


def details(line: audit_trail.TrailLine, setting: CountyContext) -> list[str]:
    """The input of an event, in words."""
    given, parts = line.given, []
    if line.subject_role:
        parts.append(label("role", line.subject_role))
    unit = given.get("unit")
    if isinstance(unit, int) and unit in setting.units:
        parts.append(setting.units[unit].name)
    if line.action.startswith("address_"):
        parts.append(label("channel", given["channel"]))
    if line.action in ("authorise", "end_authorisation"):
        parts += [label("authority", given["kind"]), str(given["document"])]
    elif given.get("post"):
        parts.append(label("post", given["post"]))
        parts += [on_day(date.fromisoformat(given[name])) for name in ("from", "until") if given.get(name)]
        parts += [str(given["document"])] if given.get("document") else []
    if line.action == "reveal":
        parts.append(label("reveal.ground", given["ground"]))
    if line.action == "find_by_number":
        parts.append(_("ID number") if given["by"] == "id_number" else _("phone"))
    if line.action == "export":
        parts += [label("export.list", given["list"]), _("%(n)s rows", n=given["rows"])]
    if line.action == "apply":
        parts += [_("new %(n)s", n=given["new"]), _("changed %(n)s", n=given["changed"])]
    if line.action == "papers_waiting":
        parts.append(_("%(n)s papers", n=given["waiting"]))
    if line.action == "release":
        parts.append(label("sweep.hold", given["why"]))
    if line.action == "draw_households":
        parts += [
            period_name(given["period"]),
            _("%(n)s of %(of)s households", n=given["drawn"], of=given["population"]),
        ]
    if line.action == "draw":
        parts += [month_name(given["month"]), _("%(n)s of %(of)s", n=given["drawn"], of=given["population"])]
    if line.action in ("adopt", "in_force", "revoke_adoption") and given.get("from"):
        parts.append(_("from %(day)s on", day=on_day(date.fromisoformat(given["from"]))))
    if line.action == "migration":
        parts.append(_("version %(n)s", n=given["version"]))
    if line.action == "downtime":
        parts.append(" – ".join(moment(datetime.fromisoformat(given[name])) for name in ("from", "to")))
    if line.action == "calendar":
        parts.append(label("working_day.source", given["source"]))
        parts += [str(given[name]) for name in ("document", "year") if given[name]]
    return parts
