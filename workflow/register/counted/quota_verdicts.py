"""Quota verdicts (任务户核实确认): what another unit says of an entered day of a house, confirmed or returned.

Source: the notice's item 10 with 销号 by another than the doer.  The unit that guides the duty judges what towns entered, the
household's town what that unit entered itself; the database refuses a verdict of the unit that entered the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from models.counted_rows import HOUSE_STEPS, QuotaHouse
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed
from workflow.inputs import statement_of
from workflow.register.counted import quota, quota_rows
from workflow.register.counted.quota import QuotaLine

_JUDGES = ("town", "bureau", "office")
_OWN = ("ck_quota_house_paid_by_another", "ck_quota_house_finished_by_another")


@dataclass(frozen=True, slots=True)
class EnteredDay:
    """One entered day of a house: its step (`paid` or `finished`), the unit that entered it, and the verdict on it."""

    line: QuotaLine
    step: str
    on: date
    entered_by: int
    verdict: str | None
    verdict_unit: int | None
    verdict_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A day as the person who judges it saw it; one changed since then is refused."""

    code: str
    step: str
    on: date


def confirmer_of(setting: CountyContext, entered_by: int, town_id: int) -> int:
    """The unit that judges what a unit entered of a household of a town."""
    duty = quota.duty_of(setting)
    guide = setting.by_code[duty.guided_by].id if duty is not None and duty.guided_by is not None else setting.office.id
    return setting.scheme.duties.quota_confirmer(guide, setting.present(entered_by).id, town_id)


def day_of_step(line: QuotaLine, step: str) -> EnteredDay | None:
    """The entered day of a step with its verdict; None while none is entered."""
    row = line.row
    on = getattr(row, f"{step}_on")
    if on is None:
        return None
    verdict = [getattr(row, f"{step}_verdict{part}") for part in ("", "_unit_id", "_at")]
    return EnteredDay(line, step, on, getattr(row, f"{step}_unit_id"), *verdict)


def for_verdict(actor: Actor, setting: CountyContext, lines: Sequence[QuotaLine]) -> list[EnteredDay]:
    """The days on which the actor's unit has the verdict and that are not confirmed, by household."""
    days = [day for line in lines for step in HOUSE_STEPS if (day := day_of_step(line, step)) is not None]
    return [day for day in days if day.verdict != "confirmed" and _decides(actor, setting, day.line, day.entered_by)]


def judge(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    days: Sequence[Judged],
    verdict: str,
    reason: str = "",
) -> int:
    """Record a verdict (`confirmed`, or `returned` for a reason) on entered days; returns how many changed.

    A returned day may be confirmed later, a confirmed one returned; a changed day needs a new verdict.  Raises NotAllowed
    for days of which another unit judges; BadInput where none is named, one has changed since it was seen, or the
    reason says nothing.
    """
    if not days:
        raise BadInput("quota_none_chosen", "days")
    why = statement_of("reason", reason) if verdict == "returned" else ""
    homes = quota_rows.locked(session, actor, sorted({day.code for day in days}), gone=True)
    rows = {
        row.household_id: row for row in quota_rows.rows_of(session, setting, [home.id for home, _ in homes.values()])
    }
    changed = set[int]()
    for day in days:
        home = homes.get(day.code)
        row = rows.get(home[0].id) if home is not None else None
        if home is None or row is None or row.dropped or getattr(row, f"{day.step}_on") != day.on:
            raise BadInput("quota_day_moved", "days", code=day.code[:64])
        line = QuotaLine(row, *home)
        if not _decides(actor, setting, line, getattr(row, f"{day.step}_unit_id")):
            raise NotAllowed("quota_verdict_of_another")
        if getattr(row, f"{day.step}_verdict") != verdict:
            _put(row, day.step, verdict, actor, now)
            changed.add(row.household_id)
    with refused_as(NotAllowed("quota_verdict_of_another"), *_OWN):
        session.flush()
    for household_id in sorted(changed):
        quota_rows.append(session, actor, now, rows[household_id], why)
    return len(changed)


def waiting(session: Session, actor: Actor, setting: CountyContext) -> int:
    """How many entered days wait for the first verdict of the actor's unit; the list is on the page of the quota."""
    if quota.duty_of(setting) is None or actor.role not in _JUDGES or not quota.may_enter(actor, setting):
        return 0
    open_steps = [
        and_(getattr(QuotaHouse, f"{step}_on").is_not(None), getattr(QuotaHouse, f"{step}_verdict").is_(None))
        for step in HOUSE_STEPS
    ]
    days = for_verdict(actor, setting, quota.listed(session, actor, setting, or_(*open_steps)))
    return sum(day.verdict is None for day in days)


def _decides(actor: Actor, setting: CountyContext, line: QuotaLine, entered_by: int) -> bool:
    return actor.role in _JUDGES and actor.unit_id == confirmer_of(setting, entered_by, line.village.town_id)


def _put(row: QuotaHouse, step: str, verdict: str, actor: Actor, now: datetime) -> None:
    values = {"": verdict, "_unit_id": actor.own_unit_id, "_by_id": actor.account_id, "_at": now}
    for part, value in values.items():
        setattr(row, f"{step}_verdict{part}", value)
