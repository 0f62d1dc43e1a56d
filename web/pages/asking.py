"""Asking for time on a ticket's page, and answering there."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from models import Ticket
from web import db
from web.pages import blueprint
from web.pages import ticket as page
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.tickets import lookup, time_requests


@blueprint.post("/tickets/<number>/requests")
@login_required
def ask_time(number: str) -> Any:
    form, kept = request.form, request.form.getlist("evidence", int)

    def asks(writing: Session, row: Ticket) -> None:
        time_requests.ask(
            writing,
            current_user.actor,
            db.now(),
            row,
            form.get("request", ""),
            form.get("until"),
            form.get("reason"),
            form.get("plan"),
            form.get("ground"),
            kept,
        )

    return _done(number, "ask_time", asks, kept)


@blueprint.get("/tickets/<number>/requests/<id:asked>")
@login_required
def answered_time(number: str, asked: int) -> Any:
    """Where a form of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.ticket", number=number))


@blueprint.post("/tickets/<number>/requests/<id:asked>")
@login_required
def answer_time(number: str, asked: int) -> Any:
    form = request.form

    def answers(writing: Session, row: Ticket) -> None:
        time_requests.find(writing, row, asked)
        if form.get("answer") not in ("grant", "refuse"):
            raise BadInput("missing", "answer")
        grant = form.get("answer") == "grant"
        time_requests.answer(
            writing,
            current_user.actor,
            db.now(),
            asked,
            grant,
            form.get("until") if grant else None,
            form.get("reason"),
        )

    return _done(number, "answer_time", answers, [])


def _done(number: str, tried: str, work: Callable[[Session, Ticket], None], kept: list[int]) -> Any:
    try:
        if tried == "ask_time":
            page.keep(number, kept)
        db.transaction(lambda writing: work(writing, lookup.find_ticket(writing, current_user.actor, number)))
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return page.shown(number, error, tried, tuple(kept))
    flash(_("Done."), "success")
    return redirect(url_for("pages.ticket", number=number))
