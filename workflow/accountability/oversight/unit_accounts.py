"""Unit accounts (责任单位账): each unit's working time in the assessment year: held, on time, late, charged and
credited.

Counted are custodies ended in the year, for the unit that held them.  A charge moves minutes from the holding unit to
the unit that must bear them and changes no verdict, so over all units the minutes borne equal the minutes held without
downtime, which no unit bears.  All minutes are working minutes.  False closings found by spot checks in the year are
counted as well, for the resolving and the confirming unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import Charge, Custody, Ticket, Unit
from models.custody import SYSTEM_CHARGES
from workflow.accountability.oversight import false_closing_counts
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed
from workflow.paging import Page, cursor_of, read_cursor
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.visibility import COUNTY_WIDE

#: The figures that link to custodies.
FIGURES = ("held", "on_time", "late", "charged", "credited")
_PAGE = 30


@dataclass(slots=True)
class StageFigure:
    """The custodies of one stage."""

    stage: str
    stretches: int = 0
    minutes: int = 0


@dataclass(slots=True)
class Reckoning:
    """A unit's figures; `on_time` and `late` count custodies, `false_…` closings, the rest are working minutes."""

    unit: int
    held: int = 0
    on_time: int = 0
    late: int = 0
    late_minutes: int = 0
    charged: int = 0
    credited: int = 0
    false_mended: int = 0
    false_confirmed: int = 0
    stages: list[StageFigure] = field(default_factory=list)

    @property
    def stretches(self) -> int:
        """The number of ended custodies."""
        return self.on_time + self.late

    @property
    def borne(self) -> int:
        """The minutes the unit is responsible for: held, minus those borne by others, plus those it bears for
        others."""
        return self.held - self.credited + self.charged


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line behind a figure: a custody, with its charge where the figure is about charges."""

    number: str
    unit: int
    stage: str
    began_at: datetime
    due_at: datetime
    ended_at: datetime
    minutes: int
    late_minutes: int
    charged_to: int | None = None
    charged: int = 0
    ground: str | None = None


def year_of(setting: CountyContext) -> tuple[datetime, datetime]:
    """The first moment of the assessment year in Shanghai and that of the next, in UTC."""
    first, last = (datetime(year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC) for year in (setting.year, setting.year + 1))
    return first, last


def reckonings(session: Session, actor: Actor, setting: CountyContext) -> list[Reckoning]:
    """The units' figures in the order of the scheme: all units for readers of the county, else the reader's own.

    Raises NotAllowed for roles without a unit and for villages.
    """
    if actor.role in COUNTY_WIDE:
        return _reckoned(session, setting, None)
    if actor.role in ("town", "bureau") and actor.unit_id is not None:
        return [reckoning(session, actor, setting, actor.unit_id)]
    raise NotAllowed("account_not_yours")


def downtime_minutes(session: Session, actor: Actor, setting: CountyContext) -> int:
    """Working minutes of downtime in the year's custodies, which no unit bears.  Raises NotAllowed."""
    if actor.role not in COUNTY_WIDE:
        raise NotAllowed("account_not_yours")
    lost = select(func.coalesce(func.sum(Charge.minutes), 0)).join(Custody, Custody.id == Charge.custody_id)
    return int(session.scalar(lost.where(*_ended(setting), SYSTEM_CHARGES.predicate, Charge.ground == "downtime")) or 0)


def reckoning(session: Session, actor: Actor, setting: CountyContext, unit_id: int) -> Reckoning:
    """One unit's figures, all 0 where no custody has ended.  Raises NotAllowed for another unit's."""
    _allow(actor, unit_id)
    rows = _reckoned(session, setting, unit_id)
    return rows[0] if rows else Reckoning(unit_id)


def _allow(actor: Actor, unit_id: int) -> None:
    if actor.role in COUNTY_WIDE or (actor.role in ("town", "bureau") and actor.is_of(unit_id)):
        return
    raise NotAllowed("account_not_yours")


def _reckoned(session: Session, setting: CountyContext, unit_id: int | None) -> list[Reckoning]:
    by_unit: dict[int, Reckoning] = {}

    def of(unit: int) -> Reckoning:
        return by_unit.setdefault(unit, Reckoning(unit))

    ended = _ended(setting)
    # From the units to their custodies: only the year is read, along a covering index.
    of_unit = Custody.unit_id == Unit.id
    late = case((Custody.verdict == "late", 1), else_=0)
    held = (
        select(
            Custody.unit_id,
            Custody.stage,
            func.count(),
            func.sum(late),
            func.sum(Custody.minutes),
            func.sum(Custody.late_minutes),
        )
        .select_from(Unit)
        .join(Custody, of_unit)
        .where(*ended, *_only(Unit.id, unit_id))
        .group_by(Custody.unit_id, Custody.stage)
        .order_by(Custody.unit_id, Custody.stage)
    )
    for unit, stage, count, lates, minutes, late_minutes in session.execute(held):
        row = of(unit)
        row.held += int(minutes)
        row.late += int(lates)
        row.on_time += count - int(lates)
        row.late_minutes += int(late_minutes)
        row.stages.append(StageFigure(stage, count, int(minutes)))
    for name, column in (("charged", Charge.unit_id), ("credited", Custody.unit_id)):
        moved = (
            select(column, func.sum(Charge.minutes))
            .join(Custody, Custody.id == Charge.custody_id)
            .where(
                *ended, *_only(column, unit_id), column.is_not(None), Charge.unit_id.is_distinct_from(Custody.unit_id)
            )
            .group_by(column)
        )
        for unit, minutes in session.execute(moved):
            assert unit is not None
            setattr(of(unit), name, int(minutes))
    for unit, figures in false_closing_counts.counted(session, year_of(setting)).items():
        for name, count in figures.items():
            if unit_id in (None, unit):
                setattr(of(unit), name, count)
    order = {unit: position for position, unit in enumerate(setting.units)}
    return sorted(by_unit.values(), key=lambda row: order[row.unit])


def _ended(setting: CountyContext) -> tuple[ColumnElement[bool], ...]:
    first, after = year_of(setting)
    return Custody.ended_at >= first, Custody.ended_at < after


def _only(column: Any, unit_id: int | None) -> Iterable[ColumnElement[bool]]:
    return () if unit_id is None else (column == unit_id,)


def stretches(
    session: Session, actor: Actor, setting: CountyContext, unit_id: int, figure: str, cursor: str | None = None
) -> Page[Stretch]:
    """The custodies behind one of FIGURES of a unit, the latest ended first; for charges by the moment of the charge.

    Raises NotAllowed for another unit's, BadInput for an unknown figure or cursor.
    """
    _allow(actor, unit_id)
    if figure not in FIGURES:
        raise BadInput("unknown_figure", "figure", figure=figure[:40])
    bearing = aliased(Charge)
    query: Select[*tuple[Any, ...]]
    if figure in ("charged", "credited"):
        owner = bearing.unit_id if figure == "charged" else Custody.unit_id
        other = (bearing.custody_id == Custody.id) & bearing.unit_id.is_distinct_from(Custody.unit_id)
        query = select(Custody, Ticket, bearing).join(bearing, other).where(owner == unit_id)
        if cursor is not None:
            query = query.where(bearing.id < read_cursor(cursor, int)[0])
        query = query.order_by(bearing.id.desc())
    else:
        query = select(Custody, Ticket).where(Custody.unit_id == unit_id)
        if figure != "held":
            query = query.where(Custody.verdict == figure)
        if cursor is not None:
            at, last = read_cursor(cursor, datetime, int)
            query = query.where(Custody.ended_at <= at, or_(Custody.ended_at < at, Custody.id < last))
        query = query.order_by(Custody.ended_at.desc(), Custody.id.desc())
    query = query.where(Ticket.id == Custody.ticket_id, *_ended(setting))
    rows = session.execute(query.limit(_PAGE + 1)).all()
    items = [_stretch(*row) for row in rows[:_PAGE]]
    if len(rows) <= _PAGE:
        return Page(items, None)
    last_row = rows[_PAGE - 1]
    if figure in ("charged", "credited"):
        return Page(items, cursor_of([last_row[-1].id]))
    return Page(items, cursor_of([last_row[0].ended_at, last_row[0].id]))


def false_closings(
    session: Session, actor: Actor, setting: CountyContext, unit_id: int, figure: str
) -> Sequence[false_closing_counts.FalseClosing]:
    """The closings behind a side of `false_closing_counts.SIDES` of a unit, latest first.  Raises NotAllowed for
    another's."""
    _allow(actor, unit_id)
    return false_closing_counts.listed(session, year_of(setting), figure, unit_id)


def _stretch(custody: Custody, ticket: Ticket, charge: Charge | None = None) -> Stretch:
    assert custody.ended_at is not None
    return Stretch(
        number=ticket.number,
        unit=custody.unit_id,
        stage=custody.stage,
        began_at=custody.began_at,
        due_at=custody.due_at,
        ended_at=custody.ended_at,
        minutes=custody.minutes or 0,
        late_minutes=custody.late_minutes or 0,
        charged_to=charge.unit_id if charge else None,
        charged=charge.minutes if charge else 0,
        ground=charge.ground if charge else None,
    )
