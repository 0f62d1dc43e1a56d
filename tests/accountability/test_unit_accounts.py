"""Unit accounts: minutes by unit, what a charge moves; nothing is lost or counted twice.

The small scheme works 08:30–12:00 and 14:30–17:30, 390 minutes a day. Tickets are filed by the town on Tuesday 20
November 2018, 10:00.
"""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.support.calendars import worked_day
from tests.support.factories import START, County, day, settle_county
from tests.support.requests import answer, ask
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from tests.support.unit_accounts import figures, stretches_behind
from workflow.accountability.oversight.unit_accounts import (
    FIGURES,
    Reckoning,
    reckoning,
)
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed

EMPTY = Reckoning(0)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def worked(county: County, begins: datetime, ends: datetime) -> int:
    with county.read() as session:
        return county_context(session).clock.minutes_between(begins, ends)


def test_the_time_at_the_town_is_not_the_bureaus_nor_the_other_way_round(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0, 11))
    county.resolve(ticket, day(1, 10))
    county.confirm(ticket, day(2, 12))
    accounts = figures(county)
    # Water: an hour to accept, then 60 + 180 that day and 90 the next; the town: 120 + 180 and 210 the day after.
    assert (accounts["water"].held, accounts["water"].on_time, accounts["water"].late) == (60 + 240 + 90, 2, 0)
    assert (accounts["town-a"].held, accounts["town-a"].on_time) == (120 + 180 + 210, 1)
    assert set(accounts) == {"water", "town-a"}
    assert {part.stage: part.minutes for part in accounts["water"].stages} == {"accept": 60, "mend": 330}


def test_a_stretch_counts_once_it_has_ended_and_in_the_year_it_ended_in(county: County) -> None:
    ticket = county.file()
    assert figures(county) == {}
    county.do("water", "accept", ticket, day(0, 11))
    county.resolve(ticket, day(50))
    # Resolved in January 2019: no figure of the assessment of 2018.
    assert figures(county)["water"].held == 60


def test_late_is_what_the_verdict_said_when_the_stretch_ended(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0))
    county.resolve(ticket, day(17, 9.5))
    row = figures(county)["water"]
    # Due on Thursday 6 December, 17:30; an hour into Friday.
    assert (row.on_time, row.late, row.late_minutes) == (1, 1, 60)
    (late,) = stretches_behind(county, "water", "late")
    assert (late.stage, late.late_minutes) == ("mend", 60)


def test_who_declined_without_right_answers_for_the_time_the_ruling_took(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, day(0, 11), ground="not_ours", cited_duty="三定方案")
    county.do("office", "uphold", ticket, day(1, 11), reason="属水务局")
    accounts = figures(county)
    # From 11:00 to 11:00 the next day is one working day; the office held it, the bureau must bear it.
    assert (accounts["office"].held, accounts["office"].credited, accounts["office"].borne) == (390, 390, 0)
    assert (accounts["water"].held, accounts["water"].charged, accounts["water"].borne) == (60, 390, 450)
    for unit, figure in (("office", "credited"), ("water", "charged")):
        (line,) = stretches_behind(county, unit, figure)
        assert (line.unit, line.charged_to, line.charged, line.ground) == (
            county.units["office"],
            county.units["water"],
            390,
            "ruling",
        )


def test_a_late_answer_is_credited_to_who_waited_and_charged_to_who_kept_it_waiting(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0))
    request = ask(county, ticket, day(1))
    answer(county, request, day(6, 9.5), False)
    county.resolve(ticket, day(7))
    accounts = figures(county)
    # Asked on Wednesday, due on Friday at closing time; refused on Monday, an hour after opening.
    assert (accounts["water"].credited, accounts["office"].charged) == (60, 60)
    assert accounts["water"].borne == accounts["water"].held - 60
    assert accounts["office"].held == 0


def test_every_figure_opens_into_what_adds_up_to_it_however_many_pages_that_takes(county: County) -> None:
    for number in range(1, 4):
        for kind in ("water", "power"):
            for round_ in range(6):
                at = day(round_ % 3, 9 + round_ / 10)
                ticket = county.file(household=f"A{number}", kind=kind, at=at)
                if round_ % 2:
                    county.do(kind, "decline", ticket, at, ground="not_ours", cited_duty="三定方案")
                    county.do("office", "uphold", ticket, day(3, 9 + round_ / 10), reason="属该局")
                    county.do("office", "cancel", ticket, day(4, 9), reason="重复")
                else:
                    county.do("office", "cancel", ticket, day(0, 9.2) if round_ == 0 else day(3), reason="重复")
    accounts = figures(county)
    assert len(stretches_behind(county, "water", "held")) > 20
    for code, row in accounts.items():
        lines = {figure: stretches_behind(county, code, figure) for figure in FIGURES}
        assert sum(line.minutes for line in lines["held"]) == row.held
        assert (len(lines["on_time"]), len(lines["late"])) == (row.on_time, row.late)
        assert sum(line.charged for line in lines["charged"]) == row.charged
        assert sum(line.charged for line in lines["credited"]) == row.credited
        assert len({(line.number, line.began_at, line.stage) for line in lines["held"]}) == row.stretches


def test_of_custodies_that_ended_at_one_moment_the_latest_begun_comes_first_on_every_page(county: County) -> None:
    numbers = []
    for round_ in range(12):
        for kind, household in (("water", "A1"), ("water", "A2"), ("water", "A3")):
            ticket = county.file(household=household, kind=kind, at=day(round_, 9))
            county.do("office", "cancel", ticket, day(20), reason="重复")
            numbers.append(county.ticket(ticket).number)
    # Their acceptance was deemed at moments of its own.
    shown = [line.number for line in stretches_behind(county, "water", "held") if line.stage == "mend"]
    assert shown == numbers[::-1]


def test_a_unit_reads_its_own_account_and_who_reads_the_county_all(county: County) -> None:
    county.do("water", "accept", county.file(), day(0, 11))
    for who in ("office", "leaders", "inspectorate"):
        assert set(figures(county, who)) == {"water"}
    assert figures(county, "water")["water"].held == 60
    assert figures(county, "power")["power"].held == 0
    for who in ("village", "admin"):
        with pytest.raises(NotAllowed):
            figures(county, who)
    for who in ("power", "town", "village", "admin"):
        with pytest.raises(NotAllowed):
            stretches_behind(county, "water", "held", who)
    with county.read() as session, pytest.raises(NotAllowed):
        reckoning(session, county.people["town"], county_context(session, 1), county.units["water"])


def test_an_unknown_figure_is_said_to_be_one(county: County) -> None:
    with pytest.raises(BadInput) as refusal:
        stretches_behind(county, "water", "guilt")
    assert refusal.value.field == "figure"


HOURS = st.integers(min_value=1, max_value=60)


@settings(max_examples=tries(6, 15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(HOURS, min_size=8, max_size=8), upheld=st.booleans())
def test_the_parts_of_a_ticket_are_its_whole_time_and_what_is_borne_is_what_was_held(
    county: County, steps: list[int], upheld: bool
) -> None:
    before = figures(county)
    at = [day(0)]
    for hours in steps:
        at.append(at[-1] + (day(0, 11) - day(0)) * hours)
    ticket = county.file(at=at[0])
    county.do("water", "decline", ticket, at[1], ground="not_ours", cited_duty="三定方案")
    if upheld:
        county.do("office", "uphold", ticket, at[2], reason=SENTENCE)
    else:
        county.do("office", "reassign", ticket, at[2], unit="power", reason=SENTENCE)
    county.do("office", "cancel", ticket, at[3], reason=SENTENCE)
    accounts = figures(county)
    held = sum(row.held for row in accounts.values()) - sum(row.held for row in before.values())
    assert held == worked(county, at[0], at[3])
    assert sum(row.borne for row in accounts.values()) == sum(row.held for row in accounts.values())
    for row in accounts.values():
        assert sum(part.minutes for part in row.stages) == row.held
        assert sum(part.stretches for part in row.stages) == row.stretches


@settings(max_examples=tries(5, 10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 4), pause=st.integers(1, 15), hour=st.sampled_from((9, 11.5, 15)))
def test_a_pause_adds_nothing_to_the_time_of_who_waits(county: County, first: int, pause: int, hour: float) -> None:
    before = figures(county).get("water", EMPTY)
    ticket = county.file(at=START)
    county.do("water", "accept", ticket, START)
    stopped = day(first, hour if first else 17)
    county.do("office", "suspend", ticket, stopped, ground="flood", until=worked_day(county, day(first + pause)))
    resumed = day(first + pause, 9.5)
    county.do("office", "resume", ticket, resumed)
    county.resolve(ticket, resumed)
    county.do("office", "cancel", ticket, resumed, reason=SENTENCE)
    after = figures(county)["water"]
    paused = figures(county)["office"]
    assert after.held - before.held == worked(county, START, stopped)
    assert after.late == before.late
    assert {part.stage for part in paused.stages} == {"hold"}
