"""Tampering by a database owner: one column of one row altered past triggers and checks, and the findings of `verify`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Engine, Float, Integer, text
from sqlalchemy.orm import Session

from models import Base
from models.base import UTCDateTime
from models.sealing import SealedWithin
from tests.support.verify import Readings
from workflow.verification.full_check import verify
from workflow.verification.proofs.findings import Finding
from workflow.verification.registry import TABLES, Proved

#: A moment and a day before anything happens in any world of the tests.
MOMENT, DAY = "2017-11-05T01:00:00.000000+00:00", "2017-11-05"
#: A list of numbers, where a column of JSON holds one.
NUMBERS = "'[9]'"


def _as_text(found: Iterable[Finding]) -> list[str]:
    """Findings as their codes and subjects, in the order of the alphabet."""
    return sorted(f"{finding.code} {finding.subject}".strip() for finding in found)


#: By table the one row that is altered, in SQL, and what `verify` says of each column: codes with what they concern in the
#: order of the alphabet, or nothing where the column passes.
Expected = Mapping[str, tuple[str, Mapping[str, str]]]


@contextmanager
def unguarded(engine: Engine, *tables: str) -> Iterator[Connection]:
    """A connection on which these tables refuse nothing; everything done on it is rolled back."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            triggers = (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            )
            guards = [f"DROP TRIGGER {name}" for name in triggers]
            guards += ["PRAGMA defer_foreign_keys=ON", "PRAGMA ignore_check_constraints=ON"]
        else:
            checks = text(
                "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND contype = 'c'"
            )
            guards = ["SET LOCAL session_replication_role = replica"]
            for table in tables:
                names = connection.execute(checks, {"name": table}).scalars().all()
                guards += [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for name in names]
        for guard in guards:
            connection.exec_driver_sql(guard)
        try:
            yield connection
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


def one_at_a_time(
    engine: Engine, files: Path, read: Readings, table: str, row: str, **others: str
) -> dict[str, list[str]]:
    """The new findings of `verify` by column, each altered alone in the one row selected by the SQL `row`.

    `read`: the findings before; `others`: SQL values for columns whose type does not say enough.  Keys of rows are not
    altered.
    """
    before = _as_text(read.before())
    codes_of: dict[str, list[str]] = {}
    with unguarded(engine, table) as connection:
        quote = engine.dialect.identifier_preparer.quote
        for column in Base.metadata.tables[table].columns:
            if column.primary_key:
                continue
            forged = others.get(column.name) or another(column, quote(column.name))
            with connection.begin_nested() as attempt:
                done = connection.exec_driver_sql(f"UPDATE {table} SET {quote(column.name)} = {forged} WHERE {row}")
                assert done.rowcount == 1, f"{table}: {row} names {done.rowcount} rows"
                with Session(connection) as session:
                    now = _as_text(read.after(session, frozenset((table,))))
                    if not codes_of:
                        # Of each table once: all of `verify` finds the same.
                        assert now == _as_text(verify(session, files)), table
                codes_of[column.name] = _without(now, before)
                attempt.rollback()
    return codes_of


def _without(now: list[str], before: list[str]) -> list[str]:
    left = list(before)
    return [one for one in now if one not in left or left.remove(one)]  # type: ignore[func-returns-value]


def another(column: Column[Any], name: str) -> str:
    """SQL, for both databases, of a value that no column of this type holds."""
    kind = column.type
    if isinstance(kind, UTCDateTime):
        return f"'{MOMENT}'"
    if isinstance(kind, Date):
        return f"'{DAY}'"
    if isinstance(kind, Boolean):
        return f"NOT {name}"
    if isinstance(kind, JSON | SealedWithin):
        return """'{"forged": 9}'"""
    if isinstance(kind, Float):
        return f"COALESCE({name}, 0) + 20"
    if isinstance(kind, Integer):
        return f"COALESCE({name}, 0) + 1000"
    length: int | None = getattr(kind, "length", None)
    return "'forged'" if length is None or length >= len("forged") else f"'{'z' * length}'"


def every_column(
    engine: Engine,
    files: Path,
    expected: Expected,
    others: Mapping[str, Mapping[str, str]] | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, dict[str, str]]:
    """The findings of `verify` by table and column, to be compared with those of `expected`.

    `others` are values by table, `names` replace numbers that vary between runs.
    """
    read = Readings(engine, files)
    return {
        table: {
            column: "; ".join(sorted(_named(one, names or {}) for one in codes))
            for column, codes in one_at_a_time(engine, files, read, table, row, **(others or {}).get(table, {})).items()
        }
        for table, (row, _) in expected.items()
    }


def columns(expected: Expected) -> dict[str, dict[str, str]]:
    """The expected findings of each column of each table; columns without a finding are exactly those the registry
    declares to pass.
    """
    for table, (_, by_column) in expected.items():
        coverage = TABLES[table]
        assert isinstance(coverage, Proved), table
        passing = {column for column, findings_of in by_column.items() if not findings_of}
        assert passing == set(coverage.passing), table
    return {table: dict(by_column) for table, (_, by_column) in expected.items()}


def _named(said: str, names: Mapping[str, str]) -> str:
    for number, name in names.items():
        said = re.sub(rf"\b{number}\b", name, said)
    return said
