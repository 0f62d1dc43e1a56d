"""Matters over the API: the open ones, one whole, opening, joining, splitting, and acting on its tickets at once."""

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from web.api import ticket_shapes
from web.api.fields import Body, Evidence, Listed, Moment, NeededText, Paged, Text, Whole, answer, needed, of, refused
from web.api.operations import Call, get, post
from workflow.tickets import matters
from workflow.tickets.views import matter_views

Title = Annotated[str, Field(max_length=60)]
#: How a ticket number is written; only described, since a number of no ticket is answered as such.
_NUMBER = "^[0-9]{4}-[0-9]{6,12}$"
Number = Annotated[str, Field(json_schema_extra={"pattern": _NUMBER})]
Numbers = Annotated[list[Number], Field(min_length=1), refused("not_ticket_numbers")]
Versions = Annotated[
    dict[str, Whole],
    Field(
        min_length=1,
        description="Number of the ticket → version seen.",
        json_schema_extra={"propertyNames": {"pattern": _NUMBER}},
    ),
    refused("not_versions"),
]


@answer
class MatterLine:
    """A matter in a list; `open` and `all` count its tickets."""

    id: int
    title: str
    kind: str
    village: str
    town: str
    open: int
    all: int
    began_at: Moment
    ended_at: Moment | None


@answer
class Matter(MatterLine):
    """A matter whole; `actions`: name → numbers of the tickets on which the caller may do it now."""

    lead: str | None
    tickets: list[ticket_shapes.TicketLine]
    actions: dict[str, list[str]]


def _matter_shape(call: Call, matter: int) -> Matter:
    view = matter_views.matter_view(call.session, call.actor, matter, call.now)
    return of(
        Matter,
        view.line,
        lead=view.lead.name if view.lead else None,
        tickets=[ticket_shapes.line(ticket) for ticket in view.tickets],
        actions={name: [ticket.number for ticket in tickets] for name, tickets in view.acts.items()},
    )


@get("/matters", "Open matters the caller may see", links={"/matters/{matter}": "/items/0/id"})
def list_matters(call: Call, query: Paged) -> Listed[MatterLine]:
    page = matter_views.list_matters(call.session, call.actor, query.cursor, query.limit)
    return Listed(items=[of(MatterLine, line) for line in page.items], next=page.next)


@get("/matters/{matter}", "One matter with its tickets")
def show_matter(call: Call, matter: int) -> Matter:
    return _matter_shape(call, matter)


class Joining(Body):
    """Tickets by number."""

    tickets: Numbers


class Opening(Joining):
    """A matter to open."""

    title: Annotated[Title | SkipJsonSchema[None], needed(pattern=r"\S")] = None


@post("/matters", "Bundle tickets of one village, kind and unit", status=201, links={"/matters/{matter}": "/id"})
def open_matter(call: Call, body: Opening) -> Matter:
    made = matters.open_matter(call.session, call.actor, call.now, tickets=body.tickets, title=body.title or "")
    return _matter_shape(call, made.id)


@post("/matters/{matter}/join", "More tickets join")
def join_matter(call: Call, matter: int, body: Joining) -> Matter:
    matters.join(call.session, call.actor, call.now, matter, tickets=body.tickets)
    return _matter_shape(call, matter)


class Splitting(Body):
    """A ticket by number."""

    ticket: Text = Field(min_length=1)


@post("/matters/{matter}/split", "A ticket leaves and keeps its custody")
def split_matter(call: Call, matter: int, body: Splitting) -> Matter:
    matters.split(call.session, call.actor, call.now, matter, ticket=body.ticket)
    return _matter_shape(call, matter)


class Several(Body):
    """Tickets of the matter, each with the version seen."""

    versions: Versions
    note: Text | None = None
    evidence: Evidence | None = None


class Resolving(Several):
    """Tickets to resolve, with evidence for all of them."""

    evidence: Annotated[Evidence | SkipJsonSchema[None], needed(minItems=1)] = None


class Commenting(Several):
    """Tickets to report on."""

    note: NeededText = None


@post("/matters/{matter}/accept", "Accept several at once")
def accept_several(call: Call, matter: int, body: Several) -> Matter:
    return _act(call, matter, "accept", body)


@post("/matters/{matter}/resolve", "Resolve several at once")
def resolve_several(call: Call, matter: int, body: Resolving) -> Matter:
    return _act(call, matter, "resolve", body)


@post("/matters/{matter}/comment", "Report on several at once")
def report_on_several(call: Call, matter: int, body: Commenting) -> Matter:
    return _act(call, matter, "comment", body)


def _act(call: Call, matter: int, action: str, body: Several) -> Matter:
    note: dict[str, Any] = {"note": body.note} if body.note else {}
    evidence = body.evidence or ()
    matters.act(call.session, call.actor, call.now, matter, action, body.versions, evidence=evidence, **note)
    return _matter_shape(call, matter)
