"""What is given with a reply to a paper, field by field: an appointment, the record of a talk, and commitments."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.factories import START
from tests.support.outcomes import said
from workflow.accountability.replies import commitments, talks
from workflow.accountability.replies.commitments import Promise

SECOND = timedelta(seconds=1)
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
        ({"meet_at": START + SECOND, "place": "楼" * 100, "attendees": ["甲" * 100] * 30}, ""),
        ({"meet_at": "2099-12-31T09:00"}, ""),
    ],
)
def test_an_appointment_names_time_place_presider_and_people(given: dict[str, Any], code: str) -> None:
    assert said(lambda: talks.appointed(MEETING | given, START)) == code


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
    assert talks.appointed(given, START)["attendees"] == ["局长", "副局长"]


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
    ],
)
def test_a_commitment_has_words_and_a_day_not_past(given: Any, code: str) -> None:
    assert said(lambda: commitments.parsed(given, START)) == code


def test_lines_left_empty_are_no_commitments_and_the_others_keep_their_order() -> None:
    given = [{"words": " ", "due_on": ""}, LINE, {}, LINE | {"words": " 换管 "}]
    assert commitments.parsed(given, START) == [
        Promise("通水", date(2018, 12, 24)),
        Promise("换管", date(2018, 12, 24)),
    ]
