"""Personal data: what is kept of people, by kind, and who has accessed a household's data."""

from flask import request

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Page, render_form
from workflow.boards import data_protection
from workflow.boards.data_protection import Access
from workflow.county.context import county_context
from workflow.errors import NotFound, WorkflowError


@blueprint.get("/personal-data")
def personal_data() -> Page:
    """What is kept; with a household's code, who looked at it or searched for it."""
    actor, now, code = signed_in_actor(), db.now(), request.args.get("code", "").strip()
    error: WorkflowError | None = None
    accesses: list[Access] | None = None
    with db.read_session() as session:
        setting = county_context(session)
        lines, erasures = data_protection.kept(session, actor)
        may_look_up = data_protection.may_look_up(session, actor, now)
    if code:
        try:
            accesses = db.transaction(lambda session: data_protection.look_up(session, actor, now, code))
        except NotFound as refusal:
            error = refusal
    return render_form(
        "admin/personal_data.html",
        error,
        typed=request.args,
        lines=lines,
        erasures=erasures,
        may_look_up=may_look_up,
        code=code,
        accesses=accesses,
        setting=setting,
    )
