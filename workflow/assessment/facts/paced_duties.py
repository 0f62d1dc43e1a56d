"""Paced duties: what a town has done of its countable duties by a moment, against what ought to be done by then.

The pace is the one that the duty's page shows (`expected_progress`), on entries, households and working days as they
were on record at the moment.  Source: the notice's items 3, 4 and 6, whose duties last the whole year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import DutyEntry, Village
from models.household import ON_REGISTER
from workflow.assessment.expected_progress import expected_today
from workflow.assessment.facts.calendar_as_of import clock_as_of
from workflow.assessment.facts.facts_as_of import HouseholdFact, TicketFact
from workflow.county.context import CountyContext
from workflow.policy.periods import Period, period_of
from workflow.policy.scheme.duties import Count
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import WorkClock
from workflow.tickets.actions import entry_credits


@dataclass(frozen=True, slots=True)
class Pace:
    """The progress of one duty: the count done, the whole target, and what ought to be done by the moment."""

    done: int
    target: int
    expected: int

    @property
    def in_pace(self) -> int:
        """The count done, at most what ought to be done: being ahead of one duty makes up for no other."""
        return min(self.done, self.expected)


def codes_of(scheme: Scheme, measure: CountyMeasure) -> frozenset[str]:
    """The duties whose progress a measure counts: those it names, or those of its item."""
    named = measure.duties or [duty.code for duty in scheme.duties.list if duty.item == measure.item]
    return frozenset(code for code in named if code in scheme.duties.by_code and scheme.duty(code).paced)


def paces(
    session: Session,
    setting: CountyContext,
    facts: Iterable[TicketFact],
    homes: Sequence[HouseholdFact],
    at: datetime,
) -> dict[int, Pace]:
    """The pace of each duty that a measure of towns counts, by the id of its ticket."""
    scheme = setting.scheme
    wanted = frozenset[str]().union(
        *(
            codes_of(scheme, measure)
            for measure in scheme.measures
            if any(term.startswith("entries.") for term in (*measure.of, *measure.to))
        )
    )
    rows = [fact for fact in facts if fact.duty_code in wanted and fact.state != "withdrawn"]
    if not rows:
        return {}
    clock = clock_as_of(session, setting, at)
    entries = _entries(session, [fact.id for fact in rows], at)
    villages = {row[0]: row[1] for row in session.execute(select(Village.id, Village.code))}
    found = {}
    for fact in rows:
        own = [home for home in homes if home.town_id == fact.unit_id]
        pace = _pace(setting, clock, fact, entries.get(fact.id, []), own, villages, at)
        if pace is not None:
            found[fact.id] = pace
    return found


def _entries(session: Session, ids: Sequence[int], at: datetime) -> dict[int, list[DutyEntry]]:
    """The entries of these duties valid at the moment, by ticket."""
    later = aliased(DutyEntry)
    query = (
        select(DutyEntry)
        .outerjoin(later, (later.corrects_id == DutyEntry.id) & (later.at <= at))
        .where(DutyEntry.ticket_id.in_(ids), DutyEntry.at <= at, later.id.is_(None), DutyEntry.void.is_(False))
        .order_by(DutyEntry.on, DutyEntry.id)
    )
    found: dict[int, list[DutyEntry]] = {}
    for row in session.scalars(query):
        found.setdefault(row.ticket_id, []).append(row)
    return found


def _pace(
    setting: CountyContext,
    clock: WorkClock,
    fact: TicketFact,
    entries: list[DutyEntry],
    homes: Sequence[HouseholdFact],
    villages: dict[int, str],
    at: datetime,
) -> Pace | None:
    assert fact.duty_code is not None
    duty = setting.scheme.duty(fact.duty_code)
    try:
        period = period_of(duty, fact.period or "", setting.year)
    except KeyError:
        # Of another year.
        return None
    due_at = fact.work_due_at or clock.closing(period.end)
    if duty.count is None:
        # A report has no pace: it counts once it is due, or handed in before; late or short it counts as not done.
        handed_in = fact.state in ("resolved", "closed")
        if fact.none:
            # Not applicable: the unit states that it has none of what the item is about.
            return None
        reached = handed_in and fact.unit_id not in fact.late and not fact.short
        return Pace(int(reached), 1, int(handed_in or due_at <= at))
    target = _target(setting, duty.count, fact, homes)
    done = _done(duty.count, period, entries, homes, villages)
    return Pace(done, target, expected_today(clock, duty.count, period, due_at, target, at))


def _target(setting: CountyContext, count: Count, fact: TicketFact, homes: Sequence[HouseholdFact]) -> int:
    if count.split:
        return count.split.get(setting.unit(fact.unit_id or 0).code, 0)
    if count.of is None:
        return count.target or 0
    wanted = ("pre_exit",) if count.of == "visited" else ON_REGISTER
    return sum(1 for home in homes if home.status in wanted)


def _done(
    count: Count,
    period: Period,
    entries: list[DutyEntry],
    homes: Sequence[HouseholdFact],
    villages: dict[int, str],
) -> int:
    if count.of == "visited":
        return sum(
            1 for home in homes if home.status == "pre_exit" and home.visited_on and home.visited_on >= period.start
        )
    there: dict[str, int] = {}
    for home in homes:
        if home.status in ON_REGISTER:
            there[villages[home.village_id]] = there.get(villages[home.village_id], 0) + 1
    return entry_credits.worth(count, entries, there)
