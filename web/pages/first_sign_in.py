"""First sign-ins and resets: slips with one-time codes, printed by the administrator, and the page on which the owner sets a
password."""

import io

from flask import Response, current_app, redirect, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LARGEST_ID, User, Village
from reports.slips import slips_pdf
from web import auth, db, own_password, refusals
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, form_action, render_form
from workflow.county.access import guessing, passwords
from workflow.county.context import county_context
from workflow.county.sign_ins import first_sign_ins
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.inputs import whole


@blueprint.get("/first-sign-in")
def first_sign_in() -> Page:
    return _first_page()


def _first_page(error: WorkflowError | None = None) -> Page:
    return render_form("account/first_sign_in.html", error, least=passwords.LEAST)


@blueprint.post("/first-sign-in")
@form_action(_first_page, passes=())
def set_first_password() -> Done | Page:
    """Set the owner's password with the code of the slip; tries of codes are bounded by address."""
    form, now = request.form, db.now()
    code, new = form.get("code", ""), form.get("new", "")
    passwords.check(new, (), own_password.rules())
    if new != form.get("again", ""):
        raise BadInput("passwords_differ", "again")
    bounds = guessing.of_address(refusals.address_of(request))
    refusals.take(bounds, "")
    try:
        with db.read_session() as session:
            user = first_sign_ins.holder(session, now, code)
    except BadInput:
        refusals.count("code", "")
        raise
    own_password.check_password(user, new)
    # Hashed outside of the transaction, once the code is known to be good.
    hashed = auth.hashed(new)

    def step(session: Session) -> str:
        guessing.give_back(session, bounds)
        return first_sign_ins.use(session, now, code, hashed).name

    name = db.transaction(step)
    return Done(url_for("pages.sign_in"), _("The password is set. Sign in as %(name)s.", name=name))


@blueprint.post("/users/slips")
@form_action(lambda error: redirect(url_for("pages.users")), passes=(WorkflowError,))
def print_slips() -> Response:
    """A PDF of slips: for one account, first or again, or for every open account that never had a password."""
    actor, now, wanted = signed_in_actor(), db.now(), request.form.get("user", "")

    def step(session: Session) -> bytes:
        users = [_user(session, wanted)] if wanted else first_sign_ins.without_password(session, actor)
        if not users:
            raise BadInput("nobody_without_password")
        slips = first_sign_ins.make(session, actor, now, users, current_app.config["CODES"])
        villages = {row.id: row.name for row in session.scalars(select(Village))}
        # Rendered inside the transaction: a code that could not be printed must not end the one before.
        return slips_pdf(county_context(session), slips, villages, current_app.config["SITE"], now)

    pdf = db.transaction(step)
    name = _("first sign-in slips")
    # `send_file` writes a name that is not ASCII as RFC 6266 asks; servers refuse such a header as it is.
    made = send_file(io.BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{name}.pdf")
    made.headers["Cache-Control"] = "no-store"
    return made


def _user(session: Session, wanted: str) -> User:
    user = session.get(User, whole(wanted, LARGEST_ID) or 0)
    if user is None:
        raise NotFound("user_unknown", "name", name=wanted[:40])
    return user
