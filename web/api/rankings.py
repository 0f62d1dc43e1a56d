"""Rankings over the API: read as published, signed, objected to; and the figures that units report."""

import hashlib
from datetime import date
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from models import Ranking
from web import db, report_files, uploads
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.ranking import figure_sources, rankings, responses, written_reports
from workflow.assessment.reported_figures import Line
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput


@blueprint.get("/rankings")
def list_rankings() -> Response:
    who = actor()
    with db.read_session() as session:
        items = [
            {"date": row.on.isoformat(), "edition": row.edition, "hash": row.hash}
            for row in rankings.past(session, who)
        ]
    return jsonify({"items": items, "next": None})


@blueprint.get("/rankings/<on>")
def get_ranking(on: str) -> Response:
    with db.read_session() as session:
        row = _ranking_of(session, on)
        return jsonify(_shape(session, row, county_context(session, row.scheme_version_id)))


@blueprint.get("/rankings/<on>/figures/<measure>/<town>")
def get_figure(on: str, measure: str, town: str) -> Response:
    """The rows behind one figure of one town (by its code or name)."""
    with db.read_session() as session:
        row = _ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
        found = figure_sources.behind(session, actor(), row, measure, _code(setting, town))
        return jsonify({"items": [_origin(origin) for origin in found], "next": None})


@blueprint.post("/rankings/<on>/sign")
def sign_ranking(on: str) -> Response:
    given, who, now = body(("remark",)), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        responses.sign(session, who, now, _ranking_of(session, on), given.get("remark") or "")
        return 200, {"date": on, "signed_at": shapes.when(now)}

    return idempotent(work)


@blueprint.post("/rankings/<on>/reports")
def issue_report(on: str) -> Response:
    """Issue one's unit's written report; of the office, the compilation."""
    body(())
    who, now = actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = written_reports.issue(session, who, now, _ranking_of(session, on))
        return 201, {"id": made.id, "date": on, "number": made.number, "hash": made.hash, "issued_at": shapes.when(now)}

    return idempotent(work)


@blueprint.get("/rankings/<on>/reports/<unit>.<kind>")
def get_report(on: str, unit: str, kind: str) -> Response:
    """A unit's report (by its code or name) as PDF, DOCX or XLSX."""
    who = actor()
    with db.read_session() as session:
        row = _ranking_of(session, on)
        code = _code(county_context(session, row.scheme_version_id), unit)
        paper = report_files.report(session, who, row, code, kind, db.now())
    return report_files.handed_over(who, paper)


@blueprint.get("/rankings/<on>/ledger.<kind>")
def get_ledger(on: str, kind: str) -> Response:
    """The ledger of what was open at the ranking's hour, as PDF or XLSX; `unit` names another than one's own."""
    who = actor()
    with db.read_session() as session:
        row, asked = _ranking_of(session, on), request.args.get("unit", "")
        code = _code(county_context(session, row.scheme_version_id), asked) if asked else ""
        paper = report_files.open_ledger(session, who, row, code, kind)
    return report_files.handed_over(who, paper)


@blueprint.get("/rankings/<on>/sheets/<unit>.pdf")
def get_sheet(on: str, unit: str) -> Response:
    """One town's or one bureau's figures and what it held, as PDF."""
    who = actor()
    with db.read_session() as session:
        row = _ranking_of(session, on)
        paper = report_files.sheet(session, who, row, _code(county_context(session, row.scheme_version_id), unit))
    return report_files.handed_over(who, paper)


@blueprint.post("/reports/<id:number>/receipt")
def receive_report(number: int) -> Response:
    body(())
    who, now = actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = written_reports.receive(session, who, now, number)
        return 200, {"id": made.report_id, "received_at": shapes.when(now)}

    return idempotent(work)


@blueprint.post("/rankings/<on>/objections")
def object_to_ranking(on: str) -> Response:
    given, who, now = body(("measure", "reason")), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        measure = str(given.get("measure") or "")
        row = responses.object_to(session, who, now, _ranking_of(session, on), measure, given.get("reason") or "")
        return 201, {"id": row.id, "date": on, "measure": row.measure}

    return idempotent(work)


@blueprint.post("/objections/<id:number>/answer")
def answer_objection(number: int) -> Response:
    given, who, now = body(("upheld", "reason")), actor(), db.now()
    if not isinstance(given.get("upheld"), bool):
        raise BadInput("not_a_yes_or_no", "upheld")

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        row = responses.answer(session, who, now, number, given["upheld"], given.get("reason") or "")
        return 200, {"id": row.objection_id, "upheld": row.upheld}

    return idempotent(work)


@blueprint.get("/rankings/<on>/figures/<measure>/<town>/files/<id:number>")
def get_figure_file(on: str, measure: str, town: str, number: int) -> Any:
    """A file that proves a reported figure."""
    who = actor()
    with db.read_session() as session:
        row = _ranking_of(session, on)
        code = _code(county_context(session, row.scheme_version_id), town)
        proof = figure_sources.file_behind(session, who, row, measure, code, number)
    return uploads.sent(proof, figure_files.name_for(who, proof))


@blueprint.post("/figures")
def report_figures() -> Response:
    """Report the shares of some towns: `figures` a list of {town, numerator, denominator}.

    With files as their proof it is a form: that object as text in the field `report`, the files as `file`.
    """
    form = request.mimetype == "multipart/form-data"
    part = request.form.get("report", "") if form else None
    given, who, now = body(("measure", "up_to", "figures", "source", "reason"), part), actor(), db.now()
    lines = given.get("figures")
    if not isinstance(lines, list) or len(lines) > 500:
        raise BadInput("missing", "figures")
    told, measure = [_parse_figure_line(line) for line in lines], str(given.get("measure") or "")
    up_to, source = _ranking_day(str(given.get("up_to") or ""), "up_to"), given.get("source") or ""
    brought = [file for file in request.files.getlist("file") if file.filename]
    with db.read_session() as session:
        # Before any picture is developed: who may not report makes us no work and leaves no bytes behind.
        setting = county_context(session)
        reported_figures.admitted(who, setting, now, reported_figures.measure_named(setting, measure), up_to, source)
    sums = [f"{file.filename}\n{hashlib.sha256(file.read()).hexdigest()}" for file in brought]
    for file in brought:
        file.seek(0)
    files = uploads.taken(brought)

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = reported_figures.report(
            session,
            who,
            county_context(session),
            now,
            measure,
            up_to,
            told,
            source,
            given.get("reason") or "",
            files,
        )
        return 201, {"recorded": len(made)}

    return idempotent(work, "\n".join([part, *sums]).encode() if part is not None else None)


def _parse_figure_line(line: Any) -> Line:
    if not isinstance(line, dict) or not isinstance(line.get("town"), str):
        raise BadInput("bad_figure", "figures")
    numbers = (line.get("numerator"), line.get("denominator"))
    if any(not isinstance(number, int) or isinstance(number, bool) for number in numbers):
        raise BadInput("bad_figure", "figures")
    return Line(line["town"], *numbers)  # type: ignore[arg-type]


def _ranking_day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", name) from error


def _ranking_of(session: Session, on: str) -> Ranking:
    edition = request.args.get("edition", "")
    if edition and not (edition.isascii() and edition.isdigit() and len(edition) < 6):
        raise BadInput("not_a_number", "edition")
    return rankings.find(session, actor(), _ranking_day(on, "date"), int(edition) if edition else None)


def _code(setting: CountyContext, town: str) -> str:
    return next((unit.code for unit in setting.by_code.values() if town in (unit.code, unit.name)), town)


def _origin(origin: figure_sources.Origin) -> dict[str, Any]:
    found = {"part": origin.part, "term": origin.term, "count": origin.count, "rows": list(origin.keys)}
    files = [
        figure_files.figure_file_payload(file) | {"filename": figure_files.name_for(actor(), file)}
        for file in origin.files
    ]
    return found | ({"files": files} if origin.figure is not None else {})


def _shape(session: Session, row: Ranking, setting: CountyContext) -> dict[str, Any]:
    def named(code: str) -> str:
        return setting.by_code[code].name

    def lines(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**line, "town": named(line["town"]), "score": line["score"] / 100} for line in entries]

    signed, known = (
        responses.signatures(session, row),
        {measure.code: measure for measure in reported_figures.every(setting)},
    )
    return {
        "date": row.on.isoformat(),
        "edition": row.edition,
        "hash": row.hash,
        "as_of": shapes.when(row.as_of),
        "made_at": shapes.when(row.made_at),
        "county": lines(row.content["county"]),
        "units": [
            {
                "unit": named(entry["unit"]),
                "items": entry["items"],
                "towns": lines(entry["towns"]),
                "signed_at": shapes.when(signed[setting.by_code[entry["unit"]].id].at)
                if setting.by_code[entry["unit"]].id in signed
                else None,
            }
            for entry in row.content["units"]
        ],
        "measures": [
            {
                "code": entry["code"],
                "item": entry["item"],
                "towns": [
                    {**line, "town": named(line["town"]), "score": line["score"] / 100} for line in entry["towns"]
                ],
            }
            for entry in row.content["measures"]
        ],
        "of_county": [
            {**entry, "unit": unit.model_dump() if (unit := known[entry["code"]].counted_in) is not None else None}
            for entry in row.content.get("of_county", ())
        ],
        "reports": [
            {
                "unit": line.unit.name,
                "id": line.report.id if line.report else None,
                "number": line.report.number if line.report else None,
                "issued_at": shapes.when(line.report.issued_at) if line.report else None,
                "late": line.late,
                "received_at": shapes.when(line.receipt.at) if line.receipt else None,
            }
            for line in written_reports.standing(session, setting, row, db.now())
        ],
        "reports_due_at": shapes.when(written_reports.due_at(setting, row)),
        "block": row.content["block"],
        "changes": row.content.get("changes", []),
    }
