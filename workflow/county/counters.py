"""Numbers without a gap: a counter row per series, locked last by the transaction that takes a number."""

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Counter


def take(session: Session, series: str, count: int, first: int = 1) -> int:
    """Take `count` numbers of a series, which begins with `first`; returns the last one taken before."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Counter).values(series=series, last=first - 1).on_conflict_do_nothing())
    after_it: int = session.execute(
        update(Counter).where(Counter.series == series).values(last=Counter.last + count).returning(Counter.last)
    ).scalar_one()
    return after_it - count
