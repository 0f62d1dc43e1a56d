"""References: what of the county refers to a unit, a village or an account, read from the foreign keys of all tables.

A table that is added later counts by itself.  What a withdrawn account, village or post refers to does not.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.orm import Session

from models import Base, Post, Unit, User, Village

#: Tables whose rows build on nothing: the other names of a unit itself, messages to an account, slips for it.
_OWN = ("unit_alias", "message", "first_sign_in")
#: Rows that were taken back no longer count.
_STANDING: dict[str, ColumnElement[bool]] = {
    "user_account": User.active.is_(True),
    "village": Village.withdrawn_at.is_(None),
    "unit": Unit.withdrawn_at.is_(None),
    "post": Post.cancelled_at.is_(None),
}
#: What a page calls the rows of a table; other tables are records.
GROUPS = {
    "household": "households",
    "ticket": "tickets",
    "matter": "tickets",
    "user_account": "accounts",
    "village": "villages",
    "post": "posts",
    "event": "acts",
    "paper": "papers",
}


def of(session: Session, model: type[Unit] | type[Village] | type[User], ids: Iterable[int]) -> dict[int, str]:
    """By id, the first group of rows that refer to it; those that nothing refers to are left out."""
    wanted, found = sorted(set(ids)), dict[int, str]()
    for column in _columns(model.__tablename__):
        query = select(column).where(column.in_(wanted)).distinct()
        table = column.table.name
        if table in _STANDING:
            query = query.where(_STANDING[table])
        for number in session.scalars(query):
            found.setdefault(number, GROUPS.get(table, "records"))
    return found


def _columns(table: str) -> list[Column[Any]]:
    """The columns that refer to a table, those that say most first."""
    order = list(GROUPS)
    referring = [
        column
        for other in Base.metadata.sorted_tables
        if other.name not in _OWN
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]
    return sorted(referring, key=lambda c: order.index(c.table.name) if c.table.name in order else len(order))
