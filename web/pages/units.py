"""What each unit's time came to this year, and the stretches behind each figure."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_login import current_user, login_required

from web import db
from web.pages import blueprint
from workflow import reckoning, times
from workflow.county import find_unit, setting
from workflow.falsehoods import SIDES, FalseClosing
from workflow.paging import Page
from workflow.permissions import COUNTY_WIDE
from workflow.reckoning import Stretch


@blueprint.get("/units")
@login_required
def units() -> Any:
    """Every unit's figures for who reads the county, one's own else."""
    actor = current_user.actor
    with db.reading() as session:
        place = setting(session, actor.county_id)
        rows = reckoning.reckonings(session, actor, place)
        wide = actor.role in COUNTY_WIDE
        down = reckoning.borne_by_system(session, actor, place) if wide else 0
        given = times.granted(session, place) if wide else []
    return render_template("accountability/units.html", place=place, rows=rows, down=down, granted=given)


@blueprint.get("/units/<code>")
@login_required
def unit(code: str) -> Any:
    """One unit's figures and the stretches behind the one asked for."""
    actor, figure = current_user.actor, request.args.get("figure", "held")
    with db.reading() as session:
        place = setting(session, actor.county_id)
        wanted = find_unit(session, actor.county_id, code).id
        row = reckoning.reckoning(session, actor, place, wanted)
        page: Page[Stretch] = Page([], None)
        closings: Sequence[FalseClosing] = ()
        if figure in SIDES:
            closings = reckoning.false_closings(session, actor, place, wanted, figure)
        else:
            page = reckoning.stretches(session, actor, place, wanted, figure, request.args.get("cursor"))
    return render_template(
        "accountability/unit.html", place=place, row=row, page=page, closings=closings, figure=figure, now=db.now()
    )
