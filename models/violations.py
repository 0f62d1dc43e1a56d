"""Violations: which constraint an IntegrityError violates, by the name it has in the models, on both databases.

PostgreSQL names the constraint.  SQLite names a CHECK, but of a unique key only the columns; they are looked up in the
metadata.  Of a foreign key SQLite says nothing.
"""

import re
from functools import cache

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from models.base import Base

_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_NAMED = re.compile(r"(?:CHECK constraint failed: |index ')(\w+)")


def violated(error: IntegrityError) -> str | None:
    """The name of the violated constraint or unique index; None where the database does not say."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        name: str | None = diagnosis.constraint_name
        return name
    words = str(error.orig)
    if named := _NAMED.search(words):
        return named[1]
    unique = _UNIQUE.search(words)
    return _by_columns().get(frozenset(unique[1].split(", "))) if unique else None


@cache
def names() -> frozenset[str]:
    """Every name of a unique key or CHECK in the models."""
    checks = {
        str(each.name)
        for table in Base.metadata.tables.values()
        for each in table.constraints
        if isinstance(each, CheckConstraint) and each.name
    }
    return frozenset(checks | set(_by_columns().values()))


@cache
def _by_columns() -> dict[frozenset[str], str]:
    """The name of each unique key by its columns, each written `table.column` as SQLite writes them."""
    keys: dict[frozenset[str], str] = {}
    for table in Base.metadata.tables.values():
        unique: list[UniqueConstraint | PrimaryKeyConstraint | Index] = [table.primary_key]
        unique += [each for each in table.constraints if isinstance(each, UniqueConstraint)]
        unique += [index for index in table.indexes if index.unique]
        for key in unique:
            if key.name:
                keys[frozenset(f"{table.name}.{column.name}" for column in key.columns)] = str(key.name)
    return keys
