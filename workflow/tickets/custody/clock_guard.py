"""Clock guard: refuses a write while the clock it would be dated by cannot be right.

Every writing transaction asks it once, where it opens (`models.engine`), with one statement: the newest heartbeats, the newest
event and, on PostgreSQL, the database server's clock.  Machines of one county may differ by `SKEW`; beyond it nothing is written.
A county that has been silent longer than `LONGEST_PAUSE`, or whose records lie in the future, is written to again once a person
has confirmed the clock (`accountability.sweep_watch.release`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import Session

from models import Event, WebHeartbeat, WorkerHeartbeat
from workflow.errors import ClockInDoubt
from workflow.policy.worktime import SHANGHAI

#: How far clocks of one county may be apart, and how far one may be set back by a time server.
SKEW = timedelta(minutes=10)
#: A system stopped for longer than a long public holiday looks like a clock that is ahead.
LONGEST_PAUSE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Signs:
    """What a clock is compared with: the newest heartbeat or event, whether a worker has ever run, and the database
    server's clock (None on SQLite, which has none of its own)."""

    newest: datetime | None
    has_worked: bool
    server: datetime | None


def signs(session: Session) -> Signs:
    """The signs of the county's database, by one statement of constant cost."""
    worker, web, event, server = session.execute(_signs(session.get_bind().dialect.name)).one()
    return Signs(max(filter(None, (worker, web, event)), default=None), worker is not None, server)


@cache
def _signs(dialect: str) -> Select[datetime | None, datetime | None, datetime | None, datetime | None]:
    newest = select(Event.at).order_by(Event.id.desc()).limit(1).scalar_subquery()
    server = func.clock_timestamp(type_=Event.at.type) if dialect == "postgresql" else null()
    return select(
        select(func.max(WorkerHeartbeat.beat_at)).scalar_subquery(),
        select(func.max(WebHeartbeat.beat_at)).scalar_subquery(),
        newest,
        server.label("server"),
    )


def doubt_of_server(known: Signs, now: datetime, machine: str) -> ClockInDoubt | None:
    """The refusal of a clock that differs from the database server's.  The newest record of the county tells which is wrong, if
    it agrees with one of the two."""
    if known.server is None or abs(now - known.server) <= SKEW:
        return None
    ours, theirs = (known.newest is not None and abs(known.newest - clock) <= SKEW for clock in (now, known.server))
    code = {(False, True): "clock_wrong", (True, False): "server_clock_wrong"}.get((ours, theirs), "clocks_apart")
    return ClockInDoubt(code, machine=machine, now=_written(now), server=_written(known.server))


def doubt_of_past(known: Signs, now: datetime, machine: str, pause: timedelta | None) -> ClockInDoubt | None:
    """The refusal of a clock that contradicts the county's records: it is behind them, or further ahead than `pause` (None: any
    pause is accepted)."""
    if known.newest is None:
        return None
    if known.newest - now > SKEW:
        code = "clock_behind"
    elif pause is not None and known.has_worked and now - known.newest > pause:
        code = "clock_ahead"
    else:
        return None
    return ClockInDoubt(code, machine=machine, now=_written(now), newest=_written(known.newest))


def _written(at: datetime) -> str:
    """A moment in China's time, as the sentences of errors take it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class ClockGuard:
    """The guard of one process: its clock, the name of its machine, and the bounds.

    `has_server`: the clock is a machine's and is compared with the database server's; a clock that a test hands in is not.
    """

    clock: Callable[[], datetime]
    machine: str
    pause: timedelta | None = LONGEST_PAUSE
    has_server: bool = True

    def __call__(self, session: Session) -> None:
        """Raises ClockInDoubt when the clock cannot be right."""
        refusal = self.doubt(signs(session))
        if refusal is not None:
            raise refusal

    def doubt(self, known: Signs) -> ClockInDoubt | None:
        """The refusal that a write would get now, or None."""
        now = self.clock()
        by_server = doubt_of_server(known, now, self.machine) if self.has_server else None
        return by_server or doubt_of_past(known, now, self.machine, self.pause)

    def skew_seconds(self, known: Signs) -> float:
        """Seconds by which the clock is ahead of the database server's (negative: behind); without one, by which it is behind
        the newest record."""
        now = self.clock()
        if self.has_server and known.server is not None:
            return round((now - known.server).total_seconds(), 3)
        return round(min(0.0, (now - known.newest).total_seconds()), 3) if known.newest is not None else 0.0

    def of_server(self, session: Session) -> None:
        """The guard of the act that confirms the clock: only a clock unlike the server's is refused.  Raises ClockInDoubt."""
        refusal = doubt_of_server(signs(session), self.clock(), self.machine) if self.has_server else None
        if refusal is not None:
            raise refusal
