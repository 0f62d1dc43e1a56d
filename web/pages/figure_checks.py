"""Checks of figures without rows: those drawn from a ranking, and the form in which the checking unit records what it found."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.figures_form import whole_number
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.pages.rankings import ranking_of
from workflow.assessment.checking import figure_checks
from workflow.assessment.checking.figure_checks import CheckInput
from workflow.assessment.ranking import rankings
from workflow.errors import NotAllowed, NotFound, WorkflowError


@blueprint.get("/rankings/<on>/checks")
def checks_of_figures(on: str) -> ResponseReturnValue:
    return _page(on)


def _page(on: str, error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        row = ranking_of(session, on)
        setting = rankings.setting_of(session, row)
        lines = figure_checks.lines(session, actor, row, now)
    names = {"note": _("what differs")}
    return render_form("assessment/figure_checks.html", error, names=names, setting=setting, row=row, lines=lines)


@blueprint.post("/rankings/<on>/checks")
@form_action(lambda error, on: _page(on, error), passes=(NotFound, NotAllowed))
def check_figure(on: str) -> Step:
    """Record what was found of one figure; a refusal keeps what was typed."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    figure_checks.refuse_others(actor)
    given = CheckInput(
        figure=form.get("figure", ""),
        found_of=whole_number(form.get("found_of"), "found_of"),
        found_to=whole_number(form.get("found_to"), "found_to") if form.get("found_to", "").strip() else None,
        source=form.get("source", ""),
        note=form.get("note", ""),
    )

    def step(session: Session) -> Done:
        made = figure_checks.record(session, actor, now, ranking_of(session, on), given)
        if made.ticket_id is None:
            return Done(url_for("pages.checks_of_figures", on=on), _("Recorded: the figure is true."))
        message = _("Recorded: the figure is untrue. A ticket was filed to the unit that reported it.")
        return Done(url_for("pages.checks_of_figures", on=on), message, "warning")

    return step
