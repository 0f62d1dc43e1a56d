"""Answering on a ticket's page what the ladder proposes."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from web import db
from web.pages import blueprint
from web.pages import ticket as page
from workflow.accountability import proposals
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.tickets import lookup


@blueprint.get("/tickets/<number>/escalations/<id:rung>")
@login_required
def answered_rung(number: str, rung: int) -> Any:
    """Where a form of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.ticket", number=number))


@blueprint.post("/tickets/<number>/escalations/<id:rung>")
@login_required
def answer_rung(number: str, rung: int) -> Any:
    form, actor = request.form, current_user.actor

    def answers(writing: Session) -> None:
        row = lookup.find_ticket(writing, actor, number)
        if form.get("answer") not in ("issue", "decline"):
            raise BadInput("missing", "answer")
        proposals.answer(writing, actor, db.now(), row, rung, form["answer"] == "issue", form.get("reason"))

    try:
        db.transaction(answers)
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return page.shown(number, error, "answer_rung")
    flash(_("Done."), "success")
    return redirect(url_for("pages.ticket", number=number))
