"""Changes in a family: what happened, to whom, on which day; each form shows before what it will do."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.household import LABOUR
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.labels import label
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.inputs import whole
from workflow.policy.worktime import local_date
from workflow.register.lives import family_events, family_preview, household_input
from workflow.register.lives.family_events import Happened
from workflow.register.lives.family_input import FamilyInput, NewPerson
from workflow.register.lives.life_kinds import KINDS

#: What is asked of a person who begins.
_PERSON = ("name", "relation", "sex", "born_on", "id_number", "labour")


@blueprint.get("/households/<code>/family")
def family(code: str) -> ResponseReturnValue:
    """Who lives there, with what may have happened to each, and what happened so far."""
    actor = signed_in_actor()
    with db.read_session() as session:
        located, living = family_preview.family(session, actor, code, db.now())
        past = family_preview.past_changes(session, actor, located)
    if located.household.code != code:
        return redirect(url_for("pages.family", code=located.household.code))
    return render_template(
        "register/family.html",
        h=located.household,
        located=located,
        living=living,
        past=past,
        kinds=KINDS.values(),
        whole=household_input.kinds_for(actor) if not located.household.gone else [],
        setting=located.setting,
    )


@blueprint.get("/households/<code>/family/<kind>")
def family_form(code: str, kind: str) -> ResponseReturnValue:
    return _form(code, kind)


def _form(code: str, kind: str, error: WorkflowError | None = None) -> Page:
    """The form of one kind of change, with what it will do to those who are chosen."""
    with db.read_session() as session:
        seen = family_preview.foresee(session, signed_in_actor(), code, kind, _members(), db.now())
    return render_form(
        "register/family_form.html",
        error,
        seen=seen,
        kind=seen.kind,
        h=seen.located.household,
        located=seen.located,
        setting=seen.located.setting,
        today=local_date(db.now()).isoformat(),
        labours=LABOUR,
        names={"on": label("field", "born_on")} if kind == "born" else {"to": label("field", "to.moved")},
    )


@blueprint.post("/households/<code>/family/<kind>")
@form_action(lambda error, code, kind: _form(code, kind, error), passes=(NotFound, NotAllowed))
def record_family(code: str, kind: str) -> Step:
    form = request.form
    given = FamilyInput(
        kind=kind,
        on=form.get("on", ""),
        members=_members(),
        person=NewPerson(**{name: form.get(name, "").strip() for name in _PERSON}),
        head=whole(form.get("head", "")) if form.get("head") else None,
        to=form.get("to", ""),
        reason=form.get("reason", ""),
        ends=bool(form.get("ends")),
    )

    def step(session: Session) -> Done:
        made = family_events.record(session, signed_in_actor(), db.now(), db.vault(), code, given)
        return Done(url_for("pages.household", code=code), _said(made))

    return step


def _members() -> list[int]:
    """The members that are ticked, or named by the link that led here."""
    return [number for text in request.values.getlist("members") if (number := whole(text)) is not None]


def _said(made: Happened) -> str:
    if made.ended:
        return _("Recorded. Nobody lives in the household any more: it has ended.")
    if made.again:
        return _("Recorded. Open tickets to be looked at again: %(n)s.", n=len(made.again))
    return _("Recorded.")
