"""Checks of figures over the API: the figures drawn from a ranking that rest on a unit's own word, and what was found."""

import datetime
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from web.api.fields import Body, Day, Listed, Measure, Moment, Text, Whole, answer, needed, of
from web.api.operations import Call, get, post
from web.api.rankings import DAYS, ranking_of
from web.api.repeats import WHOLE
from workflow.assessment.checking import figure_checks
from workflow.assessment.checking.figure_checks import CheckInput, CheckLine


@answer
class FigureCheck:
    """A drawn figure as it was published (`said`), who checks it until when, and what was found; `ticket` where it was
    untrue."""

    measure: str
    town: str
    reporter: str
    checker: str
    said_of: int
    said_to: int
    due_at: Moment
    found_of: int | None
    found_to: int | None
    source: str | None
    note: str | None
    made_at: Moment | None
    ticket: str | None
    may_make: bool


@get(f"{DAYS}/checks", "The figures of a month's last ranking that were drawn for checking, and what was found")
def list_figure_checks(call: Call, on: Day) -> Listed[FigureCheck]:
    lines = figure_checks.lines(call.session, call.actor, ranking_of(call, on)[0], call.now)
    return Listed(items=[_shown(line) for line in lines])


class FigureFound(Body):
    """What was found of a drawn figure; the denominator is left out where the system counts it."""

    measure: Annotated[Measure | SkipJsonSchema[None], needed()] = None
    town: Annotated[str | SkipJsonSchema[None], needed(), Field(max_length=64, description="Code of the town.")] = None
    numerator: Annotated[Whole | SkipJsonSchema[None], needed()] = None
    denominator: Whole | None = None
    source: Annotated[
        str | SkipJsonSchema[None], needed(), Field(max_length=200, description="What was looked at.")
    ] = None
    note: Text | None = None


@answer
class FigureFoundKept:
    """A recorded check: whether the figure is true."""

    date: datetime.date
    measure: str
    true: bool


@post(
    f"{DAYS}/checks",
    "Record what was found of a drawn figure; one found untrue becomes a ticket",
    status=201,
    repeat=WHOLE,
)
def check_figure(call: Call, on: Day, body: FigureFound) -> FigureFoundKept:
    given = CheckInput(
        figure=f"{body.measure or ''} {body.town or ''}",
        found_of=body.numerator,
        found_to=body.denominator,
        source=body.source,
        note=body.note,
    )
    made = figure_checks.record(call.session, call.actor, call.now, ranking_of(call, on)[0], given)
    return of(FigureFoundKept, made, date=on, true=made.ticket_id is None)


def _shown(line: CheckLine) -> FigureCheck:
    made = line.made
    return FigureCheck(
        measure=line.figure.measure.code,
        town=line.figure.town,
        reporter=line.reporter.name,
        checker=line.checker.name,
        said_of=line.figure.said[0],
        said_to=line.figure.said[1],
        due_at=line.due_at,
        found_of=made.found_of if made else None,
        found_to=made.found_to if made else None,
        source=made.source if made else None,
        note=(made.note or None) if made else None,
        made_at=made.at if made else None,
        ticket=line.ticket,
        may_make=line.mine,
    )
