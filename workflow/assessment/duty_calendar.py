"""Duty calendar: a unit's duties due, handed in and to come; for the county, a matrix of items and units."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models import Ticket
from workflow.actors import Actor
from workflow.assessment import duty_opening
from workflow.assessment.duty_status import STANDINGS, DutyLine, Tally, by_unit_and_item, lines
from workflow.assessment.expected_progress import expected_today
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed
from workflow.policy.periods import Period, period_of, periods
from workflow.policy.scheme.duties import Duty
from workflow.policy.worktime import local_date
from workflow.tickets.actions.duty_progress import counted
from workflow.tickets.visibility import COUNTY_WIDE


@dataclass(frozen=True, slots=True)
class Progress:
    """The count of a countable duty, its target, and the count expected today."""

    done: int
    target: int | None
    ought: int | None

    @property
    def behind(self) -> bool:
        return self.ought is not None and self.done < self.ought


@dataclass(frozen=True, slots=True)
class Coming:
    """A duty not yet open: its opening day, or the duty it follows."""

    duty: Duty
    unit: UnitFact
    period: Period
    after: Duty | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The duties of one unit in the assessment year."""

    unit: UnitFact
    owed: list[tuple[DutyLine, Progress | None]]
    waiting: list[DutyLine]
    ended: list[DutyLine]
    coming: list[Coming]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The duties of the county: by unit and item (None: the closing paragraphs), and totals per item."""

    cells: dict[tuple[int, int | None], Tally]
    units: list[UnitFact]
    items: list[int | None]
    whole: Tally


def may_see(actor: Actor) -> None:
    """Raises NotAllowed for roles that neither owe nor oversee duties."""
    if actor.role not in (*COUNTY_WIDE, "town", "bureau"):
        raise NotAllowed("duties_not_yours")


def unit_of(session: Session, actor: Actor, setting: CountyContext, named: str | None) -> UnitFact | None:
    """The unit of the requested calendar: by default the reader's own; readers of the county may name any, and see the
    matrix without one.

    Raises NotAllowed or BadInput.
    """
    may_see(actor)
    own = setting.units.get(actor.unit_id) if actor.unit_id is not None else None
    if not named:
        return None if actor.role in COUNTY_WIDE else own
    unit = setting.unit(find_unit(session, named).id)
    if actor.role not in COUNTY_WIDE and unit != own:
        raise NotAllowed("duties_of_another")
    if unit.type not in ("town", "bureau", "office"):
        raise BadInput("unit_owes_nothing", "unit", unit=unit.name)
    return unit


def calendar(
    session: Session, setting: CountyContext, unit: UnitFact, now: datetime, item: int | None = None
) -> Calendar:
    """The unit's duties; with `item` (0 for the closing paragraphs) those of one item."""
    wanted = None if item == 0 else item
    own_lines = [line for line in lines(session, setting, now, unit.id) if item is None or line.item == wanted]
    coming = [
        entry for entry in _coming(session, setting, unit, now, own_lines) if item is None or entry.duty.item == wanted
    ]
    owed = sorted((line for line in own_lines if line.owed), key=lambda line: (line.due_at, line.ticket_id))
    return Calendar(
        unit=unit,
        owed=[(line, progress(session, line, now)) for line in owed],
        waiting=[line for line in own_lines if line.state == "resolved"],
        ended=[line for line in own_lines if line.done or line.cancelled],
        coming=coming,
    )


def listed(
    session: Session,
    setting: CountyContext,
    now: datetime,
    unit: UnitFact | None,
    standing: str,
    month: int | None = None,
    item: int | None = None,
) -> list[DutyLine]:
    """The duties of the county or of a unit that stand so towards their deadline, of a due month or of the year.

    `standing` is one of STANDINGS, or `open` (to be handed in), `waiting` (for confirmation), `done` (confirmed), `all`.
    Raises BadInput for another one.
    """
    chosen: dict[str, Callable[[DutyLine], bool]] = {
        **{name: lambda line, name=name: line.standing == name for name in STANDINGS},  # type: ignore[misc]
        "open": lambda line: line.owed,
        "waiting": lambda line: not (line.owed or line.done or line.cancelled),
        "done": lambda line: line.done,
        "all": lambda line: not line.cancelled,
    }
    if standing not in chosen:
        raise BadInput("unknown_duties", "which")
    standing_so = [line for line in lines(session, setting, now, unit.id if unit else None) if chosen[standing](line)]
    return [
        line
        for line in standing_so
        if (month is None or line.month(setting.year) == month) and (item is None or line.item == (item or None))
    ]


def matrix(session: Session, setting: CountyContext, now: datetime) -> Matrix:
    """The whole county's duties."""
    all_lines, whole = lines(session, setting, now), Tally()
    for line in all_lines:
        whole.add(line)
    cells = by_unit_and_item(all_lines)
    held = {unit for unit, _ in cells}
    items = {duty.item for duty in setting.scheme.duties.list}
    return Matrix(
        cells=cells,
        units=[unit for unit in setting.units.values() if unit.id in held],
        items=sorted(items, key=lambda number: number or 99),
        whole=whole,
    )


def progress(session: Session, line: DutyLine, now: datetime) -> Progress | None:
    """The progress of the duty under its scheme version; None for a duty without a count."""
    ticket = session.get_one(Ticket, line.ticket_id)
    setting = county_context(session, ticket.scheme_version_id)
    return of_ticket(session, setting, ticket, line.due_at, now)


def of_ticket(
    session: Session, setting: CountyContext, ticket: Ticket, due_at: datetime, now: datetime
) -> Progress | None:
    """The progress of a ticket's duty; `due_at` is when its work is due."""
    duty = setting.scheme.duties.by_code.get(ticket.kind)
    if duty is None or duty.count is None:
        return None
    progress = counted(session, setting, ticket)
    assert progress is not None
    if progress.target is None:
        return Progress(progress.done, None, None)
    period = period_of(duty, ticket.duty_period, setting.year)
    return Progress(
        progress.done, progress.target, expected_today(setting.clock, duty.count, period, due_at, progress.target, now)
    )


def _coming(
    session: Session, setting: CountyContext, unit: UnitFact, now: datetime, duty_lines: list[DutyLine]
) -> list[Coming]:
    """The duties still to open for the unit this year: by day, or after another duty."""
    today, end = local_date(now), date(setting.year, 12, 31)
    there = {(line.code, line.period) for line in duty_lines}
    duties, towns = setting.scheme.duties, setting.scheme.towns
    coming = [
        Coming(duty, whose, period, None)
        for duty, whose, period in duty_opening.duties_to_open(setting, today + timedelta(days=1), end, today)
        if whose == unit
    ]
    for duty in duties.list:
        if duty.after is None or unit.code not in duties.units_of(duty, towns):
            continue
        first = duty
        while first.after is not None:
            first = duties.by_code[first.after]
        for period in periods(first.period, setting.year, first.since):
            if period.end >= today and (duty.code, period.code) not in there:
                coming.append(Coming(duty, unit, period, duties.by_code[duty.after]))
    return sorted(coming, key=lambda entry: (entry.period.start, entry.period.end, entry.duty.item or 99))
