"""Inputs of every door: texts, days, whole numbers and places in a list, each at its edges."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import LARGEST_ID
from tests.support.factories import START
from workflow.errors import BadInput
from workflow.inputs import LONGEST, day_of, storable, text_of, whole
from workflow.paging import LONGEST_SEARCH, cursor_of, escaped, read_cursor
from workflow.policy.worktime import SHANGHAI
from workflow.redaction import holds_number, masked, without_numbers


def said(parse: Any, *given: Any) -> Any:
    """What is read, or the code of the refusal."""
    try:
        return parse(*given)
    except BadInput as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (" 水管断了 ", "水管断了"),
        (7, "7"),
        (True, "not_text"),
        (None, "not_text"),
        ("", "missing"),
        ("  ", "missing"),
        ("x" * LONGEST, "x" * LONGEST),
        (" " + "x" * LONGEST + " ", "x" * LONGEST),
        ("x" * (LONGEST + 1), "too_long"),
        ("a\x00", "not_text"),
        ("a\ud800", "not_text"),
        ("a\ue000", "a\ue000"),
        ("致电13812345678", "number_in_text"),
    ],
)
def test_a_text_is_trimmed_neither_blank_nor_too_long_and_names_no_persons_number(value: Any, read: str) -> None:
    assert LONGEST == 2000
    assert said(text_of, "note", value) == read


def test_what_both_databases_can_store() -> None:
    assert [storable(text) for text in ("", "a\ud7ff", "\ud800", "\udfff", "\ue000", "\x01", "\x00")] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2018-11-20", date(2018, 11, 20)),
        (" 2018-11-20 ", date(2018, 11, 20)),
        (date(2018, 11, 20), date(2018, 11, 20)),
        # A moment is of its day in China.
        (datetime(2018, 11, 20, 23, 0, tzinfo=SHANGHAI), date(2018, 11, 20)),
        (datetime.fromisoformat("2018-11-20T17:00Z"), date(2018, 11, 21)),
        ("20.11.2018", "not_a_date"),
        ("2018-11-31", "not_a_date"),
        ("2018-11-20T10:00", "not_a_date"),
        (None, "not_a_date"),
    ],
)
def test_a_day_is_written_as_a_day(value: Any, read: Any) -> None:
    assert said(day_of, "until", value) == read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("0" * 19 + "7", 7),
        ("0" * 20 + "7", None),
        ("-1", None),
        ("1.0", None),
        ("²", None),
        ("٣", None),
        ("", None),
    ],
)
def test_a_whole_number_is_of_plain_digits_up_to_the_largest_id(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_a_whole_number_may_have_an_edge_of_its_own() -> None:
    assert [whole(text, 5) for text in ("5", "6")] == [5, None]


def test_a_place_in_a_list_comes_back_as_it_was_and_nothing_else_is_one() -> None:
    key: list[datetime | str | int] = [START, "户 A.1", 7]
    cursor = cursor_of(key)
    assert read_cursor(cursor, datetime, str, int) == key
    assert cursor_of([START + timedelta(microseconds=1)]) != cursor_of([START])
    for wrong, kinds in (
        (cursor, (datetime, str)),
        (cursor, (str, datetime, int)),
        ("", (int,)),
        ("x", (int,)),
        ("-1", (int,)),
        ("1.", (int,)),
        ("1.2", (int,)),
        ("1" * 19, (int,)),
        ("xzz", (str,)),
        ("٣", (int,)),
    ):
        assert said(read_cursor, wrong, *kinds) == "bad_cursor", wrong
    assert read_cursor("1" * 18, int) == [int("1" * 18)]
    assert read_cursor("x00", str) == [""]


def test_a_search_text_is_at_most_a_hundred_signs_and_its_wildcards_are_plain_signs() -> None:
    assert LONGEST_SEARCH == 100
    assert said(escaped, "x" * 100) == "x" * 100
    assert said(escaped, "x" * 101) == "too_long"
    assert escaped("50%_\\") == "50\\%\\_\\\\"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("身份证441424196504120011", True),
        ("电话13812345678", True),
        ("电话12812345678", False),
        ("户号4414241965", False),
        ("水表 2018-000001", False),
    ],
)
def test_a_persons_number_is_known_among_other_figures(text: str, holds: bool) -> None:
    assert holds_number(text) == holds
    assert (without_numbers(text) != text) == holds


def test_of_a_masked_name_the_first_sign_is_left() -> None:
    assert [masked(name) for name in ("张三", "欧阳修文", "张")] == ["张*", "欧***", "张*"]
