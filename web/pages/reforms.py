"""Reforms of units and villages (机构与区划变动): the list, and for the office the three steps: choose, preview, apply."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.reform import reform_act, reform_lists
from workflow.reform.reform_input import ENDING


@blueprint.get("/reforms")
def reforms() -> Page:
    """The reforms so far; the office chooses what changes."""
    return _reforms_page()


@blueprint.post("/reforms")
@form_action(lambda error: _refused(error), passes=())
def reform() -> Step | Page:
    """Show what a reform moves, then, once it was looked at, apply it."""
    actor, now, given = signed_in_actor(), db.now(), _given()
    if request.form.get("act") != "apply":
        return _look()

    def step(session: Session) -> Done:
        made = reform_act.apply(session, actor, now, given, seen=request.form.get("seen", ""))
        moved = made.content.get("tickets", 0)
        said = _("Applied. Open tickets that moved: %(n)s.", n=moved) if made.kind == "merge" else _("Renamed.")
        return Done(url_for("pages.reforms"), said)

    return step


def _refused(error: WorkflowError) -> Page:
    """A refusal where it belongs: at the document's fields in the last step, else where the units were chosen."""
    if request.form.get("act") == "apply":
        try:
            return _look(error)
        except WorkflowError:
            return _reforms_page(error)
    return _reforms_page(error)


def _given() -> dict[str, Any]:
    names = ("kind", "subject", "into", "name", "name_en", "from_day", "document", "reason")
    return {**{name: request.form.get(name, "") for name in names}, "sources": request.form.getlist("sources")}


def _look(error: WorkflowError | None = None) -> Page:
    """What the reform would move, and the fields of its document.  Raises WorkflowError."""
    actor, now, given = signed_in_actor(), db.now(), _given()
    with db.read_session() as session:
        preview = reform_act.preview(session, actor, now, given)
        setting = county_context(session)
    return render_form(
        "county/reform_preview.html",
        error,
        given=given,
        preview=preview,
        wanted=preview.wanted,
        setting=setting,
        today=local_date(now),
    )


def _reforms_page(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    subject, town = request.values.get("subject", "unit"), request.values.get("town", "")
    with db.read_session() as session:
        setting = county_context(session)
        lines = reform_lists.listed(session, actor)
        units = reform_lists.choices(setting)
        towns = [unit for unit in units if unit.type == "town"]
        chosen = next((unit for unit in towns if unit.code == town), towns[0] if towns else None)
        villages = reform_lists.villages_of(session, chosen.id) if subject == "village" and chosen else []
    return render_form(
        "county/reforms.html",
        error,
        setting=setting,
        lines=lines,
        subject="village" if subject == "village" else "unit",
        units=units,
        ending=ENDING,
        towns=towns,
        town=chosen,
        villages=villages,
        may=actor.role == "office",
        picked=request.form.getlist("sources"),
    )
