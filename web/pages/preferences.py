"""Notification settings: the user's addresses, and for each kind whether e-mail is sent at once, in the digest, or not."""

from collections.abc import Callable
from functools import partial

from flask import current_app, flash, redirect, request, url_for
from flask import session as flask_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import User
from models.delivery import ADDRESSES
from models.row_changes import happened
from notifications import addresses, event_preferences
from web import db, own_password
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, form_action, render_form, returns_to
from workflow.county import outgoing_addresses
from workflow.errors import BadInput, NotFound, WorkflowError


@blueprint.get("/preferences")
def preferences() -> ResponseReturnValue:
    return _preferences_page()


@blueprint.post("/preferences")
def save_preferences() -> ResponseReturnValue:
    """Keep what was chosen for each kind, and the language of messages."""
    form = request.form
    with db.write_session() as session:
        user = session.get_one(User, signed_in_user().id)
        happened(session, db.now())
        event_preferences.save_preferences(
            session, user, {name[5:]: value for name, value in form.items() if name.startswith("kind-")}
        )
        if form.get("language") in ("zh_Hans", "en"):
            user.language = flask_session["language"] = form["language"]
    flash(_("Saved."), "success")
    return redirect(url_for("pages.preferences"))


returns_to("/preferences/<channel>", "preferences")


@blueprint.post("/preferences/<channel>")
@form_action(lambda error, channel: _preferences_page(error, f"{channel} {request.form.get('act', 'enter')}"))
def save_address(channel: str) -> Done:
    """Enter an address, send its code back, or use it no longer."""
    if channel not in ADDRESSES:
        raise NotFound("no_such_action", action=channel[:40])
    acts = {"drop": _drop, "confirm": _confirm}
    return Done(url_for("pages.preferences"), acts.get(request.form.get("act", "enter"), _enter)(channel))


def _drop(channel: str) -> str:
    _ask_password(channel)
    me, now = signed_in_user().id, db.now()
    db.transaction(lambda session: addresses.drop(session, me, channel, now, _put_down(session, channel)))
    return _("The address is no longer used.")


def _confirm(channel: str) -> str:
    me, now, code = signed_in_user().id, db.now(), request.form.get("code", "")
    refused = db.transaction(
        _kept(lambda session: addresses.confirm(session, me, channel, code, now, _put_down(session, channel)))
    )
    if refused:
        raise BadInput(refused, f"{channel}_code")
    return _("The address is verified and in use.")


def _enter(channel: str) -> str:
    me, now, value, vault = signed_in_user().id, db.now(), request.form.get("value", ""), db.vault()
    if channel not in current_app.config["REACHES"]:
        # No code would ever come.
        raise BadInput("not_set_up", channel)
    _ask_password(channel)

    def work(session: Session) -> None:
        user = session.get_one(User, me)
        addresses.enter(session, user, channel, value, now, vault, _put_down(session, channel))

    if refused := db.transaction(_kept(work)):
        raise BadInput(refused, channel)
    return _("A code has been sent. Enter it here.")


def _ask_password(channel: str) -> None:
    """Where messages go is changed only by whoever knows the password: a code for a person would go there too."""
    own_password.confirm_password(request.form.get("password", ""), f"{channel}_password")


def _put_down(session: Session, channel: str) -> addresses.Record:
    """Writes the history of what the reader does to an address."""
    return partial(outgoing_addresses.record_address, session, signed_in_actor(), channel, db.now())


def _kept(work: Callable[[Session], None]) -> Callable[[Session], str | None]:
    """The refusal's code, with what was written kept: a wrong guess counts."""

    def done(session: Session) -> str | None:
        try:
            work(session)
        except addresses.Unusable as error:
            return error.code
        return None

    return done


def _preferences_page(error: WorkflowError | None = None, tried: str | None = None) -> Page:
    user = signed_in_user()
    with db.read_session() as session:
        mine = addresses.known(session, user.id, db.vault(), db.now())
        chosen = event_preferences.preferences_of(session, user.id)
        language = session.get_one(User, user.id).language
    return render_form(
        "account/preferences.html",
        error,
        tried=tried,
        mine=mine,
        chosen=chosen,
        kinds=event_preferences.options_for(user.role),
        language=language,
        reaches=current_app.config["REACHES"],
        has_password=own_password.is_set(),
    )
