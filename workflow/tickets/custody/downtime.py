"""Downtime (停机): spans without a sign of life, and the working minutes of custodies within them.

Only what nobody could do is excused: a heartbeat of the worker or of the web, and every act of a person, shows that the
system was up.  A span is recorded by the heartbeat that ends it; an unfinished one counts as well, so that it makes no
difference whether the worker or people come back first.  A held sweep is no downtime: people can work.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, null, select, union_all
from sqlalchemy.orm import Session

from models import Charge, County, Custody, Downtime, Event, WebHeartbeat, WorkerHeartbeat
from workflow.actors import system
from workflow.history import event_log
from workflow.policy.worktime import WorkClock

#: Worker and web beat every minute; without a sign of life for longer the system counts as down.  A restart takes less.
SILENCE = timedelta(minutes=5)
Span = tuple[datetime, datetime]
_RECORDED: Select[*tuple[Any, ...]] = select(Downtime.began_at, Downtime.ended_at, literal_column("1")).where(
    Downtime.ended_at > bindparam("begins"),
    Downtime.began_at < bindparam("now"),
)
_SILENCES: Select[*tuple[Any, ...]] = select(
    func.max(WorkerHeartbeat.beat_at), func.max(WorkerHeartbeat.held_at), literal_column("0")
)
_WEB: Select[*tuple[Any, ...]] = select(func.max(WebHeartbeat.beat_at), null(), literal_column("2"))
# One statement, composed once: it is asked at every move.
_DOWN = union_all(_RECORDED, _SILENCES, _WEB)


@dataclass(frozen=True, slots=True)
class Down:
    """Spans of downtime with the county's clock; they do not overlap."""

    clock: WorkClock
    spans: tuple[Span, ...] = ()

    def minutes(self, begins: datetime, ends: datetime) -> int:
        """Working minutes of the downtime between two moments."""
        return sum(self.clock.minutes_between(max(a, begins), min(b, ends)) for a, b in self.spans)

    def worked(self, begins: datetime, ends: datetime) -> int:
        """Working minutes between two moments without downtime."""
        return self.clock.minutes_between(begins, ends) - self.minutes(begins, ends)


def down(session: Session, clock: WorkClock, begins: datetime, now: datetime) -> Down:
    """The county's downtime since `begins`, including an unfinished span at `now`."""
    asked = {"begins": begins, "now": now}
    rows: Sequence[Any] = session.execute(_DOWN, asked).all()
    spans = [(row[0], row[1]) for row in rows if row[2] == 1]
    worker, held = next((row[0], row[1]) for row in rows if row[2] == 0)
    web = next(row[0] for row in rows if row[2] == 2)
    if worker is not None and held is None:
        spans += gaps(session, max(worker, web or worker), now)
    return Down(clock, tuple(merged(spans)))


def gaps(session: Session, last: datetime, now: datetime) -> list[Span]:
    """The spans without a sign of life between the last heartbeat and now: the acts of people divide them."""
    if now - last <= SILENCE:
        return []
    signs = [now]
    acts = select(Event.at).where(Event.actor_id.is_not(None)).order_by(Event.id.desc())
    with session.scalars(acts.execution_options(yield_per=200)) as found:
        for at in found:
            if at <= last:
                break
            if at < now:
                signs.append(at)
    signs = sorted({last, *signs})
    return [(before, after) for before, after in pairwise(signs) if after - before > SILENCE]


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """The same time in spans that do not overlap (a clock set back may have recorded some of it twice)."""
    before: Span | None = None
    for span in sorted(spans):
        if before is None or span[0] > before[1]:
            if before is not None:
                yield before
            before = span
        else:
            before = before[0], max(before[1], span[1])
    if before is not None:
        yield before


def last_heartbeat(session: Session) -> datetime | None:
    """The last heartbeat of any worker."""
    return session.scalar(select(func.max(WorkerHeartbeat.beat_at)))


def last_web_heartbeat(session: Session) -> datetime | None:
    """The last heartbeat of any web process."""
    return session.scalar(select(func.max(WebHeartbeat.beat_at)))


def record(session: Session, began: datetime, ended: datetime) -> bool:
    """Record that the system was down from `began` to `ended`; returns whether this call recorded it.

    Once for each span, however many workers come back at once: the county's row is locked, and UNIQUE(began_at) keeps
    it.  An event of the county.
    """
    held = select(County.id).where(County.scheme_version_id.is_not(None)).with_for_update(key_share=True)
    if session.scalar(held) is None:
        return False
    if session.scalar(select(Downtime.id).where(Downtime.began_at == began)) is not None:
        return False
    session.add(Downtime(began_at=began, ended_at=ended))
    event_log.of(session, event_log.COUNTY, system(), ended).append(
        "downtime", {"from": event_log.stamp(began), "to": event_log.stamp(ended)}, notify=False
    )
    return True


def charge(session: Session, down: Down, custody: Custody, at: datetime, now: datetime) -> list[dict[str, Any]]:
    """Charge the downtime within a custody that ends at `at` to the system; returns the event payload.  Once: a custody
    ends once, and a partial unique index keeps it."""
    minutes = down.minutes(custody.began_at, at)
    if not minutes:
        return []
    session.add(Charge(custody_id=custody.id, unit_id=None, minutes=minutes, ground="downtime", at=now))
    return [{"seq": custody.seq, "unit": None, "minutes": minutes, "ground": "downtime"}]


def lost(session: Session, clock: WorkClock, custodies: Iterable[Custody], now: datetime) -> dict[int, int]:
    """Working minutes of downtime per custody of one ticket, by id: as charged for ended ones, as of `now` for the open
    one."""
    rows = {row.id: row for row in custodies}
    minutes_of = charged(session, rows, "downtime")
    for row in rows.values():
        if row.ended_at is None:
            minutes = down(session, clock, row.began_at, now).minutes(row.began_at, now)
            minutes_of |= {row.id: minutes} if minutes else {}
    return minutes_of


def charged(session: Session, custodies: Iterable[int], ground: str) -> dict[int, int]:
    """The minutes charged on this ground, per custody by id."""
    rows = session.execute(_CHARGED, {"custodies": list(custodies), "ground": ground})
    return {row[0]: row[1] for row in rows}


# Asked with every act and every page of a ticket, so composed once.
_CHARGED = select(Charge.custody_id, Charge.minutes).where(
    Charge.custody_id.in_(bindparam("custodies", expanding=True)), Charge.ground == bindparam("ground")
)


@dataclass(frozen=True, slots=True)
class Outage:
    """A span of downtime for display, with its working minutes."""

    began_at: datetime
    ended_at: datetime
    minutes: int


def outages(session: Session, clock: WorkClock, begins: datetime, ends: datetime) -> list[Outage]:
    """The spans that ended from `begins` on and before `ends`, the latest first."""
    rows = session.execute(
        select(Downtime.began_at, Downtime.ended_at)
        .where(Downtime.ended_at >= begins, Downtime.ended_at < ends)
        .order_by(Downtime.ended_at.desc(), Downtime.id.desc())
    )
    return [Outage(row[0], row[1], clock.minutes_between(row[0], row[1])) for row in rows]


def total_seconds(session: Session) -> int:
    """The seconds of downtime recorded in all."""
    rows = session.execute(select(Downtime.began_at, Downtime.ended_at)).all()
    return int(sum((b - a).total_seconds() for a, b in merged((row[0], row[1]) for row in rows)))
