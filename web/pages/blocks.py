"""Blocks: the sealed blocks of the history, and the form that compares one with a paper or a message."""

from flask import request

from models import LARGEST_ID
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Page, render_form
from workflow.errors import BadInput
from workflow.history import anchors

_SHOWN = 50


@blueprint.get("/blocks")
def blocks() -> Page:
    """The blocks, the latest first; with a number and a hash, or the text of a QR, what the comparison shows."""
    args, actor, error, compared = request.args, signed_in_actor(), None, None
    before = args.get("before", type=int)
    tried = "scanned" if args.get("text", "").strip() else "typed" if "block" in args or "hash" in args else None
    with db.read_session() as session:
        lines = anchors.blocks(
            session, actor, None if before is None else max(0, min(before, LARGEST_ID)), limit=_SHOWN + 1
        )
        if tried is not None:
            try:
                anchor = (
                    anchors.anchor_in(args["text"])
                    if tried == "scanned"
                    else anchors.anchor_of(args.get("block", ""), args.get("hash", ""))
                )
                compared = anchors.compare(session, actor, anchor)
            except BadInput as refusal:
                error = refusal
    return render_form(
        "admin/blocks.html",
        error,
        typed=args,
        tried=tried,
        compared=compared,
        lines=lines[:_SHOWN],
        more=lines[_SHOWN - 1].number if len(lines) > _SHOWN else None,
    )
