"""Draws of samples (抽查): what the draw of spot checks and that of random checks share.

A draw is made once when its period is over.  Its seed comes from the last block sealed before the period ended, which nobody
knew while the period could still be worked on.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Block
from workflow.batches import Transactions
from workflow.county.context import CountyContext, county_context
from workflow.history import event_log
from workflow.policy.worktime import SHANGHAI

#: Periods drawn late after a downtime; older ones are not drawn.
CATCH_UP = 3
#: By then the last acts of a period are committed and sealed.
GRACE = timedelta(minutes=10)
Planned = TypeVar("Planned")


def run(
    reading: Transactions,
    writing: Transactions,
    due: Callable[[Session], Sequence[str]],
    plan: Callable[[Session, CountyContext, str], Planned],
    write: Callable[[Session, Planned], object | None],
) -> list[str]:
    """Draw every period that is due and not drawn, the earliest first; returns the periods drawn.

    Any number of workers may run: each period is drawn by one of them, for which `write` returns something.
    """
    with reading() as session:
        periods = due(session)
    drawn = []
    for period in periods:
        with reading() as session:
            planned = plan(session, county_context(session), period)
        with writing() as session:
            if write(session, planned) is not None:
                drawn.append(period)
    return drawn


def span_of_months(first: date, months: int) -> tuple[datetime, datetime]:
    """The first moment of a month in China, and that of the month so many later, in UTC."""
    after = first
    for _ in range(months):
        after = (after + timedelta(days=31)).replace(day=1)
    began, ended = (datetime(day.year, day.month, 1, tzinfo=SHANGHAI).astimezone(UTC) for day in (first, after))
    return began, ended


def head_before(session: Session, ended: datetime) -> tuple[int, str]:
    """Number and hash of the last block sealed before a moment; those of the genesis where none was."""
    last = session.execute(
        select(Block.number, Block.hash).where(Block.sealed_at < ended).order_by(Block.number.desc()).limit(1)
    ).one_or_none()
    return (last[0], last[1]) if last else (0, event_log.GENESIS)


def towns_of(setting: CountyContext) -> list[str]:
    """The towns of the scheme that a draw was made under, so that a town added later does not change a repeated draw."""
    return [unit.code for unit in setting.scheme.units if unit.type == "town"]
