"""Whose board it is: a reader's own, another one's for readers of the county, and what of it is counted to the second."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models import DayCount, SpotCheck, Ticket
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.texts import SENTENCE
from workflow.accountability import sweep
from workflow.boards import board_figures, day_counts, pending, progress
from workflow.boards.scope import Scope, scope_of
from workflow.county.context import county_context
from workflow.errors import WorkflowError
from workflow.policy.worktime import SHANGHAI

pytestmark = pytest.mark.one_database("sqlite")

SECOND = timedelta(seconds=1)
COUNTY_WIDE = ("office", "leaders", "inspectorate")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def opened(county: County, who: str, named: str | None = None) -> str:
    """Whose board somebody opens, or the code of the refusal."""
    with county.read() as session:
        try:
            found = scope_of(session, county.people[who], county_context(session), named)
        except WorkflowError as error:
            return error.code
        assert found.county == (found.unit is None and found.village_id is None)
        assert (found.town is not None) == (found.unit is not None and found.unit.type == "town")
        return "county" if found.county else found.unit.code if found.unit else f"village {found.village_id}"


def test_each_opens_the_own_board_and_readers_of_the_county_any(county: County) -> None:
    own = {who: opened(county, who) for who in ("village", "town", "water", *COUNTY_WIDE, "admin")}
    village = county.people["village"].village_id
    assert own == {
        "village": f"village {village}",
        "town": "town-a",
        "water": "water",
        "admin": "board_not_yours",
        **dict.fromkeys(COUNTY_WIDE, "county"),
    }
    for who in COUNTY_WIDE:
        assert [opened(county, who, unit) for unit in ("town-a", "water", "office", "leaders")] == [
            "town-a",
            "water",
            "office",
            "leaders",
        ]
        assert [opened(county, who, unit) for unit in ("inspectorate", "nobody")] == ["unit_unknown"] * 2
    assert [opened(county, "town", unit) for unit in ("town-a", "town-b")] == ["town-a", "board_not_yours"]
    assert [opened(county, "water", unit) for unit in ("water", "power")] == ["water", "board_not_yours"]
    assert opened(county, "village", "town-a") == opened(county, "admin", "town-a") == "board_not_yours"


def test_of_a_town_its_own_tickets_and_those_it_holds_of_a_bureau_those_it_holds(county: County) -> None:
    first, second, third = county.file(), county.file("other_town", "B1"), county.file(household="A2", kind="power")
    county.do("water", "decline", second, day(0), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", second, day(0), unit="town-b", reason=SENTENCE)
    ended = county.file(household="A3")
    county.do("office", "cancel", ended, day(0), reason=SENTENCE)
    with county.read() as session:
        setting = county_context(session)

        def counted(scope: Scope) -> tuple[set[int], set[int]]:
            return tuple(set(session.scalars(select(Ticket.id).where(which))) for which in (scope.open(), scope.held()))  # type: ignore[return-value]

        def of(unit: str) -> Scope:
            return Scope(setting, setting.by_code[unit])

        assert counted(Scope(setting)) == ({first, second, third},) * 2
        assert counted(of("town-a")) == ({first, third}, set())
        assert counted(of("town-b")) == ({second}, {second})
        assert counted(of("water")) == ({first}, {first})
        village = Scope(setting, village_id=county.people["village"].village_id)
        assert counted(village) == ({first, third},) * 2
        tallies = [
            (tally.id, tally.open, tally.overdue) for tally in board_figures.by_town(session, Scope(setting), day(0))
        ]
        towns = county.units["town-a"], county.units["town-b"]
        assert tallies == [(towns[0], 2, 0), (towns[1], 1, 0)]


def test_overdue_is_what_was_due_before_now_and_tonight_ends_six_hours_after_closing(county: County) -> None:
    ticket = county.file()
    due = county.ticket(ticket).due_at
    assert due == day(2, 17.5)
    with county.read() as session:
        setting, water = county_context(session), county.people["water"]

        def mine(at: datetime) -> tuple[int, int, int]:
            found = board_figures.mine(session, water, setting, at)
            return found.waiting, found.overdue, found.today

        assert [mine(at) for at in (day(1, 23), day(2, 0.5), due, due + SECOND)] == [
            (1, 0, 0),
            (1, 0, 1),
            (1, 0, 1),
            (1, 1, 0),
        ]
        assert [
            tally.overdue
            for at in (due, due + SECOND)
            for tally in board_figures.by_holder(session, Scope(setting), at)
        ] == [
            0,
            1,
        ]
        assert board_figures.mine(session, county.people["admin"], setting, due) == board_figures.Mine(0, 0, 0)
        assert board_figures.mine(session, county.people["village"], setting, due) == board_figures.Mine(0, 0, 0)
        shares = [
            board_figures.Tally(1, open_, late).overdue_share for open_, late in ((3, 1), (3, 2), (0, 0), (200, 1))
        ]
        assert shares == [33, 67, 0, 0]
    returned = county.file("village", "A2")
    county.do("town", "send_back", returned, day(0), reason=SENTENCE)
    with county.read() as session:
        assert board_figures.mine(session, county.people["village"], setting, day(0)).waiting == 1
        assert board_figures.mine(session, county.people["other_village"], setting, day(0)).waiting == 0


def test_a_day_is_over_ten_minutes_after_midnight(county: County) -> None:
    midnight = datetime(2018, 11, 21, 0, 0, tzinfo=SHANGHAI)
    with county.read() as session:
        assert day_counts.waiting(session, midnight + timedelta(days=3)) is None
    county.file()
    grace = timedelta(minutes=10)
    with county.read() as session:
        assert day_counts.waiting(session, midnight + grace - SECOND) is None
        assert day_counts.waiting(session, midnight + grace) == (date(2018, 11, 20), date(2018, 11, 20))
    with county.write() as session:
        assert day_counts.count(session, midnight + grace + timedelta(days=1)) == 2
        assert day_counts.count(session, midnight + grace + timedelta(days=1)) == 0
    with county.read() as session:
        water, town = county.units["water"], county.units["town-a"]
        found = {row.day.isoformat(): row.content for row in session.scalars(select(DayCount))}
    filed = {str(unit): [1, 0, 0] for unit in (0, town, water)}
    assert found == {"2018-11-20": filed, "2018-11-21": {"0": [0, 0, 0]}}


def test_a_ticket_closed_late_was_overdue_on_each_evening_before_and_not_on_the_day_it_moved(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0, 11))
    due = county.ticket(ticket).due_at
    assert due == day(16, 17.5)
    county.resolve(ticket, day(18, 9))
    county.confirm(ticket, day(18, 10))
    with county.write() as session:
        day_counts.count(session, day(20))
        water, town = str(county.units["water"]), str(county.units["town-a"])
        rows = {
            row.day.day: row.content
            for row in session.scalars(select(DayCount).where(DayCount.day >= date(2018, 12, 5)))
        }
    # Due on Thursday the 6th at half past five: at midnight it was late, and on Friday's; on Saturday it was closed.
    assert rows == {
        5: {"0": [0, 0, 0]},
        6: {"0": [0, 0, 1], water: [0, 0, 1]},
        7: {"0": [0, 0, 1], water: [0, 0, 1]},
        8: {"0": [0, 1, 0], water: [0, 1, 0], town: [0, 1, 0]},
        9: {"0": [0, 0, 0]},
    }
    with county.read() as session:
        setting = county_context(session)
        trend = progress.trend(session, Scope(setting), day(20))
        assert trend is not None
        assert trend.up_to == date(2018, 12, 9)
        assert [(line.start.day, line.end.day, line.filed, line.closed, line.overdue) for line in trend.lines] == [
            (11, 20, 1, 0, 0),
            (21, 30, 0, 0, 0),
            (1, 10, 0, 1, 0),
        ]
        mine = progress.trend(session, Scope(setting, setting.by_code["town-b"]), day(20))
        assert mine is not None
        assert {(line.filed, line.closed, line.overdue) for line in mine.lines} == {(0, 0, 0)}


def test_ten_days_begin_on_the_first_eleventh_and_twenty_first() -> None:
    spans = {on: progress.ten_days(date(2018, 11, on)) for on in (1, 10, 11, 20, 21, 30)}
    assert {on: (first.day, last.day) for on, (first, last) in spans.items()} == {
        1: (1, 10),
        10: (1, 10),
        11: (11, 20),
        20: (11, 20),
        21: (21, 30),
        30: (21, 30),
    }
    assert progress.ten_days(date(2018, 12, 31)) == (date(2018, 12, 21), date(2018, 12, 31))
    gates = [progress.Gate(1, "x", left, through) for left, through in ((1, 2), (0, 3), (3, 0), (0, 0), (1, 199))]
    assert [(gate.planned, gate.share) for gate in gates] == [(3, 66), (3, 100), (3, 0), (0, 0), (200, 99)]


def test_what_waits_for_the_county_is_each_thing_once(county: County) -> None:
    first, second = county.file(), county.file(household="A2", kind="file")
    county.do("water", "decline", first, day(0), ground="not_ours", cited_duty=SENTENCE)
    county.do("poverty", "decline", second, day(0), ground="not_ours", cited_duty=SENTENCE)
    county.file(household="A3")
    with county.write() as session:
        session.get_one(Ticket, 3).cap_at = day(2, 17.5)
    with county.read() as session:
        office, setting = county.people["office"], county_context(session)
        found = pending.waiting(session, office, setting, day(1))
        # One is ruled on by the office, one by the leading group, the soonest due first.
        assert [ticket.id for ticket in found.disputes] == [first, second]
        assert found.over_cap == []
        assert (found.beat, found.held, found.spots, found.requests, found.amiss) == (None, None, [], [], [])
        assert session.scalars(select(SpotCheck)).all() == []
    with county.write() as session:
        session.get_one(Ticket, 3).cap_at = day(2, 17)
    sweep.run(county.read, county.write, day(1))
    with county.read() as session:
        assert [ticket.id for ticket in pending.waiting(session, office, setting, day(1)).over_cap] == [3]
    assert refusal(county.engine, lambda session: scope_of(session, county.people["admin"], setting)) == (
        "NotAllowed board_not_yours"
    )
