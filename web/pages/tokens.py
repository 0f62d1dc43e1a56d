"""Own access tokens: what programs sign in with, each for some scopes and some days; shown once, listed, and withdrawn."""

from flask import flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.people import FULL_SCOPE, SCOPES
from web import db, own_password
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from workflow.county.sign_ins import api_tokens
from workflow.errors import BadInput, WorkflowError
from workflow.inputs import whole

#: For how many days a token can be made, and for how many it is unless another number is chosen.
DAYS, USUAL_DAYS = (30, 90, 180, api_tokens.MOST_DAYS), 90


@blueprint.get("/tokens")
def tokens() -> Page:
    return _page()


def _page(error: WorkflowError | None = None, made: str | None = None) -> Page:
    with db.read_session() as session:
        rows = api_tokens.live(session, signed_in_user(), db.now())
    return render_form(
        "account/tokens.html",
        error,
        # The form opens empty below the token that was made.
        typed={} if made else None,
        tried="make" if "scope" in request.form or "name" in request.form else None,
        rows=rows,
        made=made,
        scopes=(*SCOPES, FULL_SCOPE),
        chosen=request.form.getlist("scope") if not made else [],
        days=[(str(number), _("%(n)s days", n=number)) for number in DAYS],
        usual_days=USUAL_DAYS,
        has_password=own_password.is_set(),
    )


@blueprint.post("/tokens")
@form_action(lambda error: _page(error), passes=())
def make_token() -> Page:
    form, actor, now = request.form, signed_in_actor(), db.now()
    days = whole(form.get("days", ""), api_tokens.MOST_DAYS)
    if not days:
        raise BadInput("bad_token_days", "days", most=api_tokens.MOST_DAYS)
    new = api_tokens.asked(form.get("name", ""), form.getlist("scope"), days, now)
    own_password.confirm_password(form.get("password", ""), "password")
    user = signed_in_user()
    made = db.transaction(lambda session: api_tokens.make(session, actor, now, user, new))
    flash(_("The token was made. Copy it now: it is shown only this once."), "success")
    return _page(made=made)


returns_to("/tokens/<id:number>", "tokens")


@blueprint.post("/tokens/<id:number>")
@form_action(lambda error, number: _page(error), passes=())
def withdraw_token(number: int) -> Step:
    actor, user = signed_in_actor(), signed_in_user()

    def step(session: Session) -> Done:
        api_tokens.withdraw(session, actor, db.now(), user, number)
        return Done(url_for("pages.tokens"), _("The token was withdrawn."))

    return step
