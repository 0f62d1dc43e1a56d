"""Locks of rows that a session asks for, on whatever database: SQLite, where they mean nothing, is asked as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session


def _named(lock: Any) -> str:
    mode = ("share" if lock.read else "") or ("key" if lock.key_share else "") or ("free" if lock.skip_locked else "")
    return f" {mode}" if mode else ""


@contextmanager
def locking(session: Session) -> Iterator[list[str]]:
    """The tables whose rows the session locks, in order: `county`, `county share` (others may share it), `county key`
    (references to it are not held up), `ticket free` (what others hold is passed over)."""
    locked: list[str] = []

    def note(state: ORMExecuteState) -> None:
        lock = getattr(state.statement, "_for_update_arg", None)
        if lock is not None:
            statement: Any = state.statement
            tables = lock.of or statement.get_final_froms()[:1]
            locked.extend(f"{getattr(table, 'name', table)}{_named(lock)}" for table in tables)

    event.listen(session, "do_orm_execute", note)
    try:
        yield locked
    finally:
        event.remove(session, "do_orm_execute", note)
