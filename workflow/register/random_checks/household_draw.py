"""Household draw: random checks (抽查核实) of households about to leave the register and of those just exited.

Drawn once when a period is over (notice item 1).  The population is read from the history, lies wholly in the past and is
stored with the draw, so anybody can repeat it from the row; UNIQUE(period), claimed first, makes it once.  Towns are not
told which of their households are drawn: the draw has a history of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import County, Event, RandomCheck, RandomDraw
from workflow.actors import system
from workflow.batches import Transactions
from workflow.county import draws
from workflow.county.context import CountyContext, county_context
from workflow.history import event_log
from workflow.policy import household_sampling
from workflow.policy.household_sampling import Candidate, Drawn
from workflow.policy.sampling import ALGORITHM
from workflow.policy.sampling import known as known_algorithm
from workflow.policy.scheme.thresholds import RandomChecks
from workflow.policy.worktime import local_date
from workflow.register.names import former_codes
from workflow.register.random_checks import household_population

#: Of so many events the earliest says when the county began; their moments have no index.
_FIRST_EVENTS = 100
_MONTHS = {"month": 1, "quarter": 3}
_FIGURES = (
    "period",
    "scheme_version_id",
    "algorithm",
    "block_number",
    "block_hash",
    "seed",
    "population",
    "population_hash",
    "drawn",
)
_GIVEN = (
    "id",
    "draw_id",
    "household_id",
    "standing",
    "town_id",
    "passed_by_unit_id",
    "checker_unit_id",
    "repeats_id",
)


@dataclass(frozen=True, slots=True)
class HouseholdPlan:
    """A draw before it is written."""

    setting: CountyContext
    period: str
    block: int
    head: str
    seed: str
    candidates: tuple[Candidate, ...]
    drawn: tuple[Drawn, ...]


def span_of(period: str) -> tuple[datetime, datetime]:
    """The first moment of a period (2018-11, 2018-Q4) in China and that after its end, in UTC.  Raises ValueError."""
    year, quarter, number = period.partition("-Q")
    if quarter:
        if number not in ("1", "2", "3", "4"):
            raise ValueError(f"no such quarter: {period}")
        return draws.span_of_months(date(int(year), 3 * int(number) - 2, 1), 3)
    return draws.span_of_months(datetime.strptime(period, "%Y-%m").date(), 1)


def run(reading: Transactions, writing: Transactions, now: datetime) -> list[str]:
    """Draw every period that is due by `now` and not drawn, the earliest first; returns the periods drawn."""
    return draws.run(
        reading,
        writing,
        lambda session: due_periods(session, now),
        plan,
        lambda session, planned: write(session, planned, now),
    )


def due_periods(session: Session, now: datetime) -> list[str]:
    """The periods over by `now` after the last one drawn, at most `draws.CATCH_UP` of them; at first the latest alone, since
    households named for exit would be drawn for each.  None under a scheme without random checks, and none before the
    county's history began."""
    rule = county_context(session).scheme.random_checks
    # The earliest of the first events: a county may be set up on a day after what is recorded of it.
    first = select(Event.at).order_by(Event.id).limit(_FIRST_EVENTS).subquery()
    began = session.scalar(select(func.min(first.c.at)))
    if rule is None or began is None:
        return []
    ended = max((span_of(period)[1] for period in session.scalars(select(RandomDraw.period))), default=None)
    periods = [period for period in _over(rule, now) if began < span_of(period)[1]]
    if ended is None:
        return periods[:1]
    return sorted(period for period in periods if span_of(period)[0] >= ended)


def _over(rule: RandomChecks, now: datetime) -> list[str]:
    months, day = _MONTHS[rule.every], local_date(now - draws.GRACE).replace(day=1)
    first = day.replace(month=day.month - (day.month - 1) % months)
    periods = []
    for _ in range(draws.CATCH_UP):
        for _ in range(months):
            first = (first - timedelta(days=1)).replace(day=1)
        periods.append(f"{first:%Y-%m}" if months == 1 else f"{first.year}-Q{(first.month + 2) // 3}")
    return periods


def plan(session: Session, setting: CountyContext, period: str) -> HouseholdPlan:
    """The draw of a period under this scheme, from the history alone, so always the same.  Raises ValueError."""
    began, ended = span_of(period)
    block, head, seed = _seed(session, period, ended, ALGORITHM)
    listed = tuple(household_population.candidates(session, setting, began, ended))
    return HouseholdPlan(setting, period, block, head, seed, listed, tuple(_sample(setting, seed, listed, ALGORITHM)))


def _seed(session: Session, period: str, ended: datetime, algorithm: str) -> tuple[int, str, str]:
    county = session.scalars(select(County.code)).one()
    block, head = draws.head_before(session, ended)
    return block, head, household_sampling.seed_of(county, period, block, head, algorithm)


def _sample(setting: CountyContext, seed: str, listed: Sequence[Candidate], algorithm: str) -> list[Drawn]:
    rule = setting.scheme.random_checks
    if rule is None:
        return []
    others = (setting.office.code, setting.leaders.code)
    return household_sampling.sample(seed, listed, rule, draws.towns_of(setting), others, algorithm)


def write(session: Session, planned: HouseholdPlan, now: datetime) -> RandomDraw | None:
    """Record the draw with its checks and its event; None when another worker drew the period."""
    setting, rows = planned.setting, household_sampling.frozen(planned.candidates)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = {
        "scheme_version_id": setting.scheme_version_id,
        "period": planned.period,
        "drawn_at": now,
        "algorithm": ALGORITHM,
        "block_number": planned.block,
        "block_hash": planned.head,
        "seed": planned.seed,
        "population": len(rows),
        "population_hash": household_sampling.hash_of(rows),
        "households": rows,
        "drawn": len(planned.drawn),
    }
    # A second worker waits here and then finds the period taken.
    draw_id = session.execute(
        dialect.insert(RandomDraw).values(values).on_conflict_do_nothing().returning(RandomDraw.id)
    ).scalar_one_or_none()
    if draw_id is None:
        return None
    rule = setting.scheme.random_checks
    due_at = setting.clock.due(now, rule.days) if rule else now
    # The list names households as they were called at the end of the period.
    ids = former_codes.ids_of(session, [one.candidate.code for one in planned.drawn])
    for one in planned.drawn:
        passed_by = one.candidate.passed_by
        session.execute(
            insert(RandomCheck).values(
                draw_id=draw_id,
                household_id=ids[one.candidate.code],
                standing=one.candidate.standing,
                town_id=setting.by_code[one.candidate.town].id,
                passed_by_unit_id=setting.by_code[passed_by].id if passed_by else None,
                checker_unit_id=setting.by_code[one.checker].id,
                repeats_id=None,
                given_at=now,
                due_at=due_at,
            )
        )
    draw = session.get_one(RandomDraw, draw_id)
    event_log.of(session, ("random_draw", draw_id), system(), now, first=True).append(
        "draw_households", figures(draw), {"checks": [given(row) for row in drawn_checks(session, draw_id)]}
    )
    return draw


def figures(draw: RandomDraw) -> dict[str, Any]:
    """The event payload of the draw; the list of households by its hash."""
    return {name: getattr(draw, name) for name in _FIGURES}


def given(row: RandomCheck) -> dict[str, Any]:
    """The event payload of one assigned household."""
    moments = {"given_at": event_log.stamp(row.given_at), "due_at": event_log.stamp(row.due_at)}
    return {name: getattr(row, name) for name in _GIVEN} | moments


def drawn_checks(session: Session, draw_id: int) -> Sequence[RandomCheck]:
    """The households of a draw, in the order they were drawn; repeated checks are not among them."""
    query = select(RandomCheck).where(RandomCheck.draw_id == draw_id, RandomCheck.repeats_id.is_(None))
    return session.scalars(query.order_by(RandomCheck.id)).all()


def repeated(session: Session, draw: RandomDraw) -> list[str]:
    """Repeat the draw of a period; returns the codes of differences from the record.

    The sample follows from the seed and the stored list alone, with the towns there were; the list is compared with the
    history.
    """
    setting, codes = county_context(session, draw.scheme_version_id, known_at=draw.drawn_at), []
    began, ended = span_of(draw.period)
    algorithm = known_algorithm(draw.algorithm)
    if (draw.algorithm, draw.block_number, draw.block_hash, draw.seed) != (
        algorithm,
        *_seed(session, draw.period, ended, algorithm),
    ):
        codes.append("random_seed_differs")
    known = household_population.candidates(session, setting, began, ended)
    # The town is not compared: a village may have come to another one since.
    listed = [(row[0], row[1], row[3]) for row in draw.households]
    if (draw.population, draw.population_hash, listed) != (
        len(draw.households),
        household_sampling.hash_of(draw.households, algorithm),
        [(one.code, one.standing, one.passed_by) for one in known],
    ):
        codes.append("random_population_differs")
    sample = _sample(setting, draw.seed, [Candidate(*row) for row in draw.households], algorithm)
    ids = former_codes.ids_of(session, [one.candidate.code for one in sample])
    wanted = [(ids.get(one.candidate.code), one.candidate.standing, setting.by_code[one.checker].id) for one in sample]
    rows = session.execute(
        select(RandomCheck.household_id, RandomCheck.standing, RandomCheck.checker_unit_id)
        .where(RandomCheck.draw_id == draw.id, RandomCheck.repeats_id.is_(None))
        .order_by(RandomCheck.id)
    )
    actual = [tuple(row) for row in rows]
    if wanted != actual or draw.drawn != len(actual):
        codes.append("random_sample_differs")
    return codes
