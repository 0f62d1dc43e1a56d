"""Filing tickets over the API, and the preview of a filing."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from web.api.fields import Body, Cause, Kind, Moment, SourceCode, Text, UnitName, Yes, answer, of
from web.api.operations import Call, post
from web.api.ticket_shapes import Ticket, moved
from web.words.language import say
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency, Preview

_SUBJECTS = ("household", "village", "unit")


def _only(one: str) -> dict[str, Any]:
    """The schema of a body that names `one` and leaves the other subjects out or empty."""
    there, empty = {"type": "string", "pattern": r"\S"}, {"enum": ["", None]}
    return {"required": [one], "properties": {name: there if name == one else empty for name in _SUBJECTS}}


class Subject(Body):
    """What is lacking, and of whom: of a household, a whole village or a unit; and where it was found."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [_only(name) for name in _SUBJECTS]})

    household: Text | None = None
    village: Text | None = None
    unit: UnitName | None = None
    source: SourceCode | None = None
    reference: Annotated[str, Field(max_length=100)] | None = None
    kind: Kind = Field(min_length=1)
    cause: Cause | None = None
    urgent: Yes | None = None

    def fields(self) -> dict[str, Any]:
        """The fields that were given and are not empty."""
        return {name: value for name, value in self.given().items() if value != ""}


class Filing(Subject):
    """A ticket to file."""

    description: Text | None = None


@answer
class Stage:
    """One stage ahead: who will hold it and until when."""

    stage: str
    unit: str
    due_at: Moment


@answer
class NearbyTicket:
    """An open ticket of the same kind nearby; `metres` only where both places are known."""

    number: str
    household: str | None
    name: str | None
    village: str
    state: str
    matter: int | None
    metres: int | None


@answer
class Route:
    """Preview of a filing: the unit, the reason, and the deadlines."""

    unit: str
    confirmer: str
    route: str
    reason: str
    due_at: Moment
    stages: list[Stage]
    explanation: list[dict[str, Any]]
    flags: list[str]
    duplicate_of: str | None
    relapse_of: str | None
    nearby: list[NearbyTicket]


def route(preview: Preview) -> Route:
    return of(
        Route,
        preview,
        unit=preview.unit.name,
        confirmer=preview.confirmer.name,
        reason=say(preview.reason),
        stages=[of(Stage, stage, unit=stage.unit.name) for stage in preview.stages],
        explanation=list(preview.explanation),
        flags=list(preview.flags),
        nearby=[of(NearbyTicket, near) for near in preview.nearby],
    )


@post("/route", "What filing would bring about; nothing is stored", writes=False)
def preview(call: Call, body: Subject) -> Route:
    return route(filing.preview(call.session, call.actor, call.now, Deficiency(**body.fields())))


@post("/tickets", "File a ticket", status=201, links={"/tickets/{number}": "/number"})
def file_ticket(call: Call, body: Filing) -> Ticket:
    made = filing.file_ticket(call.session, call.actor, call.now, Deficiency(**body.fields()))
    return moved(call.session, call.actor, made, call.now)
