"""Spans, deadlines, days and sizes in words, at their limits."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.apps import app_on
from tests.support.factories import START, day, settle_county
from web.words import dates, system
from workflow.county.context import CountyContext, county_context

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def setting(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[CountyContext]:
    county = settle_county(engine)
    app = app_on(database_url, FILES=tmp_path, TESTING=True)
    with county.read() as session:
        setting = county_context(session)
    with app.test_request_context():
        yield setting


def test_a_span_is_said_in_days_of_office_hours_and_without_parts_that_are_nought(setting: CountyContext) -> None:
    # A working day has six and a half hours: 8:30 to 12:00 and 14:30 to 17:30.
    texts = [dates.span(minutes, setting) for minutes in (0, 1, 59, 60, 61, 389, 390, 450, 841)]
    assert texts == [
        "不足1分钟",
        "1分钟",
        "59分钟",
        "1小时",
        "1小时1分钟",
        "6小时29分钟",
        "1个工作日",
        "1个工作日1小时",
        "2个工作日1小时1分钟",
    ]


def test_how_long_is_left_is_said_in_working_time(setting: CountyContext) -> None:
    # Tuesday 20 November 2018, ten o'clock.
    texts = {
        due: dates.left(due, START, setting)
        for due in (
            day(-4),
            day(-1),
            START - timedelta(hours=1),
            START - timedelta(minutes=59),
            START,
            day(0, 17.5),
            day(1, 8.5),
            day(1, 9.98),
            day(1, 10),
            day(2, 10),
            day(6, 10),
        )
    }
    assert list(texts.values()) == [
        "逾期2个工作日",
        "逾期1个工作日",
        "逾期1小时",
        "刚刚逾期",
        "今天到期",
        "今天到期",
        "下一工作日到期",
        "下一工作日到期",
        "还剩1个工作日",
        "还剩2个工作日",
        "还剩4个工作日",
    ]


def test_a_size_is_said_in_kilobytes_below_a_tenth_of_a_megabyte(setting: CountyContext) -> None:
    texts = [system.size(octets) for octets in (0, 1499, 1501, 99_999, 100_000, 1_250_000)]
    assert texts == ["1 KB", "1 KB", "2 KB", "100 KB", "0.1 MB", "1.2 MB"]


def test_a_stretch_says_once_what_both_its_ends_have_in_common(setting: CountyContext) -> None:
    assert dates.stretch(START, None) == "2018年11月20日 10:00至今"
    assert dates.stretch(START, day(0, 12)).startswith("2018年11月20日 10:00 – ")
    assert "2018" not in dates.stretch(START, day(1)).partition("–")[2]
    assert (dates.day("2018-11-20"), dates.day("2018-11-25")) == ("11月20日（星期二）", "11月25日（星期日）")


def test_a_day_says_why_it_counted_and_that_its_year_is_not_announced(setting: CountyContext) -> None:
    texts = [
        dates.day_why({"why": why, "name": "国庆节"}) for why in ("start", "workday", "weekend", "holiday", "makeup")
    ]
    assert texts == ["到达当日，自下一工作日起算", "工作日", "周末", "放假：国庆节", "调休上班：国庆节"]
    assert dates.day_why({"why": "weekend", "provisional": True}) == "周末（该年放假安排尚未公布，暂定）"
    assert dates.day_why({"why": "holiday"}) == "放假："


def test_a_moved_deadline_names_the_first_one_and_the_last_reason(setting: CountyContext) -> None:
    first, then = {"due_at": START.isoformat()}, {"due_at": day(1).isoformat()}
    texts = [
        dates.moved({"moved": moves} if moves is not None else {})
        for moves in (
            None,
            [],
            [first, then | {"why": "scheme"}],
            [first | {"why": "scheme"}, then | {"why": "calendar"}],
        )
    ]
    assert texts == [
        "",
        "",
        "已转入考核方案其他版本，原期限为2018年11月20日 10:00",
        "因工作日历调整，期限有变动，原为2018年11月20日 10:00",
    ]
