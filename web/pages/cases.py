"""Accountability cases: the list, one case with its buttons, opening one on a ticket's custody, and the dossier as PDF."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from notifications import inbox as box
from web import db
from web.errors import status_of
from web.pages import blueprint
from web.pages import ticket as ticket_page
from web.words import dossiers
from web.words.cases import harmed
from web.words.drawings import drawn_case
from web.words.errors import sentence
from workflow.accountability.cases import case_desk, case_views
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS, STATES
from workflow.county.context import setting
from workflow.errors import NotFound, WorkflowError
from workflow.tickets import lookup

#: What undoes a case rather than brings it on.
_BACKWARD = ("seek_withdrawal", "agree_withdrawal")


@blueprint.get("/cases")
@login_required
def cases() -> Any:
    """The cases the reader may see."""
    actor, state = current_user.actor, request.args.get("state") or None
    with db.reading() as session:
        place = setting(session)
        page = case_views.list_cases(session, actor, db.now(), state, request.args.get("cursor"))
    return render_template(
        "accountability/cases.html",
        page=page,
        place=place,
        state=state,
        states=STATES,
        late=case_views.LATE,
        now=db.now(),
    )


@blueprint.get("/cases/<id:case>")
@login_required
def case(case: int) -> Any:
    """One case; what the inbox says of it is read with it."""
    actor = current_user.actor
    with db.reading() as session:
        told = box.unread_of(session, actor.user_id, case_desk.find(session, actor, case).id, "case")
    if told:
        with db.writing() as writing:
            box.mark_these_read(writing, actor.user_id, db.now(), told)
    return _page(case)


def _page(case: int, error: WorkflowError | None = None, tried: str | None = None) -> Any:
    actor, now = current_user.actor, db.now()
    with db.reading() as session:
        view = case_views.case_view(session, actor, case, now)
    actions = [CASE_ACTIONS[name] for name in view.actions]
    page = render_template(
        "accountability/case.html",
        view=view,
        told=dossiers.composed(view),
        strip=drawn_case(view),
        now=now,
        actions=actions,
        backward=_BACKWARD,
        error=sentence(error) if error else None,
        field=error.field if error else None,
        tried=tried,
        typed=request.form,
        harmed=harmed(view.setting) if "open" in view.actions else [],
    )
    return (page, status_of(error)) if error else page


@blueprint.get("/cases/<id:case>/dossier.pdf")
@login_required
def dossier(case: int) -> Any:
    """The dossier on paper: the same bytes as long as the case has not moved, whoever prints it."""
    # Here, since a worker that prints nothing need not carry it.
    from reports.press import press

    actor = current_user.actor
    with db.reading() as session:
        view = case_views.case_view(session, actor, case, db.now())
    made = press("dossier", dossiers.paper(view), view.dossier.made_at)
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="case-{view.case.number}-{view.dossier.seq}.pdf"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.post("/cases/<id:case>")
@login_required
def act_on_case(case: int) -> Any:
    """Do what the form names as `action`; its address is the page's own, so that it can always be asked for again."""
    form, actor = request.form, current_user.actor
    action = form.get("action", "")
    verb = CASE_ACTIONS.get(action)
    names = (*verb.needs, *verb.optional) if verb else ()
    given = {name: form[name] for name in names if form.get(name, "").strip()}

    def move(session: Session) -> None:
        case_desk.perform(session, actor, case, action, db.now(), version=form.get("version", type=int), **given)

    try:
        db.transaction(move)
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return _page(case, error, action)
    flash(_("Done."), "success")
    return redirect(url_for("pages.case", case=case))


@blueprint.post("/tickets/<number>/case")
@login_required
def raise_case(number: str) -> Any:
    form, actor = request.form, current_user.actor

    def raises(session: Session) -> int:
        row = lookup.find_ticket(session, actor, number)
        given = {name: form[name] for name in ("result", "harm") if form.get(name, "").strip()}
        return case_desk.raise_case(session, actor, db.now(), row, form.get("custody"), **given).id

    try:
        made = db.transaction(raises)
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return ticket_page.shown(number, error, "raise_case")
    flash(_("Done."), "success")
    return redirect(url_for("pages.case", case=made))
