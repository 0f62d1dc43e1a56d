"""One household: its page, the exit examination, and changing its status."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from web import db
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.errors import ExitRefused, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.register import exit_gate, exits_in_doubt, household_record, reveal


@blueprint.get("/households/<code>")
@login_required
def household(code: str) -> Any:
    return page("register/household.html", code)


def page(template: str, code: str, error: WorkflowError | None = None, tried: str = "") -> Any:
    """The page; after a refusal with what was typed into the form that was `tried`."""
    now = db.now()
    with db.reading() as session:
        view = household_record.dossier(session, current_user.actor, code, now)
        people = reveal.people_of(session, current_user.actor, db.vault(), view.found.household)
    shown = render_template(
        template,
        view=view,
        people=people,
        h=view.found.household,
        place=view.found.place,
        now=now,
        typed=request.form,
        error=sentence(error) if error else None,
        field=error.field if error else None,
        tried=tried,
        in_doubt=exits_in_doubt.numbers(view.found.place, view.found.household, view.tickets),
    )
    return (shown, status_of(error)) if error else shown


@blueprint.get("/households/<code>/exit")
@login_required
def examination(code: str) -> Any:
    """What the gate would say, before anybody presses."""
    if current_user.actor.role == "bureau":
        raise NotAllowed("status_not_yours")
    return page("register/exit.html", code)


@blueprint.get("/households/<code>/dossier")
@login_required
def exit_dossier(code: str) -> Any:
    """On what evidence the household left, as it was frozen then; for the file, on paper."""
    with db.reading() as session:
        view = household_record.dossier(session, current_user.actor, code, db.now())
        kept = household_record.exit_dossiers(session, view)
    if not kept:
        raise NotFound("no_dossier", "household", code=code[:64])
    place = view.found.place
    return render_template(
        "register/exit_dossier.html",
        view=view,
        h=view.found.household,
        place=place,
        kept=kept,
        day=date.fromisoformat,
        names={have.code: have.name for have in place.scheme.haves},
    )


@blueprint.post("/households/<code>/exit")
@login_required
def leave(code: str) -> Any:
    try:
        with db.writing() as session:
            made = exit_gate.exit_household(session, current_user.actor, db.now(), code)
    except ExitRefused as error:
        return page("register/exit.html", code, error)
    except WrongState:
        # Pressed twice: it is out already, and its page says so.
        return redirect(url_for("pages.household", code=code))
    flash(_("The household has exited. Its dossier is %(hash)s.", hash=made.hash[:12]), "success")
    return redirect(url_for("pages.household", code=code))


@blueprint.post("/households/<code>/status")
@login_required
def status(code: str) -> Any:
    form = request.form
    try:
        with db.writing() as session:
            exit_gate.set_status(
                session, current_user.actor, db.now(), code, form.get("status", ""), form.get("reason", "")
            )
    except (NotFound, NotAllowed):
        raise
    except WorkflowError as error:
        return page("register/household.html", code, error, "status")
    flash(_("Done."), "success")
    return redirect(url_for("pages.household", code=code))
