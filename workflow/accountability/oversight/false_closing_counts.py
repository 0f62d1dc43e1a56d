"""False closing counts (虚假办结): closings disproved by spot checks, per resolving and confirming unit, in the year
found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import SpotCheck, SpotDraw, SpotResult, Ticket

#: Figure → the unit it is counted for.
SIDES = {"false_mended": SpotCheck.resolved_by_unit_id, "false_confirmed": SpotCheck.confirmed_by_unit_id}


@dataclass(frozen=True, slots=True)
class FalseClosing:
    """A false closing: the ticket, the month of the draw, the resolving, confirming and checking units, and the
    moment."""

    ticket: int
    number: str
    month: str
    mended_by: int
    confirmed_by: int
    found_by: int
    at: datetime
    reopened: bool


def counted(session: Session, span: tuple[datetime, datetime]) -> dict[int, dict[str, int]]:
    """The figures by unit; units without any are omitted."""
    counts: dict[int, dict[str, int]] = {}
    for figure, side in SIDES.items():
        rows = session.execute(
            select(side, func.count())
            .join(SpotResult, SpotResult.check_id == SpotCheck.id)
            .where(*_false(span))
            .group_by(side)
        )
        for unit, count in rows:
            counts.setdefault(unit, {})[figure] = count
    return counts


def listed(
    session: Session, span: tuple[datetime, datetime], figure: str | None = None, unit: int | None = None
) -> Sequence[FalseClosing]:
    """The false closings behind a unit's figure, the latest first; without a unit, all of the county."""
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
