"""Duty status: the state of a year's duties, each with its ticket; summed by calendar, measures and reports.

A duty is on time if it was handed in in time and then confirmed: the verdict frozen at the last handing in.  The
confirmer's time is never the unit's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from models import Custody, Ticket
from models.ticket import number_of
from workflow.county.context import CountyContext
from workflow.policy.periods import periods
from workflow.policy.worktime import local_date
from workflow.tickets.open_predicate import still_open

KINDS = ("monthly", "quarterly", "half_yearly", "yearly")
#: How a duty stands towards its deadline; a board shows their counts, and a list opens each.
STANDINGS = ("on_time", "late", "overdue", "ahead")


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty of one unit in one period; `item` None for the closing paragraphs.

    `late`: handed in late, or not handed in and past due.  `done`: confirmed.
    """

    ticket_id: int
    number: str
    unit_id: int
    code: str
    item: int | None
    period: str
    state: str
    opened_at: datetime
    due_at: datetime
    handed_in_at: datetime | None
    ended_at: datetime | None
    late: bool

    @property
    def done(self) -> bool:
        return self.state == "closed"

    @property
    def cancelled(self) -> bool:
        return self.state == "withdrawn"

    @property
    def standing(self) -> str | None:
        """One of STANDINGS: handed in on time or late, also while it waits for confirmation; else overdue, or not yet
        due.  None for a cancelled duty."""
        if self.cancelled:
            return None
        if self.owed:
            return "overdue" if self.late else "ahead"
        return "late" if self.late else "on_time"

    def month(self, year: int) -> int:
        """The month of the year in which it is due; what is due in January of the next year belongs to the end of
        this one."""
        day = local_date(self.due_at)
        return 12 if day.year > year else 1 if day.year < year else day.month

    @property
    def owed(self) -> bool:
        """Whether it is still to be handed in."""
        return self.state in ("in_progress", "suspended")


@dataclass(slots=True)
class Tally:
    """Counts of one unit's duties for one item, with their lines; cancelled ones are not counted."""

    on_time: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    waiting: int = 0
    lines: list[DutyLine] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.on_time + self.late

    @property
    def all(self) -> int:
        return self.done + self.open + self.waiting

    def add(self, line: DutyLine) -> None:
        if line.cancelled:
            return
        self.lines.append(line)
        if line.done:
            self.late += line.late
            self.on_time += not line.late
        elif line.owed:
            self.open += 1
            self.overdue += line.late
        else:
            self.waiting += 1


def lines(
    session: Session, setting: CountyContext, now: datetime, unit_id: int | None = None, year: int | None = None
) -> list[DutyLine]:
    """Every duty opened for a period of the assessment year, ordered by scheme, period and unit; with `unit_id` that unit's.

    Without `year` those of the context's year, and those of earlier years that are still open: they cross over.
    """
    codes = [period.code for kind in KINDS for period in periods(kind, year or setting.year)]
    last = (
        select(func.max(Custody.seq))
        .where(Custody.ticket_id == Ticket.id, Custody.stage == "mend")
        .correlate(Ticket)
        .scalar_subquery()
    )
    query = (
        select(*_COLUMNS)
        .join(Custody, (Custody.ticket_id == Ticket.id) & (Custody.seq == last))
        .where(
            Ticket.duty_unit_id.is_not(None),
            # The period of reports on a ranking is its day.
            or_(
                Ticket.period.in_(codes),
                Ticket.period.like(f"{year or setting.year}-__-__%"),
                and_(still_open(), Ticket.period < str(setting.year)) if year is None else false(),
            ),
        )
    )
    if unit_id is not None:
        query = query.where(Ticket.duty_unit_id == unit_id)
    order = {duty.code: place_ for place_, duty in enumerate(setting.scheme.duties.list)}
    rows = [_duty_line(setting, row, now) for row in session.execute(query)]
    return sorted(rows, key=lambda line: (order.get(line.code, len(order)), line.period, line.unit_id))


# A county has a thousand duties a year; as whole rows they were half of what its board cost.
_COLUMNS = (
    *(Ticket.id, Ticket.filed_at, Ticket.duty_unit_id, Ticket.kind, Ticket.period, Ticket.state),
    *(Ticket.resolved_at, Ticket.ended_at, Custody.verdict, Custody.ended_at, Custody.due_at),
)


def _duty_line(setting: CountyContext, row: Any, now: datetime) -> DutyLine:
    ticket_id, filed_at, unit_id, code, period, state, handed_in_at, ended_at, verdict, work_ended_at, due_at = row
    duty = setting.scheme.duties.by_code.get(code)
    return DutyLine(
        ticket_id=ticket_id,
        number=number_of(ticket_id, filed_at),
        unit_id=unit_id,
        code=code,
        item=duty.item if duty else None,
        period=period or "",
        state=state,
        opened_at=filed_at,
        due_at=due_at,
        handed_in_at=handed_in_at,
        ended_at=ended_at,
        late=verdict == "late" if work_ended_at is not None else due_at < now,
    )


def by_unit_and_item(duty_lines: Iterable[DutyLine]) -> dict[tuple[int, int | None], Tally]:
    """The lines summed by unit and item."""
    tallies: dict[tuple[int, int | None], Tally] = {}
    for line in duty_lines:
        if not line.cancelled:
            tallies.setdefault((line.unit_id, line.item), Tally()).add(line)
    return tallies
