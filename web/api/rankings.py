"""Rankings over the API: read as published, signed, objected to, reported on, and their papers as files."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from models import Ranking as Row
from reports import written
from web.api.fields import (
    Day,
    Listed,
    Moment,
    Query,
    answer,
    digits,
    of,
    refused,
)
from web.api.operations import Call, get
from workflow.assessment import reported_figures
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.assessment.ranking.snapshot import version_of
from workflow.county.context import CountyContext, county_context
from workflow.policy.scheme.parts import Text as Words

DAYS = "/rankings/{on}"
#: A line of a published table; what else it holds is as it was frozen.
TownLine = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "required": ["town", "place", "score"],
            "properties": {
                "town": {"type": "string"},
                "place": {"type": ["integer", "null"], "description": "Null without data, or with too little."},
                "score": {"type": ["number", "null"]},
                "coverage": {"type": "integer", "description": "The part of the weight that has data, in per cent."},
                "best": {
                    "type": ["integer", "null"],
                    "description": "The best place it can take when owed figures come in; null when it can take none.",
                },
                "worst": {"type": ["integer", "null"]},
            },
        }
    ),
]


@answer
class RankingLine:
    """A ranking in a list."""

    date: date
    edition: int
    hash: str


@answer
class UnitTable:
    """One unit's ranking of the towns, and when its report was drafted."""

    unit: str
    items: list[int]
    towns: list[TownLine]
    signed_at: Moment | None


@answer
class MeasureTable:
    """One measure of every town: its name, what its numerator and denominator count, the unit they are counted in, and what its
    figures rest on where it is not on rows of the system (self-reported, provisional)."""

    code: str
    item: int
    name: Words
    numerator: Words
    denominator: Words
    unit: Words | None
    rests_on: Words | None
    towns: list[TownLine]


@answer
class OwedFigure:
    """A figure that a unit owed and did not report, of these towns; of the county itself where it names none."""

    unit: str
    measure: str
    towns: list[str]


@answer
class StatedNone:
    """A figure of which a unit states that there is none this period, in these towns; of the county itself where it names
    none."""

    unit: str
    measure: str
    towns: list[str]


@answer
class ReportLine:
    """A unit's written report on a ranking: who signed it, the day that the paper bears, and when it was received."""

    unit: str
    id: int | None
    number: str | None
    signer: str | None
    issued_at: Moment | None
    dated: date | None
    late: bool
    received_at: Moment | None


@answer
class Ranking(RankingLine):
    """A ranking as published."""

    as_of: Moment
    made_at: Moment
    county: list[TownLine]
    units: list[UnitTable]
    measures: list[MeasureTable]
    of_county: list[dict[str, Any]]
    without_data: list[str]
    owed: list[OwedFigure]
    stated_none: list[StatedNone]
    formula_version: int
    reports: list[ReportLine]
    reports_due_at: Moment | None
    block: list[Any]
    changes: list[dict[str, Any]]


class Edition(Query):
    """The edition of a day's ranking; the latest if none is named."""

    edition: Annotated[int, Field(ge=0, le=99_999), BeforeValidator(digits), refused("not_a_number")] | None = None


@get("/rankings", "The ranking days, the latest first", links={DAYS: "/items/0/date"})
def list_rankings(call: Call) -> Listed[RankingLine]:
    return Listed(items=[of(RankingLine, row, date=row.on) for row in rankings.past(call.session, call.actor)])


@get(DAYS, "One ranking as published")
def show_ranking(call: Call, on: Day, query: Edition) -> Ranking:
    row, setting = ranking_of(call, on, query.edition)
    signed = responses.signatures(call.session, row)

    def lines(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                **line,
                "town": setting.by_code[line["town"]].name,
                "score": None if line["score"] is None else line["score"] / 100,
            }
            for line in entries
        ]

    def table(entry: dict[str, Any]) -> UnitTable:
        unit = setting.by_code[entry["unit"]]
        sign = signed.get(unit.id)
        return UnitTable(
            unit=unit.name, items=entry["items"], towns=lines(entry["towns"]), signed_at=sign.at if sign else None
        )

    def names(entry: dict[str, Any]) -> dict[str, Any]:
        return {
            "unit": setting.by_code[entry["unit"]].name,
            "measure": entry["measure"],
            "towns": [setting.by_code[town].name for town in entry["towns"]],
        }

    def of_county(entry: dict[str, Any]) -> dict[str, Any]:
        texts = _texts(setting, entry["code"]).items()
        return {**entry, **{name: text.model_dump() if text is not None else None for name, text in texts}}

    return of(
        Ranking,
        row,
        date=row.on,
        county=lines(row.content["county"]),
        units=[table(entry) for entry in row.content["units"]],
        measures=[
            MeasureTable(
                code=entry["code"], item=entry["item"], **_texts(setting, entry["code"]), towns=lines(entry["towns"])
            )
            for entry in row.content["measures"]
        ],
        of_county=[of_county(entry) for entry in row.content.get("of_county", ())],
        without_data=row.content.get("without_data", []),
        owed=[OwedFigure(**names(entry)) for entry in row.content.get("owed", ())],
        stated_none=[StatedNone(**names(entry)) for entry in row.content.get("stated_none", ())],
        formula_version=version_of(row.content),
        reports=[_report(line) for line in written_reports.standing(call.session, setting, row, call.now)],
        reports_due_at=written_reports.due_at(setting, row),
        block=row.content["block"],
        changes=row.content.get("changes", []),
    )


def _texts(setting: CountyContext, code: str) -> dict[str, Any]:
    """The name of a measure, what its two numbers count, and their unit, in both languages."""
    measure, words = reported_figures.measure_named(setting, code), setting.scheme.words
    of, to = (measure.part_text(part, words) for part in ("of", "to"))
    return {
        "name": measure.name,
        "numerator": of,
        "denominator": to,
        "unit": measure.counted_in,
        "rests_on": measure.mark,
    }


def _report(line: written_reports.Line) -> ReportLine:
    made = line.report
    return ReportLine(
        unit=line.unit.name,
        id=made.id if made else None,
        number=made.number if made else None,
        signer=(made.content.get("signed_off") or {}).get("name") if made else None,
        issued_at=made.issued_at if made else None,
        dated=written.dated(made.content) if made else None,
        late=line.late,
        received_at=line.receipt.at if line.receipt else None,
    )


def ranking_of(call: Call, on: date, edition: int | None = None) -> tuple[Row, CountyContext]:
    """A ranking, and the county under its scheme.  Raises NotFound, NotAllowed."""
    row = rankings.find(call.session, call.actor, on, edition)
    return row, county_context(call.session, row.scheme_version_id)


def code_of(setting: CountyContext, name: str) -> str:
    """The code of the unit with this code or name; of a stranger the name itself."""
    return next((unit.code for unit in setting.by_code.values() if name in (unit.code, unit.name)), name)
