"""Spot checks over the API: the draws, the checks the caller reads, and saying what was found."""

from datetime import date
from typing import Annotated

from flask_babel import gettext as _
from pydantic.json_schema import SkipJsonSchema

from web.api.fields import (
    Body,
    Listed,
    Moment,
    NeededDay,
    NeededEvidence,
    Query,
    Text,
    Unless,
    answer,
    listed,
    needed,
    of,
    one_of,
)
from web.api.operations import Call, get, post
from workflow.accountability.oversight import check_lists, check_results
from workflow.accountability.oversight.check_results import ResultInput
from workflow.county.context import CountyContext, county_context


@answer
class SpotDraw:
    """A draw with everything needed to repeat it, and its checks counted by status."""

    month: str
    drawn_at: Moment
    algorithm: str
    block: int | None
    block_hash: str | None
    seed: str
    population: int
    population_hash: str
    drawn: int
    todo: int
    overdue: int
    holds: int
    false: int
    lapsed: int


@answer
class SpotCheck:
    """One spot check; `advice` only where a false closing can no longer be reopened."""

    id: int
    month: str
    number: str
    kind: str
    household: str | None
    name: str | None
    village: str | None
    town: str | None
    mended_by: str
    struck_off_by: str
    checker: str
    drawn_at: Moment
    due_at: Moment
    status: str
    made_at: Moment | None
    made_by: str | None
    visited_on: date | None
    note: str | None
    evidence: list[int]
    reopened: bool
    may_make: bool
    advice: Annotated[str | None, Unless] = None


class SpotQuery(Query):
    """The checks of one month's draw."""

    month: Annotated[str, listed("Month")] | None = None


@get("/spot-draws", "The draws of spot checks, with all that is needed to draw them again")
def list_spot_draws(call: Call) -> Listed[SpotDraw]:
    return Listed(items=[_draw(line) for line in check_lists.draws(call.session, call.actor, call.now)])


@get(
    "/spot-checks",
    "Spot checks the caller reads; a town those given to it",
    links={"/spot-checks/{id}": "/items/0/id"},
)
def list_spot_checks(call: Call, query: SpotQuery) -> Listed[SpotCheck]:
    setting = county_context(call.session)
    lines = check_lists.listed(call.session, call.actor, call.now, query.month)
    return Listed(items=[_check(setting, line) for line in lines])


@get("/spot-checks/{id}", "One spot check")
def show_spot_check(call: Call, id: int) -> SpotCheck:
    setting = county_context(call.session)
    return _check(setting, check_lists.one(call.session, call.actor, id, call.now)[0])


class SpotFound(Body):
    """The result of a spot check; `note` is required where the closing was false."""

    result: Annotated[Annotated[str, one_of(check_results.RESULTS)] | SkipJsonSchema[None], needed()] = None
    visited_on: NeededDay = None
    note: Text | None = None
    evidence: NeededEvidence = None


@post("/spot-checks/{id}", "Say what was found; `note` is needed where the closing was false")
def make_spot_check(call: Call, id: int, body: SpotFound) -> SpotCheck:
    made = check_results.record(
        call.session,
        call.actor,
        call.now,
        id,
        ResultInput(result=body.result, visited_on=body.visited_on, note=body.note, evidence=body.evidence),
    )
    line, _mine = check_lists.one(call.session, call.actor, made.check_id, call.now)
    result = _check(county_context(call.session), line)
    if made.result == "false" and not made.reopened:
        result.advice = _("It can no longer be reopened. Ask the town to file a new ticket; it will refer to this one.")
    return result


def _draw(line: check_lists.DrawLine) -> SpotDraw:
    counts = {name: getattr(line, name) for name in ("todo", "overdue", "holds", "false", "lapsed")}
    return of(SpotDraw, line.draw, block=line.draw.block_number, **counts)


def _check(setting: CountyContext, line: check_lists.CheckLine) -> SpotCheck:
    check, made = line.check, line.result
    return of(
        SpotCheck,
        line,
        id=check.id,
        name=line.head_name,
        town=setting.unit(check.town_id).name if check.town_id else None,
        mended_by=setting.unit(check.resolved_by_unit_id).name,
        struck_off_by=setting.unit(check.confirmed_by_unit_id).name,
        checker=setting.unit(line.checker_id).name,
        due_at=check.due_at,
        made_at=made.at if made else None,
        made_by=setting.unit(made.unit_id).name if made and made.unit_id else None,
        visited_on=made.visited_on if made else None,
        note=line.note or None,
        evidence=made.evidence if made else [],
        reopened=made.reopened if made else False,
        may_make=line.mine,
        advice=None,
    )
