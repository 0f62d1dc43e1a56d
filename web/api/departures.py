"""Departures over the API: what a person holds, what leaving or moving would do, and the act."""

from typing import Annotated, Any

from pydantic import Field

from web.api.fields import Body, Listed, Moment, Text, Unless, answer
from web.api.operations import Call, get, post
from web.api.repeats import WHOLE
from workflow.county.context import county_context
from workflow.setup.departures import departure_act, departure_plan, holdings
from workflow.setup.departures.departure_plan import Departure
from workflow.setup.departures.holdings import Held

_PERSON = "/people/{name}"


@answer
class Holding:
    """An item that a person holds: `key` names it among all of them, `about` is a post, a paper or a document."""

    key: str
    kind: str
    ref: str
    about: str
    unit: str | None
    due_at: Moment | None


@answer
class Handed(Holding):
    """An item and what becomes of it: `handed` to the account `to`, `stays`, `vacant` or `ends`."""

    outcome: str
    to: Annotated[str | None, Unless] = None


@answer
class Departed:
    """A departure: the account is closed, or moved to a unit and a village."""

    person: str
    closed: bool
    unit: str | None
    village: str | None
    handed: list[Handed]


class Departing(Body):
    """Where the account moves (it is closed without `unit` and `village`), by which document and from which first day its
    posts are another's, and who takes over: sign-in names by kind (`tickets`) or by an item's `key`."""

    unit: Text | None = None
    village: Text | None = None
    document: Text | None = None
    day: Text | None = None
    to: Annotated[dict[str, Text], Field(json_schema_extra={"additionalProperties": {"type": "string"}})] | None = None


@get(f"{_PERSON}/holdings", "What a person holds, before the account is closed or moved")
def list_holdings(call: Call, name: str) -> Listed[Holding]:
    user = departure_plan.person(call.session, call.actor, name)
    return Listed(items=[Holding(**_fields(call, held)) for held in holdings.of_person(call.session, user, call.now)])


@post(f"{_PERSON}/departure/preview", "What leaving or moving would do; nothing changes", writes=False)
def preview_departure(call: Call, name: str, body: Departing) -> Departed:
    user = departure_plan.person(call.session, call.actor, name)
    return _departed(call, departure_plan.plan(call.session, call.actor, call.now, user, body.given()))


@post(f"{_PERSON}/departure", "Close or move an account and hand on what its person holds", repeat=WHOLE)
def depart(call: Call, name: str, body: Departing) -> Departed:
    return _departed(call, departure_act.carry_out(call.session, call.actor, call.now, name, body.given()))


def _departed(call: Call, made: Departure) -> Departed:
    seat = made.seat
    return Departed(
        person=made.user.name,
        closed=seat is None,
        unit=seat.unit.name if seat is not None else None,
        village=seat.village.name if seat is not None and seat.village is not None else None,
        handed=[
            Handed(
                **_fields(call, each.held), outcome=each.outcome, to=each.heir.name if each.heir is not None else None
            )
            for each in made.handings
        ],
    )


def _fields(call: Call, held: Held) -> dict[str, Any]:
    unit = county_context(call.session).unit(held.unit_id).name if held.unit_id is not None else None
    named = {name: getattr(held, name) for name in ("key", "kind", "ref", "about", "due_at")}
    return {**named, "unit": unit}
