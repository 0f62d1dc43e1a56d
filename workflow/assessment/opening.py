"""Opening the duties at the start of their period, once, in time proportional to what is due.

`duty_opening` remembers up to which day everything was opened, so a look with nothing due reads one row.  What a worker
missed while it was down is opened later, for its own period and with working days left to its unit.  The row's lock
lets one worker open at a time; UNIQUE(unit, duty, period) is what makes it exactly once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import County, DutyOpening, SchemeVersion, Ticket
from workflow.batches import Transactions
from workflow.county import in_force
from workflow.county.context import Setting, UnitFact, setting
from workflow.policy.periods import Period, periods
from workflow.policy.scheme.duties import Duty
from workflow.policy.worktime import local_date
from workflow.tickets.consequences.duty_tickets import open_duty

BATCH = 100
_NEVER = date(1970, 1, 1)
Birth = tuple[Duty, UnitFact, Period]


@dataclass(slots=True)
class Opened:
    """How many duties a look opened, and which could not be (unit, duty and period with the reason)."""

    count: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def run(reading: Transactions, writing: Transactions, now: datetime, *, batch: int = BATCH) -> Opened:
    """Open everything whose period has begun by `now`; each batch is a transaction of `writing`.

    One duty that cannot be opened stops no other; it is tried again at the next look.
    """
    opened = Opened()
    with reading() as session:
        last = not _behind(session, now)
    try:
        while not last:
            with writing() as session:
                done, last = _batch(session, now, batch)
            opened.count += done
    except Exception:
        _one_by_one(reading, writing, now, opened)
    return opened


def due(session: Session, now: datetime) -> list[Birth]:
    """What a look at `now` would open.  Writes nothing."""
    if not _behind(session, now):
        return []
    return _missing(session, setting(session, at=now), now, None)


def _behind(session: Session, now: datetime) -> bool:
    if session.scalar(select(County.scheme_version_id)) is None:
        return False
    place = setting(session, at=now)
    if not place.scheme.duties.list:
        return False
    row = session.execute(select(DutyOpening.scheme_version_id, DutyOpening.through)).one_or_none()
    return row is None or row[0] != place.scheme_version_id or row[1] < local_date(now)


def _batch(session: Session, now: datetime, batch: int) -> tuple[int, bool]:
    """Open up to `batch` duties; returns how many, and whether that was all."""
    in_force.settle(session, now)
    place = setting(session, hold=True)
    mark = _mark(session, place)
    if mark.scheme_version_id == place.scheme_version_id and mark.through >= local_date(now):
        return 0, True
    # Another version may name other units or duties: all of its year is looked through.
    since = mark.through if mark.scheme_version_id == place.scheme_version_id else None
    missing = _missing(session, place, now, since)
    for duty, unit, period in missing[:batch]:
        open_duty(session, place, duty, unit, period, now)
    if len(missing) <= batch:
        mark.scheme_version_id, mark.through = place.scheme_version_id, local_date(now)
    return min(len(missing), batch), len(missing) <= batch


def _one_by_one(reading: Transactions, writing: Transactions, now: datetime, opened: Opened) -> None:
    with reading() as session:
        missing = due(session, now)
    for duty, unit, period in missing:
        try:
            with writing() as session:
                in_force.settle(session, now)
                place = setting(session, hold=True)
                _mark(session, place)
                if not _there(session, place, [(duty, unit, period)]):
                    open_duty(session, place, duty, unit, period, now)
                    opened.count += 1
        except Exception as error:
            opened.failed[f"{unit.code} {duty.code} {period.code}"] = f"{type(error).__name__}: {error}"[:200]


def _mark(session: Session, place: Setting) -> DutyOpening:
    """The county's mark, locked; made when first asked for."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = {"scheme_version_id": place.scheme_version_id, "through": _NEVER}
    session.execute(dialect.insert(DutyOpening).values(**first).on_conflict_do_nothing())
    query = select(DutyOpening).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _missing(session: Session, place: Setting, now: datetime, since: date | None) -> list[Birth]:
    wanted = list(births(place, _taken_up(session, place), local_date(now), since))
    there = _there(session, place, wanted)
    return [(d, u, p) for d, u, p in wanted if (u.id, d.code, p.code) not in there]


def _there(session: Session, place: Setting, wanted: Iterable[Birth]) -> set[tuple[int | None, str | None, str | None]]:
    codes = sorted({period.code for _, _, period in wanted})
    rows = session.execute(
        select(Ticket.duty_unit_id, Ticket.duty_code, Ticket.period).where(
            Ticket.duty_unit_id.is_not(None), Ticket.period.in_(codes)
        )
    )
    wanted_keys = {(unit.id, duty.code, period.code) for duty, unit, period in wanted}
    return {(row[0], row[1], row[2]) for row in rows} & wanted_keys


def _taken_up(session: Session, place: Setting) -> date:
    """The day the county took a scheme of this year up: what was over before it is nobody's duty here, unless the
    scheme says that the whole year counts."""
    first = session.scalar(select(func.min(SchemeVersion.loaded_at)).where(SchemeVersion.year == place.year))
    return local_date(first) if first is not None else _NEVER


def births(place: Setting, taken_up: date, today: date, since: date | None = None) -> Iterable[Birth]:
    """Every duty, unit and period that begins after `since` and by `today`; what follows another is born otherwise."""
    duties, towns = place.scheme.duties, place.scheme.towns
    for duty in duties.list:
        if duty.after is not None:
            continue
        units = [place.by_code[code] for code in duties.units_of(duty, towns)]
        for period in periods(duty.period, place.year, duty.since):
            if period.start > today or (since is not None and period.start <= since):
                continue
            if period.end < taken_up and not duty.whole_year:
                continue
            for unit in units:
                yield duty, unit, period
