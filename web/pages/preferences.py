"""How I am told: my addresses, and by e-mail at once, in the morning's digest, or not."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as flask_session
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from models import User
from models.delivery import ADDRESSES
from notifications import addresses, wishes
from web import db
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.county import webhooks
from workflow.errors import BadInput, NotFound, WorkflowError


@blueprint.get("/preferences")
@login_required
def preferences() -> Any:
    return _page()


@blueprint.post("/preferences")
@login_required
def save_preferences() -> Any:
    """Keep what was chosen for each kind, and the language of messages."""
    form = request.form
    with db.writing() as session:
        user = session.get_one(User, current_user.user.id)
        wishes.wish(session, user, {name[5:]: value for name, value in form.items() if name.startswith("kind-")})
        if form.get("language") in ("zh_Hans", "en"):
            user.language = flask_session["language"] = form["language"]
    flash(_("Saved."), "success")
    return redirect(url_for("pages.preferences"))


@blueprint.get("/preferences/<channel>")
@login_required
def saved_address(channel: str) -> Any:
    """Where a form of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.preferences"))


@blueprint.post("/preferences/<channel>")
@login_required
def save_address(channel: str) -> Any:
    """Enter an address, send its code back, or use it no longer."""
    if channel not in ADDRESSES:
        raise NotFound("no_such_action", action=channel[:40])
    form, now, me = request.form, db.now(), current_user.user.id
    act = form.get("act", "enter")
    try:
        if act == "drop":
            db.transaction(lambda session: addresses.drop(session, me, channel, now, _put_down(session, channel)))
            flash(_("The address is no longer used."), "success")
        elif act == "confirm":
            refused = db.transaction(
                _kept(lambda s: addresses.confirm(s, me, channel, form.get("code", ""), now, _put_down(s, channel)))
            )
            if refused:
                raise BadInput(refused, f"{channel}_code")
            flash(_("The address is verified and in use."), "success")
        else:
            if channel not in current_app.config["REACHES"]:
                # No code would ever come.
                raise BadInput("not_set_up", channel)
            refused = db.transaction(
                _kept(
                    lambda s: addresses.enter(
                        s, s.get_one(User, me), channel, form.get("value", ""), now, db.vault(), _put_down(s, channel)
                    )
                )
            )
            if refused:
                raise BadInput(refused, channel)
            flash(_("A code has been sent. Enter it here."), "success")
    except WorkflowError as error:
        return _page(error)
    return redirect(url_for("pages.preferences"))


def _put_down(session: Session, channel: str) -> addresses.Record:
    """Writes the history of what the reader does to an address."""
    return partial(webhooks.record_address, session, current_user.actor, channel, db.now())


def _kept(work: Callable[[Session], None]) -> Callable[[Session], str | None]:
    """The refusal's code, with what was written kept: a wrong guess counts."""

    def done(session: Session) -> str | None:
        try:
            work(session)
        except addresses.Unusable as error:
            return error.code
        return None

    return done


def _page(error: WorkflowError | None = None) -> Any:
    user = current_user.user
    with db.reading() as session:
        mine = addresses.known(session, user.id, db.vault(), db.now())
        chosen = wishes.wishes(session, user.id)
        language = session.get_one(User, user.id).language
    page = render_template(
        "account/preferences.html",
        mine=mine,
        chosen=chosen,
        kinds=wishes.choosable(user.role),
        language=language,
        reaches=current_app.config["REACHES"],
        typed=request.form,
        error=sentence(error) if error else None,
        field=error.field if error else None,
    )
    return (page, status_of(error)) if error else page
