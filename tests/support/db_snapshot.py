"""Database snapshots: what many tests begin with is built once; its rows are pasted into other empty databases of the
same schema.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Engine, func, select

from models import Base, County

T = TypeVar("T")
#: Of each table that has rows: its name, and the rows as the driver of the database gives and takes them.
Rows: TypeAlias = list[tuple[str, Any]]

_TABLES = [table.name for table in Base.metadata.sorted_tables]
_COUNTIES = select(func.count()).select_from(County)
_prepared: dict[tuple[str, Hashable], tuple[Any, Rows]] = {}


def prepared(engine: Engine, key: Hashable, build: Callable[[], T]) -> T:
    """Returns what `build` returns for this empty database; with the same `key` the next database gets the rows of the
    first.

    The returned object must hold no reference to its database.
    """
    whole = (engine.dialect.name, key)
    if whole not in _prepared:
        made = build()
        _prepared[whole] = made, copied(engine)
        return made
    known, rows = _prepared[whole]
    paste(engine, rows)
    return known  # type: ignore[no-any-return]


def is_empty(engine: Engine) -> bool:
    """Whether the database has no county."""
    with engine.connect() as connection:
        return connection.scalar(_COUNTIES) == 0


def copied(engine: Engine) -> Rows:
    """All rows of a database; on PostgreSQL its sequences as well."""
    with engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        if engine.dialect.name == "sqlite":
            tables = [(name, cursor.execute(f"SELECT * FROM {name}").fetchall()) for name in _TABLES]
            return [(name, rows) for name, rows in tables if rows]
        tables = []
        for name in _TABLES:
            with cursor.copy(f"COPY {name} TO STDOUT (FORMAT BINARY)") as copy:
                tables.append((name, b"".join(copy)))
        # A head and an end of eleven and ten bytes are no rows.
        tables = [(name, rows) for name, rows in tables if len(rows) > 21]
        counters = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
        return [*tables, ("", cursor.execute(counters).fetchall())]


def paste(engine: Engine, rows: Rows) -> None:
    """Inserts the rows into an empty database and continues its sequences where the other's stood."""
    with engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        # County and scheme name each other.
        sqlite = engine.dialect.name == "sqlite"
        cursor.execute("PRAGMA defer_foreign_keys=ON" if sqlite else "SET LOCAL session_replication_role = replica")
        for name, content in rows:
            if sqlite:
                cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(content[0]))})", content)
            elif name:
                with cursor.copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(content)
            else:
                cursor.executemany("SELECT setval(%s, %s)", content)
