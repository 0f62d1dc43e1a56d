"""One household: its page, the exit examination, and changing its status."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.words.bulk_lists import BULK_WORDS
from web.words.monitoring import monitoring_lines
from workflow.errors import BadInput, ExitRefused, NotAllowed, NotFound, WorkflowError
from workflow.policy.worktime import local_date
from workflow.register import exit_gate, exits_in_doubt, household_record, reveal
from workflow.register.bulk_lists import list_views
from workflow.register.candidates import candidate_views
from workflow.register.counted import quota_history


@blueprint.get("/households/<code>")
def household(code: str) -> ResponseReturnValue:
    return page("register/household.html", code)


def page(template: str, code: str, error: WorkflowError | None = None, tried: str = "") -> Page:
    """The page; after a refusal with what was typed into the form that was `tried`."""
    now = db.now()
    with db.read_session() as session:
        view = household_record.dossier(session, signed_in_actor(), code, now)
        people = reveal.people_of(session, signed_in_actor(), db.vault(), view.located.household, local_date(now))
        houses = quota_history.changes(session, view.located.household.id, view.hide) if view.whole else []
        entered = candidate_views.entered_by(session, signed_in_actor(), view.located.household.id)
        named_by = list_views.of_household(session, signed_in_actor(), db.vault(), now, view.located.household.id)
    h = view.located.household
    if h.code != code and request.method == "GET":
        return redirect(url_for(str(request.endpoint), code=h.code))
    return render_form(
        template,
        error,
        view=view,
        people=people,
        houses=houses,
        monitoring=[] if view.hide else monitoring_lines(h.monitoring),
        named_by=named_by,
        entered=entered,
        **BULK_WORDS,
        h=h,
        setting=view.located.setting,
        tried=tried,
        in_doubt=exits_in_doubt.numbers(view.located.setting, view.located.household, view.tickets),
    )


@blueprint.get("/households/<code>/exit")
def examination(code: str) -> ResponseReturnValue:
    """The exit examination, before the household is passed."""
    if signed_in_actor().role == "bureau":
        raise NotAllowed("status_not_yours")
    return page("register/exit.html", code)


@blueprint.get("/households/<code>/dossier")
def exit_dossier(code: str) -> ResponseReturnValue:
    """On what evidence the household left, as it was frozen then; for the file, on paper."""
    with db.read_session() as session:
        view = household_record.dossier(session, signed_in_actor(), code, db.now())
        kept = household_record.exit_dossiers(session, view)
    if not kept:
        raise NotFound("no_dossier", "household", code=code[:64])
    setting = view.located.setting
    return render_template(
        "register/exit_dossier.html",
        view=view,
        h=view.located.household,
        setting=setting,
        kept=kept,
        day=date.fromisoformat,
        names={have.code: have.name for have in setting.scheme.haves},
    )


@blueprint.post("/households/<code>/exit")
@form_action(lambda error, code: _not_out(error, code), passes=(NotFound, NotAllowed, BadInput))
def leave(code: str) -> Step:
    def step(session: Session) -> Done:
        made = exit_gate.exit_household(session, signed_in_actor(), db.now(), code)
        message = _("The household has exited. Its dossier is %(hash)s.", hash=made.hash[:12])
        return Done(url_for("pages.household", code=code), message)

    return step


def _not_out(error: WorkflowError, code: str) -> Page:
    """The examination with what is missing; a second click on a household that has exited leads to its page."""
    if isinstance(error, ExitRefused):
        return page("register/exit.html", code, error)
    return redirect(url_for("pages.household", code=code))


@blueprint.post("/households/<code>/status")
@form_action(lambda error, code: page("register/household.html", code, error, "status"), passes=(NotFound, NotAllowed))
def status(code: str) -> Step:
    form = request.form

    def step(session: Session) -> Done:
        exit_gate.set_status(session, signed_in_actor(), db.now(), code, form.get("status", ""), form.get("reason", ""))
        return done(url_for("pages.household", code=code))

    return step
