"""Pending spot checks: those of a ticket still to be made, who makes them, and the event payload of a result; used by
the desk.

A check lapses when its ticket is reopened otherwise before the visit.  Nobody checks what is their own, also after a
reform: the check passes on, or lapses where it is the own work of all who could.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from models import SpotCheck, SpotDraw, SpotPending, SpotResult, Ticket, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.history.event_log import stamp
from workflow.policy.sampling import checker_today
from workflow.tickets.actions.own_hand import did

#: The most a board lists.
_MOST = 20


def pending() -> ColumnElement[bool]:
    """The condition that a `SpotCheck` is pending."""
    answered = select(SpotResult.id).where(SpotResult.check_id == SpotCheck.id).correlate(SpotCheck)
    return and_(SpotCheck.void.is_(False), ~answered.exists())


def checked_by(unit_id: int | None) -> ColumnElement[bool]:
    """The condition that the unit itself made a `SpotCheck`."""
    own = select(SpotResult.id).where(
        SpotResult.check_id == SpotCheck.id, SpotResult.unit_id == unit_id, SpotResult.result != "lapsed"
    )
    return own.correlate(SpotCheck).exists()


def open_on(session: Session, ticket_id: int) -> Sequence[SpotCheck]:
    """The ticket's pending checks: one, unless downtime drew it twice."""
    return session.scalars(
        select(SpotCheck).where(SpotCheck.ticket_id == ticket_id, pending()).order_by(SpotCheck.id)
    ).all()


def may_look(session: Session, actor: Actor, check: SpotCheck) -> bool:
    """Whether the actor may make the pending check: the unit that makes it today, or the office in its place, except for
    the office's own work; never the person who resolved or confirmed the ticket before the account moved."""
    if actor.role not in ("town", "office", "leaders"):
        return False
    setting = county_context(session)
    if actor.role == "office":
        makes = actor.unit_id not in _concerned(session, setting, check)
    else:
        makes = actor.unit_id == maker(session, setting, check)
    return makes and not did(session, actor, check.ticket_id, "resolve", "confirm")


def maker(session: Session, setting: CountyContext, check: SpotCheck) -> int | None:
    """The unit (id) that makes the pending check today; None where every unit that could is concerned itself."""
    given, concerned = setting.present(check.checker_unit_id).id, _concerned(session, setting, check)
    return checker_today(given, concerned, setting.office.id, setting.leaders.id)


def without_maker(session: Session) -> list[int]:
    """The tickets (ids) with a pending check that nobody may make any more."""
    setting = county_context(session)
    waiting = session.scalars(select(SpotCheck).join(SpotPending, SpotPending.check_id == SpotCheck.id)).all()
    return sorted({check.ticket_id for check in waiting if maker(session, setting, check) is None})


def _concerned(session: Session, setting: CountyContext, check: SpotCheck) -> set[int]:
    """The units of today that resolved and closed the ticket, and its towns: the one then and the one of its village."""
    village = select(Village.town_id).join(Ticket, Ticket.in_village_id == Village.id)
    there = session.scalar(village.where(Ticket.id == check.ticket_id))
    units = (check.resolved_by_unit_id, check.confirmed_by_unit_id, check.town_id, there)
    return {setting.present(unit).id for unit in units if unit is not None}


def lapse(session: Session, actor: Actor, ticket: Ticket, at: datetime) -> list[dict[str, Any]]:
    """End the pending checks of a ticket that is being reopened; returns the event payload."""
    rows = [
        SpotResult(
            check_id=check.id,
            ticket_id=ticket.id,
            result="lapsed",
            at=at,
            by_id=actor.user_id,
            unit_id=actor.unit_id,
            visited_on=None,
            note="",
            evidence=[],
            reopened=False,
        )
        for check in open_on(session, ticket.id)
    ]
    session.add_all(rows)
    mark_done(session, [row.check_id for row in rows])
    return [check_payload(row) for row in rows]


def mark_done(session: Session, checks: Sequence[int]) -> None:
    """Mark these checks as done."""
    if checks:
        session.execute(delete(SpotPending).where(SpotPending.check_id.in_(checks)))


def check_payload(row: SpotResult) -> dict[str, Any]:
    """The ticket's event payload of a check's result; its words are in the private part."""
    return {
        "id": row.check_id,
        "result": row.result,
        "at": stamp(row.at),
        "by": row.by_id,
        "unit": row.unit_id,
        "visited_on": row.visited_on.isoformat() if row.visited_on else None,
        "evidence": row.evidence,
        "reopened": row.reopened,
    }


def overdue(session: Session, now: datetime) -> list[tuple[SpotCheck, str, str, int]]:
    """Overdue checks, the longest overdue first, with the ticket's number, the month and the unit (id) to make it."""
    setting = county_context(session)
    rows = session.execute(
        select(SpotCheck, Ticket, SpotDraw.month)
        .join(SpotPending, SpotPending.check_id == SpotCheck.id)
        .join(Ticket, Ticket.id == SpotCheck.ticket_id)
        .join(SpotDraw, SpotDraw.id == SpotCheck.draw_id)
        .where(SpotPending.due_at < now)
        .order_by(SpotPending.due_at, SpotPending.check_id)
        .limit(_MOST)
    )
    return [
        (row[0], row[1].number, row[2], maker(session, setting, row[0]) or row[0].checker_unit_id) for row in rows.all()
    ]
