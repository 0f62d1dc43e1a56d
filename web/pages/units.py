"""What each unit's time came to this year, and the stretches behind each figure."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from workflow.accountability.oversight import unit_accounts
from workflow.accountability.oversight.false_closing_counts import SIDES, FalseClosing
from workflow.accountability.oversight.unit_accounts import Stretch
from workflow.county.context import find_unit, setting
from workflow.paging import Page
from workflow.tickets.permissions import COUNTY_WIDE
from workflow.tickets.views import request_views


@blueprint.get("/units")
def units() -> ResponseReturnValue:
    """Every unit's figures for who reads the county, one's own else."""
    actor = signed_in_actor()
    with db.reading() as session:
        place = setting(session)
        rows = unit_accounts.reckonings(session, actor, place)
        wide = actor.role in COUNTY_WIDE
        down = unit_accounts.borne_by_system(session, actor, place) if wide else 0
        given = request_views.granted(session, place) if wide else []
    return render_template("accountability/units.html", place=place, rows=rows, down=down, granted=given)


@blueprint.get("/units/<code>")
def unit(code: str) -> ResponseReturnValue:
    """One unit's figures and the stretches behind the one asked for."""
    actor, figure = signed_in_actor(), request.args.get("figure", "held")
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
