"""Own sessions: where one is signed in, from which device and address, and ending one or all others."""

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import UserSession
from web import db, own_password
from web.auth import signed_in_actor, signed_in_user
from web.devices import device_of
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from web.sign_on import flow
from workflow.county.sign_ins import sessions as sign_ins
from workflow.county.sign_ins import sign_ons
from workflow.errors import NotFound, WorkflowError


@blueprint.get("/sessions")
def sessions() -> Page:
    return _page()


def _page(error: WorkflowError | None = None) -> Page:
    with db.read_session() as session:
        rows = sign_ins.live(session, signed_in_user(), db.now(), current_app.config["SESSIONS"])
        bound = sign_ons.of_accounts(session, [signed_in_user().id])
    return render_form(
        "account/sessions.html",
        error,
        rows=rows,
        mine=_mine(),
        bound=bound,
        device_of=device_of,
        way_name=flow.name_of,
        has_password=own_password.is_set(),
    )


def _mine() -> int | None:
    """The session of this request; none with a token."""
    origin = signed_in_actor().origin
    return origin.session_id if origin else None


@blueprint.post("/sessions")
@form_action(lambda error: _page(error))
def end_other_sessions() -> Step:
    actor, user, mine = signed_in_actor(), signed_in_user(), _mine()
    own_password.confirm_password(request.form.get("password", ""), "password")

    def step(session: Session) -> Done:
        ended = sign_ins.end_others(session, actor, db.now(), user, mine)
        return Done(url_for("pages.sessions"), _("Sessions ended: %(n)s.", n=ended))

    return step


returns_to("/sessions/<id:number>", "sessions")


@blueprint.post("/sessions/<id:number>")
@form_action(lambda error, number: _page(error), passes=())
def end_session(number: int) -> Step:
    actor = signed_in_actor()
    with db.read_session() as reading:
        row = reading.get(UserSession, number)
    # Signing out is the way to end the session in hand; of another's nobody learns that it is there.
    if number == _mine() or row is None or row.user_id != signed_in_user().id:
        raise NotFound("no_such_session")
    own_password.confirm_password(request.form.get("password", ""), "password")

    def step(session: Session) -> Done:
        sign_ins.end_one(session, actor, db.now(), number)
        return Done(url_for("pages.sessions"), _("The session was ended."))

    return step
