"""A notice of days off as text: what each line may say, at its edges, and what is left out of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support import spreadsheets
from workflow.adoption import holiday_notice, notice_sheet
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
        (line() + line(), ("notice_day_twice", "days", 2)),
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
    text = notice_sheet.file_text(spreadsheets.text(("日期", "安排", "名称"), *rows, encoding=encoding))
    assert read(text, year=2027) == tuple(
        Day(date.fromisoformat(day), works == "yes", name) for day, works, name in NOTICE
    )


def test_a_notice_in_a_workbook_is_read_and_its_lines_are_those_of_the_sheet() -> None:
    rows: list[list[Any]] = [
        ["日期", "安排", "名称"],
        [],
        *([date.fromisoformat(day), works, name] for day, works, name in NOTICE),
    ]
    text = notice_sheet.file_text(spreadsheets.workbook(spreadsheets.Sheet(rows)))
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
    days = read(notice_sheet.file_text(spreadsheets.workbook(*sheets)), year=2027)
    assert [(day.day.isoformat(), day.works) for day in days] == [(day, works == "yes") for day, works, _ in NOTICE]
    # A row of a day that cannot be read is named all the same.
    broken = spreadsheets.workbook(spreadsheets.Sheet([*rows, ["2027-02-30", "休", "春节"]]))
    assert read(notice_sheet.file_text(broken), year=2027) == ("notice_line", "days", len(rows) + 1)


def test_a_notice_reaches_back_into_december_and_no_further() -> None:
    assert len(read("2026-12-31,no,元旦\n2027-01-01,no,元旦\n", year=2027)) == 2
    for day in ("2026-11-30", "2028-01-01", "2025-12-31"):
        assert read(f"2027-01-01,no,元旦\n{day},no,元旦\n", year=2027) == ("notice_line", "days", 2)


#: The State Council's notices for 2026 and 2019 as published (国办发明电〔2025〕7号, 〔2018〕15号).
PUBLISHED = {
    2026: """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，遇有重大突发事件，要按规定及时报告。
国务院办公厅
2025年11月4日
""",
    2019: """一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。
二、春节：2月4日至10日放假调休，共7天。2月2日（星期六）、2月3日（星期日）上班。
三、清明节：4月5日放假，与周末连休。
四、劳动节：5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
五、端午节：6月7日放假，与周末连休。
六、中秋节：9月13日放假，与周末连休。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
""",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_notice_itself_is_read_as_published(year: int) -> None:
    """The days that depart from Monday to Friday are those of the library for that year."""
    days = {day.day: day.works for day in read(PUBLISHED[year], year=year) if day.works != (day.day.weekday() < 5)}
    library = {day.day: day.works for day in holiday_notice.from_library(year).days}
    before = {day.day: day.works for day in holiday_notice.from_library(year - 1).days if day.day.month == 12}
    assert {day: works for day, works in days.items() if day.year == year} == library
    assert {day: works for day, works in days.items() if day.year != year}.items() <= before.items()


#: Days of 2027 as (days off, days worked) of a holiday, in the forms in which clerks type them.
NEW_YEAR = ({"2027-01-01", "2027-01-02", "2027-01-03"}, set[str]())
SPRING = ({f"2027-02-{day:02}" for day in range(5, 12)}, {"2027-01-31", "2027-02-20"})
SHEETS: dict[str, list[list[Any]]] = {
    "first day and count": [
        ["节日", "起始日期", "放假天数"],
        ["元旦", date(2027, 1, 1), 3],
        ["春节", date(2027, 2, 5), 7],
    ],
    "days in words, count, days worked": [
        ["2027年放假安排表"],
        ["节日", "放假时间", "放假天数", "调休上班日期"],
        ["元旦", "1月1日至3日", "3天", ""],
        ["春节", "2月5日（周五）—2月11日", "共7天", "1月31日（周日）、2月20日（周六）"],
        ["注：以国务院办公厅通知为准"],
    ],
    "first and last day": [
        ["序号", "假期", "开始日期", "结束日期", "天数", "补班"],
        [1, "元旦", "2027/1/1", "2027/1/3", 3, "无"],
        [2, "春节", "2027.2.5", "2027.2.11", "7天", "2027-01-31、2027-02-20"],
    ],
    "a column of days and a number": [
        ["节假日", "日期", "天数", "调休"],
        ["元旦", "1月1日起", "3", ""],
        ["春节", "2月5日", "7", "1月31日、2月20日上班"],
    ],
    "sentences, no headings": [
        ["元旦", "1月1日起3天"],
        ["春节", "2月5日起放假七天", "1月31日、2月20日上班"],
    ],
    "one column of sentences": [
        ["元旦1月1日起放假3天"],
        ["春节：二月五日至十一日放假七天，一月三十一日、二月二十日补班。"],
    ],
    "short days": [
        ["名称", "放假日期", "上班日期"],
        ["元旦", "1.1-1.3", ""],
        ["春节", "2/5-2/11", "1/31、2/20"],
    ],
    "day counts of the spreadsheet": [
        ["节日名称", "放假首日", "共计天数", "备注"],
        ["元旦", (date(2027, 1, 1) - date(1899, 12, 30)).days, 3, "与周末连休"],
        ["春节", (date(2027, 2, 5) - date(1899, 12, 30)).days, 7, "1月31日、2月20日上班"],
    ],
}


@pytest.mark.parametrize("form", SHEETS)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_sheet_with_numbers_of_days_is_read(form: str, kind: str) -> None:
    """Seen: a first day with a number of days was refused, line by line."""
    rows = SHEETS[form]
    if kind == "xlsx":
        stream = spreadsheets.workbook(spreadsheets.Sheet(rows))
    else:
        width = max(map(len, rows))
        padded = [[str(cell) for cell in (*row, *[""] * (width - len(row)))] for row in rows]
        stream = spreadsheets.text(padded[0], *padded[1:])
    days = read(notice_sheet.file_text(stream), year=2027)
    for name, (off, on) in {"元旦": NEW_YEAR, "春节": SPRING}.items():
        own = [day for day in days if day.name == name]
        assert {day.day.isoformat() for day in own if day.works is False} == off
        assert {day.day.isoformat() for day in own if day.works} == (on if form != "first day and count" else set())
    assert {day.name for day in days} == {"元旦", "春节"}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("元旦放假3天", "notice_no_day"),
        ("元旦,放假3天", "notice_no_day"),
        ("国庆节,7天", "notice_no_day"),
        # Monday: the three days may end or begin with it.
        ("清明节：4月5日放假，共3天。", "notice_first_day"),
        ("清明节：4月5日3天", "notice_first_day"),
        ("元旦：1月1日至3日放假，共4天。", "notice_count"),
        ("春节：2月5日、2月6日放假3天", "notice_count"),
        # What is left over belongs to no day.
        ("春节：2月5日至初六放假", "notice_line"),
        ("春节：正月初一至初七放假", "notice_line"),
        ("元旦：1月1日至3日放假，14号上班", "notice_line"),
        ("元旦：1月1日", "notice_line"),
        ("元旦：2月30日放假", "notice_line"),
        ("1月1日至3日放假", "notice_line"),
        ("元旦：1月3日至1日放假", "notice_line"),
        ("元旦：1月1日放假，上班", "notice_line"),
        ("元旦：1月1日起0天", "notice_line"),
        ("元旦：1月1日起放假400天", "notice_line"),
    ],
)
def test_what_is_not_clear_is_refused_by_name(said: str, refused: str) -> None:
    assert read(f"劳动节：5月1日起3天\n{said}\n", year=2027) == (refused, "days", 2)


@pytest.mark.parametrize(
    ("said", "off", "on"),
    [
        ("清明节：4月5日起3天", "0405 0406 0407", ""),
        ("清明节：4月5日放假，与周末连休3天。", "0405", ""),
        ("端午节：6月9日放假1天", "0609", ""),
        ("中秋节：9月15日（周三）、16日、17日放假，共3天。9月19日上班。", "0915 0916 0917", "0919"),
        ("国庆节放假：10月1日—3日；调休上班：9月26日、10月9日", "1001 1002 1003", "0926 1009"),
        ("国庆节：自10月1日起放假三天，10月9日补班", "1001 1002 1003", "1009"),
        ("劳动节：放假3天，5月1日至5月3日，5月8日上班", "0501 0502 0503", "0508"),
        ("劳动节，2027年5月1日-2027年5月3日，放假", "0501 0502 0503", ""),
        ("劳动节：2027-05-01至2027-05-03放假，20270508上班", "0501 0502 0503", "0508"),
    ],
)
def test_a_sentence_is_read_whole(said: str, off: str, on: str) -> None:
    days = read(said, year=2027)
    assert all(day.day.year == 2027 for day in days), days
    assert " ".join(f"{day.day:%m%d}" for day in days if not day.works) == off
    assert " ".join(f"{day.day:%m%d}" for day in days if day.works) == on


@pytest.mark.parametrize(
    "said", ["元旦：12月31日至1月2日放假，共3天。", "元旦：12月31日起3天", "元旦：2026年12月31日至2027年1月2日放假"]
)
def test_new_years_days_of_december_are_of_the_year_before(said: str) -> None:
    assert [day.day.isoformat() for day in read(said, year=2027)] == ["2026-12-31", "2027-01-01", "2027-01-02"]


def test_a_countys_own_days_may_be_a_sentence_with_their_year() -> None:
    days = read("防汛值守：2018年11月22日起3天", source="county", document="五防汛〔2018〕3号")
    assert [day.day.isoformat() for day in days] == ["2018-11-22", "2018-11-23", "2018-11-24"]
    assert read("防汛值守：11月22日起3天", source="county", document="五防汛〔2018〕3号")[0] == "notice_line"


def test_a_reason_that_speaks_of_days_stays_the_reason_of_its_day() -> None:
    (day,) = read("2018-11-22,no,抗洪放假3天", source="county", document="五防汛〔2018〕3号")
    assert (day.day.isoformat(), day.works, day.name) == ("2018-11-22", False, "抗洪放假3天")


def test_a_day_without_its_year_in_a_table_is_of_the_notices() -> None:
    days = read("1月1日,no,元旦\n1月10日,yes,元旦\n", year=2027)
    assert [(day.day, day.works) for day in days] == [(date(2027, 1, 1), False), (date(2027, 1, 10), True)]
    assert read("1月1日,no,元旦\n") == ("notice_line", "days", 1)


def test_two_lines_of_one_day_are_both_named() -> None:
    with pytest.raises(BadInput, match="notice_day_twice") as refused:
        holiday_notice.change("state_council", PAPER, "2027-01-01,no,元旦\n2027-01-03,no,元旦\n2027-01-01,yes,元旦\n")
    assert (refused.value.params["first"], refused.value.params["line"]) == (1, 3)
