"""Authorisations: what leaders of units have put on record, and for a leader the form."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from workflow.county import authorisations as records
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date


@blueprint.get("/authorisations")
def authorisations() -> Page:
    """The authorisations of one's unit, or of every unit."""
    return _authorisations_page()


def _authorisations_page(error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        lines = records.listed(session, actor, now)
        leads = records.leads(session, actor, now) is not None
        people = records.people_of(session, actor) if leads else []
    return render_form(
        "county/authorisations.html",
        error,
        setting=setting,
        lines=lines,
        leads=leads,
        people=people,
        issues=actor.role in ("office", "leaders"),
        today=local_date(now),
    )


@blueprint.post("/authorisations")
@form_action(_authorisations_page, passes=())
def authorise() -> Step:
    form, actor = request.form, signed_in_actor()
    given = {name: form.get(name, "").strip() for name in ("kind", "user", "from_day", "until_day", "document")}

    def step(session: Session) -> Done:
        records.record(session, actor, db.now(), given)
        return done(url_for("pages.authorisations"))

    return step


@blueprint.get("/authorisations/<id:number>")
def ended_authorisation(number: int) -> ResponseReturnValue:
    """Where the button of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.authorisations"))


@blueprint.post("/authorisations/<id:number>")
@form_action(lambda error, number: _authorisations_page(error), passes=())
def end_authorisation(number: int) -> Step:
    actor = signed_in_actor()

    def step(session: Session) -> Done:
        records.end(session, actor, db.now(), number)
        return done(url_for("pages.authorisations"))

    return step
