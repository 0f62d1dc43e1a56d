"""PostgreSQL: how its connections are set up: what they wait for at most, and how statements are prepared and planned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq.abc import PGresult
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg


@dataclass(frozen=True, slots=True)
class Waits:
    """How long PostgreSQL may keep a caller waiting, in seconds (0: without bounds): for a connection, for a lock, for a
    statement, and a transaction for its next statement."""

    connect: int = 5
    lock: float = 5
    statement: float = 60
    idle: float = 60


#: Of commands and of the worker: they look at whole tables, and compute between two statements.
PATIENT = Waits(lock=30, statement=0, idle=3600)


class _LimitsWritten(PGCompiler_psycopg):
    """Compiles limits as literals, so that the planner sees how few rows are wanted."""

    def limit_clause(self, select: Any, **kw: Any) -> str:
        written: str = super().limit_clause(select, **kw | {"literal_execute": True})  # type: ignore[no-untyped-call]
        return written


class _KeptStatements(PrepareManager):
    """Prepared statements of a connection, kept across a rollback unless the transaction altered the schema.

    Psycopg forgets all of them at every rollback, since what was created in the transaction may be gone.  Only tests and
    migrations alter the schema; after any other rollback (a refused request) each statement would be planned anew.

    With psycopg's bound of 100 a county's day, which has several hundred statements, forgets each before it comes again.
    """

    prepare_threshold = 2
    prepared_max = 500
    _alters = re.compile(rb"^(?:CREATE|DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b").match
    _altered = False

    def clear(self) -> bool:
        if not self._altered:
            return False
        self._altered = False
        return super().clear()

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *_: Any) -> bool:
        if not any(self._alters(result.command_status or b"") for result in results):
            return False
        super().clear()
        # Once more when the transaction ends by a rollback: what was prepared after this belongs to what is undone.
        self._altered = True
        return True


def set_up(engine: Engine, waits: Waits) -> None:
    """Bound what a connection to PostgreSQL waits for, and let the server plan a prepared statement once for all values, as
    SQLite does.

    Planning the eight tables of a list for each page took ten times as long as reading it; left to itself the server
    keeps a plan only where its statistics happen to favour that.
    """
    engine.dialect.statement_compiler = _LimitsWritten
    bounds = {
        "lock_timeout": waits.lock,
        "statement_timeout": waits.statement,
        "idle_in_transaction_session_timeout": waits.idle,
    }

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection._prepared = _KeptStatements()
        connection.autocommit = True
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for name, seconds in bounds.items():
            connection.execute(f"SET {name} = {round(seconds * 1000)}")
        connection.autocommit = False
