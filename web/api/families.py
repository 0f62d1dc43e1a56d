"""Changes in a family over the API: who is born, comes, dies, leaves or moves, who becomes head, and what happens to a
household as a whole.
"""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from models.household import LABOUR
from web import db
from web.api.fields import Body, Day, Id, Listed, Moment, NeededDay, Text, Yes, answer, needed, of, one_of
from web.api.operations import Call, get, post
from web.api.repeats import WHOLE
from workflow.register.lives import family_events, family_preview, household_acts, household_preview
from workflow.register.lives.family_input import FamilyInput, NewPerson, chosen_members, kind_of
from workflow.register.lives.household_kinds import HOUSEHOLD_KINDS
from workflow.register.lives.life_kinds import KINDS

#: The kind, required and looked for by the domain in its order.
Kind = Annotated[str, one_of((*KINDS, *HOUSEHOLD_KINDS))]
NeededKind = Annotated[Kind | SkipJsonSchema[None], needed()]


class PersonGiven(Body):
    """A person who begins in the household; sex and birth may be left to the ID number."""

    name: Annotated[str, Field(max_length=60, min_length=1)]
    relation: Annotated[str, Field(max_length=20)] | None = None
    sex: Annotated[str, one_of(("m", "f"))] | None = None
    born_on: Day | None = None
    id_number: Annotated[str, Field(max_length=30)] | None = None
    labour: Annotated[str, one_of(LABOUR)] | None = None


class EventGiven(Body):
    """What happened, on which day, and to whom."""

    kind: NeededKind = None
    on: NeededDay = None
    members: list[Id] | None = Field(
        None,
        description="Ids of members; for every kind but born, came_in, registered, merged, relocated, code_corrected, undone.",
    )
    person: PersonGiven | None = Field(None, description="For born, came_in and registered.")
    head: Id | None = Field(
        None,
        description="Who becomes head, where the head is among the members who end; for split: head of the new household.",
    )
    to: Annotated[str, Field(max_length=200)] | None = Field(
        None,
        description="For moved and merged: the household's code; for split: that of the new one, else it is made; "
        "for relocated: the village's code or name; for code_corrected: the new code.",
    )
    reason: Text | None = None
    ends: Yes | None = Field(None, description="Nobody remains, and the household is to end.")
    tickets: list[Annotated[str, Field(max_length=40)]] | None = Field(
        None, description="For split: numbers of the open tickets that go with those who leave."
    )
    address: Annotated[str, Field(max_length=200)] | None = Field(None, description="For split and relocated.")
    cadre: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="For split and relocated: the responsible cadre, where it becomes another."
    )
    head_name: Annotated[str, Field(max_length=60)] | None = Field(
        None, description="Of a household that comes to the caller's town and that it does not see yet."
    )
    seen: Annotated[str, Field(max_length=64)] | None = Field(
        None,
        description="Of an act on a whole household: `seen` of its preview; it is then refused where what it moves has "
        "changed since.",
    )


@answer
class EventForeseen:
    """What a change would do: the members it is about (none where the caller does not see the household yet), who may become
    head where the head ends, the open tickets by what becomes of them, and whether the household would end.

    `office_only`: with these open tickets only the office records the end of the household.  `other` is the household that
    it leads to, or the new code; `village_before` and `village_after` are names with their towns.  `seen` is given back
    with an act on a whole household.
    """

    kind: str
    members: list[int]
    heads: list[int]
    look_again: list[str]
    went_along: list[str]
    taken_over: list[str]
    cancelled: list[str]
    stay: list[str]
    ended: bool
    office_only: bool
    other: str | None
    village_before: str
    village_after: str
    closed_tickets: int
    visits: int
    quota_house: bool
    seen: str | None


@answer
class EventKept:
    """A recorded change: the members it was about, the new head, and what it did to tickets and household.

    `other` is the household that split off or was merged into; `went_along` are the tickets that went with it.
    """

    kind: str
    on: date
    members: list[int]
    head: int | None
    look_again: list[str]
    cancelled: list[int]
    ended: bool
    other: str | None
    went_along: list[str]


@answer
class PastEvent:
    """One change on record; `other` is the household moved to or from."""

    kind: str
    on: date
    names: list[str]
    other: str | None
    reason: str | None
    by: str | None
    at: Moment


@get("/households/{code}/events", "What happened in a family, the latest record first")
def list_family_events(call: Call, code: str) -> Listed[PastEvent]:
    located, _ = family_preview.family(call.session, call.actor, code, call.now)
    past = family_preview.past_changes(call.session, call.actor, located)
    return Listed(items=[of(PastEvent, each, reason=each.reason or None) for each in past])


@post("/households/{code}/events/preview", "What a change in a family would do; nothing is stored", writes=False)
def preview_family_event(call: Call, code: str, body: EventGiven) -> EventForeseen:
    given = _given(body)
    if given.kind in HOUSEHOLD_KINDS:
        return _whole_foreseen(household_preview.preview(call.session, call.actor, call.now, code, given))
    kind = kind_of(given)
    seen = family_preview.foresee(call.session, call.actor, code, kind.code, given.members, call.now)
    if kind.takes_members:
        chosen_members(given, {row.id: row for row in seen.living}, {})
    tickets = [row.number for row in seen.tickets]
    village = seen.located.village
    place = f"{seen.located.setting.unit(village.town_id).name}{village.name}"
    return EventForeseen(
        kind=seen.kind.code,
        members=sorted(seen.chosen),
        heads=[row.id for row in seen.heads],
        look_again=[] if seen.ends else tickets,
        went_along=[],
        taken_over=[],
        cancelled=tickets if seen.ends else [],
        stay=[],
        ended=seen.ends,
        office_only=seen.refused,
        other=None,
        village_before=place,
        village_after=place,
        closed_tickets=0,
        visits=0,
        quota_house=False,
        seen=None,
    )


def _whole_foreseen(seen: household_preview.ForeseenAct) -> EventForeseen:
    asked = seen.wanted
    (left, former), (came, present) = seen.before, seen.after
    return EventForeseen(
        kind=asked.kind.code,
        members=[] if seen.stranger else [row.id for row in asked.leaving],
        heads=[],
        look_again=[],
        went_along=[row.number for row in seen.follow],
        taken_over=[row.number for row in seen.taken_over],
        cancelled=[row.number for row in seen.withdrawn],
        stay=[row.number for row in seen.stay],
        ended=asked.kind.code in ("merged", "undone"),
        office_only=False,
        other=asked.target.code if asked.target is not None else asked.code or None,
        village_before=f"{left.name}{former}",
        village_after=f"{came.name}{present}",
        closed_tickets=seen.closed,
        visits=seen.visits,
        quota_house=seen.quota_house,
        seen=household_preview.digest_of(seen),
    )


def _given(body: EventGiven) -> FamilyInput:
    person = NewPerson(**body.person.given()) if body.person is not None else None
    return FamilyInput(kind=body.kind or "", person=person, **body.given("kind", "person", "seen"))


@post("/households/{code}/events", "Record what happened in a family", status=201, repeat=WHOLE)
def record_family_event(call: Call, code: str, body: EventGiven) -> EventKept:
    given = _given(body)
    if given.kind in HOUSEHOLD_KINDS:
        return _whole(household_acts.record(call.session, call.actor, call.now, code, given, seen=body.seen))
    made = family_events.record(call.session, call.actor, call.now, db.vault(), code, given)
    return EventKept(
        kind=made.kind.code,
        on=made.on,
        members=[row.id for row in made.members],
        head=made.head.id if made.head is not None else None,
        look_again=[row.number for row in made.again],
        cancelled=made.cancelled,
        ended=made.ended,
        other=None,
        went_along=[],
    )


def _whole(made: household_acts.Done) -> EventKept:
    asked = made.wanted
    return EventKept(
        kind=asked.kind.code,
        on=asked.on,
        members=[row.id for row in asked.leaving],
        head=None,
        look_again=[],
        cancelled=[row.id for row in made.cancelled],
        ended=made.household.gone,
        other=made.other.code if made.other is not None else None,
        went_along=[row.number for row in made.followed],
    )
