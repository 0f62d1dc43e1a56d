"""Random checks in tests: a small county with haves and random checks, drawing from it, and recording what was seen."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Checkup, Household, RandomCheck, RandomDraw, RandomResult, SchemeVersion, Village
from tests.support.factories import County
from tests.support.households import MET, register_scheme, settle_register
from workflow.errors import ExitRefused
from workflow.history import sealing
from workflow.policy.worktime import SHANGHAI, local_date
from workflow.register import exit_gate
from workflow.register.checkup_input import Found
from workflow.register.random_checks import household_draw, random_results, rechecks
from workflow.register.random_checks.random_results import RandomInput, RandomRecorded

#: November 2018 is over.
FIRST = datetime(2018, 12, 1, 0, 10, tzinfo=SHANGHAI)
#: 1 December is a Saturday; ten working days from it end on Friday the 14th.
DUE = datetime(2018, 12, 14, 17, 30, tzinfo=SHANGHAI)
SEEN = datetime(2018, 12, 4, 10, 0, tzinfo=SHANGHAI)
RULE: dict[str, Any] = {"percent": 100, "least": 1, "most": 10}


def settle(engine: Engine, **rule: Any) -> County:
    """Three households named for exit in each of two towns; all are drawn unless the rule says otherwise."""
    return settle_register(engine, register_scheme(random_checks=RULE | rule))


def seal(county: County, at: datetime = FIRST - timedelta(minutes=11)) -> None:
    """Seals what has happened, by default in the last minute of November."""
    with county.write() as session:
        sealing.seal_all(session, at)


def draw(county: County, at: datetime = FIRST) -> list[str]:
    seal(county, at - timedelta(minutes=11))
    return household_draw.run(county.read, county.write, at)


def checks(county: County) -> list[RandomCheck]:
    with county.read() as session:
        return list(session.scalars(select(RandomCheck).order_by(RandomCheck.id)))


def check_of(county: County, household: str = "A1") -> RandomCheck:
    """The latest check of a household."""
    with county.read() as session:
        query = select(RandomCheck).join(Household, Household.id == RandomCheck.household_id)
        row = session.scalars(query.where(Household.code == household).order_by(RandomCheck.id.desc())).first()
        assert row is not None
        return row


def look(
    county: County, household: str = "A1", at: datetime = SEEN, who: str | None = None, **unmet: str
) -> RandomRecorded:
    """Records the latest check of a household by the unit it was given to: all met but the causes of `unmet`."""
    check = check_of(county, household)
    seat = who or county.word(next(code for code, id in county.units.items() if id == check.checker_unit_id))
    names = {"town-a": "town", "town-b": "other_town"}
    findings = {have: Found(result) for have, result in MET.items()}
    findings |= {have: Found("unmet", cause) for have, cause in unmet.items()}
    with county.write() as session:
        return random_results.record(
            session,
            county.people[names.get(seat, seat)],
            at,
            check.id,
            RandomInput(visited_on=local_date(at), findings=findings),
        )


def results(county: County) -> list[RandomResult]:
    with county.read() as session:
        return list(session.scalars(select(RandomResult).order_by(RandomResult.id)))


def tend(county: County, at: datetime) -> int:
    """What the worker does between draws: rechecks, and checks of cleared households."""
    return rechecks.run(county.read, county.write, at)


def gate(county: County, at: datetime, household: str = "A1", who: str = "town") -> bool:
    """Whether the household would pass the exit gate; nothing is changed."""
    with county.write() as session:
        try:
            exit_gate.exit_household(session, county.people[who], at, household)
        except ExitRefused:
            return False
        finally:
            session.rollback()
    return True


def recorded(session: Session, checkup: Checkup, checker_unit_id: int, by_id: int) -> RandomResult:
    """The rows of a draw of one household, its check and the result that this checkup is, as they are stored."""
    home = session.get_one(Household, checkup.household_id)
    draw_row = RandomDraw(
        scheme_version_id=session.scalars(select(SchemeVersion.id).limit(1)).one(),
        period="2018-11",
        drawn_at=checkup.recorded_at,
        algorithm="x",
        block_number=0,
        block_hash="0" * 64,
        seed="0" * 64,
        population=1,
        population_hash="0" * 64,
        households=[],
        drawn=1,
    )
    session.add(draw_row)
    session.flush()
    check = RandomCheck(
        draw_id=draw_row.id,
        household_id=home.id,
        standing="leaving",
        town_id=session.get_one(Village, home.village_id).town_id,
        checker_unit_id=checker_unit_id,
        given_at=checkup.recorded_at,
        due_at=checkup.recorded_at,
    )
    session.add(check)
    session.flush()
    result = RandomResult(
        check_id=check.id,
        household_id=home.id,
        result="failed",
        at=checkup.recorded_at,
        by_id=by_id,
        unit_id=checker_unit_id,
        visited_on=checkup.seen_on,
        checkup_id=checkup.id,
    )
    session.add(result)
    session.flush()
    return result
