"""Signing on from other systems: begun here, finished by their answer; the administrator's links that bind an account."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from models import User
from web import auth, db, own_password, redirects, refusals, step_up
from web.auth import signed_in_actor
from web.errors import status_of
from web.pages import blueprint
from web.pages.admin import accounts_page
from web.pages.forms import Done, Page, form_action, render_form, returns_to
from web.pages.sign import sign_in_page
from web.sign_on import flow
from web.words.errors import sentence
from workflow.actors import Actor
from workflow.county.access import guessing
from workflow.county.sign_ins import sign_ons
from workflow.errors import NotAllowed, NotFound, WorkflowError


@blueprint.get("/sign-on/<way>")
def sign_on(way: str) -> ResponseReturnValue:
    """To the other system and back; with `bind`, to bind the account of the link that was agreed to."""
    flow.require(way)
    following, bind = redirects.inside(request.args.get("next")), request.args.get("bind") == "1"
    if current_user.is_authenticated and not bind:
        return redirect(following)
    bounds = guessing.of_address(refusals.address_of(request))
    try:
        refusals.take(bounds, "")
        answer = flow.begin(way, following, bind)
    except WorkflowError as refused:
        return _refused(refused)
    db.transaction(lambda session: guessing.give_back(session, bounds))
    return answer


@blueprint.get("/sign-on/<way>/callback")
def sign_on_back(way: str) -> ResponseReturnValue:
    """The other system's answer: opens a session, or binds the account of a link and opens one if none is open."""
    flow.require(way)
    bounds = guessing.of_address(refusals.address_of(request))
    try:
        refusals.take(bounds, "")
        identity, begun = flow.finish(way)
        if begun.link is not None:
            return _bind(begun.link, identity, bounds)
        auth.sign_on(identity, bounds)
    except WorkflowError as refused:
        return _refused(refused)
    return redirect(redirects.inside(begun.following))


def _bind(link: int, identity: sign_ons.Identity, bounds: list[guessing.Bound]) -> ResponseReturnValue:
    owner, now = _signed_in(), db.now()
    db.transaction(lambda session: sign_ons.bind(session, owner, now, link, identity).id)
    flash(_("The account is bound: from now on you sign in by %(way)s.", way=flow.name_of(identity.way)), "success")
    if owner is None:
        auth.sign_on(identity, bounds)
        return redirect(url_for("pages.home"))
    db.transaction(lambda session: guessing.give_back(session, bounds))
    return redirect(url_for("pages.sessions"))


def _signed_in() -> Actor | None:
    """The person signed in at this browser.  Raises NotAllowed before the second factor was given."""
    if not current_user.is_authenticated or current_user.session is None:
        return None
    if step_up.waits() or own_password.must_change():
        raise NotAllowed("sign_on_link_signed_in")
    return signed_in_actor()


def _refused(error: WorkflowError) -> ResponseReturnValue:
    """A refusal on the page where one signs in, or on the own page of who is signed in."""
    flash(sentence(error), "danger")
    if current_user.is_authenticated:
        return redirect(url_for("pages.sessions"))
    return sign_in_page({}), status_of(error)


@blueprint.get("/sign-on/link/<code>")
def sign_on_link(code: str) -> Page:
    return _link_page(None, code)


def _link_page(error: WorkflowError | None, code: str, agreed: bool = False) -> Page:
    user = way = None
    try:
        with db.read_session() as session:
            link, user = sign_ons.link_of(session, db.now(), code)
            way = link.way
            flow.require(way)
            sign_ons.may_bind(session, user, _signed_in())
    except WorkflowError as refused:
        error = error or refused
    return render_form(
        "account/sign_on_link.html",
        error,
        typed={},
        code=code,
        user=user,
        way=way,
        way_name=flow.name_of(way) if way else "",
        agreed=agreed,
        usable=error is None,
        sign_in_first=error is not None and error.code == "sign_on_link_signed_in",
    )


@blueprint.post("/sign-on/link/<code>")
@form_action(lambda error, code: _link_page(error, code), passes=())
def agree_to_link(code: str) -> Page:
    """A form of this site that the person sends, so that no other site binds an account by an address."""
    bounds = guessing.of_address(refusals.address_of(request))
    refusals.take(bounds, "")
    with db.read_session() as session:
        link, user = sign_ons.link_of(session, db.now(), code)
        flow.require(link.way)
        sign_ons.may_bind(session, user, _signed_in())
    db.transaction(lambda writing: guessing.give_back(writing, bounds))
    flow.agree(link.id, link.way)
    return _link_page(None, code, agreed=True)


returns_to("/users/<id:user_id>/sign-on", "users")


@blueprint.post("/users/<id:user_id>/sign-on")
@form_action(lambda error, user_id: accounts_page(error), passes=())
def change_sign_on(user_id: int) -> Done | Page:
    """Make a link for an account, shown this once, or end its binding."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    if actor.role != "admin":
        raise NotAllowed("only_the_administrator")

    def account(session: Session) -> User:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound("user_unknown", "name", name=user_id)
        return user

    if unbind := form.get("unbind"):
        db.transaction(lambda session: sign_ons.end(session, actor, now, account(session), unbind))
        return Done(url_for("pages.users", q=request.args.get("q")), _("The binding was ended."))
    way = form.get("link", "")
    flow.require(way)
    made = db.transaction(lambda session: sign_ons.make_link(session, actor, now, account(session), way))
    address = current_app.config["SITE"].rstrip("/") + url_for("pages.sign_on_link", code=made.code)
    return render_form("admin/sign_on_link.html", typed={}, made=made, address=address, way_name=flow.name_of(way))
