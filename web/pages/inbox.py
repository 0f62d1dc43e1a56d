"""The inbox: messages, the latest first; those about one ticket stand together, and unread ones are marked as read by kind."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications import inbox as box
from web import db
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.inbox_lines import inbox_groups
from web.words.notifications import kind_name
from workflow.county.context import county_context

_SHOWN = 50


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """The messages of the signed-in user, fifty at a time, all or those of one kind or the unread ones; `by=kind`: how many of
    each kind are unread."""
    args, now, me = request.args, db.now(), signed_in_user().id
    kind, unread_only, by_kind = args.get("kind") or None, bool(args.get("unread")), args.get("by") == "kind"
    with db.read_session() as session:
        kinds = box.unread_kinds(session, me)
        recent = box.recent_kinds(session, me)
        rows = []
        if not by_kind:
            rows = box.messages(session, me, args.get("before", type=int), _SHOWN, unread_only, kind)
        groups = inbox_groups(session, signed_in_actor(), rows, county_context(session), now)
    ids = [row[0].id for row in rows]
    return render_template(
        "account/inbox.html",
        groups=groups,
        latest=ids[0] if ids else None,
        earlier=ids[-1] if len(rows) == _SHOWN else None,
        by_kind=by_kind,
        kinds=kinds,
        kind=kind,
        unread_only=unread_only,
        # What was narrowed to stays to choose, whatever the messages are.
        choices=sorted(((each, kind_name(each)) for each in recent), key=lambda choice: choice[1]),
        narrowed={"kind": kind, "unread": "1" if unread_only else None},
    )


@blueprint.post("/inbox")
def read_inbox() -> ResponseReturnValue:
    """Marks the messages up to the latest that was shown as read, all or those of one kind."""
    kind = request.form.get("kind") or None
    with db.write_session() as session:
        box.mark_read(session, signed_in_user().id, db.now(), request.form.get("upto", 0, int), kind)
    return redirect(url_for("pages.inbox", by="kind" if request.form.get("by") == "kind" else None))
