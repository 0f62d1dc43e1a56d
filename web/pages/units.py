"""What each unit's time came to this year, and the stretches behind each figure."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_login import current_user, login_required

from web import db
from web.pages import blueprint
from workflow.accountability.oversight import unit_accounts
from workflow.accountability.oversight.false_closing_counts import SIDES, FalseClosing
from workflow.accountability.oversight.unit_accounts import Stretch
from workflow.county.context import find_unit, setting
from workflow.paging import Page
from workflow.tickets.permissions import COUNTY_WIDE
from workflow.tickets.views import request_views


@blueprint.get("/units")
@login_required
def units() -> Any:
    """Every unit's figures for who reads the county, one's own else."""
    actor = current_user.actor
    with db.reading() as session:
        place = setting(session)
        rows = unit_accounts.reckonings(session, actor, place)
        wide = actor.role in COUNTY_WIDE
        down = unit_accounts.borne_by_system(session, actor, place) if wide else 0
        given = request_views.granted(session, place) if wide else []
    return render_template("accountability/units.html", place=place, rows=rows, down=down, granted=given)


@blueprint.get("/units/<code>")
@login_required
def unit(code: str) -> Any:
    """One unit's figures and the stretches behind the one asked for."""
    actor, figure = current_user.actor, request.args.get("figure", "held")
    with db.reading() as session:
        place = setting(session)
        wanted = find_unit(session, code).id
        row = unit_accounts.reckoning(session, actor, place, wanted)
        page: Page[Stretch] = Page([], None)
        closings: Sequence[FalseClosing] = ()
        if figure in SIDES:
            closings = unit_accounts.false_closings(session, actor, place, wanted, figure)
        else:
            page = unit_accounts.stretches(session, actor, place, wanted, figure, request.args.get("cursor"))
    return render_template(
        "accountability/unit.html", place=place, row=row, page=page, closings=closings, figure=figure, now=db.now()
    )
