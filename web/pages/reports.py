"""Written reports as files: each unit's report on a ranking and the office's compilation, as PDF, DOCX and XLSX."""

import io
from typing import Any

from flask import Response, send_file
from flask_login import current_user, login_required

from reports import figures_book, lists, word, written
from reports.press import press
from web import db
from web.pages import blueprint
from web.pages.rankings import _found
from workflow.assessment import handing_in
from workflow.county import setting
from workflow.errors import NotFound

MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/rankings/<on>/reports/<unit>.<kind>")
@login_required
def report_file(on: str, unit: str, kind: str) -> Response:
    actor, now = current_user.actor, db.now()
    if kind not in MIMES:
        raise NotFound("no_such_report")
    with db.reading() as session:
        row = _found(session, on)
        place = setting(session, row.county_id, row.scheme_version_id)
        whose, content = handing_in.to_read(session, actor, place, row, unit, now)
    document = written.compose(place, row, whose, content)
    stream: Any
    if kind == "xlsx":
        stream = figures_book.workbook(place, row, whose)
    elif kind == "docx":
        stream = io.BytesIO(word.docx(document, row.made_at))
    else:
        stream = io.BytesIO(press("report", document.figures(), row.made_at))
    return handed_over(stream, "report", kind, f"{on}-{whose.name}.{kind}")


def handed_over(stream: Any, what: str, kind: str, name: str, rows: int = 1) -> Response:
    """Put down that it was taken, and only then hand it over."""
    actor, now = current_user.actor, db.now()
    db.transaction_once(lambda session: lists.record(session, actor, now, what, rows))
    return send_file(stream, mimetype=MIMES[kind], as_attachment=True, download_name=name)
