"""Turn of the year (年度切换): the office takes the scheme in force into the next assessment year, from 1 January on.

It is an adoption like another: it waits for its day, may be revoked until then, and comes into force by itself.  What is open stays
under the version it was filed under, with its deadlines.  Numbers of documents begin with 1.  An installation whose year is
fixed by a setting does not turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, PaperPending, SchemeAdoption, SchemeVersion, Ticket
from workflow.actors import Actor
from workflow.adoption import scheme_adoption
from workflow.adoption.impact import may_look
from workflow.county.context import CountyContext, county_context, scheme_of, stored_form
from workflow.county.in_force import lock_county, settle
from workflow.errors import Conflict, Stale
from workflow.history.event_log import digest
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date
from workflow.tickets.open_predicate import still_open

#: The first month of a year in which the next one can be prepared, and from which the office is reminded of it.
FIRST_MONTH, REMINDED_FROM = 10, 12
_ALIVE = ("waiting", "in_force")


@dataclass(frozen=True, slots=True)
class YearTurn:
    """The turn to a year: from which day, under which scheme, what crosses over by kind, and what is still needed.

    `needs` are codes: `average` (no average income of the year), `notice` (no notice of working days).  `seen` is given back
    with the act.
    """

    year: int
    before: int
    from_day: date
    scheme: Scheme
    crossing: Mapping[str, int]
    needs: tuple[str, ...]
    #: Units whose numbers went on from an earlier register and begin with 1 now.
    renumbered: tuple[str, ...]
    seen: str


def ahead(setting: CountyContext, now: datetime) -> int:
    """The year that comes next: after the one in force, or the present one if that was missed."""
    return max(setting.year + 1, local_date(now).year)


def planned(session: Session, year: int) -> SchemeAdoption | None:
    """The adoption by which a year begins, waiting or in force; None while there is none."""
    query = (
        select(SchemeAdoption)
        .join(SchemeVersion, SchemeVersion.id == SchemeAdoption.scheme_version_id)
        .where(SchemeAdoption.state.in_(_ALIVE), SchemeVersion.year >= year)
        .order_by(SchemeAdoption.from_day, SchemeAdoption.id)
    )
    return session.scalars(query.limit(1)).first()


def reminder(session: Session, setting: CountyContext, now: datetime, fixed: int | None) -> tuple[str, int] | None:
    """Why the office should look at the next year, and which it is: `missing` from December on, `late` once it has begun, or
    `outdated` where a scheme was adopted for the rest of the old year after the new one was prepared."""
    today, year = local_date(now), ahead(setting, now)
    if fixed is not None or (today.year, today.month) < (setting.year, REMINDED_FROM):
        return None
    row = planned(session, year)
    if row is None:
        return ("late" if today.year > setting.year else "missing"), year
    later = select(SchemeAdoption.id).where(
        SchemeAdoption.state.in_(_ALIVE), SchemeAdoption.id > row.id, SchemeAdoption.from_day < row.from_day
    )
    changed = row.state == "waiting" and session.scalar(later.limit(1)) is not None
    return ("outdated", year) if changed else None


def preview(session: Session, actor: Actor, now: datetime, fixed: int | None) -> YearTurn:
    """What the turn of the year would do; nothing is stored.

    Raises NotAllowed; Conflict where the year is fixed by a setting, it is too early, or the year is prepared already.
    """
    may_look(actor)
    setting, today = county_context(session, at=now), local_date(now)
    year = ahead(setting, now)
    if fixed is not None:
        raise Conflict("year_fixed", year=fixed)
    if (today.year == setting.year and today.month < FIRST_MONTH) or today.year < setting.year:
        raise Conflict("year_too_early", year=year, month=FIRST_MONTH)
    if (row := planned(session, year)) is not None:
        raise Conflict("year_prepared", year=year, day=row.from_day.isoformat())
    from_day = max(date(year, 1, 1), today)
    before = _by_then(session, setting, from_day)
    content = before.model_dump(mode="json")
    for unit in content["units"]:
        unit["first_number"] = 1
    scheme = Scheme.model_validate(content)
    return YearTurn(
        year=year,
        before=setting.year,
        from_day=from_day,
        scheme=scheme,
        crossing=_crossing(session),
        needs=_needs(scheme, setting, year),
        renumbered=tuple(unit.name for unit in before.units if unit.first_number != 1),
        seen=digest(f"{year} {from_day} {stored_form(scheme)}"),
    )


def turn(session: Session, actor: Actor, now: datetime, fixed: int | None, seen: str) -> SchemeAdoption:
    """Turn the year as previewed: adopt the scheme for it, from its first day on or from today.

    Raises what `preview` and `scheme_adoption.adopt` raise, and Stale where the scheme was changed since the preview.
    """
    lock_county(session)
    settle(session, now)
    wanted = preview(session, actor, now, fixed)
    if seen != wanted.seen:
        raise Stale("year_changed")
    return scheme_adoption.adopt(session, actor, now, wanted.scheme, wanted.year, wanted.from_day)


def _by_then(session: Session, setting: CountyContext, day: date) -> Scheme:
    """The scheme that will be in force on the eve of that day: of the adoptions that wait the last one before it."""
    query = (
        select(SchemeVersion)
        .join(SchemeAdoption, SchemeAdoption.scheme_version_id == SchemeVersion.id)
        .where(SchemeAdoption.state == "waiting", SchemeAdoption.from_day <= day)
        .order_by(SchemeAdoption.from_day.desc(), SchemeAdoption.id.desc())
    )
    row = session.scalars(query.limit(1)).first()
    version = row if row is not None else session.get_one(SchemeVersion, setting.scheme_version_id)
    return scheme_of(version)


def _crossing(session: Session) -> dict[str, int]:
    counted = {
        "tickets": select(func.count()).where(still_open(), Ticket.type != "duty"),
        "duties": select(func.count()).where(still_open(), Ticket.type == "duty"),
        "papers": select(func.count()).where(PaperPending.open),
        "cases": select(func.count()).where(AccountabilityCase.ended_at.is_(None)),
    }
    return {name: int(session.scalar(query) or 0) for name, query in counted.items()}


def _needs(scheme: Scheme, setting: CountyContext, year: int) -> tuple[str, ...]:
    income = scheme.exit.income
    lacking = {
        "average": income is not None and bool(income.averages) and scheme.average_income(year) is None,
        "notice": setting.clock.calendar.provisional(date(year, 1, 1)),
    }
    return tuple(name for name, lacks in lacking.items() if lacks)
