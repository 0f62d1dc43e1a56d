"""Drawings of custodies: where each stretch begins and ends, what of it was late, and what time is left."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.apps import app_on
from tests.support.factories import day, settle_county, small_scheme
from web.words.drawings import WIDTH, drawn
from workflow.county.context import CountyContext, county_context
from workflow.tickets.views.custody_lines import CustodyLine, CustodyPeople

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def place(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[CountyContext]:
    county = settle_county(engine, small_scheme())
    app = app_on(database_url, FILES=tmp_path, TESTING=True)
    with county.read() as session:
        context = county_context(session)
    with app.test_request_context():
        yield context


def held(
    place: CountyContext, unit: str, began: datetime, due: datetime, ended: datetime | None, stage: str = "mend"
) -> CustodyLine:
    return CustodyLine(
        seq=1,
        episode=1,
        unit=place.by_code[unit],
        stage=stage,
        began_at=began,
        due_at=due,
        ended_at=ended,
        verdict=None,
        minutes=None,
        late_minutes=None,
        people=CustodyPeople(),
        account={},
        rung=0,
        lapses_at=None,
    )


def test_stretches_of_a_ticket_that_is_over_fill_the_whole_width(place: CountyContext) -> None:
    # Ten days: the water bureau one day of them, the power bureau four and two of those too late, the bureau again.
    strip = drawn(
        [
            held(place, "water", day(0), day(2), day(1)),
            held(place, "power", day(1), day(3), day(5)),
            held(place, "water", day(5), day(10), day(10)),
        ],
        day(30),
    )
    assert WIDTH == 1000
    assert (strip.begins, strip.ends, strip.now) == (day(0), day(10), None)
    assert [
        (lane.unit.code, [(bar.x, bar.width, bar.late, bar.ahead) for bar in lane.bars]) for lane in strip.lanes
    ] == [
        ("water", [(0, 100, 0, 0), (500, 500, 0, 0)]),
        ("power", [(100, 400, 200, 0)]),
    ]
    assert strip.looks == {"held", "past"}
    assert strip.lanes[1].bars[0].title.startswith("县供电局 · ")
    assert strip.lanes[1].bars[0].title.endswith("2018年11月21日 10:00 – 2018年11月25日 10:00")


def test_an_open_stretch_ends_now_and_what_is_left_of_it_lies_ahead(place: CountyContext) -> None:
    strip = drawn(
        [
            held(place, "water", day(0), day(1), day(2), stage="hold"),
            held(place, "water", day(2), day(10), None),
        ],
        day(4),
    )
    (lane,) = strip.lanes
    assert [(bar.x, bar.width, bar.late, bar.ahead, bar.stopped) for bar in lane.bars] == [
        (0, 200, 100, 0, True),
        (200, 200, 0, 600, False),
    ]
    assert (strip.ends, strip.now) == (day(10), 400)
    assert strip.looks == {"stopped", "held", "past", "ahead"}


def test_past_its_deadline_an_open_stretch_has_nothing_ahead_and_ends_now(place: CountyContext) -> None:
    late = drawn([held(place, "water", day(0), day(5), None)], day(10))
    assert (late.ends, late.now) == (day(10), 1000)
    assert [(bar.x, bar.width, bar.late, bar.ahead) for bar in late.lanes[0].bars] == [(0, 1000, 500, 0)]
    # Due before it began: all of it is late.  On the stroke of its deadline it is not.
    for due, lost in ((day(-5), 1000), (day(10), 0)):
        assert drawn([held(place, "water", day(0), due, day(10))], day(10)).lanes[0].bars[0].late == lost


def test_a_stretch_of_minutes_is_still_to_be_seen(place: CountyContext) -> None:
    strip = drawn(
        [
            held(place, "water", day(0), day(1), day(0, 10.01)),
            held(place, "power", day(0, 10.01), day(1), day(100)),
        ],
        day(100),
    )
    assert [bar.width for lane in strip.lanes for bar in lane.bars] == [3, 1000]
    at_once = drawn([held(place, "water", day(0), day(0), day(0))], day(0))
    assert [(bar.x, bar.width) for bar in at_once.lanes[0].bars] == [(0, 3)]
