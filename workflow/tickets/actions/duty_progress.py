"""Duty progress: counts a countable duty by its entries, or from the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from models import DutyEntry, Household, Ticket, Village
from models.household import ON_REGISTER
from workflow.county.context import CountyContext
from workflow.policy.form_rules import broken
from workflow.policy.periods import Period, period_of
from workflow.policy.scheme.duties import Count, Duty


@dataclass(frozen=True, slots=True)
class Counted:
    """The count and its target; None where the notice names no figure."""

    done: int
    target: int | None

    @property
    def missing(self) -> int:
        return max(0, (self.target or 0) - self.done)


def counted(session: Session, setting: CountyContext, ticket: Ticket) -> Counted | None:
    """The progress of the ticket's duty; None for a duty without a count.

    For a shared duty the entries of all its units count, unless each has its part of the target.
    """
    duty = setting.scheme.duty(ticket.kind)
    count = duty.count
    if count is None:
        return None
    period = period_of_ticket(setting, ticket)
    target = _target(session, setting, ticket, count)
    if count.by_register:
        return Counted(_on_register(session, ticket.owing_unit_id, count, period), target)
    rows = counting(count, standing(session, *_whose(ticket, count)))
    return Counted(_worth(session, ticket, duty, count, rows), target)


def period_of_ticket(setting: CountyContext, ticket: Ticket) -> Period:
    """The period of a duty's ticket."""
    return period_of(setting.scheme.duty(ticket.kind), ticket.duty_period, setting.year)


def counting(count: Count, rows: list[DutyEntry]) -> list[DutyEntry]:
    """The entries that count: those that reach what the item demands of them."""
    return [row for row in rows if not broken(count.rules, row.fields, "reached")]


def standing(session: Session, *of: ColumnElement[bool]) -> list[DutyEntry]:
    """The valid entries by day: neither corrected by another nor withdrawn."""
    later = aliased(DutyEntry)
    query: Select[DutyEntry] = (
        select(DutyEntry)
        .join(Ticket, Ticket.id == DutyEntry.ticket_id)
        .outerjoin(later, later.corrects_id == DutyEntry.id)
        .where(*of, later.id.is_(None), DutyEntry.void.is_(False))
        .order_by(DutyEntry.on, DutyEntry.id)
    )
    return list(session.scalars(query))


def _whose(ticket: Ticket, count: Count) -> tuple[ColumnElement[bool], ...]:
    if not count.together or count.split:
        return (DutyEntry.ticket_id == ticket.id,)
    return (
        Ticket.duty_unit_id.is_not(None),
        Ticket.period == ticket.period,
        Ticket.duty_code == ticket.duty_code,
        Ticket.state != "withdrawn",
    )


def _worth(session: Session, ticket: Ticket, duty: Duty, count: Count, rows: list[DutyEntry]) -> int:
    there = _homes_by_village(session, ticket) if capped_by_village(count) else {}
    return worth(count, rows, there)


def capped_by_village(count: Count) -> bool:
    """Whether entries name villages with a number of households, so that no village counts more than it has."""
    return count.sum is not None and count.of == "households" and any(field.code == "village" for field in count.fields)


def worth(count: Count, rows: Sequence[DutyEntry], there: Mapping[str, int]) -> int:
    """What valid entries are worth; `there`: the households of each village by code, where entries are capped by it."""
    if capped_by_village(count):
        assert count.sum is not None
        return _by_village(count.sum, rows, there)
    if count.sum is not None:
        return int(sum((Decimal(row.fields.get(count.sum) or 0) for row in rows), Decimal(0)))
    if count.once_per:
        return len({tuple(part(row, name) for name in count.once_per) for row in rows})
    return len(rows)


def part(row: DutyEntry, name: str) -> str:
    """The key by which entries count once: their day, month or quarter, or the value of a field."""
    if name == "day":
        return row.on.isoformat()
    if name == "month":
        return f"{row.on:%Y-%m}"
    return f"{row.on.year}-{(row.on.month + 2) // 3}" if name == "quarter" else str(row.fields.get(name, ""))


def _homes_by_village(session: Session, ticket: Ticket) -> dict[str, int]:
    return {
        row[0]: row[1]
        for row in session.execute(
            select(Village.code, func.count())
            .join(Household, Household.village_id == Village.id)
            .where(Village.town_id == ticket.duty_unit_id, Household.status.in_(ON_REGISTER))
            .group_by(Village.code)
        )
    }


def _by_village(name: str, rows: Sequence[DutyEntry], there: Mapping[str, int]) -> int:
    """Reported visits of households, per village at most the households it has, so that double visits do not
    compensate."""
    said: dict[str, Decimal] = {}
    for row in rows:
        village = str(row.fields.get("village", ""))
        said[village] = said.get(village, Decimal(0)) + Decimal(row.fields.get(name) or 0)
    return sum(min(int(number), there.get(village, 0)) for village, number in said.items())


def _target(session: Session, setting: CountyContext, ticket: Ticket, count: Count) -> int | None:
    if count.split:
        return count.split.get(setting.unit(ticket.owing_unit_id).code, 0)
    if count.of is None:
        return count.target
    if count.of == "hard_villages":
        return _hard_villages(session)
    wanted = ("pre_exit",) if count.of == "visited" else ON_REGISTER
    return _households(session, ticket.owing_unit_id, Household.status.in_(wanted))


def _on_register(session: Session, town_id: int, count: Count, period: Period) -> int:
    if count.of == "visited":
        return _households(session, town_id, Household.status == "pre_exit", Household.visited_on >= period.start)
    return _households(session, town_id, Household.status.in_(ON_REGISTER), Household.cadre_name != "")


def _households(session: Session, town_id: int, *which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Household).join(Village, Village.id == Household.village_id)
    return int(session.scalar(query.where(Village.town_id == town_id, *which)) or 0)


def _hard_villages(session: Session) -> int | None:
    """The unlisted villages in the county's top third by poor people (notice item 4); None while the county has not
    entered these numbers."""
    rows = session.execute(
        select(Village.listed_poor, Village.poor_people)
        .where(Village.poor_people > 0)
        .order_by(Village.poor_people.desc(), Village.code)
    ).all()
    total = session.scalar(select(func.count()).select_from(Village)) or 0
    top = rows[: (total + 2) // 3]
    return sum(not listed for listed, _ in top) if rows else None


def within(period: Period, day: date) -> bool:
    """Whether a day lies in the period."""
    return period.start <= day <= period.end
