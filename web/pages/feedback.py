"""Feedback: a form for complaints about the system itself on every page's menu, and the office's list of them."""

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from workflow.boards import feedback as app_feedback
from workflow.county.context import county_context
from workflow.errors import WorkflowError


@blueprint.get("/feedback")
def feedback() -> Page:
    """The form and one's own feedback; for the office also what waits for an answer and what was answered."""
    return _page()


def _page(error: WorkflowError | None = None, tried: str = "") -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        own = app_feedback.own(session, actor)
        waiting, answered = app_feedback.waiting(session, actor), app_feedback.answered(session, actor)
    return render_form(
        "account/feedback.html",
        error,
        tried=tried or None,
        setting=setting,
        own=own,
        waiting=waiting,
        answered=answered,
        answers=app_feedback.answers(actor),
        about=(request.form.get("page") or request.args.get("page", ""))[:200],
    )


@blueprint.post("/feedback")
@form_action(lambda error: _page(error, "send"))
def send_feedback() -> Step:
    form = request.form

    def step(session: Session) -> Done:
        app_feedback.send(session, signed_in_actor(), db.now(), form.get("words", ""), form.get("page", ""))
        return Done(url_for("pages.feedback"), _("Sent to the county office. Its answer will be shown here."))

    return step


returns_to("/feedback/<id:number>", "feedback")


@blueprint.post("/feedback/<id:number>")
@form_action(lambda error, number: _page(error, f"answer-{number}"))
def answer_feedback(number: int) -> Step:
    text = request.form.get("answer", "")

    def step(session: Session) -> Done:
        app_feedback.answer(session, signed_in_actor(), db.now(), number, text)
        return Done(url_for("pages.feedback"), _("Answered."))

    return step
