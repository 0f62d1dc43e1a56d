"""The leading group's briefing: what needs its word, what is worst and whose, and how the towns moved; one sheet on paper."""

from flask import render_template
from flask.typing import ResponseReturnValue

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.board import subject_of
from workflow.boards import briefing as briefings
from workflow.county.context import county_context


@blueprint.get("/briefing")
def briefing() -> ResponseReturnValue:
    """The page for readers of the county; the buttons on it are the leading group's."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        told = briefings.briefing(session, actor, setting, now)
    return render_template("boards/briefing.html", setting=setting, told=told, now=now, subject_of=subject_of)
