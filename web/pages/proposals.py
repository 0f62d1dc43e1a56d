"""Answers to rungs that the ladder proposes, on a ticket's page."""

from flask import request
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages import ticket_page as page
from web.pages.forms import Done, Step, form_action, returns_to
from workflow.accountability import proposals
from workflow.accountability.replies import talks
from workflow.errors import BadInput

returns_to("/tickets/<number>/escalations/<id:rung>", "ticket", "number")


@blueprint.post("/tickets/<number>/escalations/<id:rung>")
@form_action(page.shown_after("answer_rung"))
def answer_rung(number: str, rung: int) -> Step:
    form, actor = request.form, signed_in_actor()

    def step(session: Session) -> Done:
        row = page.find(session, number)
        if form.get("answer") not in ("issue", "decline"):
            raise BadInput("missing", "answer")
        talk = {name: form.get(name, "").strip() for name in talks.APPOINTMENT}
        proposals.answer(session, actor, db.now(), row, rung, form["answer"] == "issue", form.get("reason"), **talk)
        return page.done_on(number)

    return step
