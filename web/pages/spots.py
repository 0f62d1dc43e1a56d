"""Spot checks: the draws with their seeds for readers of the county, a town's own checks, and recording a result."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.draws import draws_page
from web.pages.forms import Done, Page, Step, add_picked, done, form_action, picked, render_form
from workflow.accountability.oversight import check_lists, check_results
from workflow.accountability.oversight.check_results import ResultInput
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.tickets import attachments
from workflow.tickets.consequences import pending_checks


@blueprint.get("/spot-checks")
def spot_checks() -> ResponseReturnValue:
    return draws_page("accountability/spot_checks.html", "month", check_lists.draws, check_lists.listed)


@blueprint.get("/spot-checks/<id:number>")
def spot_check(number: int) -> ResponseReturnValue:
    return _draw_page(number)


@blueprint.post("/spot-checks/<id:number>")
@form_action(lambda error, number: _draw_page(number, error), passes=(NotFound, NotAllowed))
def make_spot_check(number: int) -> Step:
    """Records the result; photos of the form are stored first, so that a refusal loses none."""
    actor, now, form, files = signed_in_actor(), db.now(), request.form, _keep(number)

    def step(session: Session) -> Done:
        made = check_results.record(
            session,
            actor,
            now,
            number,
            ResultInput(
                result=form.get("result"), visited_on=form.get("visited_on"), note=form.get("note"), evidence=files
            ),
        )
        address = url_for("pages.spot_checks")
        if made.result != "false" or made.reopened:
            return done(address)
        message = _(
            "Recorded as a false closing. It can no longer be reopened: have its town file a new ticket, which names it."
        )
        return Done(address, message, "warning")

    return step


def _keep(number: int) -> list[int]:
    """Keep the files of the form on the ticket; the ids of those and of the kept ones that were picked."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        # Before any picture is processed: a check that is not allowed costs no work and leaves no bytes.
        check = check_results.find(session, actor, number)
        if not pending_checks.may_look(session, actor, check):
            raise NotAllowed("spot_check_of_another")
        check_results.still_open(session, check)
    if kept := form_files.taken("file"):

        def step(session: Session) -> list[int]:
            form_files.release(session)
            return [attachments.add(session, actor, check.ticket_id, now, **piece).id for piece in kept]

        add_picked(db.transaction(step))
        form_files.let_go()
    return picked()


def _draw_page(number: int, error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        line, mine = check_lists.one(session, actor, number, now)
    field = ("evidence" if isinstance(error, BadInput) and error.field == "file" else error.field) if error else None
    return render_form(
        "accountability/spot_check.html",
        error,
        setting=setting,
        line=line,
        mine=mine,
        picked=picked(),
        field=field,
    )
