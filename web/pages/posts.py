"""Posts (岗位): who leads each unit, is on duty and stands in; for the office the entry in three steps: choose, preview,
enter."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.post import POSTS
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from web.words.posts import people_choices
from web.words.template_globals import labelled
from workflow.county.context import county_context
from workflow.county.posts import post_entries, post_views
from workflow.county.posts.post_views import PostLine
from workflow.county.unit_names import find_unit
from workflow.errors import NotFound, WorkflowError
from workflow.policy.worktime import local_date
from workflow.setup.departures.departure_plan import OF_THE_OFFICE
from workflow.tickets.views.search import cleaned

SORTS = ("unit", "name", "day")
#: The units' order is the list's own; sorting keeps it among equals.
_KEYS: dict[str, Callable[[PostLine], Any]] = {
    "unit": lambda line: 0,
    "name": lambda line: line.name,
    "day": lambda line: -line.first.toordinal(),
}
_FIELDS = ("user", "kind", "stands_for", "from_day", "until_day", "document")


@blueprint.get("/posts")
def posts_page() -> Page:
    """The posts of one's unit, or of every unit; the office chooses a unit to enter one."""
    return _posts_page()


def _posts_page(error: WorkflowError | None = None, tried: str | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    code = request.values.get("unit", "")
    with db.read_session() as session:
        setting = county_context(session)
        unit = find_unit(session, code) if code else None
        lines = post_views.listed(session, actor, now, unit.id if unit is not None else None)
        people = post_views.colleagues(session, unit.id) if unit is not None and actor.role == "office" else []
    query, sort = cleaned(request.values.get("q")), request.values.get("sort", SORTS[0])
    if query:
        lines = [line for line in lines if query in line.name or query in line.row.document]
    lines.sort(key=_KEYS.get(sort, _KEYS[SORTS[0]]))
    return render_form(
        "county/posts.html",
        error,
        q=query,
        sort=sort,
        sorts=SORTS,
        tried=tried,
        setting=setting,
        lines=[line for line in lines if unit is not None or query or line.standing in ("held", "ahead")],
        unit=setting.unit(unit.id) if unit is not None else None,
        units=setting.living,
        may=actor.role == "office",
        wide=actor.role not in ("town", "bureau"),
        people=people_choices(people),
        colleagues=[user for user in people if user.role in OF_THE_OFFICE],
        kinds=labelled(POSTS, "post"),
        today=local_date(now),
    )


def _given() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in _FIELDS}


@blueprint.post("/posts")
@form_action(lambda error: _posts_page(error, "enter"), passes=())
def enter_post() -> Step | Page:
    """Show what an entry changes, then, once it was looked at, enter it."""
    actor, now, given = signed_in_actor(), db.now(), _given()
    if request.form.get("act") != "apply":
        with db.read_session() as session:
            preview = post_views.preview(session, actor, now, given)
            setting = county_context(session)
        return render_form("county/post_preview.html", given=given, preview=preview, setting=setting)
    unit = request.form.get("unit", "")

    def step(session: Session) -> Done:
        row = post_entries.enter(session, actor, now, given)
        code = county_context(session).unit(row.unit_id).code
        return Done(url_for("pages.posts_page", unit=code or unit), _("Entered; the inspectorate is notified."))

    return step


returns_to("/posts/<id:number>/<act>", "posts_page")


@blueprint.post("/posts/<id:number>/<act>")
@form_action(lambda error, number, act: _posts_page(error, f"{act}-{number}"), passes=(NotFound,))
def change_post(number: int, act: str) -> Step:
    """End a post with its last day, or cancel what was entered by mistake."""
    actor, form = signed_in_actor(), request.form
    given: dict[str, Any] = {name: form.get(name, "").strip() for name in ("until_day", "document")}

    def step(session: Session) -> Done:
        if act == "end":
            row = post_entries.end(session, actor, db.now(), number, given)
        elif act == "cancel":
            row = post_entries.cancel(session, actor, db.now(), number, form.get("reason", ""))
        else:
            raise NotFound("no_such_action", action=act[:40])
        code = county_context(session).unit(row.unit_id).code
        return Done(url_for("pages.posts_page", unit=code), _("Entered; the inspectorate is notified."))

    return step
