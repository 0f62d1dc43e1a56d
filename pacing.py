"""Pacing: when the worker's jobs run, whatever happens to its clock and its database.

Jobs run at intervals of elapsed time: a clock set back delays none.  A job whose clock is refused, or whose database is away, says
so in one line and runs again at its next turn.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

import log_lines
from models.engine import ask_guard, in_transaction, reading
from models.failures import DISK_FAULTS, OutcomeUnknown, first_line, lacks_schema, trouble
from workflow.accountability import sweep_watch
from workflow.errors import BadInput, ClockInDoubt

log = logging.getLogger("xiaohao.worker")
_T = TypeVar("_T")
#: Seconds between two comparisons of the wall clock with elapsed time, and the smallest step back that matters.
LOOK, STEP = 1.0, 1.0
#: Seconds after which a worker that cannot begin tries again.
AGAIN = 5


def name() -> str:
    """The heartbeat name of this worker (machine and process), since any number of workers may run."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def holds(engine: Engine, now: datetime) -> bool:
    """Heartbeat of this worker; whether the clock is in doubt, so that nothing final may be done and nothing deleted."""
    why = in_transaction(engine, lambda session: sweep_watch.heartbeat(session, name(), now))
    if why is not None:
        log.error("the sweep holds: %s", why)
    return why is not None


def holding(engine: Engine) -> bool:
    """Whether the clock is in doubt, asked without a heartbeat.  Raises ClockInDoubt when this worker's own cannot be right."""
    ask_guard(engine)
    with reading(engine) as session:
        return sweep_watch.hold_reason(session) is not None


class NotYet(Exception):
    """What a worker waits for, in one sentence: `init` has not run, or is at work."""


class Scheduler(Protocol):
    """What is needed of a scheduler: its jobs, of which those at intervals have an `interval` in their trigger."""

    def get_jobs(self) -> Iterable[Any]:
        """All jobs."""


class Pace:
    """The wall clock of a scheduler, compared with elapsed time.

    APScheduler waits for moments of the wall clock: set back by an hour, its jobs would run an hour later.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheduler, self._wall, self._steady = scheduler, wall, steady
        self._apart = wall() - steady()

    def look(self) -> bool:
        """Lets all interval jobs run now if the wall clock was set back since the last look; returns whether it was."""
        apart = self._wall() - self._steady()
        back, self._apart = apart < self._apart - STEP, apart
        if back:
            for job in self._scheduler.get_jobs():
                if hasattr(job.trigger, "interval"):
                    job.modify(next_run_time=datetime.now(UTC))
        return back


@contextmanager
def steady(scheduler: Scheduler) -> Iterator[None]:
    """Keep the pace of a scheduler in a thread of its own."""
    pace, ended = Pace(scheduler), threading.Event()

    def watch() -> None:
        while not ended.wait(LOOK):
            if pace.look():
                log.warning("the clock was set back; the jobs run at their intervals all the same")

    thread = threading.Thread(target=watch, name="pace", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def calm(job: Callable[..., _T]) -> Callable[..., _T | None]:
    """A job that is skipped, with one line in the log, while the clock is in doubt or the database away."""

    @wraps(job)
    def run(*args: Any) -> _T | None:
        try:
            with log_lines.of_job(job.__name__):
                return job(*args)
        except ClockInDoubt as refusal:
            log.error("%s does nothing: %s", job.__name__, refusal)
        except OutcomeUnknown as error:
            log.error("%s: it is not known whether it was committed, and it is done again: %s", job.__name__, error)
        except DBAPIError as error:
            if trouble(error) is None:
                raise
            log.error("%s: the database (%s): %s", job.__name__, trouble(error), first_line(error))
        except OSError as error:
            if error.errno not in DISK_FAULTS:
                raise
            log.error("%s: a disk: %s", job.__name__, error)
        return None

    return run


def when_ready(begin: Callable[[], None], again: Callable[[], object] = lambda: time.sleep(AGAIN)) -> None:
    """Call `begin` until it meets a database that is reachable and has its schema, and a clock that can be right.

    Any order of starting works: a worker that comes before its database, or before `init`, waits.  Other errors pass through.
    """
    said = ""
    while True:
        try:
            return begin()
        except NotYet as reason:
            why = str(reason)
        except ClockInDoubt as refusal:
            why = f"the clock is in doubt: {refusal}"
        except BadInput as refusal:
            if refusal.code != "county_not_installed":
                raise
            why = "the county is not installed yet"
        except DBAPIError as error:
            if trouble(error) is None and not lacks_schema(error):
                raise
            why = first_line(error)
        if why != said:
            log.warning("the worker waits: %s", why)
        said = why
        again()
