"""Closings that spot checks proved false (虚假办结), counted to who had mended and to who had confirmed, in the year in
which it was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import SpotCheck, SpotDraw, SpotResult, Ticket

#: Figure → whose closing it was.
SIDES = {"false_mended": SpotCheck.resolved_by_unit_id, "false_confirmed": SpotCheck.confirmed_by_unit_id}


@dataclass(frozen=True, slots=True)
class FalseClosing:
    """One of them: the ticket, the month of the draw, who had mended, who had confirmed, who looked, and when."""

    ticket: int
    number: str
    month: str
    mended_by: int
    confirmed_by: int
    found_by: int
    at: datetime
    reopened: bool


def counted(session: Session, span: tuple[datetime, datetime]) -> dict[int, dict[str, int]]:
    """By unit its figures; units without any are left out."""
    found: dict[int, dict[str, int]] = {}
    for figure, side in SIDES.items():
        rows = session.execute(
            select(side, func.count())
            .join(SpotResult, SpotResult.check_id == SpotCheck.id)
            .where(*_false(span))
            .group_by(side)
        )
        for unit, count in rows:
            found.setdefault(unit, {})[figure] = count
    return found


def listed(
    session: Session, span: tuple[datetime, datetime], figure: str | None = None, unit: int | None = None
) -> Sequence[FalseClosing]:
    """Those behind a unit's figure, the latest first; without one, all of the county."""
    query = (
        select(Ticket, SpotDraw.month, SpotCheck, SpotResult)
        .join(SpotResult, SpotResult.check_id == SpotCheck.id)
        .join(SpotDraw, SpotDraw.id == SpotCheck.draw_id)
        .join(Ticket, Ticket.id == SpotCheck.ticket_id)
        .where(*_false(span))
        .order_by(SpotResult.at.desc(), SpotResult.id.desc())
    )
    if figure is not None:
        query = query.where(SIDES[figure] == unit)
    return [
        FalseClosing(
            ticket.id,
            ticket.number,
            month,
            check.resolved_by_unit_id,
            check.confirmed_by_unit_id,
            result.unit_id or 0,
            result.at,
            result.reopened,
        )
        for ticket, month, check, result in session.execute(query)
    ]


def _false(span: tuple[datetime, datetime]) -> tuple[ColumnElement[bool], ...]:
    return (
        SpotResult.result == "false",
        SpotResult.at >= span[0],
        SpotResult.at < span[1],
    )
