"""Random checks over the API: the draws of households, the checks the caller reads, and recording what was seen."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from web.api.fields import Body, Have, Listed, Moment, NeededDay, Query, Text, answer, needed, of, refused
from web.api.households import FindingGiven, FindingKept
from web.api.operations import Call, get, post
from workflow.county.context import CountyContext, county_context
from workflow.register.checkup_input import Found
from workflow.register.random_checks import random_lists, random_results
from workflow.register.random_checks.random_results import RandomInput


@answer
class RandomDraw:
    """A draw with everything needed to repeat it, and how many of its checks stand how, rechecks included.

    `households` is the list drawn from: code, standing (leaving, exited), town and the unit that named or passed it.
    """

    period: str
    drawn_at: Moment
    algorithm: str
    block: int
    block_hash: str
    seed: str
    population: int
    population_hash: str
    households: list[Any]
    drawn: int
    todo: int
    overdue: int
    holds: int
    failed: int
    lapsed: int


@answer
class RandomCheck:
    """One random check; `findings` by have once it was made, `repeats` the failed check that it repeats."""

    id: int
    period: str
    household: str
    name: str
    village: str
    town: str
    standing: str
    passed_by: str | None
    checker: str
    given_at: Moment
    due_at: Moment
    status: str
    repeats: int | None
    made_at: Moment | None
    made_by: str | None
    visited_on: date | None
    may_make: bool


@answer
class RandomCheckSeen(RandomCheck):
    """One random check with what was seen."""

    findings: dict[str, FindingKept]
    evidence: list[int]


class RandomQuery(Query):
    """The checks of one period's draw."""

    period: str | None = None


@get("/random-draws", "The draws of random checks of households, with everything needed to repeat them")
def list_random_draws(call: Call) -> Listed[RandomDraw]:
    lines = random_lists.draws(call.session, call.actor, call.now)
    return Listed(items=[of(RandomDraw, line.draw, block=line.draw.block_number, **line.counts) for line in lines])


@get(
    "/random-checks",
    "Random checks of households the caller reads; a town those given to it, and of its own those made",
    links={"/random-checks/{id}": "/items/0/id"},
)
def list_random_checks(call: Call, query: RandomQuery) -> Listed[RandomCheck]:
    setting = county_context(call.session)
    lines = random_lists.listed(call.session, call.actor, call.now, query.period)
    return Listed(items=[of(RandomCheck, line, **_facts(setting, line)) for line in lines])


@get("/random-checks/{id}", "One random check of a household")
def show_random_check(call: Call, id: int) -> RandomCheckSeen:
    setting = county_context(call.session)
    view = random_lists.one(call.session, call.actor, id, call.now)
    return of(
        RandomCheckSeen,
        view.line,
        **_facts(setting, view.line),
        findings={
            row.have: FindingKept(result=row.result, cause=row.cause or None, note=row.note or None)
            for row in view.findings
        },
        evidence=[photo.id for photo in view.photos],
    )


class RandomSeen(Body):
    """What was seen in the household, have by have; the have of income is computed, it may only be said to be worse."""

    visited_on: NeededDay = None
    findings: Annotated[
        dict[Have, FindingGiven] | SkipJsonSchema[None], needed(minProperties=1), refused("bad_findings")
    ] = None
    present: Annotated[str, Field(max_length=200)] | None = None
    note: Text | None = None


@post("/random-checks/{id}", "Record what was seen; a ticket is filed for every have that is not met")
def make_random_check(call: Call, id: int, body: RandomSeen) -> RandomCheckSeen:
    findings = {have: Found(**finding.given()) for have, finding in (body.findings or {}).items()}
    given = {"visited_on": None, **body.given("findings")}
    random_results.record(call.session, call.actor, call.now, id, RandomInput(findings=findings, **given))
    return show_random_check(call, id)


def _facts(setting: CountyContext, line: random_lists.HouseholdCheckLine) -> dict[str, Any]:
    check, made = line.check, line.result
    return {
        "id": check.id,
        "household": line.code,
        "name": line.head_name,
        "town": setting.unit(check.town_id).name,
        "standing": check.standing,
        "passed_by": setting.unit(check.passed_by_unit_id).name if check.passed_by_unit_id else None,
        "checker": setting.unit(check.checker_unit_id).name,
        "given_at": check.given_at,
        "due_at": check.due_at,
        "repeats": check.repeats_id,
        "made_at": made.at if made else None,
        "made_by": setting.unit(made.unit_id).name if made and made.unit_id else None,
        "visited_on": made.visited_on if made else None,
        "may_make": line.mine,
    }
