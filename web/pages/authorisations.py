"""Authorisations: those that leaders of units have put on record, and the form of a leader."""

from flask import request, url_for
from sqlalchemy.orm import Session

from models.authority import AUTHORITIES
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form, returns_to
from web.words.language import bracketed
from web.words.template_globals import labelled
from workflow.county import authorisations as records
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date


@blueprint.get("/authorisations")
def authorisations() -> Page:
    """The authorisations of one's unit, or of every unit."""
    return _authorisations_page()


def _authorisations_page(error: WorkflowError | None = None, tried: str | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    issues = actor.role in ("office", "leaders")
    without = ({"supervise"} if not issues else set()) | ({"data"} if actor.role not in records.PROTECTING else set())
    with db.read_session() as session:
        setting = county_context(session)
        lines = records.listed(session, actor, now)
        leads = records.leads(session, actor, now) is not None
        people = records.people_of(session, actor) if leads else []
    return render_form(
        "county/authorisations.html",
        error,
        tried=tried,
        setting=setting,
        lines=lines,
        leads=leads,
        people=[(user.name, f"{user.display_name}{bracketed(user.name)}") for user in people],
        kinds=labelled([kind for kind in AUTHORITIES if kind not in without], "authority"),
        issues=issues,
        today=local_date(now),
    )


@blueprint.post("/authorisations")
@form_action(lambda error: _authorisations_page(error, "authorise"), passes=())
def authorise() -> Step:
    form, actor = request.form, signed_in_actor()
    given = {name: form.get(name, "").strip() for name in ("kind", "user", "from_day", "until_day", "document")}

    def step(session: Session) -> Done:
        records.record(session, actor, db.now(), given)
        return done(url_for("pages.authorisations"))

    return step


returns_to("/authorisations/<id:number>", "authorisations")


@blueprint.post("/authorisations/<id:number>")
@form_action(lambda error, number: _authorisations_page(error), passes=())
def end_authorisation(number: int) -> Step:
    actor = signed_in_actor()

    def step(session: Session) -> Done:
        records.end(session, actor, db.now(), number)
        return done(url_for("pages.authorisations"))

    return step
