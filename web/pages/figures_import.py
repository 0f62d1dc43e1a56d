"""Bringing in reported figures by spreadsheet: an empty sheet to fill in, a preview row by row, and only then the recording."""

import csv
import io
from typing import Any

from flask import Response, render_template, request, send_file
from flask_babel import gettext as _
from flask_login import current_user, login_required

from reports.tables import Book, Cell
from web import db, uploads
from web.pages import blueprint
from web.words.errors import sentence
from workflow.assessment import figure_import, reported_figures
from workflow.assessment.figure_import import COLUMNS, Cells
from workflow.county.context import setting
from workflow.errors import BadInput, NotAllowed
from workflow.policy.worktime import local_date

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/figures/file")
@login_required
def figures_file_form() -> Any:
    return _page()


@blueprint.get("/figures/file.xlsx")
@login_required
def figures_sheet() -> Response:
    """The sheet to fill in: a row for each figure that the reader's unit reports."""
    actor = current_user.actor
    with db.reading() as session:
        place = setting(session)
        mine = _mine(reported_figures.of_unit(place, actor.unit_id or 0))
    today = local_date(db.now()).isoformat()
    rows: list[list[Cell]] = [
        [measure.name.zh, unit.name, today, "", "", ""]
        for measure in mine
        for unit in reported_figures.subjects(place, measure)
    ]
    book = Book()
    book.sheet("填报数据", [words[0] for words in COLUMNS.values()], rows)
    return send_file(book.done(), mimetype=_XLSX, as_attachment=True, download_name="填报数据.xlsx")


@blueprint.post("/figures/file")
@login_required
def bring_figures() -> Any:
    """Show what would become of each row; with `act` record it."""
    actor, now, form = current_user.actor, db.now(), request.form
    reason, rows = form.get("reason", "").strip(), None
    try:
        rows = _back(form["rows"]) if form.get("rows") else _sent()
        if form.get("act") != "record":
            return _page(judged=_judged(rows), rows=rows)
        if uploads.names("proof"):
            # Before any picture is developed: who may not report makes us no work and leaves no bytes behind.
            _judged(rows)
        files = uploads.taken(request.files.getlist("proof"))

        def work(session: Any) -> tuple[list[figure_import.Row], int]:
            place = setting(session)
            judged = figure_import.judge(session, actor, place, now, rows, reason)
            return judged, figure_import.record(session, actor, place, now, judged, reason, files)

        judged, recorded = db.transaction(work)
    except BadInput as error:
        # A file that is refused takes nothing away: the preview is there again.
        return _page(error, judged=_judged(rows) if rows else None, rows=rows)
    told = _("Figures recorded: %(n)s.", n=recorded)
    return _page(judged=[row for row in judged if row.fault is not None], rows=rows, told=told)


def _judged(rows: list[Cells]) -> list[figure_import.Row]:
    actor, reason = current_user.actor, request.form.get("reason", "").strip()
    with db.reading() as session:
        return figure_import.judge(session, actor, setting(session), db.now(), rows, reason)


def _sent() -> list[Cells]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("missing", "file")
    return figure_import.cells(file.stream)  # type: ignore[arg-type]


def _back(text: str) -> list[Cells]:
    """The cells as the preview sent them along; whatever came back is judged again."""
    found = [
        (int(row[0]), tuple(row[1:]))
        for row in csv.reader(io.StringIO(text))
        if len(row) == len(COLUMNS) + 1 and row[0].isascii() and row[0].isdigit() and len(row[0]) < 8
    ]
    if not found or len(found) > figure_import.MOST:
        raise BadInput("missing", "file")
    return found


def _along(rows: list[Cells]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows((number, *told) for number, told in rows)
    return text.getvalue()


def _mine(measures: Any) -> Any:
    if not measures:
        raise NotAllowed("figure_of_another_unit")
    return measures


def _page(
    error: BadInput | None = None,
    judged: list[figure_import.Row] | None = None,
    rows: list[Cells] | None = None,
    told: str = "",
) -> Any:
    actor = current_user.actor
    with db.reading() as session:
        mine = _mine(reported_figures.of_unit(setting(session), actor.unit_id or 0))
    faults = {row.number: sentence(row.fault) for row in judged or () if row.fault is not None}
    changes = any(
        (isinstance(row.fault, BadInput) and row.fault.code == "figure_corrected_why") or row.standing == "corrects"
        for row in judged or ()
    )
    return render_template(
        "assessment/figures_import.html",
        mine=mine,
        error=sentence(error) if error else None,
        field=error.field if error else None,
        sent=uploads.names("proof"),
        judged=judged,
        told=told,
        faults=faults,
        along=_along(rows) if rows else "",
        changes=changes,
        reason=request.form.get("reason", ""),
        columns=[words[0] for words in COLUMNS.values()],
        most=figure_import.MOST,
        ready=sum(row.standing in ("new", "corrects") for row in judged or ()),
    ), (200 if error is None else 422)
