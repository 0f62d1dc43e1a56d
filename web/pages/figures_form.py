"""Figures that a unit reports: the form of one measure beside the last figure and the system's own count; their files."""

from collections.abc import Mapping
from datetime import date

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import ReportedFigure
from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.pages.pasted_columns import fill_in
from web.words.own_counts import limit_words, own_words
from workflow import folding
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.figure_bounds import Assent, Line, OwnFigure
from workflow.assessment.ranking.own_counts import own_now
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError
from workflow.inputs import whole
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.worktime import local_date

#: The columns that may be pasted, by the choice of the form.
_PARTS = {"both": ("of", "to"), "of": ("of",), "to": ("to",)}


@blueprint.get("/figures/files/<id:number>")
def brought_file(number: int) -> ResponseReturnValue:
    """A file that the user's own unit uploaded with its figures, before they are ranked."""
    with db.read_session() as session:
        proof = figure_files.find_figure_file(session, signed_in_actor(), number)
    return form_files.sent(proof, figure_files.name_for(signed_in_actor(), proof))


@blueprint.get("/figures/<code>")
def figures(code: str) -> Page:
    """The empty form; with `carry` the boxes hold the last figures."""
    return _form(code)


def _form(code: str, error: WorkflowError | None = None, boxes: Mapping[str, str] | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        measure = reported_figures.measure_named(setting, code)
        if measure not in reported_figures.of_unit(setting, actor.unit_id or 0):
            reported_figures.refuse_counted(measure)
            raise NotAllowed("figure_of_another_unit")
        known = reported_figures.latest(session, setting, code, local_date(now), now)
        files = {town: figure_files.of(session, row) for town, row in known.items()}
        own = own_now(session, setting, code, now)
    towns = reported_figures.subjects(setting, measure)
    typed = {**request.form.to_dict(), **(boxes or {})}
    if request.args.get("carry"):
        for town in towns:
            if town.id in known:
                typed |= _carried(town.code, known[town.id])
    if measure.whole_counted:
        typed |= {f"to-{town.code}": str(own[town.id].to) for town in towns if town.id in own}
    return render_form(
        "assessment/figures_form.html",
        error,
        setting=setting,
        measure=measure,
        known=known,
        files=files,
        beside={town.id: _own_beside(setting, typed, town, own.get(town.id), measure) for town in towns},
        today=local_date(now),
        towns=towns,
        of_towns=measure in setting.scheme.measures,
        asks_sure=(error is not None and error.field == "sure") or bool(typed.get("sure")),
        typed=typed,
        field=str(error.params.get("box") or "") if error is not None else None,
        late_figure=reported_figures.late,
    )


def _own_beside(
    setting: CountyContext, typed: Mapping[str, str], town: UnitFact, own: OwnFigure | None, measure: CountyMeasure
) -> dict[str, list[str]]:
    """By part what stands beside its box: what the own rows say of it, with the gap to what it holds, and up to what the
    whole is taken; nothing where there are no rows."""
    if own is None:
        return {"of": [], "to": []}

    def beside(part: str, rows: int | None, limit: str = "") -> list[str]:
        number = whole(typed.get(f"{part}-{town.code}", "").strip())
        return [text for text in (own_words(part, number, rows, measure.counted_in), limit) if text]

    return {"of": beside("of", own.of), "to": beside("to", own.to, limit_words(setting, measure, own))}


@blueprint.post("/figures/<code>")
@form_action(lambda error, code: _form(code, error), passes=(NotFound, NotAllowed, Conflict))
def report_figures(code: str) -> Step | Page:
    """Record the figures; with `act` the boxes are only filled from pasted lines, or shown again with their gaps."""
    form, actor, now = request.form, signed_in_actor(), db.now()
    if form.get("act") == "fill":
        return _form(code, boxes=_pasted(code))
    if form.get("act") == "look":
        return _form(code)
    source = form.get("source", "")
    assent = Assent(form.get("reason", "").strip(), bool(form.get("sure")))
    with db.read_session() as session:
        # Before any picture is processed: a report that is not allowed costs no work and leaves no bytes.
        setting = county_context(session)
        measure, up_to = reported_figures.measure_named(setting, code), _up_to(form.get("up_to", ""))
        lines = [
            line
            for unit in reported_figures.subjects(setting, measure)
            if (line := _line_of(form, unit.code, measure.whole_counted)) is not None
        ]
        reported_figures.admitted(actor, setting, now, measure, up_to, source)
    files = form_files.taken("file")

    def step(session: Session) -> Done:
        county = county_context(session)
        own = own_now(session, county, code, now)
        reported_figures.report(session, actor, county, now, code, up_to, lines, source, own, assent, files)
        return Done(url_for("pages.rankings"), _("Submitted."))

    return step


def _carried(town: str, last: ReportedFigure) -> dict[str, str]:
    """The boxes of a town with its last figure, or with why there was none."""
    if last.none_here:
        return {f"none-{town}": last.reason}
    return {f"of-{town}": str(last.numerator), f"to-{town}": str(last.denominator)}


def _line_of(form: Mapping[str, str], town: str, whole_counted: bool) -> Line | None:
    """What the boxes of a town report; None where they are empty.  Raises BadInput."""
    none = form.get(f"none-{town}", "").strip()
    # The whole that rows count stands in its box whatever is typed.
    typed = {part: form.get(f"{part}-{town}", "").strip() for part in ("of", "to")}
    if not any(text for part, text in typed.items() if not (none and whole_counted and part == "to")):
        return Line(town, 0, 0, none) if none else None
    of = whole_number(typed["of"], "numerator", f"of-{town}")
    return Line(town, of, whole_number(typed["to"], "denominator", f"to-{town}"), none)


def _pasted(code: str) -> dict[str, str]:
    """The boxes that the pasted lines fill.  Raises BadInput."""
    with db.read_session() as session:
        setting = county_context(session)
        subjects = reported_figures.subjects(setting, reported_figures.measure_named(setting, code))
    rows = {unit.code: [unit.name, unit.code, unit.name_en] for unit in subjects}
    parts = _PARTS.get(request.form.get("into", ""), _PARTS["both"])
    # Behind both numbers a sheet may say why there is none here this period.
    return fill_in(request.form.get("pasted", ""), rows, parts, "none" if parts == _PARTS["both"] else "")


def whole_number(text: str | None, field: str, box: str = "") -> int:
    """A number of at most nine digits, as the input `box` of a form gives it, in full width too.  Raises BadInput at `field`."""
    text = folding.plain_number(text or "")
    if not text:
        raise BadInput("missing", field, box=box)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("not_a_number", field, box=box)
    return int(text)


def _up_to(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", "up_to") from error
