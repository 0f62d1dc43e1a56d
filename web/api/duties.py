"""Duties over the API: their status and their dated entries.  Actions on them are those of any ticket."""

from typing import Annotated, Any

from pydantic import Field

from web.api.duty_shapes import DutyProgress, progress
from web.api.fields import (
    Body,
    DutyUnit,
    Id,
    Listed,
    Moment,
    NeededDay,
    NeededEvidence,
    Query,
    Reason,
    Text,
    answer,
    of,
    refused,
)
from web.api.operations import Call, get, post
from web.api.repeats import WHOLE
from workflow.assessment import duty_calendar, duty_status, duty_view, entries
from workflow.assessment.entries import EntryInput
from workflow.county.context import county_context
from workflow.policy.scheme.parts import Text as Words
from workflow.tickets import lookup
from workflow.tickets.views import detail


class DutyQuery(Query):
    """Whose duties: by the code or name of a unit that owes any."""

    unit: DutyUnit | None = None


@answer
class DutyLine:
    """One line of the calendar, with the ticket it comes from."""

    number: str
    unit: str
    code: str
    name: Words
    item: int | None
    period: str
    state: str
    due_at: Moment
    handed_in_at: Moment | None
    ended_at: Moment | None
    late: bool


@get("/duties", "Duties of the caller's unit, or of the county", links={"/tickets/{number}": "/items/0/number"})
def list_duties(call: Call, query: DutyQuery) -> Listed[DutyLine]:
    duty_calendar.may_see(call.actor)
    setting = county_context(call.session)
    unit = duty_calendar.unit_of(call.session, call.actor, setting, query.unit)
    lines = duty_status.lines(call.session, setting, call.now, unit.id if unit else None)
    return Listed(
        items=[
            of(DutyLine, line, unit=setting.unit(line.unit_id).name, name=setting.called(line.code)) for line in lines
        ]
    )


class EntryGiven(Body):
    """An entry for one day; `corrects` is the entry that it replaces, for a reason."""

    on: NeededDay = None
    fields_: dict[str, Any] | None = Field(
        None, alias="fields", description="The form: code of the field → what is filled in."
    )
    evidence: NeededEvidence = None
    corrects: Annotated[Id, refused("no_such_entry")] | None = None
    reason: Text | None = None


@answer
class EntryKept:
    """An entry that was made, and how far the duty is now."""

    id: int
    progress: DutyProgress | None


@post(
    "/tickets/{number}/entries",
    "Enter what was done on a day",
    status=201,
    links={"/tickets/{number}/entries/{entry}": "/id"},
    repeat=WHOLE,
)
def enter(call: Call, number: str, body: EntryGiven) -> EntryKept:
    row = lookup.find_ticket(call.session, call.actor, number)
    given = {"on": None, **body.given("fields_")}
    made = entries.enter(call.session, call.actor, row, call.now, EntryInput(fields=body.fields_, **given))
    return _kept(call, number, made.id)


@post("/tickets/{number}/entries/{entry}/withdraw", "Withdraw an entry", repeat=WHOLE)
def withdraw_entry(call: Call, number: str, entry: int, body: Reason) -> EntryKept:
    row = lookup.find_ticket(call.session, call.actor, number)
    made = entries.withdraw(call.session, call.actor, row, call.now, entry, body.reason)
    return _kept(call, number, made.id)


def _kept(call: Call, number: str, entry_id: int) -> EntryKept:
    ticket = detail.ticket_view(call.session, call.actor, number, call.now)
    shown = duty_view.duty_view(call.session, call.actor, ticket, call.now)
    return EntryKept(id=entry_id, progress=progress(shown.progress if shown else None))
