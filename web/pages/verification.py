"""Verification: the inspectorate asks for a run of `verify`, sees how far it has come, and what did not hold."""

from datetime import timedelta

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.verification import runs
from workflow.verification.checkpoint import lots

#: After so long the page says that no worker has begun.
_IDLE = timedelta(minutes=2)


@blueprint.get("/trail/verify")
def verification() -> Page:
    """The last runs, the latest first; while one is open the page reloads itself."""
    return _page(None)


def _page(error: WorkflowError | None) -> Page:
    now = db.now()
    with db.read_session() as session:
        lines = runs.latest(session, signed_in_actor())
        known = lots.latest(session, now)
    open_ = lines[0] if lines and lines[0].ended_at is None else None
    return render_form(
        "admin/verification.html",
        error,
        lines=lines,
        open=open_,
        idle=open_ is not None and not open_.begun and now - open_.asked_at > _IDLE,
        kept=runs.KEPT,
        known=known,
        lasts=lots.LASTS.days,
    )


@blueprint.post("/trail/verify")
@form_action(_page, passes=(NotFound, NotAllowed))
def verify() -> Step:
    """Ask for a run."""
    actor, now, whole = signed_in_actor(), db.now(), request.form.get("act") == "whole"
    runs.require(actor)
    to = url_for("pages.verification")

    def step(session: Session) -> Done:
        runs.ask(session, actor, now, whole=whole)
        return Done(to, _("The worker verifies the history in the background."))

    return step
