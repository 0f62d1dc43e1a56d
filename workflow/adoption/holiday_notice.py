"""Holiday notices: parse a change of working days, as the State Council's notice for a year or as single days.

A line of the text is a day: day, works or not, name (`2019-05-01,no,劳动节`), or a sentence of the notice itself
(`notice_sentences`); prose that names no day is passed over.  A notice may reach back into the last days of the year
before (31 December, joined to New Year).
"""

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import chinese_calendar

from workflow import folding
from workflow.adoption import notice_sentences
from workflow.errors import BadInput
from workflow.inputs import document_named, says_nothing, text_of, written_day
from workflow.policy.calendar import Deviation, seed

SOURCES = ("state_council", "county")
#: The years of the calendar.
FIRST, LAST = 2017, 2039
_WORKS = {
    **dict.fromkeys(("yes", "1", "true", "on", "班", "上班", "是", "补班", "调休上班", "工作日"), True),
    **dict.fromkeys(("no", "0", "false", "off", "休", "放假", "否", "假", "休息", "节假日", "放假调休"), False),
    **dict.fromkeys(("rule", "照常"), None),
}
_WORD = {True: "yes", False: "no", None: "rule"}
#: (day, source) → worked or not, with name.
Days = dict[tuple[date, str], Deviation]


@dataclass(frozen=True, slots=True)
class Day:
    """One day: worked or not; None removes the source's earlier entry."""

    day: date
    works: bool | None
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """Days by one source; with `year` they are the whole notice for that year and replace its earlier one."""

    source: str
    document: str
    days: tuple[Day, ...]
    year: int | None = None

    def after(self, before: Days, earlier: Collection[date]) -> Days:
        """All days after this change, in place of those that its earlier version brought.  A notice stores only days that
        differ from the weekday rule."""
        days = {key: said for key, said in before.items() if key[1] != self.source or key[0] not in earlier}
        for entry in self.days:
            usual = self.source == "state_council" and entry.works == (entry.day.weekday() < 5)
            if entry.works is None or usual:
                days.pop((entry.day, self.source), None)
            else:
                days[entry.day, self.source] = Deviation(entry.works, entry.name, self.source)
        return days

    def text(self) -> str:
        """The days as text that `change` can parse."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows((d.day.isoformat(), _WORD[d.works], d.name) for d in self.days)
        return out.getvalue()


def change(source: str, document: str, text: str, year: int | None = None) -> Change:
    """The change described by `text`.  Raises BadInput, naming the line at fault."""
    if source not in SOURCES:
        raise BadInput("unknown_authority", "source")
    document = document.strip()
    if source == "state_council" or document:
        # Of which year it may be follows from the day on which it is entered (`calendar_change`).
        document = document_named("document", document)
    if year is not None and (source != "state_council" or not FIRST <= year <= LAST):
        raise BadInput("bad_year", "year", first=FIRST, last=LAST)
    try:
        plain = text.lstrip("\ufeff")
        rows = list(csv.reader(io.StringIO(plain if "," in plain else plain.replace("，", ","))))
    except csv.Error as error:
        raise BadInput("notice_line", "days", line=1) from error
    days, lines = dict[date, Day](), dict[date, int]()
    for number, cells in enumerate(rows, start=1):
        cells = [folding.narrow(cell) for cell in cells]
        if not any(cells) or (number == 1 and cells[0].lower() in ("day", "date", "日期")):
            continue
        for day in _line_days(cells, number, year):
            if year is not None and day.day.year != year and not _reaches_back(day.day, year):
                raise BadInput("notice_line", "days", line=number)
            if day.day in days:
                raise BadInput("notice_day_twice", "days", line=number, first=lines[day.day], day=day.day.isoformat())
            days[day.day], lines[day.day] = day, number
    if not days:
        raise BadInput("missing", "days")
    if len(days) > 366:
        raise BadInput("too_many_days", "days", most=366)
    if source == "county" and not document:
        # Every deadline moves with it: without a document, each day says what it is for, also where one is removed.
        for day in days.values():
            if says_nothing(day.name):
                raise BadInput("county_day_why", "name", day=day.day.isoformat())
    return Change(source, document, tuple(days[key] for key in sorted(days)), year)


def _reaches_back(day: date, year: int) -> bool:
    return day.year == year - 1 and day.month == 12


def _line_days(cells: list[str], number: int, year: int | None) -> list[Day]:
    """The days of a line; none where it is prose.  Raises BadInput `notice_line` and those of `notice_sentences.read`."""
    said = "，".join(cell for cell in cells if cell)
    by_day = len(cells) > 1 and _cell_day(cells[0], year) is not None and cells[1].lower() in _WORKS
    if by_day and not notice_sentences.has_days("，".join(cells[3:])):
        return [_notice_day(cells, number, year)]
    if not notice_sentences.has_days(said):
        if any(cell.lower() in _WORKS for cell in cells[1:]) or not notice_sentences.is_prose(said):
            raise BadInput("notice_line", "days", line=number)
        return []
    if year is not None and notice_sentences.is_signed(said, year):
        return []
    name, days = notice_sentences.read(said, year, number)
    for day, _ in days:
        if not FIRST <= day.year <= LAST:
            raise BadInput("notice_line", "days", line=number)
    if len(name) > 200:
        raise BadInput("notice_line", "days", line=number)
    return [Day(day, works, text_of("name", name)) for day, works in days]


def _cell_day(text: str, year: int | None) -> date | None:
    """The day of a cell; of one without a year in the notice's.

    >>> _cell_day("1月1日", 2027), _cell_day("2027/1/1", None), _cell_day("1月1日", None)
    (datetime.date(2027, 1, 1), datetime.date(2027, 1, 1), None)
    """
    bare = year is not None and re.fullmatch(r"\d{1,2}月\d{1,2}[日号]?", text)
    return written_day(f"{year}年{text}" if bare else text)


def _notice_day(cells: list[str], number: int, year: int | None) -> Day:
    try:
        day, works, name = _cell_day(cells[0], year), _WORKS[cells[1].lower()], cells[2]
    except (IndexError, KeyError) as error:
        raise BadInput("notice_line", "days", line=number) from error
    if day is None:
        raise BadInput("notice_line", "days", line=number)
    if not FIRST <= day.year <= LAST or len(name) > 200 or (not name and works is not None):
        raise BadInput("notice_line", "days", line=number)
    return Day(day, works, text_of("name", name) if name else "")


def from_library(year: int) -> Change:
    """The notice for `year` from the library chinesecalendar.  Raises BadInput when it has none."""
    if not FIRST <= year <= LAST:
        raise BadInput("bad_year", "year", first=FIRST, last=LAST)
    try:
        days = seed(year, year)
    except NotImplementedError as error:
        raise BadInput("year_not_in_library", "year", year=year) from error
    return Change(
        "state_council",
        f"chinesecalendar {chinese_calendar.__version__}",
        tuple(Day(day, works, name) for day, works, name in days),
        year,
    )
