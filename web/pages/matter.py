"""Matters: the open ones, one with its tickets and a single form for the responsible unit, and bundling a new one."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint, ticket
from web.pages.forms import Done, Page, Step, done, form_action, picked, render_form, versions_seen
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.tickets import lookup, matters
from workflow.tickets.views import matter_views


@blueprint.get("/matters", endpoint="matters")
def list_matters() -> ResponseReturnValue:
    actor = signed_in_actor()
    with db.read_session() as session:
        page = matter_views.list_matters(session, actor, request.args.get("cursor"))
        setting = county_context(session)
    return render_template("tickets/matters.html", page=page, setting=setting)


@blueprint.get("/matters/new")
def new_matter() -> Page:
    """Bundling: the open tickets of one village, kind and unit, from one of them; each with its box."""
    return _new()


def _new(error: WorkflowError | None = None) -> Page:
    actor, now, number = signed_in_actor(), db.now(), request.values.get("ticket", "")
    with db.read_session() as session:
        first = lookup.find_ticket(session, actor, number)
        choices = matter_views.beside(session, actor, first, now)
        setting = county_context(session)
    sent = request.method == "POST"
    return render_form(
        "tickets/matter_new.html",
        error,
        first=first,
        choices=choices,
        setting=setting,
        picked=request.form.getlist("t") if sent else [line.number for line in choices],
    )


@blueprint.post("/matters/new")
@form_action(_new, passes=())
def open_matter() -> Step:
    form = request.form

    def step(session: Session) -> Done:
        made = matters.open_matter(
            session, signed_in_actor(), db.now(), tickets=form.getlist("t"), title=form.get("title", "")
        )
        return Done(url_for("pages.matter", matter=made.id), _("Bundled."))

    return step


@blueprint.get("/matters/<id:matter>", endpoint="matter")
def show_matter(matter: int) -> ResponseReturnValue:
    return _matter_page(matter)


def _matter_page(matter: int, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        view = matter_views.matter_view(session, actor, matter, now)
        setting = county_context(session)
    return render_form(
        "tickets/matter.html",
        error,
        view=view,
        setting=setting,
        tried=tried,
        picked=request.form.getlist("t"),
        kept=picked(),
    )


@blueprint.post("/matters/<id:matter>/<action>")
@form_action(lambda error, matter, action: _matter_page(matter, error, action))
def act_on_matter(matter: int, action: str) -> Step:
    steps = {"join": _join, "split": _split}
    return steps.get(action, _act_together)(matter, action)


def _join(matter: int, _action: str) -> Step:
    def step(session: Session) -> Done:
        matters.join(session, signed_in_actor(), db.now(), matter, tickets=request.form.getlist("t"))
        return done(url_for("pages.matter", matter=matter))

    return step


def _split(matter: int, _action: str) -> Step:
    def step(session: Session) -> Done:
        matters.split(session, signed_in_actor(), db.now(), matter, ticket=request.form.get("ticket", ""))
        return done(url_for("pages.matter", matter=matter))

    return step


def _act_together(matter: int, action: str) -> Step:
    """One action on all tickets whose boxes are ticked."""
    versions = versions_seen(request.form.getlist("t"))
    given = {"note": note} if (note := request.form.get("note", "").strip()) else {}
    evidence: list[int] = []
    if action == "resolve":
        # Uploaded once, to the first; each ticket then gets its own row for the same bytes.
        evidence = ticket.keep(next(iter(versions))) if versions else request.form.getlist("evidence", int)

    def step(session: Session) -> Done:
        matters.act(session, signed_in_actor(), db.now(), matter, action, versions, evidence=evidence, **given)
        return done(url_for("pages.matter", matter=matter))

    return step
