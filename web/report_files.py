"""The papers of a ranking as files, for pages and API alike: reports, the ledger of open tickets, a unit's sheet."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, send_file
from sqlalchemy.orm import Session

from models import Ranking
from reports import figures_book, formula_sheet, lists, sheets, word, written
from reports.chinese import full_name
from reports.pdf_rendering import render_pdf
from web import db
from workflow.actors import Actor
from workflow.assessment.ranking import ledger, written_reports
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import NotFound
from workflow.history.grounds import DOCUMENT, Ground

MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to hand over: what it is on the trail, its bytes, its kind and name, how many rows it has."""

    what: lists.Exported
    stream: Any
    kind: str
    name: str
    rows: int = 1
    why: Ground = DOCUMENT


def report(session: Session, actor: Actor, row: Ranking, unit: str, kind: str, now: datetime) -> Paper:
    """A unit's report on a ranking, or the compilation.  Raises NotFound, NotAllowed."""
    if kind not in MIMES:
        raise NotFound("no_such_report")
    setting = county_context(session, row.scheme_version_id)
    whose, content = written_reports.to_read(session, actor, setting, row, unit, now)
    document = written.compose(setting, row, whose, content)
    stream: Any
    if kind == "xlsx":
        stream = figures_book.workbook(setting, row, whose, document)
    elif kind == "docx":
        stream = io.BytesIO(word.docx(document, row.made_at))
    else:
        stream = io.BytesIO(render_pdf("report", document.figures(), row.made_at))
    return Paper("report", stream, kind, f"{row.on.isoformat()}-{whose.name}.{kind}")


def open_ledger(session: Session, actor: Actor, row: Ranking, asked: str, kind: str) -> Paper:
    """Tickets open at the ranking's hour: of the county, or of the reader's own town or bureau; `asked` names another.

    Raises NotFound, NotAllowed.
    """
    if kind not in ("pdf", "xlsx"):
        raise NotFound("no_such_report")
    setting = county_context(session, row.scheme_version_id)
    own = setting.units.get(actor.unit_id or 0)
    unit = unit_of(setting, asked) if asked else own if actor.role in ("town", "bureau") else None
    entries = ledger.entries(session, actor, setting, row, unit)
    whose = full_name(setting, unit) if unit is not None else setting.scheme.county.name.zh
    stream: Any
    if kind == "xlsx":
        stream = sheets.ledger_book(setting, row, whose, entries)
    else:
        stream = io.BytesIO(render_pdf("sheet", sheets.ledger(setting, row, whose, entries).figures(), row.made_at))
    return Paper("ledger", stream, kind, f"{row.on.isoformat()}-{whose}.{kind}", len(entries))


def sheet(session: Session, actor: Actor, row: Ranking, unit: str) -> Paper:
    """One town's or one bureau's figures, and what it held, on paper.  Raises NotFound, NotAllowed."""
    setting = county_context(session, row.scheme_version_id)
    whose = unit_of(setting, unit)
    entries = ledger.entries(session, actor, setting, row, whose)
    made = render_pdf("sheet", sheets.unit_sheet(setting, row, whose, entries).figures(), row.made_at)
    return Paper("sheet", io.BytesIO(made), "pdf", f"{row.on.isoformat()}-{whose.name}.pdf")


def formula(session: Session, actor: Actor, row: Ranking, asked: str) -> Paper:
    """How a ranking is computed, with the worked example of a town: the reader's own, or the one asked for.

    Raises NotFound.
    """
    setting = county_context(session, row.scheme_version_id)
    town = example_town(setting, actor, asked)
    made = render_pdf("sheet", formula_sheet.formula_sheet(setting, row, town).figures(), row.made_at)
    return Paper("formula", io.BytesIO(made), "pdf", f"{row.on.isoformat()}-评分办法.pdf")


def example_town(setting: CountyContext, actor: Actor, asked: str) -> UnitFact | None:
    """The town of the worked example: the one asked for, else the reader's own; None for others without a choice.

    Scores and counts of all towns are on the ranking's page, so whoever reads the ranking may choose any.  Raises
    NotFound.
    """
    if asked:
        town = setting.by_code.get(asked)
        if town is None or town.type != "town":
            raise NotFound("no_such_report")
        return town
    own = setting.units.get(actor.unit_id or 0)
    return own if own is not None and own.type == "town" else None


def unit_of(setting: CountyContext, code: str) -> UnitFact:
    """A town, a bureau or the office by its code.  Raises NotFound."""
    unit = setting.by_code.get(code)
    if unit is None or unit.type not in ("town", "bureau", "office"):
        raise NotFound("no_such_report")
    return unit


def handed_over(actor: Actor, paper: Paper) -> Response:
    """Put down that it was taken, and only then hand it over."""
    now = db.now()
    db.transaction_once(lambda session: lists.record(session, actor, now, paper.what, paper.rows, paper.why))
    return send_file(paper.stream, mimetype=MIMES[paper.kind], as_attachment=True, download_name=paper.name)
