"""Reforms of units and villages (机构与区划变动): the list, and for the office the steps: choose, divide, preview, apply."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import PlannedReform
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.reform import planned_reforms, reform_act, reform_lists, reform_parts

#: What an input that gives a kind, an item, a village or an account to a successor is called: this and its topic.
GIVE = "give:"
_SORTS = ("kind", "item", "village", "account")


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
        return _divide() if given["kind"] == "split" and not given["parts"] else _look()

    def step(session: Session) -> Done:
        made = planned_reforms.enter(session, actor, now, given, seen=request.form.get("seen", ""))
        if isinstance(made, PlannedReform):
            return Done(url_for("pages.reforms"), _("Recorded. It is applied at the beginning of its day."))
        moved = made.content.get("tickets", 0)
        said = _("Renamed.") if made.kind == "rename" else _("Applied. Open tickets that moved: %(n)s.", n=moved)
        return Done(url_for("pages.reforms"), said)

    return step


@blueprint.post("/reforms/planned/<int:planned>/withdraw")
@form_action(lambda error, planned: _reforms_page(error), passes=())
def withdraw_reform(planned: int) -> Step:
    """Withdraw a reform that waits for its day."""
    actor, now = signed_in_actor(), db.now()

    def step(session: Session) -> Done:
        planned_reforms.withdraw(session, actor, now, planned)
        return Done(url_for("pages.reforms"), _("Withdrawn. Nothing changes."))

    return step


returns_to("/reforms/planned/<int:planned>/withdraw", "reforms")


def _refused(error: WorkflowError) -> Page:
    """A refusal where it belongs: at the document's fields in the last step, at the successors of a divided unit, else
    where the units were chosen."""
    if request.form.get("act") == "apply":
        try:
            return _look(error)
        except WorkflowError:
            pass
    if request.form.get("kind") == "split" and error.field == "parts":
        try:
            return _divide(error)
        except WorkflowError:
            pass
    return _reforms_page(error)


def _given() -> dict[str, Any]:
    names = ("kind", "subject", "into", "name", "name_en", "from_day", "document", "reason", "another")
    given: dict[str, Any] = {name: request.form.get(name, "") for name in names}
    return {**given, "sources": request.form.getlist("sources"), "parts": _parts()}


def _parts() -> list[dict[str, Any]]:
    """The successors that were filled in, each with what was given to its number; a blank one in between is none."""
    parts = []
    for number in range(1, reform_parts.MOST + 1):
        part: dict[str, Any] = {
            name: request.form.get(f"part{number}_{name}", "") for name in ("into", "name", "name_en")
        }
        own = [
            topic.removeprefix(GIVE).partition(":")
            for topic, value in request.form.items()
            if topic.startswith(GIVE) and value == str(number)
        ]
        part |= {f"{sort}s": [name for kind, _colon, name in own if kind == sort] for sort in _SORTS}
        if part["into"] or part["name"].strip() or (number > 1 and own):
            parts.append(part)
    return parts


def _divide(error: WorkflowError | None = None) -> Page:
    """The successors of a unit and what each is given.  Raises WorkflowError."""
    actor, given = signed_in_actor(), _given()
    with db.read_session() as session:
        setting = county_context(session)
        unit = reform_act.to_divide(session, actor, given)
        known = reform_parts.divisible(session, setting, unit)
        units = [each for each in reform_lists.choices(setting) if each.type == unit.type and each.id != unit.id]
    return render_form(
        "county/reform_parts.html",
        error,
        unit=unit,
        known=known,
        units=units,
        setting=setting,
        most=reform_parts.MOST,
        near=error is not None and error.code == "name_near",
    )


def _look(error: WorkflowError | None = None) -> Page:
    """What the reform would move, and the fields of its document.  Raises WorkflowError."""
    actor, now, given = signed_in_actor(), db.now(), _given()
    with db.read_session() as session:
        preview = reform_act.preview(session, actor, now, given)
        setting = county_context(session)
    handed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name in ("kind", "subject", "into", "name", "name_en", "another", "sources")
        or name.startswith(("part", GIVE))
    ]
    return render_form(
        "county/reform_preview.html",
        error,
        handed=handed,
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
        planned = reform_lists.planned(session, actor)
        units = reform_lists.choices(setting)
        towns = [unit for unit in units if unit.type == "town"]
        chosen = next((unit for unit in towns if unit.code == town), towns[0] if towns else None)
        villages = reform_lists.villages_of(session, chosen.id) if subject == "village" and chosen else []
    return render_form(
        "county/reforms.html",
        error,
        setting=setting,
        lines=lines,
        planned=planned,
        subject="village" if subject == "village" else "unit",
        units=units,
        towns=towns,
        town=chosen,
        villages=villages,
        may=actor.role == "office",
        picked=request.form.getlist("sources"),
        near=error is not None and error.code == "name_near",
    )
