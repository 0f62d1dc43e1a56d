"""Cadres of households (包户责任人): who is responsible for how many, and giving all of one person's to another."""

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import LARGEST_ID
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.inputs import whole
from workflow.setup import household_cadres
from workflow.tickets.views.search import cleaned

SORTS = ("households", "name", "town")
_SHOWN = 200


@blueprint.get("/cadres")
def cadres() -> Page:
    """The list, searched by name and sorted."""
    return _cadres_page()


def _cadres_page(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    query, sort = cleaned(request.values.get("q")), request.values.get("sort", SORTS[0])
    with db.read_session() as session:
        setting = county_context(session)
        lines = household_cadres.listed(session, actor, query, sort)
        people = household_cadres.choices(session, actor)
    return render_form(
        "setup/cadres.html",
        error,
        lines=lines[:_SHOWN],
        more=max(len(lines) - _SHOWN, 0),
        people=people,
        setting=setting,
        q=query,
        sort=sort if sort in SORTS else SORTS[0],
        sorts=SORTS,
    )


@blueprint.post("/cadres")
@form_action(_cadres_page, passes=())
def hand_over_households() -> Step:
    """Give the chosen cadre's households to another person."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    account = whole(form.get("account", ""), LARGEST_ID) if form.get("account") else None

    def step(session: Session) -> Done:
        moved = household_cadres.hand_over(
            session,
            actor,
            now,
            town=whole(form.get("town", ""), LARGEST_ID) or 0,
            name=form.get("name", ""),
            account=account,
            to=form.get("to", ""),
        )
        return Done(url_for("pages.cadres"), _("Households given: %(n)s.", n=moved))

    return step
