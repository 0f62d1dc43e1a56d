"""Partial indexes: each has one predicate, which its queries use and which the database recognises."""

import ast
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Index, create_engine, select, text
from sqlalchemy.schema import CreateIndex

import models
from models.base import Base, Partial
from tests.support.sources import parsed

ROOT = Path(models.__file__).parents[1]
ASKING = ("workflow", "notifications", "reports", "web")


def _partial_indexes() -> list[Index]:
    indexes = [index for table in Base.metadata.tables.values() for index in table.indexes]
    return sorted(
        (index for index in indexes if index.dialect_options["sqlite"]["where"] is not None),
        key=lambda index: str(index.name),
    )


def _where(index: Index) -> tuple[str, str]:
    assert index.table is not None
    return index.table.name, str(index.dialect_options["sqlite"]["where"])


def _predicates() -> dict[tuple[str, str], Partial]:
    modules = [import_module(f"models.{entry.name}") for entry in pkgutil.iter_modules(models.__path__)]
    every = [one for module in modules for one in vars(module).values() if isinstance(one, Partial)]
    return {(one.table, one.where): one for one in every}


def test_each_partial_index_is_of_one_predicate_of_its_table_on_both_databases() -> None:
    assert {_where(index) for index in _partial_indexes()} == set(_predicates())
    for index in _partial_indexes():
        assert str(index.dialect_options["postgresql"]["where"]) == _where(index)[1]


def test_predicates_have_only_terms_that_all_must_hold() -> None:
    assert [one for one in _predicates().values() if " OR " in one.where] == []


def test_the_columns_of_a_predicate_are_qualified_but_its_values_are_not() -> None:
    predicate = Partial("ticket", "visited_on IS NULL AND state IN ('closed', 'due at')").predicate
    assert str(predicate) == "ticket.visited_on IS NULL AND ticket.state IN ('closed', 'due at')"


@pytest.mark.parametrize("index", _partial_indexes(), ids=lambda index: index.name)
def test_a_query_with_the_predicate_may_use_the_index(index: Index) -> None:
    """SQLite refuses INDEXED BY where the condition does not imply the index's own."""
    table = index.table
    assert table is not None
    asked = select(text("1")).select_from(table).where(_predicates()[_where(index)].predicate)
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        connection.exec_driver_sql(f'CREATE TABLE "{table.name}" ({columns})')
        connection.execute(CreateIndex(index))
        connection.execute(asked.with_hint(table, f"INDEXED BY {index.name}", "sqlite"))
    engine.dispose()


def test_no_query_repeats_the_predicate_of_an_index_as_text() -> None:
    repeated, predicates = [], list(_predicates().values())
    for path in sorted(path_of for room in ASKING for path_of in (ROOT / room).rglob("*.py")):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                repeated += [
                    f"{path.relative_to(ROOT)}:{node.lineno}: {one.table}: {one.where}"
                    for one in predicates
                    if one.where in node.value.replace(f"{one.table}.", "")
                ]
    assert repeated == []
