"""Family preview: says before anything is written what a change in a family will do; and what happened so far."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret, Household, Member, Ticket, Unit, User, Village
from workflow.actors import Actor
from workflow.errors import NotAllowed, NotFound
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.redaction import masked
from workflow.register.access import Located, find_household, visible_area
from workflow.register.lives import family_consequences
from workflow.register.lives.family_events import RECORDERS
from workflow.register.lives.life_kinds import KINDS, LifeKind
from workflow.tickets.visibility import masks_names


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change will do: who it is about, who may become head where the head ends, the open tickets that are looked
    at again or, if the household `ends`, cancelled; `refused`: only the office may end it with these tickets."""

    located: Located
    kind: LifeKind
    living: list[Member]
    chosen: frozenset[int]
    heads: list[Member]
    ends: bool
    tickets: list[Ticket]
    refused: bool


@dataclass(frozen=True, slots=True)
class PastChange:
    """One recorded change; `names` of the members it was about, `other` the household moved to or from, which the actor
    may open if it `opens`, or the villages."""

    on: date
    kind: str
    names: list[str]
    other: str | None
    opens: bool
    reason: str
    by: str | None
    at: datetime


class Place(NamedTuple):
    """A village, with its town's name."""

    id: int
    code: str
    name: str
    town: str


def family(session: Session, actor: Actor, code: str, now: datetime) -> tuple[Located, list[Member]]:
    """The household and its living members, the head first, for those who record changes.

    Raises NotFound, NotAllowed.
    """
    if actor.role not in RECORDERS:
        raise NotAllowed("family_not_yours")
    located, on = find_household(session, actor, code), local_date(now)
    rows = session.scalars(select(Member).where(Member.household_id == located.household.id).order_by(Member.position))
    return located, [row for row in rows if counted(row, on)]


def foresee(session: Session, actor: Actor, code: str, kind: str, members: Collection[int], now: datetime) -> Foreseen:
    """What a change of this kind about these members will do.  Raises NotFound, NotAllowed."""
    if kind not in KINDS:
        raise NotFound("life_kind_unknown", "kind", kind=kind[:40])
    row, (located, living) = KINDS[kind], family(session, actor, code, now)
    chosen = frozenset(member.id for member in living) & frozenset(members)
    staying = [member for member in living if member.id not in chosen]
    ends = row.ends and bool(chosen) and not staying
    head_ends = row.ends and any(member.position == 1 and member.id in chosen for member in living)
    open_ = session.scalars(
        select(Ticket).where(Ticket.household_id == located.household.id, Ticket.ended_at.is_(None)).order_by(Ticket.id)
    ).all()
    scheme = located.setting.scheme
    haves = {have.code for have in scheme.haves if have.of_people}
    about = {each.code for each in scheme.kinds if each.have in haves}
    again = [ticket for ticket in open_ if ticket.kind in about] if row.does != "heads" else []
    return Foreseen(
        located=located,
        kind=row,
        living=living,
        chosen=chosen,
        heads=staying if head_ends else [],
        ends=ends,
        tickets=list(open_) if ends else again,
        refused=ends and bool(open_) and actor.role != "office",
    )


def open_tickets(session: Session, home: Household) -> list[Ticket]:
    """The open tickets of a household, by number."""
    return family_consequences.open_tickets(session, home)


def past_changes(session: Session, actor: Actor, located: Located) -> list[PastChange]:
    """What happened in the family, the latest record first; reasons and names hidden as on the household's page."""
    query = (
        select(Event, EventSecret.body, User.display_name)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == "household", Event.subject_id == located.household.id, Event.action == "family")
        .order_by(Event.seq.desc())
    )
    hide = masks_names(actor)
    rows = session.execute(select(Member.id, Member.name).where(Member.household_id == located.household.id))
    names = {number: masked(name) if hide else name for number, name in rows}
    events = session.execute(query).all()
    others = {event.given.get("to") or event.given.get("from") for event, _body, _by in events} - {None}
    open_to = set(session.scalars(select(Household.code).where(Household.code.in_(others), visible_area(actor))))
    villages = select(Village.id, Village.code, Village.name, Unit.name.label("town")).join(Unit)
    places = [Place(*row) for row in session.execute(villages)]
    return [
        PastChange(
            on=date.fromisoformat(event.given["on"]),
            kind=event.given["kind"],
            names=[names[number] for number in event.given["members"] if number in names],
            other=event.given.get("to") or event.given.get("from") or _places(places, event.given),
            opens=(event.given.get("to") or event.given.get("from")) in open_to,
            reason="" if hide else str((body or {}).get("reason", "")),
            by=by,
            at=event.at,
        )
        for event, body, by in events
    ]


def _places(places: Sequence[Place], given: Mapping[str, Any]) -> str | None:
    """The villages that a household moved from and to, with their towns where these differ, or its codes; None of another
    kind of change."""
    if "former" in given:
        return f"{given['former']} → {given['code']}"
    came = next((place for place in places if place.code == given.get("village")), None)
    left = next((place for place in places if place.id == given.get("left")), None)
    if left is None or came is None:
        return came.name if came is not None else None
    if left.town == came.town:
        return f"{left.name} → {came.name}"
    return f"{left.town}{left.name} → {came.town}{came.name}"
