"""Custody lines: the custodies of a ticket as its page shows them, with what the open one becomes by itself."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Tenure, Ticket, User
from workflow.county.context import CountyContext, UnitFact
from workflow.tickets.custody import downtime
from workflow.tickets.custody.timers import budget_of, deemed_at, mends_until


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """One custody; `ended_at` None is the open one."""

    seq: int
    episode: int
    unit: UnitFact
    stage: str
    began_at: datetime
    due_at: datetime
    ended_at: datetime | None
    verdict: str | None
    minutes: int | None
    late_minutes: int | None
    handler: str | None
    account: dict[str, Any]
    rung: int
    #: When the open one ends automatically: deemed acceptance, the end of a suspension.
    lapses_at: datetime | None
    #: The deadline of resolving that then begins or continues.
    mends_until: datetime | None = None
    #: Working minutes of downtime within it; no unit bears them.
    down: int = 0


def custody_lines(
    session: Session, setting: CountyContext, ticket: Ticket, cut: datetime | None, now: datetime
) -> list[CustodyLine]:
    """The custodies of a ticket that began before `cut`, in their order."""
    rows = session.execute(
        select(Custody, User.display_name, Tenure)
        .join(Tenure, Tenure.id == Custody.tenure_id)
        .outerjoin(User, User.id == Custody.handler_id)
        .where(Custody.ticket_id == ticket.id)
        .order_by(Custody.seq)
    )
    seen = [(row, handler, tenure) for row, handler, tenure in rows if cut is None or row.began_at < cut]
    lost = downtime.lost(session, setting.clock, [row for row, _, _ in seen], cut or now)
    lines = [custody_line(setting, row, handler, tenure, lost.get(row.id, 0)) for row, handler, tenure in seen]
    if lines[-1:] and (lapses := lines[-1].lapses_at) is not None:
        # A suspension is followed by the tenure before it, acceptance by its own.
        mending = seen[-2][2] if lines[-1].stage == "hold" else seen[-1][2]
        lines[-1] = replace(lines[-1], mends_until=mends_until(setting, mending, seen[-1][0], lapses, ticket.hard_stop))
    return lines


def custody_line(
    setting: CountyContext, row: Custody, handler: str | None, tenure: Tenure | None, down: int = 0
) -> CustodyLine:
    """One custody with its handler's name and the working minutes of downtime within it."""
    lapses_at: datetime | None = None
    if tenure is not None and row.ended_at is None and row.stage in ("accept", "hold"):
        lapses_at = row.due_at if row.stage == "hold" else deemed_at(setting, tenure, row)
    return CustodyLine(
        seq=row.seq,
        episode=row.episode,
        unit=setting.unit(row.unit_id),
        stage=row.stage,
        began_at=row.began_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        verdict=row.verdict,
        minutes=row.minutes,
        late_minutes=row.late_minutes,
        handler=handler,
        account=row.account,
        rung=budget_of(tenure, row.stage)[2] if tenure is not None else 0,
        lapses_at=lapses_at,
        down=down,
    )
