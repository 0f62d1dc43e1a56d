"""The papers of a ranking as files over the API: reports, the ledger of open tickets, a unit's sheet."""

from typing import Literal

from flask import Response

from web import report_files
from web.api.fields import Day, Town, UnitName
from web.api.operations import Call, actor, get, reading
from web.api.rankings import DAYS, Edition, code_of, ranking_of
from web.report_files import MIMES, Paper


@get(
    f"{DAYS}/reports/{{unit}}.{{kind}}",
    "A unit's report as a file",
    files=tuple(MIMES.values()),
)
def get_report(on: Day, unit: UnitName, kind: Literal["pdf", "docx", "xlsx"], query: Edition) -> Response:
    def paper(call: Call) -> Paper:
        row, setting = ranking_of(call, on, query.edition)
        return report_files.report(call.session, call.actor, row, code_of(setting, unit), kind, call.now)

    return report_files.handed_over(actor(), reading(paper))


class LedgerQuery(Edition):
    """Whose ledger: that of the caller's own unit, or of the county, where none is named."""

    unit: UnitName | None = None


@get(
    f"{DAYS}/ledger.{{kind}}",
    "The ledger of what was open at the ranking's hour",
    files=(MIMES["pdf"], MIMES["xlsx"]),
)
def get_ledger(on: Day, kind: Literal["pdf", "xlsx"], query: LedgerQuery) -> Response:
    def paper(call: Call) -> Paper:
        row, setting = ranking_of(call, on, query.edition)
        asked = code_of(setting, query.unit) if query.unit else ""
        return report_files.open_ledger(call.session, call.actor, row, asked, kind)

    return report_files.handed_over(actor(), reading(paper))


class FormulaQuery(Edition):
    """The town whose score is worked out: the caller's own where none is named."""

    town: Town | None = None


@get(f"{DAYS}/formula.pdf", "How a ranking is computed, with a town's score worked out", files=(MIMES["pdf"],))
def get_formula(on: Day, query: FormulaQuery) -> Response:
    def paper(call: Call) -> Paper:
        row, setting = ranking_of(call, on, query.edition)
        asked = code_of(setting, query.town) if query.town else ""
        return report_files.formula(call.session, call.actor, row, asked)

    return report_files.handed_over(actor(), reading(paper))


@get(f"{DAYS}/sheets/{{unit}}.pdf", "One town's or one bureau's sheet", files=(MIMES["pdf"],))
def get_sheet(on: Day, unit: UnitName, query: Edition) -> Response:
    def paper(call: Call) -> Paper:
        row, setting = ranking_of(call, on, query.edition)
        return report_files.sheet(call.session, call.actor, row, code_of(setting, unit))

    return report_files.handed_over(actor(), reading(paper))
