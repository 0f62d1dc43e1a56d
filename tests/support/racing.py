"""Concurrent acts in threads and transactions of their own: the second must wait for the first and see its commit."""

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.engine import in_transaction
from tests.support.factories import County
from workflow.errors import WorkflowError

Act = Callable[[Session], Any]
#: How long the first waits for the second to stand in line behind it.
PATIENCE = 20.0
#: On SQLite a writer waits before it reads anything, which cannot be observed.
HELD = 0.1
_IN_LINE = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def second_of(county: County, first: Act, second: Act) -> str:
    """The outcome of `second`, started when `first` has done everything but commit: `done`, or the refusal's code.

    A second act that does not wait, or acts on stale reads, is done twice or fails with a database error.
    """
    outcomes: list[str] = []

    def meanwhile() -> None:
        try:
            # As entry points do: repeated where the database says that it may be.
            in_transaction(county.engine, second)
            outcomes.append("done")
        except WorkflowError as refusal:
            outcomes.append(refusal.code)
        except Exception as error:
            outcomes.append(type(error).__name__)

    with county.write() as session:
        first(session)
        session.flush()
        thread = threading.Thread(target=meanwhile, daemon=True)
        thread.start()
        _stands_in_line(county, thread)
    thread.join(600)
    return " ".join(outcomes) or "still waiting"


def _stands_in_line(county: County, thread: threading.Thread) -> None:
    """Returns once the thread waits for a lock, or has ended."""
    if county.engine.dialect.name == "sqlite":
        thread.join(HELD)
        return
    until = time.monotonic() + PATIENCE
    with county.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while thread.is_alive() and time.monotonic() < until:
            if connection.scalar(_IN_LINE):
                return
            time.sleep(0.01)
