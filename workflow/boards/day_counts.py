"""Daily counts: tickets filed, closed, and overdue at midnight, counted once when the day is over.

Deficiencies only; duties have their calendar.  For the county every ticket counts, for a town those in it, for another
unit those assigned to it for resolving and those of them closed.  Overdue are tickets past due in the county, or held
by the unit, at midnight, as known then.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from models import Block, County, Custody, DayCount, Event, Ticket, Unit
from workflow.actors import system
from workflow.history import event_log
from workflow.policy.worktime import SHANGHAI, local_date
from workflow.tickets.open_predicate import still_open

#: The county as a whole.
WHOLE = 0
#: By then every transaction begun before midnight has ended.
GRACE = timedelta(minutes=10)
_DAY = timedelta(days=1)
_CHUNK = 500
#: (day, unit or WHOLE) → count.
Figures = Counter[tuple[date, int]]


def waiting(session: Session, now: datetime) -> tuple[date, date] | None:
    """The first and last day that are over and not yet counted; None when there is none."""
    last = local_date(now - GRACE) - _DAY
    counted = session.scalar(select(func.max(DayCount.day)))
    if counted is not None:
        first = counted + _DAY
    else:
        filed = session.scalar(select(func.min(Ticket.filed_at)))
        if filed is None:
            return None
        first = local_date(filed)
    return (first, last) if first <= last else None


def count(session: Session, now: datetime) -> int:
    """Count all days that are due, missed ones included; returns how many.  Writes an event of the county.

    The county's row is locked, and UNIQUE(day) keeps it once.
    """
    span = waiting(session, now)
    if span is None:
        return 0
    # Counted before taking the lock, which blocks filing; past days do not change meanwhile.
    filed, closed = moved(session, *span)
    overdue = stood_overdue(session, *span)
    session.execute(select(County.id).with_for_update())
    if waiting(session, now) != span:
        return 0
    rows = []
    for day in _days(*span):
        units = {unit for figures in (filed, closed, overdue) for on, unit in figures if on == day} | {WHOLE}
        content = {str(unit): [filed[day, unit], closed[day, unit], overdue[day, unit]] for unit in sorted(units)}
        hashed = event_log.digest(event_log.canonical(content))
        rows.append(DayCount(day=day, at=now, content=content, hash=hashed))
    session.add_all(rows)
    event_log.of(session, event_log.COUNTY, system(), now).append(
        "count_days",
        {"from": span[0].isoformat(), "to": span[1].isoformat()},
        {"days": {row.day.isoformat(): row.hash for row in rows}},
        notify=False,
    )
    return len(rows)


_TOWNS = select(Unit.id).where(Unit.type == "town")
# Events are sealed after they are recorded, so earlier blocks cannot contain them.
_SEALED_SINCE = select(Block.id).where(Block.sealed_at >= bindparam("first"))
_RECORDED = (
    select(Event.subject_id, Event.seq, Event.at, Event.from_state, Event.to_state, Event.effect)
    .where(
        or_(Event.block_id.is_(None), Event.block_id.in_(_SEALED_SINCE)),
        Event.subject_type == "ticket",
        Event.at >= bindparam("first"),
        Event.at < bindparam("end"),
    )
    .order_by(Event.subject_id, Event.seq)
    .execution_options(yield_per=_CHUNK)
)


def moved(session: Session, first: date, last: date) -> tuple[Figures, Figures]:
    """Tickets filed and closed on each day, by the events recorded on it."""
    filed, closed = Figures(), Figures()
    towns = set(session.scalars(_TOWNS))
    span = {"first": _midnight(first), "end": _midnight(last + _DAY)}
    for rows in session.execute(_RECORDED, span).partitions(_CHUNK):
        lives = _lives(session, sorted({row.subject_id for row in rows}))
        for row in rows:
            if row.subject_id not in lives:
                continue
            towns_of, held = lives[row.subject_id]
            town = next((town for seq, town in towns_of if seq <= row.seq), None)
            day = local_date(row.at)
            opened, ended = row.effect.get("opened") or {}, row.effect.get("ended") or {}
            if row.seq == 1:
                filed.update((day, unit) for unit in (WHOLE, town) if unit is not None)
            came_to = opened.get("unit") if opened.get("purpose") == "mend" else None
            if came_to is not None and came_to not in towns and _began(held, opened["seq"]):
                filed[day, came_to] += 1
            if row.to_state == "closed" and row.from_state != "closed":
                mender = _mended(held, ended.get("seq", 0))
                other = mender if mender not in towns else None
                closed.update((day, unit) for unit in (WHOLE, town, other) if unit is not None)
    return filed, closed


#: The towns a deficiency lay in, each with the event from which on, the latest first; and the number, tenure, unit and
#: stage of each custody, in order.
_Life = tuple[list[tuple[int, int | None]], list[tuple[int, int, int, str]]]
#: What brings a ticket to another town: its household or village goes there, or it is reopened after either did.
_PLACING = ("follow", "hand_over", "reopen", "relapse", "disprove")


def _lives(session: Session, ids: Sequence[int]) -> dict[int, _Life]:
    where = select(Ticket.id, Ticket.town_id).where(Ticket.id.in_(ids), Ticket.type == "deficiency")
    lives: dict[int, _Life] = {row[0]: ([(0, row[1])], []) for row in session.execute(where)}
    # A day counts for the town of that day, wherever the household went since.
    placed = (
        select(Event.subject_id, Event.seq, Event.effect)
        .where(Event.subject_type == "ticket", Event.subject_id.in_(_placed(session, sorted(lives))))
        .where(or_(Event.seq == 1, Event.action.in_(_PLACING)))
        .order_by(Event.subject_id, Event.seq.desc())
    )
    towns: dict[int, list[tuple[int, int | None]]] = {}
    for ticket, seq, effect in session.execute(placed):
        if "town_id" in effect.get("ticket", {}):
            towns.setdefault(ticket, []).append((seq, effect["ticket"]["town_id"]))
    lives |= {ticket: (found, lives[ticket][1]) for ticket, found in towns.items()}
    stretches = (
        select(Custody.ticket_id, Custody.seq, Custody.tenure_id, Custody.unit_id, Custody.stage)
        .where(Custody.ticket_id.in_(lives))
        .order_by(Custody.ticket_id, Custody.seq)
    )
    for ticket, seq, tenure, unit, stage in session.execute(stretches):
        lives[ticket][1].append((seq, tenure, unit, stage))
    return lives


def _placed(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of the tickets that were ever brought to another place."""
    moved_ones = select(Event.subject_id).where(
        Event.subject_type == "ticket", Event.subject_id.in_(ids), Event.action.in_(_PLACING)
    )
    return list(session.scalars(moved_ones.distinct()))


def _began(held: list[tuple[int, int, int, str]], seq: int) -> bool:
    """Whether a tenure began with this custody; a returned ticket was counted before."""
    tenure = next((stretch[1] for stretch in held if stretch[0] == seq), None)
    return not any(stretch[1] == tenure for stretch in held if stretch[0] < seq)


def _mended(held: list[tuple[int, int, int, str]], seq: int) -> int | None:
    """The unit that resolved last before the custody that ended with the closing."""
    return next((unit for number, _, unit, stage in reversed(held) if number < seq and stage == "mend"), None)


def stood_overdue(session: Session, first: date, last: date) -> Figures:
    """Tickets past due at the end of each day, both still open and ended since."""
    counts, end = Figures(), _midnight(last + _DAY)
    columns = (Custody.unit_id, Custody.began_at, Custody.due_at, Custody.ended_at)
    late = (Ticket.type == "deficiency", Custody.due_at < end, Custody.began_at < end)
    still = (
        select(*columns)
        .join(Ticket, Ticket.id == Custody.ticket_id)
        .where(still_open(), Custody.ended_at.is_(None), *late)
    )
    # From the units to their custodies, along the index ordered by end.
    since = (
        select(*columns)
        .select_from(Unit)
        .join(Custody, Custody.unit_id == Unit.id)
        .join(Ticket, Ticket.id == Custody.ticket_id)
        .where(Custody.ended_at > _midnight(first + _DAY), *late)
        .where(Custody.due_at < Custody.ended_at)
    )
    for query in (still, since):
        for unit, began_at, due_at, ended_at in session.execute(query):
            begins = max(local_date(max(began_at, due_at)), first)
            ends = last if ended_at is None else min(local_date(ended_at) - _DAY, last)
            for day in _days(begins, ends):
                counts.update(((day, WHOLE), (day, unit)))
    return counts


def _midnight(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
