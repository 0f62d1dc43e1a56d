"""Saved views: the list at hand is kept under a name; a page names, orders, follows and deletes what was kept."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form, returns_to
from web.pages.ticket_list import list_page
from web.pages.view_links import asked_view, view_links
from workflow.county.context import county_context
from workflow.errors import BadInput, WorkflowError
from workflow.tickets.saved import saved_views as kept

returns_to("/saved-views", "tickets")


@blueprint.post("/saved-views")
@form_action(lambda error: list_page(error, "view"))
def save_view() -> Step:
    """The address names the list as it was shown."""
    name, shared, asked = request.form.get("name", ""), bool(request.form.get("shared")), asked_view()

    def step(session: Session) -> Done:
        actor = signed_in_actor()
        view = kept.save(session, actor, county_context(session), db.now(), name, asked, shared=shared)
        return Done(url_for("pages.tickets", **asked), _("View “%(name)s” saved.", name=view.name))

    return step


@blueprint.get("/views")
def views() -> Page:
    """What the signed-in person keeps, and what the own unit shares."""
    return _page()


def _page(error: WorkflowError | None = None, number: int | None = None) -> Page:
    with db.read_session() as session:
        setting = county_context(session)
        links = view_links(session, signed_in_actor(), setting)
    own, shared = ([link for link in links if link.view.shared is which] for which in (False, True))
    return render_form("tickets/views.html", error, tried=f"view-{number}", own=own, shared=shared, setting=setting)


@blueprint.get("/views/<id:number>")
def view(number: int) -> ResponseReturnValue:
    """The list that a view shows."""
    with db.read_session() as session:
        asked = kept.find_view(session, signed_in_actor(), number).asked
    return redirect(url_for("pages.tickets", **asked))


@blueprint.post("/views/<id:number>")
@form_action(lambda error, number: _page(error, number))
def change_view(number: int) -> Step:
    """Renames, moves, follows or deletes a view, as the button says."""
    act, name = request.form.get("act", ""), request.form.get("name", "")

    def step(session: Session) -> Done:
        actor, now = signed_in_actor(), db.now()
        if act == "rename":
            kept.rename(session, actor, number, name)
        elif act == "up":
            kept.move_up(session, actor, number)
        elif act == "delete":
            kept.delete_view(session, actor, now, number)
        elif act in ("follow", "unfollow"):
            kept.watch(session, actor, now, number, act == "follow")
        else:
            raise BadInput("unknown_act", "act")
        return done(url_for("pages.views"))

    return step
