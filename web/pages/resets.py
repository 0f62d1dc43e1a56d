"""Account resets, for the inspectorate: what the administrator asks for, agreed to or refused."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from workflow.county.context import county_context
from workflow.county.sign_ins import resets as reset_requests
from workflow.errors import NotFound, WorkflowError


@blueprint.get("/resets")
def resets() -> Page:
    return _page()


def _page(error: WorkflowError | None = None) -> Page:
    with db.read_session() as session:
        rows = reset_requests.listed(session, signed_in_actor(), db.now())
        setting = county_context(session)
    return render_form("admin/resets.html", error, rows=rows, setting=setting)


returns_to("/resets/<id:number>/<act>", "resets")


@blueprint.post("/resets/<id:number>/<act>")
@form_action(lambda error, number, act: _page(error))
def decide_reset(number: int, act: str) -> Step:
    if act not in ("agree", "refuse"):
        raise NotFound("no_such_action", action=act[:40])
    agrees = act == "agree"

    def step(session: Session) -> Done:
        reset_requests.decide(session, signed_in_actor(), db.now(), number, agrees)
        said = _("You agreed to the reset.") if agrees else _("You refused the reset.")
        return Done(url_for("pages.resets"), said)

    return step
