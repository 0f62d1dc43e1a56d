"""Resealing: sealed columns of all tables are encrypted again under the engine's newest key, in the caller's transaction.

The columns are found by their types, so a new one is turned too.  Rows hold the same values afterwards, so no digest of a
row record changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    column,
    or_,
    select,
    table,
    true,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from models.base import Base
from models.rewriting import rewritable
from models.sealing import Sealed, SealedBytes, SealedWithin, Sealer, sealer_of, within

_FILES_AT_ONCE = 40


def turn(session: Session, progress: Callable[[int], None], chunk: int) -> int:
    """Seal every value again; returns how many.  Raises KeyMissing for one that no key opens."""
    connection = session.connection()
    turning = _Turning(session, sealer_of(connection.dialect), progress, chunk)
    tables = [each for each in Base.metadata.sorted_tables if any(map(_is_sealed, each.columns))]
    with rewritable(connection, [each.name for each in tables]):
        for each in tables:
            turning.table(each)
    return turning.count


def open_samples(session: Session) -> None:
    """Open the first value of every sealed column.  Raises KeyMissing for one that no key opens."""
    for each in Base.metadata.sorted_tables:
        (key, *_) = each.primary_key
        for sealed in filter(_is_sealed, each.columns):
            session.execute(select(sealed).where(sealed.is_not(None)).order_by(key).limit(1)).all()


def _is_sealed(of: Any) -> bool:
    return isinstance(of.type, Sealed | SealedBytes | SealedWithin)


@dataclass(slots=True)
class _Turning:
    session: Session
    sealer: Sealer
    progress: Callable[[int], None]
    chunk: int
    count: int = 0

    def table(self, of: Table) -> None:
        """Seals the values of a table's rows again, by key."""
        sealed = {each.name: each.type for each in of.columns if _is_sealed(each)}
        (key,) = (each.name for each in of.primary_key)
        bare = table(of.name, column(key), *(column(name, _bare(kind)) for name, kind in sealed.items()))
        query = select(bare).where(_with_sealed(bare, sealed), bare.c[key] > bindparam("last"))
        # Columns of bytes hold pieces of files, of which only a few are held in memory at once.
        files = any(isinstance(kind, SealedBytes) for kind in sealed.values())
        query = query.order_by(bare.c[key]).limit(min(self.chunk, _FILES_AT_ONCE) if files else self.chunk)
        change = update(bare).where(bare.c[key] == bindparam("row_key")).values({n: bindparam(n) for n in sealed})
        last = 0
        while rows := self.session.execute(query, {"last": last}).all():
            turned = [
                {name: self._again(kind, value) for (name, kind), value in zip(sealed.items(), row[1:], strict=True)}
                for row in rows
            ]
            keyed = [{**values, "row_key": row[0]} for values, row in zip(turned, rows, strict=True)]
            self.session.connection().execute(change, keyed)
            last = rows[-1][0]
            self.count += sum(value is not None for values in turned for value in values.values())
            self.progress(self.count)

    def _again(self, kind: TypeEngine[Any], value: Any) -> Any:
        if value is None:
            return None
        if isinstance(kind, Sealed):
            return self.sealer.again(value, kind.name)
        if isinstance(kind, SealedBytes):
            return kind.again(bytes(value), self.sealer)
        return within(value, lambda name, text: None if text is None else self.sealer.again(text, f"within.{name}"))


def _bare(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type as the database has it."""
    return Text() if isinstance(kind, Sealed) else LargeBinary() if isinstance(kind, SealedBytes) else JSON()


def _with_sealed(bare: Any, sealed: dict[str, TypeEngine[Any]]) -> ColumnElement[bool]:
    """The rows that hold a sealed value: of documents those with one of the names."""
    documents = [name for name, kind in sealed.items() if isinstance(kind, SealedWithin)]
    if len(documents) < len(sealed):
        return true()
    parts = [
        cast(bare.c[name], Text()).like(f'%"{each}"%') for name in documents for each in sorted(SealedWithin.NAMES)
    ]
    return or_(*parts)
