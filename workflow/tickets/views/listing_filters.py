"""Listing filters: what narrows a list of tickets, and the conditions of its statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import Candidate, Custody, Household, Ticket, User
from workflow.actors import Actor
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput
from workflow.tickets.actions.lifecycle import STATES
from workflow.tickets.lookup import id_of
from workflow.tickets.views import due_soon, reached, search
from workflow.tickets.visibility import COUNTY_WIDE, masks_names, sights

ENDED = ("closed", "withdrawn")
#: In place of a handler's sign-in name: tickets without one.
NO_HANDLER = "-"


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; units by code, official name or alias.

    Without `state` the open tickets are listed, soonest due first; with an ended state, the latest first.
    """

    state: str | None = None
    kind: str | None = None
    owner: str | None = None
    town: str | None = None
    overdue: bool | None = None
    q: str | None = None
    source: str | None = None
    #: Only tickets that become overdue from now up to this moment (`due_soon.horizon`).
    until: datetime | None = None
    #: Only tickets filed, or due, from the first day on, and up to the end of the last; moments of the first and the next day.
    filed_from: datetime | None = None
    filed_until: datetime | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    #: Only tickets filed in this role, `village` or `town`.
    filed_as: str | None = None
    #: Only tickets that reached this rung of the ladder in their present custody.
    rung: int | None = None
    cause: str | None = None
    #: Only tickets with this handler, by sign-in name, or NO_HANDLER.
    handler: str | None = None
    #: What the list is sorted by, as `listing_order.order_of` takes it.
    sort: str | None = None

    @property
    def ended(self) -> bool:
        """Whether tickets are listed that are over."""
        return self.state in ENDED


def conditions_of(
    session: Session, actor: Actor, now: datetime, filters: Filters
) -> tuple[list[ColumnElement[bool]], tuple[ColumnElement[bool], ...]]:
    """The conditions of every ticket of the page, and the ways to search for them."""
    if filters.state is not None and filters.state not in STATES:
        raise BadInput("unknown_state", "state", state=filters.state[:40])
    ways = sights(actor)
    conditions: list[ColumnElement[bool]] = [Ticket.state == filters.state] if filters.state else []
    if not filters.ended:
        conditions.append(Ticket.ended_at.is_(None))
    conditions += _plain(filters)
    for text, field, column in (
        (filters.owner, "owner", Ticket.holder_unit_id),
        (filters.town, "town", Ticket.town_id),
    ):
        if text:
            unit = find_unit(session, text, field).id
            conditions.append(column == unit)
            # A village's users belong to their town, but see their village alone.
            own = unit == actor.unit_id and actor.role != "village"
            if actor.role in COUNTY_WIDE or (own and field == "owner"):
                # The actor sees everything this unit holds or this town has, so one narrow way is enough.
                ways = (column == unit,)
    if filters.overdue is not None:
        conditions.append(Ticket.due_at < now if filters.overdue else Ticket.due_at >= now)
    if filters.until is not None:
        conditions.append(due_soon.soon(now, filters.until))
    if filters.rung is not None:
        conditions.append(reached.rung(filters.rung))
    text = search.cleaned(filters.q)
    if text:
        conditions.append(matches(session, actor, text, names=not masks_names(actor)))
    return conditions, ways


def _plain(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of the filters that compare one column with one value."""
    equal = (
        (Ticket.kind, filters.kind),
        (Ticket.cause, filters.cause),
        (Ticket.source, filters.source),
        (Ticket.filed_as, filters.filed_as),
    )
    from_, until = (
        ((Ticket.filed_at, filters.filed_from), (Ticket.due_at, filters.due_from)),
        ((Ticket.filed_at, filters.filed_until), (Ticket.due_at, filters.due_until)),
    )
    found = [column == value for column, value in equal if value]
    found += [column >= value for column, value in from_ if value is not None]
    found += [column < value for column, value in until if value is not None]
    if filters.handler:
        held = select(Custody.id).where(Custody.ticket_id == Ticket.id, Custody.ended_at.is_(None))
        if filters.handler == NO_HANDLER:
            held = held.where(Custody.handler_id.is_(None))
        else:
            held = held.join(User, User.id == Custody.handler_id).where(User.name == filters.handler)
        found.append(held.exists())
    return found


def matches(session: Session, actor: Actor, text: str, *, names: bool) -> ColumnElement[bool]:
    """Ticket number, household code, village; with `names` the head's name too, as written or in pinyin, and for readers
    of members that of a living member."""
    ticket_id = id_of(text)
    if ticket_id is not None:
        return Ticket.id == ticket_id

    def of(*tests: ColumnElement[bool]) -> ColumnElement[bool]:
        return Ticket.household_id.in_(select(Household.id).where(*search.within(actor), or_(*tests)))

    tests = [of(*search.coded(text))]
    part = search.number_part(text)
    if part is not None:
        tests.append(Ticket.id == part)
    called = search.named(text) if names else []
    if called:
        tests.append(of(*called, *(search.with_member(text) if search.reads_members(actor) else ())))
        reported = select(Candidate.id).where(or_(*search.named(text, Candidate)))
        tests.append(Ticket.candidate_id.in_(reported))
    villages = search.villages(session, actor, text)
    if villages:
        tests.append(Ticket.in_village_id.in_(villages))
    return or_(*tests)
