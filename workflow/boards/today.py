"""Today: what waits for one person's unit or village, by what is to be done, and the trip by which a town goes there.

Every list is bounded and every count reads one index, so that the page costs the same in any county.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, false, func, literal_column, not_, or_, select, union_all
from sqlalchemy.orm import Session

from models import Ticket, Village
from models.base import stated
from workflow.actors import Actor
from workflow.boards import board_figures
from workflow.county.context import CountyContext
from workflow.tickets.views.line import LINES, TicketLine, line_of

#: Lines of a section.
MOST = 8
#: Lines to endorse or to confirm: what is grouped by village must hold enough for a trip.
MOST_OF_TRIP = 20
#: Working days within which what is in hand counts as due soon.
SOON_DAYS = "3"
#: What waits for others is counted up to here.
MOST_OTHERS = 99

#: What is to be done with a ticket in each state, in the order of the page: first what came back.
SECTIONS = {
    "returned": ("returned",),
    "endorse": ("reported",),
    "accept": ("assigned",),
    "confirm": ("resolved",),
    "soon": ("in_progress",),
}
#: Returned to the village that filed it.
_WITH_VILLAGE = and_(Ticket.state == "returned", Ticket.filed_as == "village")
#: The sections that are done on the spot, grouped by village.
ON_THE_SPOT = ("endorse", "confirm")


@dataclass(frozen=True, slots=True)
class Section:
    """The tickets of one kind of work, soonest due first; `count` counts all of them, of which `lines` are the first."""

    name: str
    lines: Sequence[TicketLine]
    count: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One village of the trip: its tickets to endorse and to confirm, and how many there are in all."""

    village: str
    lines: Sequence[tuple[str, TicketLine]]
    count: int


@dataclass(frozen=True, slots=True)
class Today:
    """The work of a person's unit or village; for a town `stops` has the lines of the sections done on the spot, by village.

    `others`: the tickets of the unit or village that wait for another unit, counted up to MOST_OTHERS + 1.
    """

    sections: Sequence[Section]
    stops: Sequence[Stop]
    others: Section


def today(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> Today:
    """What waits for the actor's unit or village.  Roles that hold no tickets have nothing of it."""
    here = board_figures.own(actor)
    if here is None:
        return Today((), (), Section("others", (), 0))
    until = setting.clock.due(now, int(SOON_DAYS))
    if actor.role == "town":
        # What its villages have to complete is counted at the town, but waits for the village.
        here = and_(here, not_(_WITH_VILLAGE))
    here = and_(here, Ticket.ended_at.is_(None))
    which = {name: _of_section(states, until) for name, states in SECTIONS.items()}
    counts = _counts(session, here, which)
    rows = _first_lines(session, actor, now, {name: and_(here, condition) for name, condition in which.items()})
    sections = [
        Section(name, rows[name], sum(n for (of, _), n in counts.items() if of == name))
        for name in SECTIONS
        if rows[name]
    ]
    stops = _stops(rows, counts) if actor.role == "town" else ()
    return Today(sections, stops, _others(session, actor, here, now))


def _of_section(states: Sequence[str], until: datetime) -> ColumnElement[bool]:
    """The condition of a section; of what is being worked on only what is due soon belongs to the day."""
    of_section = Ticket.state.in_(states)
    return and_(of_section, Ticket.due_at <= until) if states == SECTIONS["soon"] else of_section


def _counts(
    session: Session, here: ColumnElement[bool], which: Mapping[str, ColumnElement[bool]]
) -> Mapping[tuple[str, str | None], int]:
    """The tickets by section and village, in one statement."""
    section = case(*((condition, literal_column(f"'{name}'")) for name, condition in which.items()))
    rows = session.execute(
        select(section.label("section"), Village.name, func.count())
        .select_from(Ticket)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .where(here, or_(*which.values()))
        .group_by("section", Village.name)
    )
    return {(name, village): number for name, village, number in rows}


def _first_lines(
    session: Session, actor: Actor, now: datetime, which: Mapping[str, ColumnElement[bool]]
) -> dict[str, list[TicketLine]]:
    """The lines of each section, soonest due first, in one statement; each part of it reads its own few rows."""
    parts = [
        select(Ticket.id)
        .where(condition)
        .order_by(Ticket.due_at, Ticket.id)
        .limit(MOST_OF_TRIP if name in ON_THE_SPOT else MOST)
        .subquery()
        for name, condition in which.items()
    ]
    ids = union_all(*(select(part.c.id) for part in parts))
    lines: dict[str, list[TicketLine]] = {name: [] for name in SECTIONS}
    section_of = {state: name for name, states in SECTIONS.items() for state in states}
    for line in _lines(session, actor, now, session.scalars(ids)):
        lines[section_of[line.state]].append(line)
    return lines


def _lines(session: Session, actor: Actor, now: datetime, ids: Iterable[int]) -> list[TicketLine]:
    """The lines of these tickets, soonest due first.  The ids are named, so that no plan reads all tickets to join them."""
    query = LINES.where(Ticket.id.in_(list(ids))).order_by(Ticket.due_at, Ticket.id)
    return [line_of(actor, now, row) for row in session.execute(query)]


def _stops(lines: Mapping[str, Sequence[TicketLine]], counts: Mapping[tuple[str, str | None], int]) -> list[Stop]:
    """The villages to go to, the one with the soonest deadline first."""
    here = sorted(
        ((name, line) for name in ON_THE_SPOT for line in lines[name]),
        key=lambda pair: (stated(pair[1].due_at), pair[1].id),
    )
    villages = dict.fromkeys(line.village for _, line in here)
    return [
        Stop(
            village or "",
            [pair for pair in here if pair[1].village == village],
            sum(counts.get((name, village), 0) for name in ON_THE_SPOT),
        )
        for village in villages
    ]


def _others(session: Session, actor: Actor, here: ColumnElement[bool], now: datetime) -> Section:
    """The open tickets of the actor's village, town or bureau that wait for another unit."""
    own = {
        "village": actor.own_village(Ticket.in_village_id),
        "town": actor.own(Ticket.town_id),
        "bureau": actor.own(Ticket.lead_unit_id),
    }.get(actor.role, false())
    which = and_(own, Ticket.ended_at.is_(None), not_(here))
    first = select(Ticket.id).where(which).order_by(Ticket.due_at, Ticket.id)
    count = session.scalar(select(func.count()).select_from(first.limit(MOST_OTHERS + 1).subquery()))
    return Section("others", _lines(session, actor, now, session.scalars(first.limit(MOST))), count or 0)
