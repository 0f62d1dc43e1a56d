"""Quota houses (年度危房改造任务户): the households of the year's quota, their start-up money and the completed house.

Source: the notice's item 10.  The town that owes the duty enters them, or the bureau that guides it, or the office.  A day
counts once another unit has confirmed it (`quota_verdicts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import Household, QuotaHouse, Village
from models.counted_rows import HOUSE_STEPS
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import CountyContext
from workflow.errors import BadInput, Duplicate, NotAllowed
from workflow.inputs import statement_of
from workflow.policy.scheme.duties import Duty
from workflow.policy.worktime import local_date
from workflow.register.access import visible_area
from workflow.register.counted.quota_rows import append, locked, reach, rows_of
from workflow.text_content import is_statement
from workflow.tickets.visibility import COUNTY_WIDE

#: The days of a house, in the order in which they come.
_DAYS = ("paid_on", "finished_on")
#: Every column of the two steps.
_PARTS = ("on", "unit_id", "verdict", "verdict_unit_id", "verdict_by_id", "verdict_at")
_OF_STEPS = tuple(f"{step}_{part}" for step in HOUSE_STEPS for part in _PARTS)


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One house of the quota with its household and village; `opens`: the reader may open the household."""

    row: QuotaHouse
    household: Household
    village: Village
    opens: bool = True


def duty_of(setting: CountyContext) -> Duty | None:
    """The duty whose progress is counted from the list; None in a scheme without a quota."""
    return setting.scheme.duties.quota


def share_of(setting: CountyContext, town: str) -> int:
    """The town's part of the quota by the scheme; 0 without one."""
    duty = duty_of(setting)
    return duty.count.split.get(town, 0) if duty is not None and duty.count is not None else 0


def may_enter(actor: Actor, setting: CountyContext) -> bool:
    """Whether the actor enters the list: towns their own households, the guiding bureau and the office all."""
    duty = duty_of(setting)
    if duty is None:
        return False
    guides = duty.guided_by is not None and actor.unit_id == setting.by_code[duty.guided_by].id
    return actor.role in ("town", "office") or (actor.role == "bureau" and guides)


def listed(session: Session, actor: Actor, setting: CountyContext, *which: ColumnElement[bool]) -> list[QuotaLine]:
    """The list of the assessment year (of it those rows that are asked for): the county's, or a town's own; empty in a
    scheme without a quota.

    Raises NotAllowed.
    """
    if not may_enter(actor, setting) and actor.role not in (*COUNTY_WIDE, "town"):
        raise NotAllowed("quota_not_yours")
    query = (
        select(QuotaHouse, Household, Village, visible_area(actor).label("opens"))
        .join(Household, Household.id == QuotaHouse.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(QuotaHouse.year == setting.year, QuotaHouse.dropped.is_(False), reach(actor), *which)
        .order_by(Village.town_id, Village.code, Household.code)
    )
    return [QuotaLine(*row[:3], bool(row.opens)) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Added:
    """How many households were put on the list, and the codes of those that were on it already."""

    made: int
    already: tuple[str, ...]


def add(session: Session, actor: Actor, setting: CountyContext, now: datetime, codes: Sequence[str]) -> Added:
    """Put households on the list by their codes.

    Raises NotAllowed; BadInput `household_not_there`, `quota_full` where a town would list more than its share, or
    `quota_listed` where all are listed already; Duplicate.
    """
    _admit(actor, setting)
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not wanted:
        raise BadInput("missing", "codes")
    homes = locked(session, actor, wanted)
    known = {row.household_id: row for row in rows_of(session, setting, [home.id for home, _ in homes.values()])}
    made, already = 0, list[str]()
    for code in wanted:
        if code not in homes:
            raise BadInput("household_not_there", "codes", code=code[:64])
        home, village = homes[code]
        row = known.get(home.id)
        if row is not None and not row.dropped:
            already.append(code)
            continue
        if row is None:
            row = QuotaHouse(household_id=home.id, year=setting.year, dropped=False)
            session.add(row)
        row.dropped = False
        with refused_as(Duplicate("quota_meanwhile"), "uq_quota_house_household_id_year"):
            session.flush()
        append(session, actor, now, row)
        made += 1
        _not_beyond(session, setting, village.town_id)
    if not made:
        raise BadInput("quota_listed", "codes", code="、".join(already)[:200])
    return Added(made, tuple(already))


def settle(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    days: Mapping[str, Mapping[str, date | None]],
    reason: str = "",
) -> int:
    """Record on which day start-up money was paid (`paid_on`) and the house finished (`finished_on`), by household code;
    returns how many changed.

    A recorded day that is changed or cleared, and a house finished before its start-up money, need a `reason`, kept with
    the event.  Raises NotAllowed; BadInput with the `box` at fault for these without one, and for a day still to come or
    before last year.
    """
    _admit(actor, setting)
    homes, changed, today = locked(session, actor, list(days), gone=True), 0, local_date(now)
    rows = {row.household_id: row for row in rows_of(session, setting, [home.id for home, _ in homes.values()])}
    for code, given in days.items():
        row = rows.get(homes[code][0].id) if code in homes else None
        if row is None or row.dropped:
            raise BadInput("household_not_there", "days", code=code[:64], box=f"paid_on-{code}")
        for name in _DAYS:
            day = given.get(name)
            if day is not None and not date(setting.year - 1, 1, 1) <= day <= today:
                raise BadInput("quota_day", "days", code=code[:64], day=day.isoformat(), box=f"{name}-{code}")
        if all(getattr(row, name) == given.get(name) for name in _DAYS):
            continue
        needed = _needs_reason(row, given)
        if needed is not None and not is_statement(reason):
            raise BadInput(needed[0], "reason", code=code[:64], box=f"{needed[1]}-{code}")
        for step in HOUSE_STEPS:
            _enter(row, step, given.get(f"{step}_on"), actor)
        append(session, actor, now, row, statement_of("reason", reason) if needed is not None else "")
        changed += 1
    return changed


def _enter(row: QuotaHouse, step: str, day: date | None, actor: Actor) -> None:
    """Set the day of a step; a changed one is the actor's unit's, and no verdict on the old one holds for it."""
    if getattr(row, f"{step}_on") == day:
        return
    setattr(row, f"{step}_on", day)
    setattr(row, f"{step}_unit_id", actor.own_unit_id if day is not None else None)
    for part in ("", "_unit_id", "_by_id", "_at"):
        setattr(row, f"{step}_verdict{part}", None)


def _needs_reason(row: QuotaHouse, given: Mapping[str, date | None]) -> tuple[str, str] | None:
    """Why new days of a house need a reason, and the day at fault; None where they need none.

    Start-up money comes first, the finished house after it (item 10).
    """
    for name in _DAYS:
        if getattr(row, name) is not None and getattr(row, name) != given.get(name):
            return "quota_changed_why", name
    paid, finished = given.get("paid_on"), given.get("finished_on")
    if finished is not None and paid is None:
        return "quota_unpaid_why", "paid_on"
    if finished is not None and paid is not None and finished < paid:
        return "quota_order_why", "finished_on"
    return None


def drop(session: Session, actor: Actor, setting: CountyContext, now: datetime, code: str, reason: str) -> None:
    """Take a household off the list, for a reason.  Raises NotAllowed, BadInput."""
    _admit(actor, setting)
    why = statement_of("reason", reason)
    homes = locked(session, actor, [code], gone=True)
    rows = rows_of(session, setting, [home.id for home, _ in homes.values()])
    if not rows or rows[0].dropped:
        raise BadInput("household_not_there", "code", code=code[:64])
    rows[0].dropped = True
    append(session, actor, now, rows[0], why)


def follow(session: Session, actor: Actor, now: datetime, home: Household, into: Household | None, reason: str) -> None:
    """Take the houses of a household that is gone off the lists; the household it was merged into stands there instead,
    with the same days, the units that entered them and the verdicts on them, unless it does already.  Both must be
    locked."""
    rows = session.scalars(select(QuotaHouse).where(QuotaHouse.household_id == home.id, QuotaHouse.dropped.is_(False)))
    for row in rows.all():
        row.dropped = True
        append(session, actor, now, row, reason)
        if into is None:
            continue
        same = select(QuotaHouse).where(QuotaHouse.household_id == into.id, QuotaHouse.year == row.year)
        there = session.scalar(same)
        if there is not None and not there.dropped:
            continue
        if there is None:
            there = QuotaHouse(household_id=into.id, year=row.year)
            session.add(there)
        for name in _OF_STEPS:
            setattr(there, name, getattr(row, name))
        there.dropped = False
        with refused_as(Duplicate("quota_meanwhile"), "uq_quota_house_household_id_year"):
            session.flush()
        append(session, actor, now, there, reason)


def _admit(actor: Actor, setting: CountyContext) -> None:
    if not may_enter(actor, setting):
        raise NotAllowed("quota_not_yours")


def _not_beyond(session: Session, setting: CountyContext, town_id: int) -> None:
    share = share_of(setting, setting.unit(town_id).code)
    query = (
        select(QuotaHouse.id)
        .join(Household, Household.id == QuotaHouse.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(QuotaHouse.year == setting.year, QuotaHouse.dropped.is_(False), Village.town_id == town_id)
    )
    if len(session.scalars(query).all()) > share:
        raise BadInput("quota_full", "codes", town=setting.unit(town_id).name, most=share)
