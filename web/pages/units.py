"""Time of the units: each unit's working time this year, and the custodies behind each figure."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from workflow.accountability.oversight import joint_accounts, unit_accounts
from workflow.accountability.oversight.false_closing_counts import SIDES, FalseClosing
from workflow.accountability.oversight.unit_accounts import Stretch
from workflow.county.context import county_context
from workflow.county.unit_names import find_unit
from workflow.paging import Page
from workflow.reform import reform_lists
from workflow.tickets.views import request_views
from workflow.tickets.visibility import COUNTY_WIDE


@blueprint.get("/units")
def units() -> ResponseReturnValue:
    """Every unit's figures for readers of the county; for others those of their own unit."""
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        rows = unit_accounts.reckonings(session, actor, setting)
        wide = actor.role in COUNTY_WIDE
        down = unit_accounts.downtime_minutes(session, actor, setting) if wide else 0
        given = request_views.granted(session, setting) if wide else []
        joint = joint_accounts.joint_accounts(session, actor, setting, rows)
    return render_template(
        "accountability/units.html", setting=setting, rows=rows, joint=joint, down=down, granted=given
    )


@blueprint.get("/units/<code>")
def unit(code: str) -> ResponseReturnValue:
    """One unit's figures and the stretches behind the one asked for."""
    actor, figure = signed_in_actor(), request.args.get("figure", "held")
    with db.read_session() as session:
        setting = county_context(session)
        wanted = find_unit(session, code).id
        row = unit_accounts.reckoning(session, actor, setting, wanted)
        joint = joint_accounts.joint_accounts(session, actor, setting, [row]).get(wanted)
        past = reform_lists.past_of(session, setting, wanted)
        page: Page[Stretch] = Page([], None)
        closings: Sequence[FalseClosing] = ()
        if figure in SIDES:
            closings = unit_accounts.false_closings(session, actor, setting, wanted, figure)
        else:
            page = unit_accounts.stretches(session, actor, setting, wanted, figure, request.args.get("cursor"))
    return render_template(
        "accountability/unit.html",
        setting=setting,
        row=row,
        past=past,
        joint=joint,
        page=page,
        closings=closings,
        figure=figure,
        now=db.now(),
    )
