"""The inbox: messages, the latest first; those about one ticket stand together."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications import inbox as box
from web import db
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.inbox_lines import inbox_groups
from workflow.county.context import county_context

_SHOWN = 50


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """The messages of the signed-in user, fifty at a time."""
    before, now = request.args.get("before", type=int), db.now()
    with db.read_session() as session:
        rows = box.messages(session, signed_in_user().id, before, _SHOWN)
        groups = inbox_groups(session, signed_in_actor(), rows, county_context(session), now)
    ids = [row[0].id for row in rows]
    return render_template(
        "account/inbox.html",
        groups=groups,
        latest=ids[0] if ids else None,
        earlier=ids[-1] if len(rows) == _SHOWN else None,
    )


@blueprint.post("/inbox")
def read_inbox() -> ResponseReturnValue:
    """Marks the messages up to the latest that was shown as read."""
    with db.write_session() as session:
        box.mark_read(session, signed_in_user().id, db.now(), request.form.get("upto", 0, int))
    return redirect(url_for("pages.inbox"))
