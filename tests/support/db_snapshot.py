"""What many tests begin with is made once: the rows of one database, put into others that have the same schema and none."""

from collections.abc import Callable, Hashable
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Engine, func, select

from models import Base, County

T = TypeVar("T")
#: Of each table that has rows: its name, and the rows as the driver of the database gives and takes them.
Rows: TypeAlias = list[tuple[str, Any]]

_TABLES = [table.name for table in Base.metadata.sorted_tables]
_prepared: dict[tuple[str, Hashable], tuple[Any, Rows]] = {}


def prepared(engine: Engine, key: Hashable, build: Callable[[], T]) -> T:
    """What `build` makes in this empty database; under the same `key` the next one gets the rows that came of it.

    Returns what `build` returned, which must not hold on to its database.
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
    """Whether nobody has put a county into the database."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(County)) == 0


def copied(engine: Engine) -> Rows:
    """All rows of a database; on PostgreSQL its counters as well."""
    with engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        if engine.dialect.name == "sqlite":
            found = [(name, cursor.execute(f"SELECT * FROM {name}").fetchall()) for name in _TABLES]
            return [(name, rows) for name, rows in found if rows]
        found = []
        for name in _TABLES:
            with cursor.copy(f"COPY {name} TO STDOUT (FORMAT BINARY)") as copy:
                found.append((name, b"".join(copy)))
        # A head and an end of eleven and ten bytes are no rows.
        found = [(name, rows) for name, rows in found if len(rows) > 21]
        counters = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
        return [*found, ("", cursor.execute(counters).fetchall())]


def paste(engine: Engine, rows: Rows) -> None:
    """Put rows into an empty database, which goes on counting where the other one had come to."""
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
