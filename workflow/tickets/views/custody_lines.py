"""Custody lines: the custodies of a ticket as its page shows them, with what the open one becomes by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import Custody, Paper, Tenure, Ticket, User
from workflow.county.context import CountyContext, UnitFact
from workflow.county.leaders import InOffice
from workflow.tickets.custody import downtime, signal_gaps
from workflow.tickets.custody.timers import budget_of, deemed_at, mends_until

# Asked with every act and every page of a ticket, so composed once.
_CUSTODIES = (
    select(Custody, User.display_name, Tenure)
    .join(Tenure, Tenure.id == Custody.tenure_id)
    .outerjoin(User, User.id == Custody.handler_id)
    .where(Custody.ticket_id == bindparam("ticket"))
    .order_by(Custody.seq)
)
_PAPERS = (
    select(Paper, User.display_name)
    .outerjoin(User, User.id == Paper.leader_id)
    .where(Paper.ticket_id == bindparam("ticket"))
    .order_by(Paper.id)
)
_CLOSED = select(User.id).where(User.id.in_(bindparam("accounts", expanding=True)), User.active.is_(False))


@dataclass(frozen=True, slots=True)
class CustodyPeople:
    """The people of a custody: handler, and leader when it began by the posts on record; who stood in for them meanwhile.

    `handler_closed`, `leader_closed`: of the open custody, whether that account is closed, so that nobody sees to it.
    `kept` are the papers issued in it that name another leader than the posts: number, and the name they keep.
    """

    handler: str | None = None
    deputies: tuple[str, ...] = ()
    leader: str | None = None
    leaders_deputies: tuple[str, ...] = ()
    kept: tuple[tuple[str, str | None], ...] = ()
    handler_closed: bool = False
    leader_closed: bool = False


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
    people: CustodyPeople
    account: dict[str, Any]
    rung: int
    #: When the open one ends automatically: deemed acceptance, the end of a suspension.
    lapses_at: datetime | None
    #: The deadline of resolving that then begins or continues.
    mends_until: datetime | None = None
    #: Working minutes of downtime within it; no unit bears them.
    down: int = 0
    #: Working minutes at its end without a signal; no unit bears them either.
    unsignalled: int = 0


def custody_lines(
    session: Session, setting: CountyContext, ticket: Ticket, cut: datetime | None, now: datetime
) -> list[CustodyLine]:
    """The custodies of a ticket that began before `cut`, in their order."""
    rows = session.execute(_CUSTODIES, {"ticket": ticket.id})
    seen = [(row, handler, tenure) for row, handler, tenure in rows if cut is None or row.began_at < cut]
    lost = downtime.lost(session, setting.clock, [row for row, _, _ in seen], cut or now)
    gaps = signal_gaps.credited(session, [row.id for row, _, _ in seen])
    people = _people(session, seen, now)
    lines = [custody_line(setting, row, people[row.id], tenure, lost.get(row.id, 0)) for row, _, tenure in seen]
    lines = [replace(line, unsignalled=gaps.get(row.id, 0)) for line, (row, _, _) in zip(lines, seen, strict=True)]
    if lines[-1:] and (lapses := lines[-1].lapses_at) is not None:
        # A suspension is followed by the tenure before it, acceptance by its own.
        mending = seen[-2][2] if lines[-1].stage == "hold" else seen[-1][2]
        lines[-1] = replace(lines[-1], mends_until=mends_until(setting, mending, seen[-1][0], lapses, ticket.hard_stop))
    return lines


def custody_line(
    setting: CountyContext, row: Custody, people: CustodyPeople, tenure: Tenure | None, down: int = 0
) -> CustodyLine:
    """One custody with its people and the working minutes of downtime within it."""
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
        people=people,
        account=row.account,
        rung=budget_of(tenure, row.stage)[2] if tenure is not None else 0,
        lapses_at=lapses_at,
        down=down,
    )


def _people(
    session: Session, seen: Sequence[tuple[Custody, str | None, Tenure]], now: datetime
) -> dict[int, CustodyPeople]:
    """The people of each custody, by its id."""
    if not seen:
        return {}
    office = InOffice(session, (row.unit_id for row, _, _ in seen))
    kept = _kept(session, office, seen[0][0].ticket_id)
    closed = _closed(session, office, seen[-1][0])
    people = {}
    for row, handler, _ in seen:
        led, ended = office.leader(row.unit_id, row.began_at), row.ended_at or now
        people[row.id] = CustodyPeople(
            handler=handler,
            deputies=office.deputies(row.handler_id, row.began_at, ended),
            leader=led[1] if led is not None else None,
            leaders_deputies=office.deputies(led[0], row.began_at, ended) if led is not None else (),
            kept=tuple(kept.get(row.id, ())),
            handler_closed=row.ended_at is None and row.handler_id in closed,
            leader_closed=row.ended_at is None and led is not None and led[0] in closed,
        )
    return people


def _closed(session: Session, office: InOffice, last: Custody) -> set[int]:
    """Which of the people of the open custody have a closed account; of an ended one the names are history."""
    if last.ended_at is not None:
        return set()
    led = office.leader(last.unit_id, last.began_at)
    asked = {person for person in (last.handler_id, led[0] if led is not None else None) if person is not None}
    return set(session.scalars(_CLOSED, {"accounts": list(asked)})) if asked else set()


def _kept(session: Session, office: InOffice, ticket_id: int) -> dict[int, list[tuple[str, str | None]]]:
    """Papers that keep the name of a leader who by the posts did not lead the unit when they were issued, by custody."""
    kept: dict[int, list[tuple[str, str | None]]] = {}
    for paper, name in session.execute(_PAPERS, {"ticket": ticket_id}):
        led = office.leader(paper.unit_id, paper.issued_at)
        if paper.leader_id != (led[0] if led is not None else None):
            kept.setdefault(paper.custody_id, []).append((paper.number, name))
    return kept
