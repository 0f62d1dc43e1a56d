"""Downtime excuses only what nobody could do: who could work while no worker ran is not excused."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Downtime, WebHeartbeat
from tests.support.factories import START, County, settle_county
from workflow.accountability import sweep_watch
from workflow.county.context import county_context
from workflow.tickets.custody import downtime
from workflow.verification.full_check import verify

MINUTE = timedelta(minutes=1)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=30)
    beat(made, 0, starting=True)
    return made


def beat(county: County, minute: float, starting: bool = False) -> None:
    with county.write() as session:
        sweep_watch.heartbeat(session, "worker", START + minute * MINUTE, starting=starting)


def web(county: County, minute: float) -> None:
    with county.write() as session:
        sweep_watch.web_heartbeat(session, "web", START + minute * MINUTE)


def spans(county: County) -> list[tuple[float, float]]:
    """The recorded downtime in minutes from the beginning."""
    with county.read() as session:
        rows = session.scalars(select(Downtime).order_by(Downtime.began_at))
        return [((row.began_at - START) / MINUTE, (row.ended_at - START) / MINUTE) for row in rows]


def unfinished(county: County, minute: float) -> list[tuple[float, float]]:
    """What counts as downtime at a moment without anything recorded."""
    with county.read() as session:
        found = downtime.down(session, county_context(session).clock, START, START + minute * MINUTE)
        return [((a - START) / MINUTE, (b - START) / MINUTE) for a, b in found.spans]


def test_a_worker_that_stops_while_fifteen_acts_go_through_is_no_downtime(county: County) -> None:
    for number in range(15):
        county.file("town", household=f"A{number + 1}", at=START + timedelta(seconds=24 * number))
    assert unfinished(county, 6) == []
    beat(county, 6)
    assert spans(county) == []


def test_while_the_web_beats_nothing_is_downtime_however_long_no_worker_runs(county: County) -> None:
    for minute in range(1, 181):
        web(county, minute)
    assert unfinished(county, 180.5) == []
    beat(county, 181)
    assert spans(county) == []
    with county.read() as session:
        assert session.scalars(select(WebHeartbeat.process)).all() == ["web"]


def test_when_neither_gives_a_sign_of_life_it_is_downtime_whoever_comes_back_first(county: County) -> None:
    web(county, 1)
    assert unfinished(county, 61) == [(1, 61)]
    web(county, 61)
    assert spans(county) == [(1, 61)]
    beat(county, 62)
    assert spans(county) == [(1, 61)]
    with county.read() as session:
        assert [found.code for found in verify(session, Path("nowhere"))] == []


def test_the_acts_of_people_divide_a_silence(county: County) -> None:
    county.file("town", household="A1", at=START + 2 * MINUTE)
    county.file("town", household="A2", at=START + 30 * MINUTE)
    assert unfinished(county, 33) == [(2, 30)]
    beat(county, 33)
    assert spans(county) == [(2, 30)]


def test_the_web_judges_no_leap_of_the_clock_and_no_held_sweep(county: County) -> None:
    web(county, 60 * 25)
    assert spans(county) == []
    # The worker's own heartbeat holds the sweep; until a person releases it, the web records nothing.
    beat(county, 60 * 25)
    with county.read() as session:
        assert sweep_watch.hold_reason(session) == "clock_leap"
    web(county, 60 * 25 + 30)
    assert spans(county) == []


def test_before_a_worker_has_ever_run_the_web_says_nothing(engine: Engine) -> None:
    county = settle_county(engine)
    web(county, 1)
    with county.read() as session:
        assert session.scalars(select(WebHeartbeat.process)).all() == []
