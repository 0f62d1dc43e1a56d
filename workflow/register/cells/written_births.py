"""Written births: parse a day, month or year of birth as people, spreadsheets and the national systems write it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.citizen_id import Faulty
from workflow.inputs import date_figures, written_day
from workflow.register.cells.births import Birth
from workflow.register.cells.values import Noted, shown
from workflow.register.spreadsheets.sheet import DAYS_1900

EARLIEST = date(1890, 1, 1)
_MONTH = re.compile(r"^(\d{4})(?:[-/年](\d{1,2})月?|\.(\d{2})月?|(\d{2}))$")
#: A month of one digit behind a full stop may be the tenth, whose zero a spreadsheet dropped.
_MONTH_UNCLEAR = re.compile(r"^(\d{4})\.(1)$")
_MONTH_POINT = re.compile(r"^(\d{4})\.([2-9])月?$")
#: A day count, with the hour if it has one; 0 is a formula that found nothing.
_COUNT = re.compile(r"^([1-9]\d{0,3}$|[1-9]\d{4}(?=\.\d+$|$))")
#: Five figures that are a day count and may as well be a year and a month of one digit: 20151.
_COUNT_OR_MONTH = re.compile(r"^(?:189|19\d|20\d)\d[1-9]$")
_AROUND = re.compile("^['‘’]|出?生$")
#: A year without its century, as people say it.
_SHORT_YEAR = re.compile(r"^(\d{2})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?$")
#: The lunar calendar: its months have other days, and its twelfth lies mostly in the next year.
_LUNAR = re.compile("腊月|冬月|正月|农历|阴历|旧历|闰|月初[一二三四五六七八九十]")


@dataclass(slots=True)
class BirthColumn:
    """What the figures of a column of births are: whether some can only be day counts, and some are years and months."""

    counts: bool = False
    months: bool = False

    def look_at(self, cell: str) -> None:
        """Take in one cell of the column."""
        text = cell.strip()
        self.counts = self.counts or (_COUNT.match(text) is not None and len(text) > 4 and not _unclear(text))
        self.months = self.months or _MONTH.match(text) is not None

    @property
    def of_days(self) -> bool:
        """Whether five figures in it are day counts: others of its cells are nothing else, and none is a month."""
        return self.counts and not self.months


def _unclear(figures: str) -> bool:
    return _COUNT_OR_MONTH.match(figures) is not None


def born_on(text: str, today: date, day_zero: date = DAYS_1900, of_days: bool = False) -> Birth | Noted:
    """A birth: a day, as a date, eight digits or the day count of a spreadsheet that counts from `day_zero`; a month
    ("2015.12", "201512", "二〇一五年十二月"); or a year alone.

    A year of two digits is read where one century alone is possible, and noted.  `of_days`: five figures of its column are
    day counts; else 20151 may be one, or January 2015.  Raises Faulty `birth_lunar`, `birth_century` (both centuries are
    possible), `birth_count_unclear` or `birth_bad`.
    """
    if _LUNAR.search(text) is not None:
        raise Faulty("birth_lunar", value=shown(text))
    # With the quote that keeps a cell a text, and the word behind it: '2015.12, 1955年生.
    text = _AROUND.sub("", text)
    bare = date_figures(text).replace(" ", "")
    noted = ""
    if not of_days and _unclear(bare) and int(bare[:4]) <= today.year:
        raise Faulty("birth_count_unclear", value=shown(text))
    try:
        if (day := written_day(bare)) is not None or (day := written_day(text)) is not None:
            birth = Birth(day, "day")
        elif (count := _COUNT.match(bare)) is not None and not (len(bare) == 4 and "1890" <= bare <= "2199"):
            birth = Birth(day_zero + timedelta(days=int(count[1])), "day")
        elif (match := _MONTH.match(bare)) is not None:
            birth = Birth(date(int(match[1]), int(match[2] or match[3] or match[4]), 1), "month")
        elif (match := _MONTH_POINT.match(bare)) is not None:
            birth = Birth(date(int(match[1]), int(match[2]), 1), "month")
        elif (match := _MONTH_UNCLEAR.match(bare)) is not None:
            birth, noted = Birth(date(int(match[1]), 1, 1), "year"), "birth_month_unclear"
        elif (match := _SHORT_YEAR.match(bare)) is not None:
            birth, noted = _of_short_year(match, today, text), "birth_century_read"
        elif len(year := bare.removesuffix("年")) == 4 and year.isdigit():
            birth = Birth(date(int(year), 1, 1), "year")
        else:
            raise ValueError
    except (ValueError, OverflowError):
        raise Faulty("birth_bad", value=shown(text)) from None
    if not EARLIEST <= birth.day <= today:
        raise Faulty("birth_bad", value=shown(text))
    if noted:
        return Noted(birth, noted, {"value": shown(text), "year": birth.day.year})
    return birth


def _of_short_year(match: re.Match[str], today: date, text: str) -> Birth:
    """The birth in the only century that is possible today.  Raises Faulty `birth_century`, ValueError."""
    exact = "day" if match[3] else "month" if match[2] else "year"
    found = []
    for century in (18, 19, 20, 21):
        day = _day(century * 100 + int(match[1]), int(match[2] or 1), int(match[3] or 1))
        if day is not None and EARLIEST <= day <= today:
            found.append(Birth(day, exact))
    if len(found) > 1:
        raise Faulty("birth_century", value=shown(text))
    if not found:
        raise ValueError
    return found[0]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month(text: str, today: date, day_zero: date = DAYS_1900) -> str:
    """A month as the national systems write it: "202106".  Raises Faulty `month_bad`."""
    try:
        said = born_on(text, today, day_zero)
    except Faulty as error:
        raise Faulty("month_bad", value=shown(text)) from error
    if isinstance(said, Noted) or said.exact == "year":
        raise Faulty("month_bad", value=shown(text))
    return f"{said.day:%Y%m}"
