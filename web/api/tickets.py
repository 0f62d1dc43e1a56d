"""Tickets over the API: the list, one ticket, its events, uploading evidence, and every action of the lifecycle."""

from typing import Annotated

from flask import request
from pydantic import BaseModel, BeforeValidator, Field

from models import Ticket as Row
from web import form_files
from web.api.actions import Versioned, action_model
from web.api.fields import (
    File,
    Flag,
    Listed,
    Paged,
    Search,
    SourceCode,
    Text,
    Town,
    UnitName,
    answer,
    digits,
    made_of,
    of,
    one_of,
    refused,
)
from web.api.intake import digest_of
from web.api.operations import Call, Upload, get, post, reading
from web.api.repeats import WHOLE
from web.api.ticket_shapes import Event, Ticket, TicketFound, event, line, moved, whole
from web.search_text import searched
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.paging import ID
from workflow.register import household_listing
from workflow.state_table import Action
from workflow.tickets import attachments, desk, lookup
from workflow.tickets.actions.lifecycle import ACTIONS, STATES
from workflow.tickets.views import due_soon, listing, timeline

Within = Annotated[
    int, Field(ge=1, le=due_soon.MOST_DAYS), BeforeValidator(digits), refused("bad_within", most=due_soon.MOST_DAYS)
]


class TicketQuery(Paged):
    """Filters of a list of tickets."""

    cursor: Annotated[str, made_of(listing.CURSOR, ID), refused("bad_cursor")] | None = None
    state: Annotated[str, one_of(STATES)] | None = None
    owner: UnitName | None = None
    town: Town | None = None
    kind: Text | None = None
    source: SourceCode | None = None
    overdue: Flag | None = None
    within: Within | None = Field(
        None, description="Only what goes overdue from now up to the close of so many working days ahead."
    )
    q: Search | None = None


@get(
    "/tickets",
    "Tickets the caller may see; open ones unless a state is asked for",
    links={"/tickets/{number}": "/items/0/number"},
)
def list_tickets(call: Call, query: TicketQuery) -> Listed[TicketFound]:
    until = None
    if query.within is not None:
        until = due_soon.horizon(county_context(call.session), call.now, str(query.within))
    filters = listing.Filters(
        state=query.state,
        kind=query.kind,
        source=query.source,
        owner=query.owner,
        town=query.town,
        overdue=query.overdue,
        q=searched(),
        until=until,
    )
    page = listing.list_tickets(call.session, call.actor, call.now, filters, query.cursor, query.limit)
    heads = {item.household_code: item.head_name or "" for item in page.items if item.household_code}
    members = household_listing.members_found(call.session, call.actor, filters.q, heads)
    items = [
        of(TicketFound, line(item), found_members=list(members.get(item.household_code or "", ())))
        for item in page.items
    ]
    return Listed(items=items, next=page.next)


@get("/tickets/{number}", "One ticket")
def show_ticket(call: Call, number: str) -> Ticket:
    return whole(call.session, call.actor, number, call.now)


@get("/tickets/{number}/history", "Its events")
def show_history(call: Call, number: str) -> Listed[Event]:
    return Listed(items=[event(item) for item in timeline.history(call.session, call.actor, number)])


class EvidenceForm(BaseModel):
    """A file, as a form sends it."""

    file: File


@answer
class Brought:
    """A piece of evidence that was uploaded; actions name it by its id."""

    id: int
    sha256: str
    media_type: str
    size: int


@post("/tickets/{number}/evidence", "Bring evidence", status=201, form=EvidenceForm, repeat=WHOLE)
def bring_evidence(number: str) -> Upload[Brought]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("missing", "file")
    # Before any picture is processed: an upload that is not allowed costs no work and leaves no bytes.
    reading(lambda call: attachments.may_bring(call.session, call.actor, _row(call, number)))
    digest = digest_of(file)
    [kept] = form_files.uploaded([file])

    def work(call: Call) -> Brought:
        return of(Brought, attachments.add(call.session, call.actor, _row(call, number), call.now, **kept))

    return Upload(work, digest.encode())


def _row(call: Call, number: str) -> Row:
    return lookup.find_ticket(call.session, call.actor, number)


def _act(action: Action) -> None:
    def act(call: Call, number: str, body: Versioned) -> Ticket:
        row = _row(call, number)
        made = desk.perform(
            call.session, call.actor, row.id, action.name, call.now, version=body.version, **body.given("version")
        )
        return moved(call.session, call.actor, made, call.now)

    act.__annotations__["body"] = action_model(action)
    act.__name__ = f"{action.name}_ticket"
    post(f"/tickets/{{number}}/{action.name}", action.label.en)(act)


for _each in ACTIONS.values():
    if not _each.by_system:
        _act(_each)
