"""Accountability cases: the list, one case with its buttons, opening one on a ticket's custody, and the dossier as PDF."""

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from notifications import inbox as box
from reports import lists
from web import db
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint, ticket_page
from web.pages.form_fields import case_fields
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.words import dossiers
from web.words.drawings import drawn_case
from web.words.labels import labels
from workflow.accountability.cases import case_desk, case_views
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS, STATES
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.history.grounds import DOCUMENT


@blueprint.get("/cases")
def cases() -> Page:
    """The cases the reader may see."""
    actor, state = signed_in_actor(), request.args.get("state") or None
    with db.read_session() as session:
        setting = county_context(session)
        page = case_views.list_cases(session, actor, db.now(), state, request.args.get("cursor"))
    return render_template(
        "accountability/cases.html",
        page=page,
        setting=setting,
        state=state,
        states=STATES,
        late=case_views.LATE,
        now=db.now(),
    )


@blueprint.get("/cases/<id:case>")
def case(case: int) -> Page:
    """One case; what the inbox says of it is read with it."""
    actor = signed_in_actor()
    with db.read_session() as session:
        unread = box.unread_of(session, signed_in_user().id, case_desk.find(session, actor, case).id, "case")
    if unread:
        with db.write_session() as writing:
            box.mark_these_read(writing, signed_in_user().id, db.now(), unread)
    return _cases_page(case)


def _cases_page(case: int, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        view = case_views.case_view(session, actor, case, now)
    actions = [CASE_ACTIONS[name] for name in view.actions]
    return render_form(
        "accountability/case.html",
        error,
        view=view,
        composed=dossiers.composed(view),
        strip=drawn_case(view),
        actions=[(action, case_fields(view, action, now)) for action in actions],
        tried=tried,
        names=labels("field.case"),
    )


@blueprint.get("/cases/<id:case>/dossier.pdf")
def dossier(case: int) -> Response:
    """The dossier on paper: the same bytes for every reader as long as the case has not changed."""
    # Here, since a worker that prints nothing need not carry it.
    from reports.pdf_rendering import render_pdf

    actor = signed_in_actor()
    with db.read_session() as session:
        view = case_views.case_view(session, actor, case, db.now())
    made = render_pdf("dossier", dossiers.paper(view), view.dossier.made_at)
    now = db.now()
    db.transaction_once(lambda session: lists.record(session, actor, now, "dossier", 1, DOCUMENT))
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="case-{view.case.number}-{view.dossier.seq}.pdf"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.post("/cases/<id:case>")
@form_action(lambda error, case: _cases_page(case, error, request.form.get("action", "")))
def act_on_case(case: int) -> Step:
    """Do what the form names as `action`; its address is the page's own, so that it can always be asked for again."""
    form, actor = request.form, signed_in_actor()
    action = form.get("action", "")
    verb = CASE_ACTIONS.get(action)
    names = (*verb.needs, *verb.optional) if verb else ()
    given = {name: form[name] for name in names if form.get(name, "").strip()}

    def step(session: Session) -> Done:
        case_desk.perform(session, actor, case, action, db.now(), version=form.get("version", type=int), **given)
        return done(url_for("pages.case", case=case))

    return step


@blueprint.post("/tickets/<number>/case")
@form_action(ticket_page.shown_after("raise_case"))
def raise_case(number: str) -> Step:
    form, actor = request.form, signed_in_actor()

    def step(session: Session) -> Done:
        row = ticket_page.find(session, number)
        given = {name: form[name] for name in ("result", "harm") if form.get(name, "").strip()}
        made = case_desk.raise_case(session, actor, db.now(), row, form.get("custody"), **given)
        return done(url_for("pages.case", case=made.id))

    return step
