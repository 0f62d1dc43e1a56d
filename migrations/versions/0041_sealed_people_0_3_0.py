"""Health, disability, income and birth of people, and what events keep in private, are sealed under the data key"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild
from models.sealing import Sealer, document_bytes, padded, sealer_of

revision = "0.3.0.sealed_people"
down_revision = "0.3.0.passkeys"
branch_labels = None
depends_on = None

#: The columns that become sealed text, by table: what a stored value means.
_COLUMNS = {
    "member": {"born_on": "text", "labour": "text", "beyond_help": "bool", "illness": "text", "allowance": "bool"},
    "household": {"income_fen": "text", "cause": "text", "monitoring": "json"},
    "candidate_person": {"born_on": "text", "labour": "text"},
    "checkup": {"note": "text"},
    "finding": {"note": "text"},
    "exit_dossier": {"content": "json"},
    "event_secret": {"body": "json"},
}
_KEYS = {"event_secret": "event_id"}
_CHECKED = ("member", "candidate_person")
#: What events keep under these names is sealed within their document.
_WITHIN = ("people_was", "income_fen", "income_people")
_LOT = 5000


def upgrade() -> None:
    connection = op.get_bind()
    sealer, sqlite = sealer_of(connection.dialect), connection.dialect.name == "sqlite"
    if sqlite:
        # What is replaced is overwritten, not only given back to the file.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    for table, columns in _COLUMNS.items():
        _as_text(connection, table, columns, sqlite=sqlite)
    with _rewritable(connection, (*_COLUMNS, "event"), sqlite=sqlite):
        for table, columns in _COLUMNS.items():
            _seal(connection, sealer, table, columns)
        _seal_events(connection, sealer)


def _as_text(connection: sa.Connection, table: str, columns: dict[str, str], *, sqlite: bool) -> None:
    if sqlite:
        rebuild(connection, table, _edit(table, columns))
        return
    if table in _CHECKED:
        op.drop_constraint(f"ck_{table}_labour", table)
    for column in columns:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE TEXT USING {column}::text")


def _edit(table: str, columns: dict[str, str]) -> Callable[[str], str]:
    def edited(statement: str) -> str:
        for column in columns:
            line = rf'(?<!\w)("?{column}"? )(?:VARCHAR(?:\(\d+\))?|TEXT|DATE|BOOLEAN|INTEGER|JSON)(?: DEFAULT \S+)?'
            statement, count = re.subn(line, r"\1TEXT", statement)
            if count != 1:
                raise ValueError(f"{table}.{column} is not as this migration expects")
        if table in _CHECKED:
            return re.sub(rf'\s*CONSTRAINT "?ck_{table}_labour"? CHECK \(labour IN \([^)]*\)\),?', "", statement)
        return statement

    return edited


@contextmanager
def _rewritable(connection: sa.Connection, tables: tuple[str, ...], *, sqlite: bool) -> Iterator[None]:
    """Rows of tables to which rows are only added, open for an update while they are sealed."""
    if not sqlite:
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    listed = ", ".join(f"'{table}'" for table in tables)
    triggers = connection.exec_driver_sql(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({listed})"
    ).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def _seal(connection: sa.Connection, sealer: Sealer, table: str, columns: dict[str, str]) -> None:
    key = _KEYS.get(table, "id")
    rows = sa.table(table, sa.column(key), *(sa.column(name) for name in columns))
    change = sa.update(rows).where(rows.c[key] == sa.bindparam("of_row")).values({n: sa.bindparam(n) for n in columns})
    last = 0
    query = sa.select(rows).where(rows.c[key] > sa.bindparam("last")).order_by(rows.c[key]).limit(_LOT)
    while found := connection.execute(query, {"last": last}).all():
        connection.execute(
            change,
            [
                {"of_row": row[0]}
                | {
                    name: None if value is None else sealer.seal(padded(_plain(kind, str(value))), f"{table}.{name}")
                    for (name, kind), value in zip(columns.items(), row[1:], strict=True)
                }
                for row in found
            ],
        )
        last = found[-1][0]


def _plain(kind: str, value: str) -> bytes:
    if kind == "bool":
        return b"1" if value in ("1", "true") else b"0"
    return document_bytes(json.loads(value)) if kind == "json" else value.encode()


def _seal_events(connection: sa.Connection, sealer: Sealer) -> None:
    events = sa.table("event", sa.column("id"), sa.column("effect", sa.JSON()))
    named = sa.or_(*(sa.cast(events.c.effect, sa.Text()).like(f'%"{name}"%') for name in _WITHIN))
    change = sa.update(events).where(events.c.id == sa.bindparam("of_row")).values(effect=sa.bindparam("effect"))
    query = sa.select(events).where(named, events.c.id > sa.bindparam("last")).order_by(events.c.id).limit(_LOT)
    last = 0
    while found := connection.execute(query, {"last": last}).all():
        connection.execute(change, [{"of_row": row[0], "effect": _within(sealer, row[1])} for row in found])
        last = found[-1][0]


def _within(sealer: Sealer, document: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _sealed(sealer, name, value)
        if name in _WITHIN
        else {n: _sealed(sealer, n, v) if n in _WITHIN else v for n, v in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in document.items()
    }


def _sealed(sealer: Sealer, name: str, value: Any) -> str | None:
    return None if value is None else sealer.seal(padded(document_bytes(value)), f"within.{name}")
