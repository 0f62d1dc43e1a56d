"""Authorisations over the API: the list, putting one on record, and ending it."""

from datetime import date
from typing import Annotated

from pydantic.json_schema import SkipJsonSchema

from web.api.fields import Body, Listed, Moment, NeededDay, NeededText, Text, answer, by_id, needed, of
from web.api.operations import Call, get, post
from web.api.repeats import Repeat
from workflow.county import authorisations
from workflow.county.context import county_context

LIST = "/authorisations"
#: A request that comes again is answered by the line of its authorisation.
_REPEAT = Repeat(("id",), lambda call, _path, kept: by_id(_lines(call), kept["id"]))


@answer
class Authorisation:
    """An authorisation; `user` is empty for the system, `holds` says whether it holds now."""

    id: int
    unit: str
    kind: str
    user: str | None
    from_day: date
    until_day: date
    document: str
    by: str
    at: Moment
    ended_at: Moment | None
    holds: bool


@get(LIST, "Authorisations of the caller's unit, or of every unit for readers of the county", links={})
def list_authorisations(call: Call) -> Listed[Authorisation]:
    return Listed(items=_lines(call))


class Authorising(Body):
    """What is authorised: `sign` names a person of one's unit, `supervise` lets the system issue the unit's papers."""

    kind: Annotated[Text | SkipJsonSchema[None], needed(enum=list(authorisations.AUTHORITIES))] = None
    user: Text | None = None
    from_day: NeededDay = None
    until_day: NeededDay = None
    document: NeededText = None


@post(
    LIST,
    "Put an authorisation on record",
    status=201,
    links={f"{LIST}/{{authorisation}}/end": "/id"},
    repeat=_REPEAT,
)
def record_authorisation(call: Call, body: Authorising) -> Authorisation:
    row = authorisations.record(call.session, call.actor, call.now, body.given())
    return by_id(_lines(call), row.id)


@post(f"{LIST}/{{authorisation}}/end", "End an authorisation before its last day", repeat=_REPEAT)
def end_authorisation(call: Call, authorisation: int) -> Authorisation:
    row = authorisations.end(call.session, call.actor, call.now, authorisation)
    return by_id(_lines(call), row.id)


def _lines(call: Call) -> list[Authorisation]:
    place = county_context(call.session)
    return [
        of(
            Authorisation,
            line.row,
            unit=place.unit(line.row.unit_id).name,
            user=line.whom,
            by=line.by,
            holds=line.holds,
        )
        for line in authorisations.listed(call.session, call.actor, call.now)
    ]
