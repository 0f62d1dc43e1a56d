"""Model base: shared column types and the naming of constraints.

Constraint names are fixed here once, so that a refusal can be recognised by name on both databases.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    literal_column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeEngine

# A quoted value, or the name of a column.
_NAME = re.compile(r"('[^']*')|[a-z_]+")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC.  SQLite stores no zones, so there it is fixed-width text that sorts like time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime(), dict[str, Any]: JSON, list[Any]: JSON}
    if TYPE_CHECKING:
        # SQLAlchemy types it as any FROM clause; no class here maps anything but a table.
        __table__: ClassVar[Table]


def one_of(column: str, values: tuple[str, ...], *, optional: bool = False) -> str:
    """SQL text of a CHECK that `column` holds one of `values` (or NULL where `optional`)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IS NULL OR {column} IN ({listed})" if optional else f"{column} IN ({listed})"


def by_bytes(length: int) -> TypeEngine[str]:
    """Text that sorts by its bytes on both databases, so that a prefix is a range and an index finds it."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


#: 64 bit on both databases: SQLite's INTEGER is, and only it numbers rows automatically.
RowId = BigInteger().with_variant(Integer, "sqlite")
#: The largest id that both databases accept.
LARGEST_ID = 2**63 - 1
#: The largest value of an integer column on both databases: a version, a sequence number.
LARGEST_NUMBER = 2**31 - 1

#: The id of the only row of a table with one row: the county, and the opening mark of duties.
ONLY_ROW = 1

Id = Annotated[int, mapped_column(RowId, primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]
Name = Annotated[str, mapped_column(String(200))]
Digest = Annotated[str, mapped_column(String(64))]
UnitRef = Annotated[int, mapped_column(ForeignKey("unit.id"))]
UserRef = Annotated[int, mapped_column(ForeignKey("user_account.id"))]


@dataclass(frozen=True, slots=True)
class Partial:
    """Predicate of partial indexes: rows of `table` for which `where` holds, for the index and for its queries.

    `where` is terms joined by AND over bare column names, with keywords in capitals.  Queries get it as literal text:
    with bound parameters SQLite, and PostgreSQL in a generic plan, would not use the index.
    """

    table: str
    where: str

    def index(self, name: str, *columns: str, unique: bool = False) -> Index:
        """A (unique) index over these rows, on both databases."""
        where = text(self.where)
        return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)

    @property
    def predicate(self) -> ColumnElement[bool]:
        """The condition for a query, with the column names qualified by the table (which must not be aliased)."""
        return literal_column(_NAME.sub(lambda name: name[1] or f"{self.table}.{name[0]}", self.where))


_T = TypeVar("_T")


def stated(value: _T | None) -> _T:
    """A value that a CHECK or an earlier check requires here.  Raises ValueError where it is missing."""
    if value is None:
        raise ValueError("a required value is missing")
    return value
