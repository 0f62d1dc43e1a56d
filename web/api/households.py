"""Households over the API: the list, one with its haves and the income rule, and its checkups."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from models import Checkup, Ticket
from models.checkup import RESULTS
from web.api.fields import (
    Body,
    Cause,
    Have,
    Listed,
    Moment,
    NeededDay,
    Paged,
    Search,
    Text,
    answer,
    made_of,
    needed,
    of,
    one_of,
    refused,
)
from web.api.operations import Call, get, post
from web.api.repeats import Repeat
from web.search_text import searched
from workflow.paging import TEXT
from workflow.policy.scheme.parts import Text as Words
from workflow.register import checkups, exit_gate, exits_in_doubt, household_listing, household_record
from workflow.register.checkup_input import SOURCES_OF, CheckupInput, Found
from workflow.register.income import Judgement
from workflow.tickets.visibility import sees


@answer
class HouseholdLine:
    """A household in a list."""

    code: str
    name: str
    village: str
    village_code: str
    town: str
    labour: str
    pre_exit: bool


@answer
class HouseholdFound(HouseholdLine):
    """A household in a list, with the living members whose name matches the search text where the head's does not."""

    found_members: list[str]


@answer
class HaveState:
    """The latest result for one requirement, and the open tickets about it."""

    code: str
    name: Words
    result: str | None
    seen_on: date | None
    source: str | None
    cause: str | None
    open_tickets: list[str]


@answer
class Income:
    """The income rule as computed."""

    result: str
    reasons: list[str]
    income_fen: int | None
    year: int | None
    percent: int | None
    average_yuan: str | None
    threshold_fen: int | None
    example: bool | None


@answer
class ExitDossier:
    """The evidence on which a household exited."""

    id: int
    hash: str
    passed_at: Moment
    content: dict[str, Any]


@answer
class Member:
    """A member, or a former one; the day of an end is the first on which the person is not counted any more."""

    id: int
    name: str
    relation: str
    head: bool
    labour: str
    begins_on: date | None
    begin_reason: str
    ends_on: date | None
    end_reason: str | None
    moved_to: str | None
    came_from: str | None


@answer
class Household(HouseholdLine):
    """A household whole; never a personal number."""

    status: str
    visited_on: date | None
    haves: list[HaveState]
    income: Income | None
    in_doubt: list[str]
    dossiers: list[ExitDossier]
    members: list[Member]
    former_members: list[Member]


class HouseholdQuery(Paged):
    """Filters of a list of households."""

    cursor: Annotated[str, made_of(TEXT), refused("bad_cursor")] | None = None
    village: Text | None = Field(None, description="The village's code or name.")
    q: Search | None = None


@get("/households", "Households the caller may see", links={"/households/{code}": "/items/0/code"})
def list_households(call: Call, query: HouseholdQuery) -> Listed[HouseholdFound]:
    page = household_listing.list_households(
        call.session, call.actor, query.village, searched(), query.cursor, query.limit
    )
    return Listed(
        items=[of(HouseholdFound, line, found_members=list(line.found_members)) for line in page.items], next=page.next
    )


@get("/households/{code}", "One household")
def show_household(call: Call, code: str) -> Household:
    line = household_listing.find_household(call.session, call.actor, code)
    view = household_record.dossier(call.session, call.actor, code, call.now)
    row = view.located.household
    return of(
        Household,
        line,
        name=view.name,
        status=row.status,
        labour=row.labour,
        visited_on=row.visited_on if view.whole else None,
        haves=[_have(item) for item in view.items],
        income=_income(view.income),
        in_doubt=exits_in_doubt.numbers(view.located.setting, row, view.tickets),
        dossiers=[of(ExitDossier, exited) for exited in view.exits],
        members=[of(Member, person) for person in view.people],
        former_members=[of(Member, person) for person in view.former],
    )


def _have(item: exit_gate.Item) -> HaveState:
    state = item.state
    return of(
        HaveState,
        state,
        code=state.have.code,
        name=state.have.name,
        result=None if state.result == "never" else state.result,
        cause=state.cause or None,
        open_tickets=list(state.open),
    )


def _income(judgement: Judgement | None) -> Income | None:
    if judgement is None:
        return None
    average = judgement.average
    return of(
        Income,
        judgement,
        reasons=[reason.code for reason in judgement.reasons],
        average_yuan=str(average.yuan) if average else None,
        example=average.example if average else None,
    )


class FindingGiven(Body):
    """The result for one requirement; a cause only where it is not met."""

    result: Annotated[str, one_of(RESULTS)]
    cause: Cause | None = None
    note: Text | None = None


class CheckupGiven(Body):
    """The results of one visit, one data matching by a bureau, or one report by the household."""

    seen_on: NeededDay = None
    source: Annotated[str, one_of(SOURCES_OF["office"])] | None = None
    present: Annotated[str, Field(max_length=200)] | None = None
    note: Text | None = None
    findings: Annotated[
        dict[Have, FindingGiven] | SkipJsonSchema[None], needed(minProperties=1), refused("bad_findings")
    ] = None
    file: Annotated[list[Have], refused("not_haves")] | None = Field(
        None, description="Of the haves found unmet those for which a ticket is to be filed."
    )


@answer
class FindingKept:
    """One finding as it was recorded."""

    result: str
    cause: str | None
    note: str | None


@answer
class TicketNamed:
    """A ticket that came of a checkup; its state only for who sees it."""

    number: str
    kind: str
    state: str | None


@answer
class CheckupKept:
    """A checkup as it was recorded, and what came of it."""

    id: int
    source: str
    seen_on: date
    findings: dict[str, FindingKept]
    income: Income | None
    tickets: list[TicketNamed]
    already_open: list[TicketNamed]
    reopened: list[TicketNamed]
    taken_back: bool


def _checkup_again(call: Call, path: Mapping[str, Any], kept: Mapping[str, Any]) -> CheckupKept:
    """A checkup that comes again: as it is on record, with the income rule as it judges now."""
    view = household_record.dossier(call.session, call.actor, path["code"], call.now)
    known = call.session.get_one(Checkup, kept["id"])
    return _checkup(call, checkups.outcome(call.session, known), _income(view.income))


@post(
    "/households/{code}/checkups",
    "Record a checkup; the have of income is computed, it may only be said to have become worse",
    status=201,
    repeat=Repeat(("id",), _checkup_again),
)
def record_checkup(call: Call, code: str, body: CheckupGiven) -> CheckupKept:
    given = {"seen_on": None, **body.given("findings")}
    findings = {have: Found(**finding.given()) for have, finding in (body.findings or {}).items()}
    made = checkups.record(call.session, call.actor, call.now, code, CheckupInput(findings=findings, **given))
    return _checkup(call, made, _income(made.income))


def _checkup(call: Call, made: checkups.Recorded, income: Income | None) -> CheckupKept:
    def tickets(tickets: Iterable[Ticket]) -> list[TicketNamed]:
        return [
            of(TicketNamed, row, state=row.state if sees(call.actor, row, call.session) else None) for row in tickets
        ]

    return of(
        CheckupKept,
        made.checkup,
        findings={
            row.have: FindingKept(result=row.result, cause=row.cause or None, note=row.note or None)
            for row in made.findings
        },
        income=income,
        tickets=tickets(made.filed),
        already_open=tickets(made.open),
        reopened=tickets(made.reopened),
        taken_back=made.taken_back,
    )
