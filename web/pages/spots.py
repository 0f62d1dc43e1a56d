"""Spot checks: the draws with their seeds for who reads the county, a town's own to make, and saying what was found."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from web import db, uploads
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.accountability.oversight import check_lists, check_results
from workflow.county.context import setting
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.tickets import attachments
from workflow.tickets.consequences import pending_checks
from workflow.tickets.permissions import COUNTY_WIDE


@blueprint.get("/spot-checks")
@login_required
def spot_checks() -> Any:
    """For who reads the county one month's draw, the latest unless another is asked for; for a town what was given to it."""
    actor, now, month = current_user.actor, db.now(), request.args.get("month") or None
    with db.reading() as session:
        place = setting(session)
        draws = check_lists.draws(session, actor, now) if actor.role in COUNTY_WIDE else []
        shown = next((line for line in draws if line.draw.month == (month or line.draw.month)), None)
        lines = check_lists.listed(session, actor, now, month or (shown.draw.month if shown else None))
    return render_template(
        "accountability/spot_checks.html", place=place, draws=draws, shown=shown, lines=lines, now=now
    )


@blueprint.get("/spot-checks/<id:number>")
@login_required
def spot_check(number: int) -> Any:
    return _shown(number)


@blueprint.post("/spot-checks/<id:number>")
@login_required
def make_spot_check(number: int) -> Any:
    """Say what was found; photos brought with the form are kept first, so that a refusal loses none."""
    actor, now, form, ids = current_user.actor, db.now(), request.form, request.form.getlist("evidence", int)
    try:
        with db.reading() as session:
            # Before any picture is developed: who may not make the check makes us no work and leaves no bytes behind.
            check = check_results.find(session, actor, number)
            if not pending_checks.may_look(actor, check):
                raise NotAllowed("spot_check_of_another")
            check_results.still_open(session, check)
        kept = uploads.taken(request.files.getlist("file"))
        if kept:
            ids += db.transaction(
                lambda writing: [attachments.add(writing, actor, check.ticket_id, now, **piece).id for piece in kept]
            )
        made = db.transaction(
            lambda writing: check_results.record(
                writing, actor, now, number, form.get("result"), form.get("visited_on"), form.get("note"), ids
            )
        )
    except WorkflowError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        return _shown(number, error, ids)
    if made.result == "false" and not made.reopened:
        flash(
            _(
                "Recorded as a false closing. It can no longer be reopened: have its town file a new ticket, which names it."
            ),
            "warning",
        )
    else:
        flash(_("Done."), "success")
    return redirect(url_for("pages.spot_checks"))


def _shown(number: int, error: WorkflowError | None = None, picked: list[int] | None = None) -> Any:
    actor, now = current_user.actor, db.now()
    with db.reading() as session:
        place = setting(session)
        line, mine = check_lists.one(session, actor, number, now)
    field = ("evidence" if isinstance(error, BadInput) and error.field == "file" else error.field) if error else None
    page = render_template(
        "accountability/spot_check.html",
        place=place,
        line=line,
        mine=mine,
        now=now,
        typed=request.form,
        picked=picked or [],
        error=sentence(error) if error else None,
        field=field,
    )
    return (page, status_of(error)) if error else page
