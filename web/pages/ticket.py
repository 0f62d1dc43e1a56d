"""One ticket: its page, moving it, its evidence, and what is done beside it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from models import Ticket
from web import db, stored
from web.errors import status_of
from web.lanes import strip
from web.pages import blueprint
from web.sentences import sentence
from workflow import acts, chronicle, desk, evidence, queries, views
from workflow.errors import NotFound, WorkflowError
from workflow.lifecycle import ACTIONS


@blueprint.get("/tickets/<number>")
@login_required
def ticket(number: str) -> Any:
    return _page(number)


def _page(
    number: str, error: WorkflowError | None = None, tried: str | None = None, picked: tuple[int, ...] = ()
) -> Any:
    """The page; after a refusal with what was typed, and what was uploaded already picked."""
    actor, now = current_user.actor, db.now()
    with db.reading() as session:
        view = views.ticket_view(session, actor, number, now)
        events = chronicle.history(session, actor, number)
    mine = [row for row in view.evidence if row.unit_id == actor.unit_id]
    page = render_template(
        "ticket.html", view=view, events=events, actions=[ACTIONS[name] for name in view.actions], mine=mine,
        error=sentence(error) if error else None, field=error.field if error else None, tried=tried, now=now,
        strip=strip(view, now), typed=request.form, picked=picked or tuple(request.form.getlist("evidence", int)),
    )  # fmt: skip
    return (page, status_of(error)) if error else page


@blueprint.post("/tickets/<number>/evidence")
@login_required
def upload(number: str) -> Any:
    try:
        _keep(number)
    except WorkflowError as error:
        return _page(number, error, "evidence")
    return redirect(url_for("pages.ticket", number=number))


def _keep(number: str) -> list[int]:
    """Keep every file of the form on the ticket, or none; returns their ids."""
    actor = current_user.actor
    with db.reading() as session:
        # Before any picture is developed: who may not see the ticket makes us no work.
        queries.find_ticket(session, actor, number)
    kept = stored.taken(request.files.getlist("file"))
    if not kept:
        return []
    with db.writing() as session:
        row = queries.find_ticket(session, actor, number)
        return [evidence.add(session, actor, row, db.now(), **piece).id for piece in kept]


def _comment(session: Session, row: Ticket) -> None:
    acts.comment(session, current_user.actor, row, request.form.get("note", ""), db.now())


def _handler(session: Session, row: Ticket) -> None:
    acts.name_handler(session, current_user.actor, row, request.form.get("handler", "").strip() or None, db.now())


def _assist(session: Session, row: Ticket) -> None:
    acts.assist(session, current_user.actor, row, request.form.get("unit", ""), db.now())


def _unassist(session: Session, row: Ticket) -> None:
    acts.unassist(session, current_user.actor, row, request.form.get("unit", ""), db.now())


#: What is done beside a ticket, without moving it.
_BESIDE = {"assist": _assist, "comment": _comment, "handler": _handler, "unassist": _unassist}


@blueprint.post("/tickets/<number>/<action>")
@login_required
def act(number: str, action: str) -> Any:
    form, kept = request.form, []
    try:
        if action in _BESIDE:
            with db.writing() as session:
                _BESIDE[action](session, queries.find_ticket(session, current_user.actor, number))
            return redirect(url_for("pages.ticket", number=number))
        verb = ACTIONS.get(action)
        names = (*verb.needs, *verb.optional) if verb else ()
        given: dict[str, Any] = {name: form[name] for name in names if form.get(name, "").strip()}
        if "evidence" in names:
            kept = [*form.getlist("evidence", int), *_keep(number)]
            given["evidence"] = kept
        if "false_closing" in given:
            given["false_closing"] = True
        version = form.get("version", type=int)
        with db.writing() as session:
            row = queries.find_ticket(session, current_user.actor, number)
            desk.perform(session, current_user.actor, row.id, action, db.now(), version=version, **given)
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return _page(number, error, action, tuple(kept))
    flash(_("Done."), "success")
    return redirect(url_for("pages.ticket", number=number))
