"""A notice of days off as text: what each line may say, at its edges, and what is left out of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support import spreadsheets
from workflow.adoption import holiday_notice
from workflow.adoption.holiday_notice import Day
from workflow.errors import BadInput
from workflow.policy.calendar import Deviation

PAPER = "国办发明电〔2018〕15号"


def read(text: str, source: str = "state_council", document: str = PAPER, year: int | None = None) -> Any:
    """The days of a notice, or code, field and line of the refusal."""
    try:
        return holiday_notice.change(source, document, text, year).days
    except BadInput as refusal:
        line = refusal.params.get("line")
        return (refusal.code, refusal.field) if line is None else (refusal.code, refusal.field, line)


def test_a_heading_and_empty_lines_are_no_days_and_the_days_come_in_their_order() -> None:
    text = "\ufeff日期,安排,名称\n\n2019-02-04,off,春节\n , \n2019-02-02,on,春节\n2019-05-01,rule,\n"
    days = (
        Day(date(2019, 2, 2), True, "春节"),
        Day(date(2019, 2, 4), False, "春节"),
        Day(date(2019, 5, 1), None, ""),
    )
    assert read(text) == days
    assert read(text, year=2019) == days
    # What it says it can read again.
    again = holiday_notice.change("state_council", PAPER, holiday_notice.Change("state_council", PAPER, days).text())
    assert again.days == days


def line(day: str = "2019-02-04", works: str = "no", name: str = "春节") -> str:
    word = (
        works
        if works in holiday_notice._WORKS
        else next(
            said
            for said, meant in holiday_notice._WORKS.items()
            if meant is {"yes": True, "no": False, "rule": None}[works]
        )
    )
    return f"{day},{word},{name}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ("missing", "days")),
        ("日期,安排,名称\n", ("missing", "days")),
        (line() + "2019-02-05\n", ("notice_line", "days", 2)),
        (line() + "x,no,春节\n", ("notice_line", "days", 2)),
        (line() + "2019-02-05,perhaps,春节\n", ("notice_line", "days", 2)),
        (line() + line(), ("notice_line", "days", 2)),
        (line(name=""), ("notice_line", "days", 1)),
        (line(name="x" * 201), ("notice_line", "days", 1)),
        (line(day="2016-12-31"), ("notice_line", "days", 1)),
        (line(day="2040-01-01"), ("notice_line", "days", 1)),
        (line() + "日期,no,春节\n", ("notice_line", "days", 2)),
    ],
)
def test_a_line_that_is_none_is_named(text: str, said: tuple[Any, ...]) -> None:
    assert read(text) == said


@pytest.mark.parametrize("says", ["no", "yes", "rule"])
def test_a_day_that_the_county_sets_or_removes_has_a_document_or_a_reason(says: str) -> None:
    """Seen: a day off removed, and with it every deadline moved, without a word."""
    text = line().replace(",no,", f",{says},")
    for nothing in ("无", "好"):
        assert read(text.replace("春节", nothing), source="county", document="") == ("county_day_why", "name")
    assert len(read(text.replace("春节", "山洪停工"), source="county", document="")) == 1
    assert len(read(text.replace("春节", "无"), source="county")) == 1


def test_the_edges_of_a_notice() -> None:
    assert len(read(line(name="x" * 200) + line(day="2017-01-01") + line(day="2039-12-31"))) == 3
    first = date(2019, 1, 1)
    for count, said in ((366, 366), (367, ("too_many_days", "days"))):
        days = read("".join(line(day=(first + timedelta(days=n)).isoformat()) for n in range(count)))
        assert (len(days) if count == 366 else days) == said
    assert read(line(), document="12" * 50 + "3") == ("too_long", "document")
    assert len(read(line(), document="12" * 50)) == 1
    assert read(line(), document="") == ("missing", "document")
    assert len(read(line(), source="county", document="")) == 1
    assert read(line(), source="village") == ("unknown_authority", "source")
    assert read(line(), year=2018) == ("notice_line", "days", 1)
    assert read(line(), source="county", year=2019) == ("bad_year", "year")
    for year in (2016, 2040):
        assert read(line(), year=year) == ("bad_year", "year")
        with pytest.raises(BadInput) as refusal:
            holiday_notice.from_library(year)
        assert refusal.value.code == "bad_year"
    assert {day.day.year for day in holiday_notice.from_library(2018).days} == {2018}
    with pytest.raises(BadInput) as refusal:
        holiday_notice.from_library(2039)
    assert refusal.value.code == "year_not_in_library"


def test_a_whole_notice_replaces_its_years_and_keeps_what_the_weekday_does_not_say_anyway() -> None:
    monday, saturday, other = date(2019, 2, 4), date(2019, 2, 2), date(2018, 12, 31)
    before = {
        (other, "state_council"): Deviation(False, "元旦", "state_council"),
        (date(2019, 5, 1), "state_council"): Deviation(False, "劳动节", "state_council"),
        (monday, "county"): Deviation(False, "山洪", "county"),
    }
    days = (
        Day(monday, False, "春节"),
        Day(saturday, True, "春节"),
        Day(date(2019, 2, 5), True, "x"),
        Day(other, None, ""),
    )
    council = {
        (monday, "state_council"): Deviation(False, "春节", "state_council"),
        (saturday, "state_council"): Deviation(True, "春节", "state_council"),
    }
    old, labour, flood = before.items()
    for earlier, kept in (([date(2019, 5, 1), monday], [flood]), ([], [labour, flood])):
        change = holiday_notice.Change("state_council", PAPER, days, 2019)
        assert change.after(before, earlier) == dict(kept) | council, earlier
    again = holiday_notice.Change("state_council", PAPER, days[:1], 2019)
    assert again.after(before, [date(2019, 5, 1)]) == dict([old, flood]) | {
        (monday, "state_council"): Deviation(False, "春节", "state_council")
    }
    # The county says of its own days what it likes, and takes them back.
    plain = holiday_notice.Change("county", "", (Day(date(2019, 2, 5), True, "x"), Day(monday, None, "")))
    assert plain.after(before, []) == dict([old, labour]) | {
        (date(2019, 2, 5), "county"): Deviation(True, "x", "county")
    }


NOTICE = [("2026-12-31", "no", "元旦"), ("2027-01-01", "no", "元旦"), ("2027-01-09", "yes", "元旦")]


@pytest.mark.parametrize(
    "form", ["{0}-{1}-{2}", "{0}/{3}/{4}", "{0}.{3}.{4}", "{0}年{3}月{4}日", "{0}{1}{2}", "{0}/{3}/{4} 0:00:00"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_notice_is_read_however_its_days_and_its_file_are_written(form: str, encoding: str) -> None:
    rows = []
    for day, works, name in NOTICE:
        year, month, number = day.split("-")
        rows.append(
            (form.format(year, month, number, int(month), int(number)), {"no": "休", "yes": "补班"}[works], name)
        )
    text = holiday_notice.file_text(spreadsheets.text(("日期", "安排", "名称"), *rows, encoding=encoding))
    assert read(text, year=2027) == tuple(
        Day(date.fromisoformat(day), works == "yes", name) for day, works, name in NOTICE
    )


def test_a_notice_in_a_workbook_is_read_and_its_lines_are_those_of_the_sheet() -> None:
    rows: list[list[Any]] = [
        ["日期", "安排", "名称"],
        [],
        *([date.fromisoformat(day), works, name] for day, works, name in NOTICE),
    ]
    text = holiday_notice.file_text(spreadsheets.workbook(spreadsheets.Sheet(rows)))
    assert len(read(text, year=2027)) == 3
    assert read(text + "x,no,元旦\n", year=2027) == ("notice_line", "days", 6)


@pytest.mark.parametrize("kind", ["titled", "noted", "weekdays", "bracketed", "sheets"])
def test_what_stands_around_the_days_of_a_sheet_is_no_day(kind: str) -> None:
    rows: list[list[Any]] = [["日期", "安排", "名称"], *map(list, NOTICE)]
    sheets = [spreadsheets.Sheet(rows, "安排")]
    if kind == "titled":
        rows = [["国务院办公厅关于2027年部分节假日安排的通知"], *rows]
        sheets = [spreadsheets.Sheet(rows, merged=["A1:C1"])]
    elif kind == "noted":
        rows.append(["注：以国务院办公厅通知为准"])
    elif kind == "weekdays":
        sheets = [spreadsheets.Sheet([[row[0], "星期" if row is rows[0] else "星期五", *row[1:]] for row in rows])]
    elif kind == "bracketed":
        sheets = [spreadsheets.Sheet([rows[0], *([f"{row[0]}（星期五）", *row[1:]] for row in rows[1:])])]
    else:
        sheets = [spreadsheets.Sheet([["封面"]], "封面"), *sheets]
    days = read(holiday_notice.file_text(spreadsheets.workbook(*sheets)), year=2027)
    assert [(day.day.isoformat(), day.works) for day in days] == [(day, works == "yes") for day, works, _ in NOTICE]
    # A row of a day that cannot be read is named all the same.
    broken = spreadsheets.workbook(spreadsheets.Sheet([*rows, ["2027-02-30", "休", "春节"]]))
    assert read(holiday_notice.file_text(broken), year=2027) == ("notice_line", "days", len(rows) + 1)


def test_a_notice_reaches_back_into_december_and_no_further() -> None:
    assert len(read("2026-12-31,no,元旦\n2027-01-01,no,元旦\n", year=2027)) == 2
    for day in ("2026-11-30", "2028-01-01", "2025-12-31"):
        assert read(f"2027-01-01,no,元旦\n{day},no,元旦\n", year=2027) == ("notice_line", "days", 2)
