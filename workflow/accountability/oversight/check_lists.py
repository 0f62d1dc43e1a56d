"""Spot check lists: the draws with everything needed to repeat them, and the checks visible to a reader.

Office, leading group and inspectorate read all; a town those assigned to it, with its own results.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from models import Evidence, Household, SpotCheck, SpotDraw, SpotResult, Ticket, Village
from workflow.accountability.oversight.check_results import find
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed
from workflow.paging import MOST
from workflow.redaction import masked
from workflow.tickets.consequences import pending_checks
from workflow.tickets.name_veil import veil
from workflow.tickets.visibility import COUNTY_WIDE, masks_names


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw with the number of its checks by status."""

    draw: SpotDraw
    todo: int
    overdue: int
    holds: int
    false: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check.  `status` is todo, overdue, holds, false or lapsed; the head of the household masked except for the
    office.  `checker_id`: the unit that makes it today, or that made it."""

    check: SpotCheck
    month: str
    drawn_at: datetime
    number: str
    kind: str
    household: str | None
    head_name: str | None
    village: str | None
    status: str
    result: SpotResult | None
    note: str
    checker_id: int
    #: Whether the reader may record the result.
    mine: bool


def draws(session: Session, actor: Actor, now: datetime) -> list[DrawLine]:
    """Every draw of the county, the latest month first.  Raises NotAllowed for roles that do not read the county."""
    if actor.role not in COUNTY_WIDE:
        raise NotAllowed("spot_checks_not_yours")
    counted: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(SpotCheck.draw_id, SpotCheck.void, SpotResult.result, SpotCheck.due_at < now, func.count())
        .outerjoin(SpotResult, SpotResult.check_id == SpotCheck.id)
        .group_by(SpotCheck.draw_id, SpotCheck.void, SpotResult.result, SpotCheck.due_at)
    )
    for draw, void, result, late, count in rows:
        of, status = counted.setdefault(draw, {}), _status(void, result, late)
        of[status] = of.get(status, 0) + count
    query = select(SpotDraw).order_by(SpotDraw.month.desc())
    names = ("todo", "overdue", "holds", "false", "lapsed")
    return [
        DrawLine(draw, *(counted.get(draw.id, {}).get(name, 0) for name in names)) for draw in session.scalars(query)
    ]


def listed(session: Session, actor: Actor, now: datetime, month: str | None = None) -> list[CheckLine]:
    """The checks visible to the actor, of one month or all, at most MOST; pending ones first, by deadline.

    Raises NotAllowed for roles without any, BadInput for a month that was not drawn.
    """
    if actor.role in COUNTY_WIDE:
        conditions: list[ColumnElement[bool]] = []
    elif actor.role == "town":
        made = (pending_checks.checked_by(unit) for unit in (actor.unit_id, *actor.former_units))
        conditions = [or_(pending_checks.pending(), *made)]
    else:
        raise NotAllowed("spot_checks_not_yours")
    if month:
        known = select(SpotDraw.id).where(SpotDraw.month == month[:7])
        if len(month) != 7 or session.scalar(known) is None:
            raise BadInput("no_such_draw", "month", month=month[:20])
        conditions.append(SpotDraw.month == month)
    lines = _check_lines(session, actor, now, *conditions)
    if actor.role == "town":
        # What passed on to another unit is not told of: it may be the town's own work.
        lines = [line for line in lines if line.mine or line.result is not None]
    return sorted(lines, key=lambda one: (one.result is not None or one.check.void, one.check.due_at, one.check.id))


def one(session: Session, actor: Actor, check_id: int, now: datetime) -> tuple[CheckLine, list[Evidence]]:
    """One check, and the reader's own evidence that may be cited for it.  Raises NotFound."""
    check = find(session, actor, check_id)
    (line,) = _check_lines(session, actor, now, SpotCheck.id == check.id)
    mine = select(Evidence).where(
        Evidence.ticket_id == check.ticket_id, actor.own(Evidence.unit_id), Evidence.uploaded_at >= line.drawn_at
    )
    return line, list(session.scalars(mine.order_by(Evidence.id))) if line.mine else []


def _check_lines(session: Session, actor: Actor, now: datetime, *conditions: ColumnElement[bool]) -> list[CheckLine]:
    query = (
        select(SpotCheck, SpotDraw, Ticket, Household, Village.name, SpotResult)
        .join(SpotDraw, SpotDraw.id == SpotCheck.draw_id)
        .join(Ticket, Ticket.id == SpotCheck.ticket_id)
        .outerjoin(Household, Household.id == Ticket.household_id)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .outerjoin(SpotResult, SpotResult.check_id == SpotCheck.id)
        .where(*conditions)
        .order_by(SpotCheck.id.desc())
        .limit(MOST)
    )
    rows = session.execute(query).all()
    hides = masks_names(actor, actor.role == "town")
    show = veil(session, (row[2] for row in rows)) if hides and rows else str
    return [_check_line(session, actor, now, hides, show, row) for row in rows]


def _check_line(
    session: Session,
    actor: Actor,
    now: datetime,
    hides: bool,
    show: Any,
    row: Row[SpotCheck, SpotDraw, Ticket, Household, str, SpotResult],
) -> CheckLine:
    check, draw, ticket, household, village, result = row
    head = household.head_name if household else None
    checker = check.checker_unit_id
    if result is None and not check.void:
        checker = pending_checks.maker(session, county_context(session), check) or checker
    elif result is not None and result.result != "lapsed":
        checker = result.unit_id or checker
    return CheckLine(
        check=check,
        month=draw.month,
        drawn_at=draw.drawn_at,
        number=ticket.number,
        kind=ticket.kind,
        household=household.code if household else None,
        head_name=masked(head) if head and hides else head,
        village=village,
        status=_status(check.void, result.result if result else None, check.due_at < now),
        result=result,
        note=show(result.note) if result else "",
        checker_id=checker,
        mine=result is None and not check.void and pending_checks.may_look(session, actor, check),
    )


def _status(void: bool, result: str | None, late: bool) -> str:
    if void:
        return "lapsed"
    return result or ("overdue" if late else "todo")
