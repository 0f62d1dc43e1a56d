"""Duty opening: opens duties at the start of their period, once, at a cost that depends only on what is due.

`duty_opening` stores the day up to which all duties were opened, so a run with nothing due reads one row.  Duties
missed during downtime are opened later, for their own period and with working days left to the unit.  The row's lock
lets one worker open at a time; UNIQUE(unit, duty, period) makes it exactly once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import County, DutyOpening, SchemeVersion, Ticket
from models.base import stated
from models.row_changes import happened
from workflow import batches
from workflow.batches import Transactions
from workflow.county import in_force
from workflow.county.context import CountyContext, county_context
from workflow.policy.periods import periods
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date
from workflow.tickets.consequences.duty_tickets import OwedDuty, open_duty

BATCH = 100
_NEVER = date(1970, 1, 1)


@dataclass(slots=True)
class Opened:
    """The number of duties opened in a run, and the failed ones (unit, duty and period with the reason)."""

    count: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def run(reading: Transactions, writing: Transactions, now: datetime, *, batch: int = BATCH) -> Opened:
    """Open all duties whose period has begun by `now`; each batch is a transaction of `writing`.

    A failing duty stops no other and is tried again at the next run.
    """
    opened = Opened()
    with reading() as session:
        last = not _behind(session, now)
    try:
        while not last:
            with writing() as session:
                done, last = _batch(session, now, batch)
            opened.count += done
    except Exception as error:
        if batches.lies_elsewhere(error):
            raise
        _one_by_one(reading, writing, now, opened)
    return opened


def due(session: Session, now: datetime) -> list[OwedDuty]:
    """The duties a run at `now` would open.  Writes nothing."""
    if not _behind(session, now):
        return []
    return _missing(session, county_context(session, at=now), now, None)


def _behind(session: Session, now: datetime) -> bool:
    if session.scalar(select(County.scheme_version_id)) is None:
        return False
    setting = county_context(session, at=now)
    if not setting.scheme.duties.list:
        return False
    row = session.execute(select(DutyOpening.scheme_version_id, DutyOpening.through)).one_or_none()
    return row is None or row[0] != setting.scheme_version_id or row[1] < local_date(now)


def _batch(session: Session, now: datetime, batch: int) -> tuple[int, bool]:
    """Open up to `batch` duties; returns how many, and whether that was all."""
    in_force.settle(session, now)
    setting = county_context(session, hold=True)
    mark = _mark(session, setting)
    if mark.scheme_version_id == setting.scheme_version_id and mark.through >= local_date(now):
        return 0, True
    # Another version may have other units or duties, so its whole year is read.
    since = mark.through if mark.scheme_version_id == setting.scheme_version_id else None
    missing = _missing(session, setting, now, since)
    for owed in missing[:batch]:
        open_duty(session, setting, owed, now)
    if len(missing) <= batch:
        mark.scheme_version_id, mark.through = setting.scheme_version_id, local_date(now)
        happened(session, now)
    return min(len(missing), batch), len(missing) <= batch


def _one_by_one(reading: Transactions, writing: Transactions, now: datetime, opened: Opened) -> None:
    def single(session: Session, wanted: OwedDuty) -> int:
        in_force.settle(session, now)
        setting = county_context(session, hold=True)
        _mark(session, setting)
        if _there(session, setting, [wanted]):
            return 0
        open_duty(session, setting, wanted, now)
        return 1

    with reading() as session:
        missing = due(session, now)
    opened.count += batches.one_by_one(writing, missing, single, opened.failed, key=_key)


def _key(wanted: OwedDuty) -> str:
    duty, unit, period = wanted
    return f"{unit.code} {duty.code} {period.code}"


def _mark(session: Session, setting: CountyContext) -> DutyOpening:
    """The county's opening mark, locked; created at first use."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = {"scheme_version_id": setting.scheme_version_id, "through": _NEVER}
    session.execute(dialect.insert(DutyOpening).values(**first).on_conflict_do_nothing())
    query = select(DutyOpening).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _missing(session: Session, setting: CountyContext, now: datetime, since: date | None) -> list[OwedDuty]:
    wanted = list(duties_to_open(setting, _taken_up(session, setting), local_date(now), since))
    there = _there(session, setting, wanted)
    return [owed for owed in wanted if (owed.unit.id, owed.duty.code, owed.period.code) not in there]


def _there(
    session: Session, setting: CountyContext, wanted: Iterable[OwedDuty]
) -> set[tuple[int | None, str | None, str | None]]:
    codes = sorted({period.code for _, _, period in wanted})
    rows = session.execute(
        select(Ticket.duty_unit_id, Ticket.duty_code, Ticket.period).where(
            Ticket.duty_unit_id.is_not(None), Ticket.period.in_(codes)
        )
    )
    wanted_keys = {(unit.id, duty.code, period.code) for duty, unit, period in wanted}
    # What a unit that has ended owed, or has done, none of its successors owes again.
    there = {(heir.id, row[1], row[2]) for row in rows for heir in setting.successors(stated(row[0]))}
    return {key for key in wanted_keys if key in there}


def _taken_up(session: Session, setting: CountyContext) -> date:
    """The day the county adopted a scheme of this year: periods over before it are not owed, unless the scheme says
    that the whole year counts."""
    first = session.scalar(select(func.min(SchemeVersion.loaded_at)).where(SchemeVersion.year == setting.year))
    return local_date(first) if first is not None else _NEVER


def of_year(setting: CountyContext, scheme: Scheme, year: int, first: date) -> tuple[list[OwedDuty], list[OwedDuty]]:
    """The duties of a year to come under a scheme: those that open on its first day in force, and those that open later in it;
    duties that follow another are in neither."""
    then = replace(setting, scheme=scheme, year=year)
    begun = list(duties_to_open(then, first, first))
    return begun, list(duties_to_open(then, first, date(year, 12, 31), first))


def duties_to_open(
    setting: CountyContext, taken_up: date, today: date, since: date | None = None
) -> Iterable[OwedDuty]:
    """Every duty, unit and period that begins after `since` and by `today`; duties that follow another open
    differently."""
    duties, towns = setting.scheme.duties, setting.scheme.towns
    for duty in duties.list:
        if duty.after is not None:
            continue
        units = [setting.by_code[code] for code in duties.units_of(duty, towns)]
        for period in periods(duty.period, setting.year, duty.since):
            if period.start > today or (since is not None and period.start <= since):
                continue
            if period.end < taken_up and not duty.whole_year:
                continue
            for unit in units:
                yield OwedDuty(duty, unit, period)
