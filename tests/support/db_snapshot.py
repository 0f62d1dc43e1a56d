"""The rows of one database put into another that has the same schema and none: what many tests begin with is made once."""

from typing import Any, TypeAlias

from sqlalchemy import Engine, Table, func, insert, select, update

from models import Base, County

#: The rows of each table that has any, in an order in which what is named comes first.
Rows: TypeAlias = list[tuple[Table, list[dict[str, Any]]]]
_COUNTY = Base.metadata.tables[County.__tablename__]


def copied(engine: Engine) -> Rows:
    """All rows of a database."""
    with engine.connect() as connection:
        found = [
            (table, [dict(row) for row in connection.execute(select(table)).mappings()])
            for table in Base.metadata.sorted_tables
        ]
    return [(table, rows) for table, rows in found if rows]


def paste(engine: Engine, rows: Rows) -> None:
    """Put rows into an empty database, which goes on counting where the other one had come to."""
    with engine.begin() as connection:
        for table, content in rows:
            if table is _COUNTY:
                # County and scheme name each other.
                content = [row | {"scheme_version_id": None} for row in content]
            connection.execute(insert(table), content)
        for county in next(content for table, content in rows if table is _COUNTY):
            connection.execute(
                update(_COUNTY)
                .where(_COUNTY.c.id == county["id"])
                .values(scheme_version_id=county["scheme_version_id"])
            )
        if engine.dialect.name == "postgresql":
            for table, _ in rows:
                if (key := table.autoincrement_column) is not None:
                    of = func.pg_get_serial_sequence(table.name, key.name)
                    connection.execute(select(func.setval(of, select(func.max(key)).scalar_subquery())))
