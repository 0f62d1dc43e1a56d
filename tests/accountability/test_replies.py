"""What is given with a reply to a paper, field by field: an appointment, the record of a talk, and commitments."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.factories import START
from tests.support.outcomes import said
from workflow.accountability.replies import commitments, talks
from workflow.accountability.replies.commitments import Promise
from workflow.errors import BadInput
from workflow.policy.calendar import WorkCalendar
from workflow.policy.worktime import WorkClock, local_date

SECOND = timedelta(seconds=1)
CLOCK = WorkClock(WorkCalendar({}, frozenset(range(2017, 2027))), (("08:30", "12:00"), ("14:30", "17:30")))
#: When the paper that appoints the talk was issued.
ISSUED = START - timedelta(days=4)
MEETING = {"meet_at": "2018-11-26T09:00", "place": "三楼", "presider": "副组长", "attendees": ["局长"]}
RECORD = {"held_at": "2018-11-19T08:30", "came": "局长", "minutes": "限期整改"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"meet_at": None}, "missing meet_at"),
        ({"meet_at": " "}, "missing meet_at"),
        ({"meet_at": "明日"}, "bad_moment meet_at"),
        ({"meet_at": "1999-12-31T09:00"}, "bad_moment meet_at"),
        ({"meet_at": "2100-01-01T09:00"}, "bad_moment meet_at"),
        ({"meet_at": START}, "talk_in_the_past meet_at"),
        ({"place": ""}, "missing place"),
        ({"place": "楼" * 101}, "too_long place"),
        ({"presider": " "}, "missing presider"),
        ({"attendees": []}, "missing attendees"),
        ({"attendees": " 、\n"}, "missing attendees"),
        ({"attendees": None}, "missing attendees"),
        ({"attendees": ["甲"] * 31}, "too_many_people attendees"),
        ({"attendees": ["甲" * 101]}, "too_long attendees"),
        ({"attendees": [""]}, "missing attendees"),
        ({"attendees": [7]}, ""),
        (
            {
                "meet_at": START + timedelta(minutes=1),
                "place": "县政府三号楼二层" * 12,
                "attendees": ["欧阳秋菊主任" * 16] * 30,
            },
            "",
        ),
        # START is Tuesday 20 November; ten working days end on Tuesday 4 December.
        ({"meet_at": "2018-12-04T17:29"}, ""),
        ({"meet_at": "2018-12-05T09:00"}, "talk_too_far meet_at"),
        ({"meet_at": "2099-12-31T09:00"}, "talk_too_far meet_at"),
        ({"meet_at": "2018-11-24T09:00"}, "talk_out_of_hours hours_reason"),
        ({"meet_at": "2018-11-26T12:00"}, "talk_out_of_hours hours_reason"),
        ({"meet_at": "2018-11-26T20:00", "hours_reason": "无"}, "talk_out_of_hours hours_reason"),
        ({"meet_at": "2018-11-24T09:00", "hours_reason": "汛期值班，主要负责人周六在岗"}, ""),
    ],
)
def test_an_appointment_names_time_place_presider_and_people(given: dict[str, Any], code: str) -> None:
    assert said(lambda: talks.appointed(MEETING | given, START, CLOCK, 10)) == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, ""),
        ({"held_at": START}, ""),
        ({"held_at": START + SECOND}, "talk_in_the_future held_at"),
        ({"held_at": ISSUED}, ""),
        ({"held_at": ISSUED - SECOND}, "talk_before_paper held_at"),
        ({"came": ""}, "missing came"),
        ({"minutes": ""}, "missing minutes"),
        ({"minutes": " "}, "missing minutes"),
    ],
)
def test_a_record_is_of_a_talk_that_was_held(given: dict[str, Any], code: str) -> None:
    assert said(lambda: talks.recorded(RECORD | given, ISSUED, START)) == code


@pytest.mark.parametrize("between", ["、", "，", ",", "；", ";", "\r\n", "\n", " 、 "])
def test_people_are_divided_by_any_sign_and_each_named_once(between: str) -> None:
    given = MEETING | {"attendees": f"{between}局长{between}副局长 {between}"}
    assert talks.appointed(given, START, CLOCK, 10)["attendees"] == ["局长", "副局长"]


LINE = {"words": "通水", "due_on": "2018-12-24"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, ""),
        ([], ""),
        ([LINE] * commitments.MOST, ""),
        ([LINE] * (commitments.MOST + 1), "bad_commitments commitments"),
        ("通水", "bad_commitments commitments"),
        (["通水"], "bad_commitments commitments"),
        ([LINE, {"words": "通水", "due_on": " "}], "commitment_incomplete commitments"),
        ([LINE, {"words": " ", "due_on": "2018-12-24"}], "commitment_incomplete commitments"),
        ([{"words": "通水"}], "commitment_incomplete commitments"),
        ([{"due_on": "2018-12-24"}], "commitment_incomplete commitments"),
        ([LINE | {"due_on": START.date().isoformat()}], ""),
        ([LINE | {"due_on": (START.date() - timedelta(days=1)).isoformat()}], "commitment_past commitments"),
        ([LINE | {"due_on": local_date(CLOCK.due(START, 120)).isoformat()}], ""),
        (
            [LINE | {"due_on": (local_date(CLOCK.due(START, 120)) + timedelta(days=1)).isoformat()}],
            "commitment_too_far commitments",
        ),
        ([LINE | {"due_on": "2099-12-31"}], "commitment_too_far commitments"),
        # A Sunday, and a Tuesday that is a holiday.
        ([LINE, LINE | {"due_on": "2018-12-23"}], "day_off commitments"),
        ([LINE | {"due_on": "2019-01-01"}], "day_off commitments"),
    ],
)
def test_a_commitment_has_words_and_a_day_neither_past_nor_far_ahead(given: Any, code: str) -> None:
    assert said(lambda: commitments.parsed(given, START, CLOCK, 120)) == code


def test_a_day_off_of_a_year_not_yet_announced_may_still_be_worked_and_is_accepted() -> None:
    clock = WorkClock(WorkCalendar({}, frozenset({2018})), (("08:30", "12:00"), ("14:30", "17:30")))
    given = [LINE | {"due_on": "2019-01-05"}]
    assert [promise.on for promise in commitments.parsed(given, START, clock, 120)] == [date(2019, 1, 5)]
    with pytest.raises(BadInput, match="day_off"):
        commitments.parsed([LINE | {"due_on": "2018-12-22"}], START, clock, 120)


def test_lines_left_empty_are_no_commitments_and_the_others_keep_their_order() -> None:
    given = [{"words": " ", "due_on": ""}, LINE, {}, LINE | {"words": " 换管 "}]
    assert commitments.parsed(given, START, CLOCK, 120) == [
        Promise("通水", date(2018, 12, 24)),
        Promise("换管", date(2018, 12, 24)),
    ]


def test_why_a_talk_is_out_of_hours_is_kept_and_only_then() -> None:
    why = {"hours_reason": "汛期值班，主要负责人周六在岗"}
    on_saturday = talks.appointed(MEETING | why | {"meet_at": "2018-11-24T09:00"}, START, CLOCK, 10)
    assert on_saturday["hours_reason"] == why["hours_reason"]
    assert "hours_reason" not in talks.appointed(MEETING | why, START, CLOCK, 10)
