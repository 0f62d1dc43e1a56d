"""Rewriting: tables to which rows are only added, open for an update in which their rows keep what they say.

Only a turn of the data key does this: it seals the same values again.  The guards are switched off inside the caller's
transaction, so they are back with its commit and with its rollback.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, text


@contextmanager
def rewritable(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Within this, the triggers of these tables refuse nothing to this transaction."""
    if connection.dialect.name != "sqlite":
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables")
    triggers = connection.execute(query.bindparams(bindparam("tables", list(tables), expanding=True))).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
