"""Progress on a board: the trend by ten days (旬), households through the exit gate against the plan, duties by
month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, and_, func, literal_column, select
from sqlalchemy.orm import Session

from models import DayCount, ExitDossier, Household, Village
from models.household import REGISTERED
from workflow.assessment import duty_status
from workflow.boards.day_counts import WHOLE
from workflow.boards.scope import Scope
from workflow.policy.worktime import SHANGHAI, local_date

#: The number of ten-day periods in a trend.
STRETCHES = 12


@dataclass(slots=True)
class TenDays:
    """A ten-day period (旬), the last of a month to its end: filed, closed, and overdue at the end of the last counted
    day."""

    start: date
    end: date
    filed: int = 0
    closed: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """The last ten-day periods, the earliest first, counted up to a day."""

    lines: list[TenDays]
    up_to: date


@dataclass(frozen=True, slots=True)
class Gate:
    """Households of a town or village: planned exits this year, and exits."""

    id: int
    name: str
    left: int
    through: int
    code: str = ""

    @property
    def planned(self) -> int:
        """Households about to leave plus those that passed the gate this year."""
        return self.left + self.through

    @property
    def share(self) -> int:
        """Exits in whole per cent of the plan, rounded down, so that only a fulfilled plan shows 100."""
        return 100 * self.through // self.planned if self.planned else 0


@dataclass(slots=True)
class Month:
    """The duties due in a month: handed in on time or late, overdue, not yet due."""

    month: int
    on_time: int = 0
    late: int = 0
    overdue: int = 0
    ahead: int = 0

    @property
    def all(self) -> int:
        return self.on_time + self.late + self.overdue + self.ahead


def ten_days(day: date) -> tuple[date, date]:
    """The first and last day of the ten-day period of a day.

    >>> [str(day) for day in ten_days(date(2018, 2, 25))]
    ['2018-02-21', '2018-02-28']
    """
    start = day.replace(day=min((day.day - 1) // 10, 2) * 10 + 1)
    if start.day < 21:
        return start, start + timedelta(days=9)
    return start, (start + timedelta(days=15)).replace(day=1) - timedelta(days=1)


def trend(session: Session, scope: Scope, now: datetime) -> Trend | None:
    """The counts of the county or a unit in the last months; None while no day has been counted."""
    begin = ten_days(local_date(now))[0]
    for _ in range(STRETCHES - 1):
        begin = ten_days(begin - timedelta(days=1))[0]
    rows = session.execute(
        select(DayCount.day, DayCount.content)
        .where(DayCount.day >= begin, DayCount.day <= local_date(now))
        .order_by(DayCount.day)
    ).all()
    if not rows:
        return None
    key, lines = str(scope.unit.id if scope.unit else WHOLE), list[TenDays]()
    for day, content in rows:
        start, end = ten_days(day)
        if not lines or lines[-1].start != start:
            lines.append(TenDays(start, end))
        filed, closed, overdue = content.get(key, (0, 0, 0))
        lines[-1].filed += filed
        lines[-1].closed += closed
        lines[-1].overdue = overdue
    return Trend(lines, rows[-1][0])


def gate(session: Session, scope: Scope) -> list[Gate]:
    """Planned exits and exits of this year: of the county by town, of a town by village, of a village; empty for a
    bureau, which has no households of its own."""
    if scope.unit is not None and scope.town is None and scope.unit.type != "office":
        return []
    setting = scope.setting
    by_town = scope.village_id is None and scope.town is None
    whose = Village.town_id if by_town else Village.id
    # The first condition lets the covering index of registered households be used.
    leaving = and_(REGISTERED.predicate, Household.status == literal_column("'pre_exit'"))
    begins = datetime(setting.year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    ends = datetime(setting.year + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    counted = {}
    still: Select[int, int] = select(whose, func.count(Household.id)).join(Village, Village.id == Household.village_id)
    gone: Select[int, int] = (
        select(whose, func.count(ExitDossier.household_id.distinct()))
        .select_from(ExitDossier)
        .join(Household, Household.id == ExitDossier.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(ExitDossier.passed_at >= begins, ExitDossier.passed_at < ends)
        # A household taken back onto the register has not left.
        .where(Household.status == "exited")
    )
    for name, query in (("left", still.where(leaving)), ("through", gone)):
        if scope.village_id is not None:
            query = query.where(Village.id == scope.village_id)
        elif scope.town is not None:
            query = query.where(Village.town_id == scope.town.id)
        counted[name] = {row[0]: row[1] for row in session.execute(query.group_by(whose))}
    ids = counted["left"].keys() | counted["through"].keys()
    names = (
        {unit.id: (unit.name, unit.code) for unit in setting.units.values()}
        if by_town
        else {
            row[0]: (row[1], row[2])
            for row in session.execute(select(Village.id, Village.name, Village.code).where(Village.id.in_(ids)))
        }
    )
    order = list(setting.units) if by_town else sorted(ids)
    return [
        Gate(one, names[one][0], counted["left"].get(one, 0), counted["through"].get(one, 0), names[one][1])
        for one in sorted(ids, key=order.index)
    ]


def duties(session: Session, scope: Scope, now: datetime) -> list[Month]:
    """The duties of the assessment year by due month, of the county or of a unit; none for a village.

    Counted from the lines that the list of duties shows, the reports on ranking days among them.
    """
    if scope.village_id is not None:
        return []
    setting = scope.setting
    by_month: dict[int, Month] = {}
    for line in duty_status.lines(session, setting, now, scope.unit.id if scope.unit is not None else None):
        standing = line.standing
        if standing is not None:
            number = line.month(setting.year)
            month = by_month.setdefault(number, Month(number))
            setattr(month, standing, getattr(month, standing) + 1)
    return [by_month[number] for number in sorted(by_month)]
