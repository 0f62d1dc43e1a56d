"""Duty progress: counts a countable duty by its entries, or from the register."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from models import DutyEntry, Household, QuotaHouse, Ticket, Village
from models.household import ON_REGISTER
from workflow.county.context import CountyContext
from workflow.policy.periods import Period, period_of
from workflow.policy.poor_villages import hard_villages
from workflow.policy.scheme.duties import Count
from workflow.tickets.actions.entry_credits import Credit, capped_by_village, credits_of


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
    return Counted(sum(credit.amount for credit in entry_credits_of(session, ticket, count).values()), target)


def entry_credits_of(session: Session, ticket: Ticket, count: Count) -> dict[int, Credit]:
    """The credit of each valid entry that counts for the duty, by its id: of all its units where they share one target."""
    there = _homes_by_village(session, ticket) if capped_by_village(count) else {}
    return credits_of(count, standing(session, *_whose(ticket, count)), there, such_villages(session, count))


def period_of_ticket(setting: CountyContext, ticket: Ticket) -> Period:
    """The period of a duty's ticket."""
    return period_of(setting.scheme.duty(ticket.kind), ticket.duty_period, setting.year)


def such_villages(session: Session, count: Count) -> frozenset[str] | None:
    """The codes of the villages that entries may name; None where any may be named."""
    if count.villages is None:
        return None
    rows = _villages(session)
    if count.villages == "listed":
        return frozenset(code for code, listed, _ in rows if listed)
    return hard_villages(rows) or frozenset()


def _villages(session: Session) -> list[tuple[str, bool, int | None]]:
    living = select(Village.code, Village.listed_poor, Village.poor_people).where(Village.ended_on.is_(None))
    rows = session.execute(living)
    return [(row[0], row[1], row[2]) for row in rows]


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


def _target(session: Session, setting: CountyContext, ticket: Ticket, count: Count) -> int | None:
    if count.split:
        return count.split.get(setting.unit(ticket.owing_unit_id).code, 0)
    if count.of is None:
        return count.target
    if count.of == "hard_villages":
        return _hard_villages(session)
    if count.of == "villages":
        return _all_villages(session, setting, ticket)
    wanted = ("pre_exit",) if count.of == "visited" else ON_REGISTER
    return _households(session, ticket.owing_unit_id, Household.status.in_(wanted))


def _all_villages(session: Session, setting: CountyContext, ticket: Ticket) -> int:
    """The villages of the town that owes the duty, or of the county for a county unit."""
    query = select(func.count()).select_from(Village).where(Village.ended_on.is_(None))
    if setting.unit(ticket.owing_unit_id).type == "town":
        query = query.where(Village.town_id == ticket.owing_unit_id)
    return int(session.scalar(query) or 0)


def _on_register(session: Session, town_id: int, count: Count, period: Period) -> int:
    if count.of == "quota":
        return _houses_done(session, town_id, period.start.year)
    if count.of == "visited":
        return _households(session, town_id, Household.status == "pre_exit", Household.visited_on >= period.start)
    return _households(session, town_id, Household.status.in_(ON_REGISTER), Household.cadre_name != "")


def _houses_done(session: Session, town_id: int, year: int) -> int:
    """The quota's houses of a town that are finished and have the start-up money (item 10 asks for both), each day
    confirmed by another unit than the one that entered it."""
    query = (
        select(func.count())
        .select_from(QuotaHouse)
        .join(Household, Household.id == QuotaHouse.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(
            Village.town_id == town_id,
            QuotaHouse.year == year,
            QuotaHouse.dropped.is_(False),
            QuotaHouse.finished_verdict == "confirmed",
            QuotaHouse.paid_verdict == "confirmed",
        )
    )
    return int(session.scalar(query) or 0)


def _households(session: Session, town_id: int, *which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Household).join(Village, Village.id == Household.village_id)
    return int(session.scalar(query.where(Village.town_id == town_id, *which)) or 0)


def _hard_villages(session: Session) -> int | None:
    """How many villages are hard-pressed (notice item 4); None while the county has not entered their people."""
    found = hard_villages(_villages(session))
    return len(found) if found is not None else None


def within(period: Period, day: date) -> bool:
    """Whether a day lies in the period."""
    return period.start <= day <= period.end
