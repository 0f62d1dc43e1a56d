"""Known answers (系统已有数据): the fields of a duty's form whose number the system counts, so that its unit only confirms.

Source: 整治形式主义为基层减负若干规定, which asks nobody to fill in what is on record already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from models import Checkup, Household, Member, QuotaHouse, Ticket, Village
from models.household import ON_REGISTER
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.counted_people import GROUPS, Schooling, counted, schooling_of
from workflow.policy.periods import Period, period_of
from workflow.policy.scheme.duties import FormField
from workflow.policy.worktime import SHANGHAI


def known_answers(
    session: Session, setting: CountyContext, ticket: Ticket, fields: tuple[FormField, ...]
) -> dict[str, str]:
    """The number of each field that the system counts, by the field's code, for the duty's unit and period."""
    wanted = [field for field in fields if field.known is not None]
    if not wanted or ticket.duty_unit_id is None or ticket.period is None:
        return {}
    period = period_of(setting.scheme.duty(ticket.kind), ticket.period, setting.year)
    unit = setting.unit(ticket.duty_unit_id)
    counts = {field: _count(session, field.known or "", unit, period) for field in wanted}
    # Without rows there is nothing to confirm.
    return {field.code: str(count) for field, count in counts.items() if count >= (field.min or 0)}


def _count(session: Session, known: str, unit: UnitFact, period: Period) -> int:
    kind, _, group = known.partition(".")
    if kind == "people":
        return _people(session, group, unit, period.end)
    return session.scalar(_COUNTS[known](unit, period)) or 0


def _people(session: Session, group: str, unit: UnitFact, on: date) -> int:
    """The people of a group in the households on the register, of a town or the county."""
    query = select(Member).join(Household, Household.id == Member.household_id)
    if unit.type == "town":
        query = query.join(Village, Village.id == Household.village_id).where(Village.town_id == unit.id)
    rows = session.scalars(query.where(Household.status.in_(ON_REGISTER)))
    people = [
        _Person(row.born_on, row.begins_on, row.ends_on, row.labour, row.beyond_help, schooling_of(row.schooling))
        for row in rows
    ]
    return len([person for person in people if counted(person, on) and GROUPS[group](person, on)])


@dataclass(frozen=True, slots=True)
class _Person:
    """The facts by which a person is counted."""

    born_on: date | None
    begins_on: date | None
    ends_on: date | None
    labour: str
    beyond_help: bool
    schooling: Schooling


def _houses(column: Any) -> Callable[[UnitFact, Period], Select[int]]:
    def counted_houses(unit: UnitFact, period: Period) -> Select[int]:
        query = (
            select(func.count())
            .select_from(QuotaHouse)
            .where(QuotaHouse.year == period.start.year, QuotaHouse.dropped.is_(False), column.is_not(None))
        )
        if unit.type != "town":
            return query
        homes = select(Household.id).join(Village, Village.id == Household.village_id).where(Village.town_id == unit.id)
        return query.where(QuotaHouse.household_id.in_(homes))

    return counted_houses


def _homes(*which: ColumnElement[bool]) -> Callable[[UnitFact, Period], Select[int]]:
    def counting(unit: UnitFact, period: Period) -> Select[int]:
        query = select(func.count()).select_from(Household).join(Village, Village.id == Household.village_id)
        return query.where(Village.town_id == unit.id if unit.type == "town" else true(), *which)

    return counting


def _visited(unit: UnitFact, period: Period) -> Select[int]:
    return _homes(Household.status.in_(ON_REGISTER), Household.visited_on >= period.start)(unit, period)


def _matched(unit: UnitFact, period: Period) -> Select[int]:
    """The households about which the unit reported by data matching in the period."""
    return select(func.count(Checkup.household_id.distinct())).where(
        Checkup.unit_id == unit.id,
        Checkup.source == "matching",
        Checkup.seen_on >= period.start,
        Checkup.seen_on <= period.end,
    )


def _tickets(closed: bool) -> Callable[[UnitFact, Period], Select[int]]:
    def counting(unit: UnitFact, period: Period) -> Select[int]:
        """Deficiencies of the town, of a bureau those it leads, of the office all."""
        begins, ends = (
            datetime.combine(day, time(), SHANGHAI) for day in (period.start, period.end + timedelta(days=1))
        )
        moment = Ticket.ended_at if closed else Ticket.filed_at
        whose = {"town": Ticket.town_id == unit.id, "bureau": Ticket.lead_unit_id == unit.id}.get(unit.type, true())
        query = select(func.count()).select_from(Ticket).where(Ticket.type == "deficiency", Ticket.state != "withdrawn")
        if closed:
            query = query.where(Ticket.state == "closed")
        return query.where(whose, moment >= begins, moment < ends)

    return counting


_COUNTS: dict[str, Callable[[UnitFact, Period], Select[int]]] = {
    "households.on_register": _homes(Household.status.in_(ON_REGISTER)),
    "households.new": _homes(Household.status == "new"),
    "households.visited": _visited,
    "checkups.matching": _matched,
    "tickets.filed": _tickets(False),
    "tickets.closed": _tickets(True),
    "quota.paid": _houses(QuotaHouse.paid_on),
    "quota.finished": _houses(QuotaHouse.finished_on),
}
