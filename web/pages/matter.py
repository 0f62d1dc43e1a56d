"""Matters: the open ones, one with its tickets and a single form for the responsible unit, and bundling a new one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from web import db
from web.errors import status_of
from web.pages import blueprint
from web.pages import ticket as ticket_page
from web.words.errors import sentence
from workflow.county.context import setting
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.inputs import whole
from workflow.tickets import lookup, matters
from workflow.tickets.views import matter_views


@blueprint.get("/matters", endpoint="matters")
@login_required
def list_matters() -> Any:
    actor = current_user.actor
    with db.reading() as session:
        page = matter_views.list_matters(session, actor, request.args.get("cursor"))
        place = setting(session)
    return render_template("tickets/matters.html", page=page, place=place)


@blueprint.route("/matters/new", methods=["GET", "POST"])
@login_required
def new_matter() -> Any:
    """Bundling: the open tickets of one village, kind and unit, from one of them; each with its box."""
    actor, now, number, error = current_user.actor, db.now(), request.values.get("ticket", ""), None
    picked = request.form.getlist("t")
    if request.method == "POST":
        try:
            with db.writing() as session:
                made = matters.open_matter(session, actor, now, tickets=picked, title=request.form.get("title", "")).id
            flash(_("Bundled."), "success")
            return redirect(url_for("pages.matter", matter=made))
        except WorkflowError as refusal:
            error = refusal
    with db.reading() as session:
        first = lookup.find_ticket(session, actor, number)
        choices = matter_views.beside(session, actor, first, now)
        place = setting(session)
    page = render_template(
        "tickets/matter_new.html",
        first=first,
        choices=choices,
        place=place,
        now=now,
        error=sentence(error) if error else None,
        field=error.field if error else None,
        typed=request.form,
        picked=picked if request.method == "POST" else [line.number for line in choices],
    )
    return (page, status_of(error)) if error else page


@blueprint.get("/matters/<id:matter>", endpoint="matter")
@login_required
def show_matter(matter: int) -> Any:
    return _page(matter)


def _page(matter: int, error: WorkflowError | None = None, tried: str | None = None, kept: tuple[int, ...] = ()) -> Any:
    actor, now = current_user.actor, db.now()
    with db.reading() as session:
        view = matter_views.matter_view(session, actor, matter, now)
        place = setting(session)
    page = render_template(
        "tickets/matter.html",
        view=view,
        place=place,
        now=now,
        error=sentence(error) if error else None,
        tried=tried,
        typed=request.form,
        picked=request.form.getlist("t"),
        kept=(*request.form.getlist("evidence", int), *kept),
    )
    return (page, status_of(error)) if error else page


@blueprint.post("/matters/<id:matter>/<action>")
@login_required
def act_on_matter(matter: int, action: str) -> Any:
    actor, now, form, kept = current_user.actor, db.now(), request.form, []
    try:
        if action == "join":
            with db.writing() as session:
                matters.join(session, actor, now, matter, tickets=form.getlist("t"))
        elif action == "split":
            with db.writing() as session:
                matters.split(session, actor, now, matter, ticket=form.get("ticket", ""))
        else:
            versions = _versions(form.getlist("t"))
            note = form.get("note", "").strip()
            if action == "resolve" and versions:
                # Uploaded once, to the first; each ticket then gets its own row for the same bytes.
                ticket_page.keep(next(iter(versions)), kept)
            evidence = [*form.getlist("evidence", int), *kept]
            with db.writing() as session:
                matters.act(
                    session,
                    actor,
                    now,
                    matter,
                    action,
                    versions,
                    evidence=evidence if action == "resolve" else (),
                    **({"note": note} if note else {}),
                )
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return _page(matter, error, action, tuple(kept))
    flash(_("Done."), "success")
    return redirect(url_for("pages.matter", matter=matter))


def _versions(boxes: list[str]) -> dict[str, int]:
    """What the boxes of a form say: `2018-000012:3` is that ticket as it was at version 3.  Raises BadInput."""
    found = {}
    for box in boxes:
        number, _colon, version = box.partition(":")
        seen = whole(version)
        if seen is None:
            raise BadInput("bad_version", "tickets")
        found[number] = seen
    return found
