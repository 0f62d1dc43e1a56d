"""Cell values of a register file: each type at its limits, and the refusal code of invalid ones."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from workflow.citizen_id import Faulty
from workflow.register.cells import values, written_births
from workflow.register.cells.births import Birth, agree, closest
from workflow.register.spreadsheets.sheet import DAYS_1904

TODAY = date(2018, 11, 20)


def refusals(read: Callable[[str], Any], *texts: str) -> list[str]:
    """The refusal code of each text; `-` for an accepted one."""
    codes = []
    for text in texts:
        try:
            read(text)
            codes.append("-")
        except Faulty as fault:
            codes.append(fault.code)
    return codes


def born(text: str) -> date:
    birth = written_births.born_on(text, TODAY)
    assert isinstance(birth, Birth)
    return birth.day


def year(text: str) -> int:
    return values.year(text, TODAY)


def latitude(text: str) -> float:
    return values.degrees(text, "latitude")


def longitude(text: str) -> float:
    return values.degrees(text, "longitude")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1990-01-02", "1990-01-02"),
        ("1990/1/2", "1990-01-02"),
        ("1990年1月2日", "1990-01-02"),
        ("19900102", "1990-01-02"),
        ("１９９００１０２", "1990-01-02"),
        ("1990-01-02 00:00:00", "1990-01-02"),
        # A spreadsheet's first day of March 1900 is its 61st; the 29 February it counts before never was.
        ("61", "1900-03-01"),
        ("32874", "1990-01-01"),
        ("32874.5", "1990-01-01"),
        ("'1990-01-02", "1990-01-02"),
        ("1990年1月2日出生", "1990-01-02"),
        ("二〇一五年三月一日", "2015-03-01"),
        ("二零一五年三月一日", "2015-03-01"),
        ("二○一五年十二月三十一日", "2015-12-31"),
        ("一九六八年十月二十日", "1968-10-20"),
        ("一九六八年元月廿八日", "1968-01-28"),
        ("1968年三月十五", "1968-03-15"),
        ("1968年3月5号", "1968-03-05"),
        ("1890-01-01", "1890-01-01"),
        ("2018-11-20", "2018-11-20"),
    ],
)
def test_a_day_of_birth_is_read_as_people_and_spreadsheets_write_it(text: str, expected: str) -> None:
    assert born(text).isoformat() == expected


def test_a_day_of_birth_that_is_none_or_cannot_be_is_refused() -> None:
    texts = (
        "1889-12-31",
        "2018-11-21",
        "1990-02-30",
        "1990-13",
        "199000",
        "2018-12",
        "2019",
        "1990010",
        "199001021",
        "43425",
        "99999",
        "0",
        "0.5",
        "x",
        "二〇一五年十三月一日",
        "一千九百六十八年",
        "民国57年",
        "三月一日",
        "95年13月",
    )
    assert refusals(born, *texts) == ["birth_bad"] * len(texts)
    # The count of today itself.
    assert born("43424") == TODAY


@pytest.mark.parametrize(
    ("text", "day", "exact"),
    [
        ("2015.12", "2015-12-01", "month"),
        ("2014.10", "2014-10-01", "month"),
        ("2014.9", "2014-09-01", "month"),
        ("2013-12", "2013-12-01", "month"),
        ("2012/1", "2012-01-01", "month"),
        ("2012年1月", "2012-01-01", "month"),
        ("２０１２．０１", "2012-01-01", "month"),
        ("201201", "2012-01-01", "month"),
        ("2012", "2012-01-01", "year"),
        ("2012年", "2012-01-01", "year"),
        ("2012年生", "2012-01-01", "year"),
        ("二〇一五年三月", "2015-03-01", "month"),
        ("一九六八年", "1968-01-01", "year"),
        ("2012-01-02", "2012-01-02", "day"),
    ],
)
def test_a_month_or_a_year_of_birth_stays_one(text: str, day: str, exact: str) -> None:
    assert written_births.born_on(text, TODAY) == Birth(date.fromisoformat(day), exact)


def test_a_month_whose_zero_a_spreadsheet_may_have_dropped_is_a_year_and_named() -> None:
    noted = written_births.born_on("2014.1", TODAY)
    assert isinstance(noted, values.Noted)
    assert (noted.value, noted.code) == (Birth(date(2014, 1, 1), "year"), "birth_month_unclear")


@pytest.mark.parametrize(
    ("text", "day", "exact"),
    [
        ("68年3月", "1968-03-01", "month"),
        ("六八年三月", "1968-03-01", "month"),
        ("68年3月15日", "1968-03-15", "day"),
        ("72年", "1972-01-01", "year"),
        # The day after today is of the century before; 2000 had a 29 February, 1900 none.
        ("18年11月21日", "1918-11-21", "day"),
        ("00年2月29日", "2000-02-29", "day"),
    ],
)
def test_a_year_of_two_digits_is_read_where_one_century_alone_is_possible(text: str, day: str, exact: str) -> None:
    noted = written_births.born_on(text, TODAY)
    assert isinstance(noted, values.Noted)
    assert (noted.value, noted.code) == (Birth(date.fromisoformat(day), exact), "birth_century_read")
    assert noted.params["year"] == int(day[:4])


def test_what_may_be_of_two_centuries_or_is_lunar_is_named_and_not_guessed() -> None:
    assert refusals(born, "15年3月", "18年11月20日", "05年") == ["birth_century"] * 3
    lunar = ("一九六八年腊月", "1968年正月初五", "农历1968年3月1日", "1968年闰七月", "一九六八年三月初八")
    assert refusals(born, *lunar) == ["birth_lunar"] * len(lunar)


def test_a_day_count_is_of_the_days_the_workbook_counts_from() -> None:
    assert written_births.born_on("41425", TODAY, DAYS_1904) == Birth(date(2017, 6, 1), "day")


def test_births_agree_as_far_as_both_are_known_and_the_closest_counts() -> None:
    day, month, year = (
        Birth(date(2015, 12, 7), "day"),
        Birth(date(2015, 12, 1), "month"),
        Birth(date(2015, 1, 1), "year"),
    )
    assert agree(day, month)
    assert agree(month, year)
    assert agree(None, day)
    assert not agree(day, Birth(date(2015, 12, 8), "day"))
    assert not agree(day, Birth(date(2015, 11, 1), "month"))
    assert closest(year, day, month) == day
    assert closest(None, None) is None


def test_an_income_is_whole_fen_with_half_a_fen_rounded_up() -> None:
    amounts = [
        values.fen(text) for text in ("0", "12", "1,234.5", "￥4133.33元", "0.004", "0.005", "0.015", "10000000")
    ]
    assert amounts == [0, 1200, 123450, 413333, 0, 1, 2, 1_000_000_000]
    assert refusals(values.fen, "x", "", "nan", "inf", "-0.01", "10000000.01") == [
        "income_not_number",
        "income_not_number",
        "income_not_number",
        "income_not_number",
        "income_negative",
        "income_too_much",
    ]


def test_a_year_of_income_is_from_2010_to_this_one() -> None:
    assert [year(text) for text in ("2010", "2018", "2018年", "2017年度")] == [2010, 2018, 2018, 2017]
    texts = ("2009", "2019", "18", "02018", "20 1x", "")
    assert refusals(year, *texts) == ["income_year"] * len(texts)


def test_a_household_has_from_one_to_thirty_people() -> None:
    assert [values.people(text) for text in ("1", "30", "4人", "5口", "０3")] == [1, 30, 4, 5, 3]
    texts = ("0", "31", "-1", "四", "0000004", "4.5", "")
    assert refusals(values.people, *texts) == ["people_not_number"] * len(texts)


def test_a_place_lies_roughly_in_china() -> None:
    assert (latitude("3"), latitude("54°N"), longitude("73"), longitude("136 E")) == (3.0, 54.0, 73.0, 136.0)
    assert latitude("23.123456789") == 23.1234568
    assert refusals(latitude, "2.99", "54.01", "113.5", "nan", "x") == [
        "place_outside",
        "place_outside",
        "place_outside",
        "place_not_number",
        "place_not_number",
    ]
    assert refusals(longitude, "72.99", "136.01", "23.1") == ["place_outside"] * 3


def test_a_name_has_letters_and_no_signs_and_no_spaces_between_chinese_characters() -> None:
    assert [values.name(text) for text in ("张 三", "买买提·吐尔逊", "John Smith")] == [
        "张三",
        "买买提·吐尔逊",
        "John Smith",
    ]
    assert refusals(values.name, "张3", "张*", "=张三", "···", "", "张" * 61, "张" * 60) == [
        "name_signs",
        "name_signs",
        "name_signs",
        "name_signs",
        "name_signs",
        "too_long",
        "-",
    ]


def test_a_code_is_one_word_an_address_can_lead_to() -> None:
    assert [values.code(text) for text in ("'4414 24", "Ａ１", "E+", "1E+x")] == ["441424", "A1", "E+", "1E+x"]
    assert refusals(values.code, "4.41E+17", "4e+17", "a/b", "a\\b", "..", "", "1" * 65, "1" * 64) == [
        "code_rounded",
        "code_rounded",
        "code_unusable",
        "code_unusable",
        "code_unusable",
        "code_unusable",
        "too_long",
        "-",
    ]


def test_words_in_a_cell_stand_for_one_code_whatever_their_width_and_spacing() -> None:
    assert [values.sex(text) for text in ("男", "女性", "Ｍ", " f ", "1", "2")] == ["m", "f", "m", "f", "m", "f"]
    assert [values.yes_no(text) for text in ("是", "√", "已 参保", "否", "×", "0", "NO")] == [True] * 3 + [False] * 4
    assert [values.labour(text) for text in ("部分（丧失）", "无", "普通劳动力")] == ["partly", "none", "with"]
    assert [values.status(text) for text in ("在档", "否", "是", "清退户")] == ["in", "in", "exited", "cleared"]
    # The scheme's own words come first.
    assert values.status("是", {"是": "pre_exit"}) == "pre_exit"
    assert refusals(values.sex, "x") + refusals(values.yes_no, "x") == ["sex_unknown", "yes_no_unknown"]
    assert refusals(values.labour, "x") + refusals(values.status, "x") == ["labour_unknown", "status_unknown"]


def test_what_nobody_sees_is_cleaned_away_and_control_signs_and_formula_errors_are_refused() -> None:
    texts = [values.clean(text) for text in ("  张三 ", "张\n三", "\ufeff张三\u200b", "#1")]
    assert texts == ["张三", "张 三", "张三", "#1"]
    assert refusals(values.clean, "张\x07三", "张\ue000", "#REF!", "#N/A") == [
        "control_signs",
        "control_signs",
        "cell_error",
        "cell_error",
    ]


def test_a_fault_names_a_value_short_and_without_numbers_of_persons() -> None:
    assert values.shown("四" * 30) == "四" * 20
    assert values.shown("号441424199001011234") == "号***"
    assert values.shown("12345") == "12345"
    assert values.shown("123456") == "***"
