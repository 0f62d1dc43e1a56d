"""Bringing in reported figures by spreadsheet: an empty sheet to fill in, a preview row by row, and only then the recording."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import BinaryIO, Literal, cast

from flask import Response, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reports.page_layout import Cell
from reports.tables import Workbook
from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Page, render_form
from web.words.errors import sentence
from web.words.template_globals import listed
from workflow.assessment import figure_import, figure_sheets, reported_figures
from workflow.assessment.figure_bounds import Assent
from workflow.assessment.figure_sheets import COLUMNS, Cells
from workflow.assessment.ranking.own_counts import own_now
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotAllowed
from workflow.policy.scheme.exit_rules import Wording
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.worktime import local_date

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/figures/file")
def figures_file_form() -> Page:
    return _import_page()


@blueprint.get("/figures/file.xlsx")
def figures_sheet() -> Response:
    """The sheet to fill in: a row for each figure that the reader's unit reports."""
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        mine = _mine(reported_figures.of_unit(setting, actor.unit_id or 0))
    today = local_date(db.now()).isoformat()
    words = setting.scheme.words
    rows: list[list[Cell]] = [
        [measure.name.zh, unit.name, today, "", "", "", "", *(_asked(measure, part, words) for part in ("of", "to"))]
        for measure in mine
        for unit in reported_figures.subjects(setting, measure)
    ]
    book = Workbook()
    # What each number counts is read by people only: the import knows its columns by their headings.
    book.sheet("填报数据", [*(words[0] for words in COLUMNS.values()), "分子填什么", "分母填什么"], rows)
    return send_file(book.close(), mimetype=_XLSX, as_attachment=True, download_name="填报数据.xlsx")


def _asked(measure: CountyMeasure, part: Literal["of", "to"], words: Wording) -> str:
    """What a number of the sheet counts, with its unit."""
    unit = f"（{measure.counted_in.zh}）" if measure.counted_in else ""
    return measure.part_text(part, words).zh + unit


@blueprint.post("/figures/file")
def bring_figures() -> Page:
    """Show what would become of each row; with `act` record it."""
    rows: list[Cells] | None = None
    try:
        told: list[str] = []
        if request.form.get("rows"):
            rows = _back(request.form["rows"])
        else:
            sheet = _sent()
            rows, told = sheet.rows, _told(sheet)
        if request.form.get("act") != "record":
            return _import_page(judged=_judged(rows), rows=rows, told=told)
        judged, recorded = _recorded(rows)
    except BadInput as error:
        # A file that is refused takes nothing away: the preview is there again.
        form_files.hold()
        return _import_page(error, judged=_judged(rows) if rows else None, rows=rows)
    message = _("Figures recorded: %(n)s.", n=recorded)
    return _import_page(judged=[row for row in judged if row.fault is not None], rows=rows, message=message)


def _recorded(rows: list[Cells]) -> tuple[list[figure_import.Row], int]:
    """Record what can be recorded of the rows; each of them as it was judged, and how many were.  Raises BadInput."""
    actor, now, assent = signed_in_actor(), db.now(), _assent()
    if form_files.brings("proof"):
        # Before any picture is processed: a report that is not allowed costs no work and leaves no bytes.
        _judged(rows)
    files = form_files.taken("proof")

    def step(session: Session) -> tuple[list[figure_import.Row], int]:
        setting = county_context(session)
        own_of = _own_of(session, setting, now)
        judged = figure_import.judge(session, actor, setting, now, rows, assent, own_of)
        form_files.release(session)
        return judged, figure_import.record(session, actor, setting, now, judged, assent, own_of, files)

    return db.transaction(step)


def _judged(rows: list[Cells]) -> list[figure_import.Row]:
    with db.read_session() as session:
        setting, now = county_context(session), db.now()
        own_of = _own_of(session, setting, now)
        return figure_import.judge(session, signed_in_actor(), setting, now, rows, _assent(), own_of)


def _assent() -> Assent:
    return Assent(request.form.get("reason", "").strip(), bool(request.form.get("sure")))


def _own_of(session: Session, setting: CountyContext, now: datetime) -> figure_import.OwnOf:
    return cache(lambda code: own_now(session, setting, code, now))


def _told(sheet: figure_sheets.FigureFile) -> list[str]:
    """What a person is told of rows and sheets that were left out, or read though hidden."""
    told = [_("The sheet “%(sheet)s” was not read.", sheet=name) for name in sheet.unread]
    if sheet.left_out:
        told.append(_("Totals, notes and signatures were left out: rows %(rows)s.", rows=listed(sheet.left_out)))
    if sheet.hidden:
        hidden = listed(sheet.hidden)
        told.append(_("Hidden rows were read as well: %(n)s (%(rows)s).", n=len(sheet.hidden), rows=hidden))
    return told


def _sent() -> figure_sheets.FigureFile:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("missing", "file")
    return figure_sheets.read_figures(cast(BinaryIO, file.stream))


#: The name of a sheet, which spreadsheet programs hold to 31 characters, and a number.
_LONGEST_NUMBER = 100


def _back(text: str) -> list[Cells]:
    """The cells as the preview sent them along; whatever came back is judged again."""
    rows = [
        (row[0][:_LONGEST_NUMBER], tuple(row[1:]))
        for row in csv.reader(io.StringIO(text))
        if len(row) == len(COLUMNS) + 1
    ]
    if not rows or len(rows) > figure_sheets.MOST:
        raise BadInput("missing", "file")
    return rows


def _along(rows: list[Cells]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows((number, *cells) for number, cells in rows)
    return text.getvalue()


def _mine(measures: tuple[CountyMeasure, ...]) -> tuple[CountyMeasure, ...]:
    if not measures:
        raise NotAllowed("figure_of_another_unit")
    return measures


def _import_page(
    error: BadInput | None = None,
    judged: list[figure_import.Row] | None = None,
    rows: list[Cells] | None = None,
    message: str = "",
    told: Sequence[str] = (),
) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        mine = _mine(reported_figures.of_unit(county_context(session), actor.unit_id or 0))
    faults = {row.number: sentence(row.fault) for row in judged or () if row.fault is not None}
    codes = {row.fault.code for row in judged or () if isinstance(row.fault, BadInput)}
    # All that a reason helps: the reason is asked where the refusal stands at it.
    changes = any(isinstance(row.fault, BadInput) and row.fault.field == "reason" for row in judged or ()) or any(
        row.standing == "corrects" and row.line is not None and not row.line.none for row in judged or ()
    )
    return render_form(
        "assessment/figures_import.html",
        error,
        mine=mine,
        judged=judged,
        message=message,
        told=told,
        faults=faults,
        along=_along(rows) if rows else "",
        changes=changes or bool(request.form.get("reason", "").strip()),
        jumps="figure_jump" in codes or bool(request.form.get("sure")),
        reason=request.form.get("reason", ""),
        columns=[words[0] for words in COLUMNS.values()],
        most=figure_sheets.MOST,
        ready=sum(row.standing in ("new", "corrects") for row in judged or ()),
    )
