"""Rebuild of a SQLite table: SQLite cannot change a CHECK in place, so the table is written again under a changed statement.

PostgreSQL changes constraints in place and needs none of this.
"""

from collections.abc import Callable

from sqlalchemy import Connection, text


def rebuild(connection: Connection, table: str, edit: Callable[[str], str], added: tuple[str, ...] = ()) -> None:
    """Write `table` again under its own CREATE statement as changed by `edit`, with its rows, indexes and triggers.

    Foreign keys must be off (`migrations/env.py`).  Columns named in `added` are new and filled by their defaults.
    Raises ValueError where `edit` changes nothing.
    """
    (statement,) = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"), {"table": table}
    ).one()
    changed = edit(statement)
    if changed == statement:
        raise ValueError(f"the statement of {table} is not the one this migration expects")
    around = connection.execute(
        text(
            "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type IN ('index', 'trigger') AND sql IS NOT NULL"
        ),
        {"table": table},
    ).scalars()
    statements = list(around)
    # SQLite reads every trigger when a table is renamed: those of other tables that name this one go for that long.
    others = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> :table AND sql LIKE :named"),
        {"table": table, "named": f"% {table} %"},
    ).all()
    for name, sql in others:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        statements.append(sql)
    head, _, rest = changed.partition("(")
    connection.exec_driver_sql(f"{head.replace(table, f'_new_{table}')}({rest}")
    columns = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    listed = ", ".join(f'"{name}"' for name in columns if name not in added)
    connection.exec_driver_sql(f"INSERT INTO _new_{table} ({listed}) SELECT {listed} FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE _new_{table} RENAME TO {table}")
    for each in statements:
        connection.exec_driver_sql(each)
