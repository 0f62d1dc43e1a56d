"""Quota days (任务户资金到户、竣工日期): entered days that wait for a unit's confirmation, for its morning digest.

A day counts only once another unit has confirmed it (item 10), so whoever is to confirm is reminded.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import County, Event, Household, QuotaHouse, SchemeVersion, Unit, Village
from models.counted_rows import HOUSE_STEPS
from notifications.county_clock import CountyClock, scheme_of
from notifications.successors import successors


@dataclass(frozen=True, slots=True)
class WaitingDays:
    """How many entered days a unit has to confirm, and when the first of them is due."""

    count: int
    due_at: datetime


def waiting_days(session: Session, county: CountyClock, unit_id: int) -> WaitingDays | None:
    """The entered days without a verdict that a unit has to judge, each due after the scheme's working days for a
    confirmation; None without any, or in a scheme without a quota."""
    versions = select(SchemeVersion.id, SchemeVersion.year).join(County, County.scheme_version_id == SchemeVersion.id)
    version, year = session.execute(versions).one()
    scheme = scheme_of(session, version)
    duty = scheme.duties.quota
    if duty is None:
        return None
    units = {row.id: row for row in session.scalars(select(Unit).order_by(Unit.ended_on.is_not(None), Unit.id))}
    present = successors(session).__getitem__
    named = (unit for unit in units.values() if unit.code == duty.guided_by) if duty.guided_by else ()
    guide = next((unit.id for unit in (*named, *(row for row in units.values() if row.type == "office"))), 0)
    changed = (
        select(func.max(Event.at))
        .where(Event.subject_type == "household", Event.subject_id == Household.id, Event.action == "quota")
        .scalar_subquery()
    )
    rows = session.execute(
        select(QuotaHouse, Village.town_id, changed)
        .join(Household, Household.id == QuotaHouse.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(QuotaHouse.year == year, QuotaHouse.dropped.is_(False))
    )
    entered = [
        at
        for row, town, at in rows
        for step in HOUSE_STEPS
        if getattr(row, f"{step}_on") is not None
        and getattr(row, f"{step}_verdict") is None
        and scheme.duties.quota_confirmer(present(guide), present(getattr(row, f"{step}_unit_id")), town) == unit_id
    ]
    if not entered:
        return None
    return WaitingDays(len(entered), county.working_day_after(min(entered), scheme.limits.normal.confirm))
