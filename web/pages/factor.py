"""Second factors: given after the password, and one's own page to set up phone and passkeys, and to renew recovery codes."""

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from models import LARGEST_ID, Passkey
from reports.anchor import svg
from web import db, own_password, passkey_site, redirects, refusals, step_up
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, form_action, render_form, returns_to
from workflow.county.access import guessing
from workflow.county.context import county_context
from workflow.county.sign_ins import factors, passkeys, recovery_codes, totp
from workflow.errors import BadInput, NotFound, WorkflowError


@blueprint.get("/second-factor")
def second_factor() -> Page:
    return _code_page()


def _code_page(error: WorkflowError | None = None) -> Page:
    if not current_user.has_factor:
        return redirect(url_for("pages.factor"))
    following = redirects.inside(request.args.get("next"))
    return render_form(
        "account/second_factor.html", error, typed={}, next=following, has_passkeys=step_up.has_passkeys()
    )


@blueprint.post("/second-factor")
@form_action(_code_page, passes=())
def give_factor() -> Done:
    step_up.take(request.form.get("code", ""), request.form.get("passkey", ""))
    return Done(redirects.inside(request.args.get("next")))


returns_to("/second-factor/passkey", "second_factor")


@blueprint.post("/second-factor/passkey")
def passkey_options() -> Response:
    """What the script on these pages gives to the browser to ask for a passkey: a fresh challenge, as JSON."""
    from workflow.county.sign_ins import webauthn_answers

    actor, user, now = signed_in_actor(), signed_in_user(), db.now()
    challenge = db.transaction(lambda session: passkeys.challenge(session, actor, now, "give"))
    with db.read_session() as session:
        held = passkeys.in_use(session, user.id)
    options = webauthn_answers.options_to_give(passkey_site.site(), challenge, held)
    return Response(options, mimetype="application/json")


@blueprint.get("/factor")
def factor() -> Page:
    return _page()


def _page(error: WorkflowError | None = None, codes: list[str] | None = None) -> Page:
    user, now = signed_in_user(), db.now()
    with db.read_session() as session:
        held = factors.in_use(session, user.id)
        keys = passkeys.in_use(session, user.id)
        left = recovery_codes.left(session, user.id)
        challenge = _challenge(session)
        secret = factors.proposed(session, user.id, now, db.vault())
        county = county_context(session).scheme.county.name.zh
    return render_form(
        "account/factor.html",
        error,
        tried=request.form.get("act"),
        held=held,
        keys=keys,
        adding=_options_to_add(challenge, keys) if challenge else None,
        left=left,
        secret=secret,
        qr=svg(totp.address_of(secret, user.name, f"{county}销号")) if secret else "",
        codes=codes,
        required=user.role in step_up.rules().roles,
        has_password=own_password.is_set(),
    )


@blueprint.post("/factor")
@form_action(lambda error: _page(error), passes=())
def change_factor() -> Done | Page:
    acts = {
        "begin": _begin,
        "confirm": _confirm,
        "codes": _renew,
        "remove": _remove,
        "passkey": _begin_passkey,
        "add-passkey": _add_passkey,
        "drop-passkey": _drop_passkey,
    }
    act = acts.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("no_such_action", action=request.form.get("act", "")[:40])
    return act()


def _begin() -> Done:
    own_password.confirm_password(request.form.get("password", ""), "password")
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


def _challenge(session: Session) -> bytes | None:
    """The challenge with which a passkey is being added in this session."""
    actor = signed_in_actor()
    if actor.origin is None or actor.origin.session_id is None:
        return None
    return passkeys.waiting_challenge(session, actor, db.now(), "add")


def _options_to_add(challenge: bytes, held: list[Passkey]) -> str:
    from workflow.county.sign_ins import webauthn_answers

    return webauthn_answers.options_to_add(passkey_site.site(), signed_in_user(), challenge, held)


def _begin_passkey() -> Done:
    own_password.confirm_password(request.form.get("password", ""), "password")
    actor, now = signed_in_actor(), db.now()
    db.transaction(lambda session: passkeys.challenge(session, actor, now, "add"))
    return Done(url_for("pages.factor"))


def _add_passkey() -> Done | Page:
    from workflow.county.sign_ins import webauthn_answers

    actor, now, form = signed_in_actor(), db.now(), request.form
    # Used up before the answer is looked at: no challenge is answered twice.
    challenge = db.transaction(lambda session: passkeys.take_challenge(session, actor, now, "add"))
    new = webauthn_answers.added(passkey_site.site(), challenge, form.get("passkey", ""), form.get("passkey_name", ""))
    codes = db.transaction(lambda session: factors.add_passkey(session, actor, now, new))
    return _page(codes=codes) if codes else Done(url_for("pages.factor"), _("The passkey was added."))


def _drop_passkey() -> Done:
    actor, now, number = signed_in_actor(), db.now(), request.form.get("key", "")
    if not number.isascii() or not number.isdigit() or int(number) > LARGEST_ID:
        raise NotFound("no_such_passkey")
    db.transaction(lambda session: factors.remove_passkey(session, actor, now, int(number), step_up.rules()))
    return Done(url_for("pages.factor"), _("The passkey was removed."))
