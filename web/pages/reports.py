"""Papers as files: reports on a ranking and the compilation, the ledger of open tickets, a unit's sheet, a household's file.

Each is put down as an export on the reader's own chain before it is handed over.
"""

import io
from typing import Any

from flask import Response, request, send_file
from flask_login import current_user, login_required

from reports import drafts, figures_book, household_file, lists, sheets, word, written
from reports.chinese import full_name
from reports.press import press
from web import db
from web.pages import blueprint
from web.pages.rankings import _found
from workflow import history, queries
from workflow.assessment import handing_in, ledger, periodic
from workflow.county import Setting, UnitFact, setting
from workflow.errors import NotAllowed, NotFound
from workflow.register import dossier

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


@blueprint.get("/rankings/<on>/ledger.<kind>")
@login_required
def ledger_file(on: str, kind: str) -> Response:
    """What was open at the ranking's hour: of the county, or of the reader's own town or bureau; `unit`: another one's."""
    actor = current_user.actor
    if kind not in ("pdf", "xlsx"):
        raise NotFound("no_such_report")
    with db.reading() as session:
        row = _found(session, on)
        place = setting(session, row.county_id, row.scheme_version_id)
        own = place.units.get(actor.unit_id or 0)
        asked = request.args.get("unit", "")
        unit = _unit(place, asked) if asked else own if actor.role in ("town", "bureau") else None
        found = ledger.entries(session, actor, place, row, unit)
    whose = full_name(place, unit) if unit is not None else place.scheme.county.name.zh
    stream: Any
    if kind == "xlsx":
        stream = sheets.ledger_book(place, row, found)
    else:
        stream = io.BytesIO(press("sheet", sheets.ledger(place, row, whose, found).figures(), row.made_at))
    return handed_over(stream, "ledger", kind, f"{on}-{whose}.{kind}", len(found))


@blueprint.get("/rankings/<on>/sheets/<unit>.pdf")
@login_required
def unit_sheet(on: str, unit: str) -> Response:
    """One town's or one bureau's figures, and what it held, on paper."""
    with db.reading() as session:
        row = _found(session, on)
        place = setting(session, row.county_id, row.scheme_version_id)
        whose = _unit(place, unit)
        found = ledger.entries(session, current_user.actor, place, row, whose)
    made = press("sheet", sheets.unit_sheet(place, row, whose, found).figures(), row.made_at)
    return handed_over(io.BytesIO(made), "sheet", "pdf", f"{on}-{whose.name}.pdf")


@blueprint.get("/households/<code>/file.pdf")
@login_required
def household_pdf(code: str) -> Response:
    """One household's whole file, as its page shows it to the reader."""
    now = db.now()
    with db.reading() as session:
        view = dossier.dossier(session, current_user.actor, code, now)
        if not view.whole:
            raise NotAllowed("file_not_yours")
        head = history.head_of(session, "household", view.found.household.id)
        figures = household_file.compose(view, head, now).figures()
    return handed_over(io.BytesIO(press("sheet", figures, now)), "household_file", "pdf", f"{code}.pdf")


@blueprint.get("/tickets/<number>/draft.docx")
@login_required
def draft_docx(number: str) -> Response:
    """A draft of the paper that a duty asks for, its prescribed sections begun with the period's figures."""
    actor = current_user.actor
    with db.reading() as session:
        ticket = queries.find_ticket(session, actor, number)
        if actor.role != "office" and actor.unit_id != ticket.duty_unit_id:
            raise NotAllowed("draft_of_another_unit")
        found = periodic.basis(session, ticket)
    document, made_at = drafts.compose(found), found.ranking.made_at
    return handed_over(io.BytesIO(word.docx(document, made_at)), "draft", "docx", f"{document.title}.docx")


def _unit(place: Setting, code: str) -> UnitFact:
    unit = place.by_code.get(code)
    if unit is None or unit.type not in ("town", "bureau", "office"):
        raise NotFound("no_such_report")
    return unit
