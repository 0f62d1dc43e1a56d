"""Second factor: given after the password, and one's own page to set it up, replace it and renew recovery codes."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from reports.anchor import svg
from web import auth, db, redirects, refusals, step_up
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, form_action, render_form
from workflow.county.access import guessing
from workflow.county.context import county_context
from workflow.county.sign_ins import factors, totp
from workflow.errors import BadInput, NotFound, WorkflowError


@blueprint.get("/second-factor")
def second_factor() -> Page:
    return _code_page()


def _code_page(error: WorkflowError | None = None) -> Page:
    if not current_user.has_factor:
        return redirect(url_for("pages.factor"))
    following = redirects.inside(request.args.get("next"))
    return render_form("account/second_factor.html", error, typed={}, next=following)


@blueprint.post("/second-factor")
@form_action(_code_page, passes=())
def give_factor() -> Done:
    step_up.take_code(request.form.get("code", ""))
    return Done(redirects.inside(request.args.get("next")))


@blueprint.get("/factor")
def factor() -> Page:
    return _page()


def _page(error: WorkflowError | None = None, codes: list[str] | None = None) -> Page:
    user, now = signed_in_user(), db.now()
    with db.read_session() as session:
        held = factors.in_use(session, user.id)
        left = factors.codes_left(session, held) if held else 0
        secret = factors.proposed(session, user.id, now, db.vault())
        county = county_context(session).scheme.county.name.zh
    return render_form(
        "account/factor.html",
        error,
        tried=request.form.get("act"),
        held=held,
        left=left,
        secret=secret,
        qr=svg(totp.address_of(secret, user.name, f"{county}销号")) if secret else "",
        codes=codes,
        required=user.role in step_up.rules().roles,
    )


@blueprint.post("/factor")
@form_action(lambda error: _page(error), passes=())
def change_factor() -> Done | Page:
    acts = {"begin": _begin, "confirm": _confirm, "codes": _renew, "remove": _remove}
    act = acts.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("no_such_action", action=request.form.get("act", "")[:40])
    return act()


def _begin() -> Done:
    auth.confirm_password(request.form.get("password", ""), "password")
    actor, now = signed_in_actor(), db.now()
    db.transaction(lambda session: factors.propose(session, actor, now, db.vault()))
    return Done(url_for("pages.factor"))


def _confirm() -> Page:
    actor, user, now = signed_in_actor(), signed_in_user(), db.now()
    bounds = guessing.of_factor(user.id)
    refusals.take(bounds, user.name)

    def step(session: Session) -> list[str]:
        codes = factors.confirm(session, actor, now, request.form.get("code", ""), db.vault())
        guessing.give_back(session, bounds)
        return codes

    try:
        codes = db.transaction(step)
    except BadInput:
        refusals.count("code", user.name)
        raise
    return _page(codes=codes)


def _renew() -> Page:
    actor, now = signed_in_actor(), db.now()
    return _page(codes=db.transaction(lambda session: factors.renew_codes(session, actor, now)))


def _remove() -> Done:
    actor, user, now = signed_in_actor(), signed_in_user(), db.now()
    db.transaction(lambda session: factors.remove(session, actor, now, user, step_up.rules()))
    return Done(url_for("pages.factor"), _("The second factor was removed."))
