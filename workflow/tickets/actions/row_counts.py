"""Row counts (台账数) of a duty: what the system counts of its own rows for the unit that owes it, in its period."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from models import Checkup, DutyForm, Household, Member, QuotaHouse, Ticket, Village
from models.household import ON_REGISTER
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.counted_people import GROUPS, RECORDED, Schooling, counted, gravely_ill, recorded, schooling_of
from workflow.policy.periods import Period, period_of
from workflow.policy.worktime import SHANGHAI

#: Counts of people of whom several units report their own part, by code, and the whole group.
_LEFT = {"people.pupils_left": "pupils"}


class Rows(NamedTuple):
    """A count, and of how many rows it is asked: 0 where the system has no rows that could say anything."""

    number: int
    among: int

    @property
    def known(self) -> int | None:
        """The count; None without rows."""
        return self.number if self.among else None


def rows_of(session: Session, setting: CountyContext, ticket: Ticket, wanted: Iterable[str]) -> dict[str, Rows]:
    """The counts of these codes (`RowCount`) for a duty's unit and period; empty for what is no duty of a period."""
    codes = list(dict.fromkeys(wanted))
    if not codes or ticket.duty_unit_id is None or ticket.period is None:
        return {}
    period = period_of(setting.scheme.duty(ticket.kind), ticket.period, setting.year)
    unit = setting.unit(ticket.owing_unit_id)
    people = _people(session, unit, period.end) if any(code.startswith("people.") for code in codes) else []
    on_register = session.scalar(_homes(_REGISTERED)(unit, period)) or 0
    return {
        code: _left(session, setting, ticket, code, _of_people(people, _LEFT[code], period.end))
        if code in _LEFT
        else _of_people(people, code.partition(".")[2], period.end)
        if code.startswith("people.")
        else _average(setting, period)
        if code == "incomes.average"
        else _of_rows(session, code, unit, period, on_register)
        for code in codes
    }


def _left(session: Session, setting: CountyContext, ticket: Ticket, code: str, whole: Rows) -> Rows:
    """What of a whole that units share the others have not reported in the period, in forms that were not returned."""
    shared = {field.code for field in setting.scheme.duty(ticket.kind).fields if field.own == code}
    query = (
        select(Ticket.id, DutyForm.fields)
        .join(DutyForm, DutyForm.ticket_id == Ticket.id)
        .where(
            Ticket.duty_code == ticket.duty_code,
            Ticket.period == ticket.period,
            Ticket.id != ticket.id,
            Ticket.state.in_(("resolved", "closed")),
        )
        .order_by(DutyForm.id)
    )
    # The last form of each unit.
    forms: dict[int, dict[str, Any]] = {}
    for number, fields in session.execute(query):
        forms[number] = fields
    reported = sum(int(Decimal(form[name])) for form in forms.values() for name in shared if form.get(name))
    return Rows(max(0, whole.number - reported), whole.among)


def _average(setting: CountyContext, period: Period) -> Rows:
    """The average income of the period's year in whole yuan, which the scheme has."""
    average = setting.scheme.average_income(period.start.year)
    return Rows(int(average.yuan), 1) if average is not None else Rows(0, 0)


def _of_rows(session: Session, code: str, unit: UnitFact, period: Period, on_register: int) -> Rows:
    count = session.scalar(_COUNTS[code](unit, period)) or 0
    if code == "households.on_record":
        return Rows(count, count)
    if code == "villages.listed":
        # Before the office has entered which villages are listed, nothing is known of any town.
        return Rows(count, session.scalar(_of_listed()) or 0)
    # Of tickets, matching and houses none are a fact too; of households only where the register has any.
    return Rows(count, on_register if code.startswith("households.") else 1)


@dataclass(frozen=True, slots=True)
class _Person:
    """The facts by which a person is counted."""

    born_on: date | None
    begins_on: date | None
    ends_on: date | None
    labour: str
    beyond_help: bool
    schooling: Schooling
    ill: bool
    insured: bool | None
    pension: bool | None
    allowance: bool | None


def _people(session: Session, unit: UnitFact, on: date) -> list[_Person]:
    """The counted people of the households on the register, of a town or the county."""
    query = (
        select(
            Member.born_on,
            Member.begins_on,
            Member.ends_on,
            Member.labour,
            Member.beyond_help,
            Member.schooling,
            Member.illness,
            Member.insured,
            Member.pension,
            Member.allowance,
        )
        .join(Household, Household.id == Member.household_id)
        .where(_REGISTERED)
    )
    if unit.type == "town":
        query = query.join(Village, Village.id == Household.village_id).where(Village.town_id == unit.id)
    people = (
        _Person(
            row.born_on,
            row.begins_on,
            row.ends_on,
            row.labour,
            row.beyond_help,
            schooling_of(row.schooling),
            gravely_ill(row.illness),
            row.insured,
            row.pension,
            row.allowance,
        )
        for row in session.execute(query)
    )
    return [person for person in people if counted(person, on)]


def _of_people(people: list[_Person], name: str, on: date) -> Rows:
    if name == "ill":
        # An empty cell says nothing of health: only who is recorded as ill is known.
        ill = sum(1 for person in people if person.ill)
        return Rows(ill, ill)
    if name in RECORDED:
        group, fact = RECORDED[name]
        told = [recorded(person, fact) for person in people if GROUPS[group](person, on)]
        return Rows(sum(1 for one in told if one), sum(1 for one in told if one is not None))
    return Rows(sum(1 for person in people if GROUPS[name](person, on)), len(people))


_REGISTERED = Household.status.in_(ON_REGISTER)
#: A query of one count for a unit in a period.
_Counting = Callable[[UnitFact, Period], Select[Any]]


def _houses(verdict: Any) -> _Counting:
    """Houses of the quota whose day another unit has confirmed."""

    def counted_houses(unit: UnitFact, period: Period) -> Select[Any]:
        query = (
            select(func.count())
            .select_from(QuotaHouse)
            .where(QuotaHouse.year == period.start.year, QuotaHouse.dropped.is_(False), verdict == "confirmed")
        )
        if unit.type != "town":
            return query
        homes = select(Household.id).join(Village, Village.id == Household.village_id).where(Village.town_id == unit.id)
        return query.where(QuotaHouse.household_id.in_(homes))

    return counted_houses


def _homes(*which: ColumnElement[bool]) -> _Counting:
    def counting(unit: UnitFact, period: Period) -> Select[Any]:
        query = select(func.count()).select_from(Household).join(Village, Village.id == Household.village_id)
        return query.where(Village.town_id == unit.id if unit.type == "town" else true(), *which)

    return counting


def _visited(unit: UnitFact, period: Period) -> Select[Any]:
    return _homes(_REGISTERED, Household.visited_on >= period.start)(unit, period)


def _matched(unit: UnitFact, period: Period) -> Select[Any]:
    """The households about which the unit reported by data matching in the period."""
    return select(func.count(Checkup.household_id.distinct())).where(
        Checkup.unit_id == unit.id,
        Checkup.source == "matching",
        Checkup.seen_on >= period.start,
        Checkup.seen_on <= period.end,
    )


def _tickets(closed: bool) -> _Counting:
    def counting(unit: UnitFact, period: Period) -> Select[Any]:
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


def _of_listed() -> Select[Any]:
    """The listed poor villages of the county."""
    return select(func.count()).select_from(Village).where(Village.listed_poor, Village.ended_on.is_(None))


def _listed(unit: UnitFact, period: Period) -> Select[Any]:
    return _of_listed().where(Village.town_id == unit.id) if unit.type == "town" else _of_listed()


#: Households with an open deficiency.
_LACKING = Household.id.in_(
    select(Ticket.household_id).where(
        Ticket.type == "deficiency", Ticket.ended_at.is_(None), Ticket.household_id.is_not(None)
    )
)
_COUNTS: dict[str, _Counting] = {
    "households.on_register": _homes(_REGISTERED),
    "households.on_record": _homes(),
    "households.new": _homes(Household.status == "new"),
    "households.labour": _homes(_REGISTERED, Household.labour == "with"),
    "households.pre_exit": _homes(Household.status == "pre_exit"),
    "households.lacking": _homes(Household.status == "pre_exit", _LACKING),
    "households.visited": _visited,
    "checkups.matching": _matched,
    "tickets.filed": _tickets(False),
    "tickets.closed": _tickets(True),
    "quota.paid": _houses(QuotaHouse.paid_verdict),
    "quota.finished": _houses(QuotaHouse.finished_verdict),
    "villages.listed": _listed,
}
