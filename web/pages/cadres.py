"""Cadres of households (包户责任人): who is responsible for how many, and giving all of one person's to another."""

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import LARGEST_ID
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from workflow.county.context import county_context
from workflow.errors import NotFound, WorkflowError
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


def _whose() -> dict[str, Any]:
    """The cadre that the form or the address names: town, name, and account where there is one."""
    given = request.values
    return {
        "town": whole(given.get("town", ""), LARGEST_ID) or 0,
        "name": given.get("name", ""),
        "account": whole(given.get("account", ""), LARGEST_ID) if given.get("account") else None,
    }


@blueprint.get("/cadres/households")
def cadre_households() -> Page:
    """The households of one cadre, to give single ones to another person; without a cadre the list of all of them."""
    return _homes_page() if "town" in request.args else redirect(url_for("pages.cadres"))


def _homes_page(error: WorkflowError | None = None) -> Page:
    actor, whose = signed_in_actor(), _whose()
    with db.read_session() as session:
        homes = household_cadres.of_cadre(session, actor, **whose)
        people = [user for user in household_cadres.choices(session, actor) if user.unit_id == whose["town"]]
        setting = county_context(session)
    if whose["town"] not in setting.units:
        raise NotFound("unit_unknown", unit=whose["town"])
    return render_form("setup/cadre_households.html", error, homes=homes, people=people, setting=setting, whose=whose)


@blueprint.post("/cadres/households")
@form_action(_homes_page)
def give_households() -> Step:
    """Give the ticked households to another person."""
    actor, now, codes, to = signed_in_actor(), db.now(), request.form.getlist("codes"), request.form.get("to", "")

    def step(session: Session) -> Done:
        changed = household_cadres.give(session, actor, now, codes, to)
        return Done(url_for("pages.cadres"), _("Households given: %(n)s.", n=changed))

    return step


@blueprint.post("/cadres")
@form_action(_cadres_page, passes=())
def hand_over_households() -> Step:
    """Give the chosen cadre's households to another person."""
    actor, now, form = signed_in_actor(), db.now(), request.form

    def step(session: Session) -> Done:
        moved = household_cadres.hand_over(
            session,
            actor,
            now,
            **_whose(),
            to=form.get("to", ""),
        )
        return Done(url_for("pages.cadres"), _("Households given: %(n)s.", n=moved))

    return step
