"""Inputs of every door: texts, days, whole numbers and places in a list, each at its edges."""

import ast
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import LARGEST_ID
from tests.support.factories import START
from tests.support.sources import parsed
from workflow.errors import BadInput
from workflow.inputs import LONGEST, day_of, name_of, seen, statement_of, storable, text_of, whole
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
        # Nothing can be seen of it: zero-width signs, a byte order mark, an empty shape.
        ("\u200b", "missing"),
        (" \ufeff\u200d ", "missing"),
        ("\u3164", "missing"),
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


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (" 陈  主任 ", "陈 主任"),
        ("王", "王"),
        ("3楼", "3楼"),
        ("可可村", "可可村"),
        ("长" * 10, "no_words"),
        ("长" * 5 + "江" * 6, "too_long"),
        ("。", "no_words"),
        ("-", "no_words"),
        ("👍", "no_words"),
        ("无", "no_words"),
        ("n/a", "no_words"),
        ("\u200b", "missing"),
        ("张\n三", "张 三"),
    ],
)
def test_a_name_names_something_in_one_line(value: str, read: str) -> None:
    """Seen: a talk was issued with a zero-width space as its presider, and its record said that 无 came."""
    assert said(name_of, "presider", value, 10) == read


def test_what_both_databases_can_store() -> None:
    taken = ("", "a\ud7ff", "\ue000", "a\tb\r\nc", "陈\u200b三", "👍🏽", "\u3000", "बा")
    assert [text for text in taken if not storable(text)] == []
    refused = "\x00\x01\x1b\x7f\x85\ud800\udfff\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ufff9\U000e0041"
    assert [sign for sign in refused if storable(f"甲{sign}乙") or seen(f"甲{sign}乙") != "甲乙"] == []


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


@pytest.mark.parametrize(
    "text",
    [
        "无",
        "无。",
        "好",
        "好的，好的！",
        "……",
        "/",
        "-",
        "已阅",
        "同上",
        "无 无 无",
        "OK",
        "n/a",
        "哈哈哈哈",
        "1",
        "2018",
        "无" * 200,
    ],
)
def test_a_statement_that_only_fills_its_box_is_refused(text: str) -> None:
    assert said(statement_of, "reason", text) == "says_nothing"


@pytest.mark.parametrize(
    "text", ["管网老化", "无水源", "好转，已通水", "正常供水", "差3户未通水", "同意延期", "not ours"]
)
def test_a_statement_may_begin_with_a_word_of_nothing(text: str) -> None:
    assert said(statement_of, "reason", text) == text


#: Texts that need not explain anything: notes beside a visit or an act that has its own input, names and numbers.
NO_STATEMENTS = {
    ("workflow.register.lives.family_input", "name"),
    ("workflow.register.candidates.report_input", "name"),
    ("workflow.accountability.cases.case_input", "name"),
    # An unfinished draft is judged when it is handed on (`unit_words.check_written`).
    ("workflow.assessment.ranking.responses", "remark"),
    ("workflow.tickets.actions.action_input", "name"),
    ("workflow.tickets.actions.duty_forms", "name"),
    ("workflow.tickets.time_requests", "ground"),
    ("workflow.adoption.holiday_notice", "name"),
    ("workflow.adoption.scheme_storing", "code"),
    ("workflow.inputs", "name"),
}


#: Texts that may be as short as their writer likes, each with the reason: no paper prints them as somebody's grounds.
REMARKS = {
    ("workflow.boards.feedback", "words"): "what a person says of the program itself; no paper prints it",
    ("workflow.accountability.cases.case_input", "name"): "what a unit answers for itself: 无异议 is an answer",
    ("workflow.history.grounds", "note"): "beside a ground of the list",
    ("workflow.register.reveal", "note"): "beside a ground of the list",
    ("workflow.register.checkup_input", "note"): "beside a finding; the household's file prints the finding",
    ("workflow.tickets.matters", "title"): "a name",
    ("workflow.tickets.participation", "note"): "a comment; a dossier prints those that are statements",
}


def calls_of(function: str) -> set[tuple[str, str]]:
    """Module and field of every call of one of the functions of `workflow.inputs` in the domain."""
    root, found = Path(__file__).parents[1], set()
    for path in (root / "workflow").rglob("*.py"):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                first = node.args[0]
                named = first.value if isinstance(first, ast.Constant) else getattr(first, "id", "")
                found.add((module, str(named)))
    return found


def test_every_required_free_text_goes_through_the_one_rule() -> None:
    """A text read by `text_of` alone may be 无; each place that does so is listed, and no reason or answer is."""
    assert calls_of("text_of") == NO_STATEMENTS


def test_every_text_that_need_be_no_statement_is_listed_with_its_reason() -> None:
    assert calls_of("remark_of") == set(REMARKS)
