"""The first page of each role."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from workflow.boards import board_figures
from workflow.county.context import county_context
from workflow.tickets.visibility import COUNTY_WIDE


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first page after signing in: the board for the office and readers of the county, the accounts for the administrator."""
    actor = signed_in_actor()
    if actor.role == "admin":
        return redirect(url_for("pages.users"))
    if actor.role in COUNTY_WIDE:
        return redirect(url_for("pages.board"))
    with db.read_session() as session:
        waiting = board_figures.mine(session, actor, county_context(session), db.now()).waiting
    # A village rarely has anything to complete; then it wants to know how its reports fare.
    return redirect(url_for("pages.tickets", mine=1 if waiting or actor.role != "village" else None))
