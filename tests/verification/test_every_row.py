"""Every row that `verify` covers: whatever column of it is altered, a row that is deleted, and one that is slipped in are
found; what is not covered is declared to pass, with the reason.

A county of a fortnight is altered in many places at once, since each recorded row is named by its own finding.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session

from models import Base
from models.base import UTCDateTime
from models.engine import make_engine, writing
from models.row_changes import RECORDED, happened, key_of, note
from models.sealing import Sealed
from settings import DEVELOPMENT_SECRET
from tests.support.tampering import another, unguarded
from tools.screenshots import NOW
from workflow.verification.registry import PROOFS, TABLES, Proved

_TABLES = Base.metadata.tables
#: Values that a column's type does not give, for rows of recorded tables that the fortnight lacks.
_GIVEN: dict[str, dict[str, Any]] = {
    "feedback": {"answer": ""},
    "register_import": {"status": "uploaded"},
    "robot": {"channel": "wecom"},
    "api_token": {"scopes": "full"},
    "preference": {"how": "off"},
    "verification_run": {"open": True, "whole": True},
    "first_sign_in": {
        "expires_at": NOW.replace(year=2019),
        "agreement": "not_needed",
        "request_what": "password",
    },
    "recovery_code": {"user_id": 1},
    "user_session": {"way": "password"},
    "sign_on": {"way": "oidc"},
    "sign_on_link": {"way": "oidc", "expires_at": NOW.replace(year=2019)},
    "household_erasure": {"years": 10},
    "reset_request": {"what": "password", "expires_at": NOW.replace(year=2019)},
}


@pytest.fixture(scope="module")
def fortnight(settled_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A county simulated for a fortnight, with a row in every recorded table, and the folder of its files."""
    folder = tmp_path_factory.mktemp("fortnight") / "copy"
    shutil.copytree(settled_county, folder)
    engine = make_engine(f"sqlite:///{folder / 'county.db'}", DEVELOPMENT_SECRET)
    with writing(engine) as session:
        for table in Base.metadata.sorted_tables:
            if table.name in RECORDED and session.scalar(select(func.count()).select_from(table)) == 0:
                row = {column.name: _value(column) for column in table.columns} | _GIVEN.get(table.name, {})
                session.execute(insert(table), row)
                note(session, table.name, [row[key_of(table.name).name]])
        happened(session, NOW)
    yield engine, folder / "files"
    engine.dispose()


def _value(column: Column[Any]) -> Any:
    """A value that a column takes; references name the first row."""
    if column.nullable:
        return None
    if isinstance(column.type, Sealed):
        return {"text": (*column.type.values, "x")[0], "bool": False, "json": {}}[column.type.kind]
    kinds: list[tuple[Any, Any]] = [(UTCDateTime, NOW), (Date, NOW.date()), (Boolean, False), (Integer, 1), (JSON, {})]
    return next((value for kind, value in kinds if isinstance(column.type, kind)), 1 if column.foreign_keys else "x")


@pytest.fixture
def county(engine: Engine, fortnight: tuple[Engine, Path]) -> Engine:
    """The county of a fortnight, on either database."""
    if engine.dialect.name == "sqlite":
        return fortnight[0]
    with fortnight[0].connect() as source, engine.begin() as target:
        target.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row._mapping) for row in source.execute(select(table))]:
                target.execute(insert(table), rows)
    return engine


def _alter(connection: Connection, table: str, number: int, column: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    forged = another(_TABLES[table].c[column], quote(column))
    done = connection.exec_driver_sql(
        f"UPDATE {table} SET {quote(column)} = {forged} WHERE {key_of(table).name} = {number}"
    )
    assert done.rowcount == 1


def _found(connection: Connection) -> set[tuple[str, str]]:
    with Session(connection) as session:
        return {(finding.code, finding.subject) for finding in PROOFS["rows"](session, Path("nowhere"))}


def test_whatever_recorded_column_is_altered_is_found(county: Engine) -> None:
    left = {table: list(columns) for table, columns in RECORDED.items()}
    with county.connect() as reading:
        keys = {
            table: reading.execute(select(key_of(table)).order_by(key_of(table)).limit(25)).scalars().all()
            for table in RECORDED
        }
        assert [table for table, numbers in keys.items() if not numbers] == []
    while any(left.values()):
        with unguarded(county, *RECORDED) as connection:
            altered = [
                (table, number, columns.pop()) for table, columns in left.items() for number in keys[table] if columns
            ]
            for table, number, column in altered:
                _alter(connection, table, number, column)
            assert _found(connection) == {("row_differs", f"{table} {number}") for table, number, _ in altered}


def test_a_recorded_row_that_is_deleted_or_slipped_in_is_found(county: Engine) -> None:
    expected = set()
    with unguarded(county, *RECORDED) as connection:
        for name in RECORDED:
            first, last = connection.execute(select(func.min(key_of(name)), func.max(key_of(name)))).one()
            _slip_in(connection, _TABLES[name], first)
            connection.exec_driver_sql(f"DELETE FROM {name} WHERE {key_of(name).name} = {first}")
            expected |= {("row_missing", f"{name} {first}"), ("row_unrecorded", f"{name} {last + 1000}")}
        assert _found(connection) == expected


def _slip_in(connection: Connection, table: Table, like: int) -> None:
    """Insert a row like another, with keys of its own."""
    quote = connection.dialect.identifier_preparer.quote
    (key,) = table.primary_key
    alone = {
        column.name
        for constraint in (*table.constraints, *(index for index in table.indexes if index.unique))
        if isinstance(constraint, UniqueConstraint) or constraint in table.indexes
        for column in constraint.columns
    }
    alone |= {column.name for column in table.columns if column.unique}
    values = [
        f"(SELECT max({key.name}) + 1000 FROM {table.name})"
        if column is key
        else another(column, quote(column.name))
        if column.name in alone
        else quote(column.name)
        for column in table.columns
    ]
    names = ", ".join(quote(column.name) for column in table.columns)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values)} FROM {table.name} WHERE {key.name} = {like}"
    )


#: `Expected` of the tests that alter each column of a table in turn, by table.
_BY_COLUMN = re.compile(r'^    "(\w+)": \($', re.MULTILINE)


def _altered_elsewhere() -> set[str]:
    """The tables of which another test alters every column and says what is found."""
    sources = (path.read_text() for path in Path(__file__).parents[1].glob("*/test_*_columns.py"))
    return {name for source in sources for name in _BY_COLUMN.findall(source)} & TABLES.keys()


def _new(connection: Connection, files: Path, proofs: tuple[str, ...], before: dict[str, list[Any]]) -> bool:
    """Whether one of the proofs finds something that it did not find before; the cheapest is asked first."""
    with Session(connection) as session:
        return any(list(PROOFS[name](session, files)) != before[name] for name in sorted(proofs, key=_cost))


def _cost(name: str) -> int:
    return {"events": 2, "rankings": 1}.get(name, 0)


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


def test_whatever_else_is_altered_deleted_or_slipped_in_is_found(fortnight: tuple[Engine, Path]) -> None:
    engine, files = fortnight
    with Session(engine) as session:
        before = {name: list(proof(session, files)) for name, proof in PROOFS.items()}
        rows = {name: session.scalar(select(func.count()).select_from(_TABLES[name])) for name in TABLES}
    elsewhere, missed = _altered_elsewhere(), []
    for name, coverage in TABLES.items():
        if not isinstance(coverage, Proved) or name in RECORDED or not rows[name]:
            continue
        table, quote = _TABLES[name], engine.dialect.identifier_preparer.quote
        with unguarded(engine, name) as connection:
            first = connection.execute(select(*table.primary_key).order_by(*table.primary_key).limit(1)).one()
            keys = zip(table.primary_key, first, strict=True)
            where = " AND ".join(f"{quote(key.name)} = {_literal(value)}" for key, value in keys)
            acts = {"deleted": f"DELETE FROM {name} WHERE {where}"}
            if name not in elsewhere:
                acts |= {
                    column.name: f"UPDATE {name} SET {quote(column.name)} = {another(column, quote(column.name))} "
                    f"WHERE {where}"
                    for column in table.columns
                    if not column.primary_key and column.name not in coverage.passing
                }
            for what, statement in acts.items():
                with connection.begin_nested() as attempt:
                    connection.exec_driver_sql(statement)
                    if not _new(connection, files, coverage.proofs, before):
                        missed.append(f"{name} {what}")
                    attempt.rollback()
    assert missed == []
