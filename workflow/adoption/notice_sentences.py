"""Notice sentences: parse one line of a holiday notice as offices write it, such as
“元旦：1月1日（周五）至3日放假调休，共3天。1月10日上班。” or “元旦 1月1日起放假3天”.

A line is read whole or refused: a figure in it that belongs to no day and no count refuses it.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflow import folding
from workflow.errors import BadInput
from workflow.inputs import date_figures

_N = r"[\d〇零○一二三四五六七八九十廿卅]{1,3}"
_DAY = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}"
    rf"|(?:[\d〇零○一二三四五六七八九]{{4}}年)?{_N}月{_N}[日号]?|\d{{1,2}}[./]\d{{1,2}})"
)
_RANGE = "至到—–~～-"
_TO = rf"[{_RANGE}]+"
_STRETCH = rf"{_DAY}(?:{_TO}(?:{_DAY}|{_N}[日号]?))?"
_TOKENS = re.compile(
    rf"(?P<span>{_STRETCH}(?:[、和及]{_N}[日号](?:{_TO}{_N}[日号])?)*)(?P<begins>起|开始)?"
    rf"|(?P<count>{_N}|两)天假?"
    r"|(?P<on>(?:调休)?(?:正常)?上班|(?:调休)?补班|调班)(?:日期|时间|日)?"
    r"|(?P<off>放假调休|放假|休假|休息|调休|放|休)(?:日期|时间)?"
    r"|(?P<stop>[，。；,;])"
)
_ISO = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}")
#: Midnight behind a day, as spreadsheets write one.
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?(?!\d)")
_BRACKETS = re.compile(r"\([^()]*\)")
_MONTH_DAY = re.compile(rf"{_N}月{_N}")
#: The weekend is off by rule; its days need no line.
_WEEKEND = re.compile(rf"与周末(?:相连|连休|连)+(?:{_N}天)?")
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+|\d{1,2})[、)]|^\([一二三四五六七八九十\d]+\)|^\d{1,2}\.(?=\D)")
_SPACES = re.compile(r"\s*([年月日号天至到])\s*")
_FILLING = "，。；：、,;: 自从共计合起即为至和及\"'“”"
_LONGEST = 366
_TITLE = re.compile(r"通知|(?:表|安排|方案|一览|日历)[)）]?$")
#: A line of a holiday without its day is short, an instruction of the notice is long.
_SHORT = 30
#: A document's date or a figure that is no day of the calendar.
_FULL_DAY = re.compile(rf"^\D*?({_DAY})$")


def has_days(text: str) -> bool:
    """Whether a line names a day of a month, or a number of days."""
    tidy = _plain(text)
    return any(match["span"] or match["count"] for match in _TOKENS.finditer(tidy))


def says_on(text: str) -> bool:
    """Whether a text has a word of work on its days."""
    return any(match["on"] for match in _TOKENS.finditer(_plain(text)))


def says_off(text: str) -> bool:
    """Whether a text has a word of days off."""
    return any(match["off"] for match in _TOKENS.finditer(_plain(text)))


def is_prose(text: str) -> bool:
    """Whether a line without a day is a title or text around the days; a short one that speaks of days off is at fault."""
    if len(text) < 2:
        return False
    return len(text) > _SHORT or _TITLE.search(text) is not None or not (says_off(text) or says_on(text))


def is_signed(text: str, year: int) -> bool:
    """Whether a line is the day of the notice itself, from before December of the year before, and what signs it."""
    tidy = _plain(text)
    match = _FULL_DAY.match(tidy)
    if match is None or any(token["on"] or token["off"] or token["count"] for token in _TOKENS.finditer(tidy)):
        return False
    day = _day(match[1], None)
    return day is not None and (day.year, day.month) < (year - 1, 12) and day.year >= year - 2


@dataclass(slots=True)
class _Span:
    """Days of one date or of a stretch; `first`: the date is said to be the first of several."""

    days: list[date]
    first: bool


@dataclass(slots=True)
class _Reading:
    """A line while it is read: what was not assigned yet, the word without a day, and the spans assigned last."""

    line: int
    text: str
    name: str
    pending: list[_Span] = field(default_factory=list)
    loose: bool | None = None
    counts: list[int] = field(default_factory=list)
    counted: bool = False
    last: list[_Span] = field(default_factory=list)
    done: list[tuple[_Span, bool]] = field(default_factory=list)

    def assign(self, works: bool) -> None:
        self.done += [(span, works) for span in self.pending]
        self.last, self.pending = self.pending, []
        if self.counts:
            self.count(self.counts.pop())

    def count(self, days: int) -> None:
        """The number of days of the spans before it, or of those to come."""
        spans = self.pending or self.last
        if not spans:
            self.counts.append(days)
            return
        self.counted = True
        (single, *others) = spans
        if not 1 <= days <= _LONGEST:
            raise self.refusal("notice_line")
        if not others and len(single.days) == 1 and days > 1:
            day = single.days[0]
            # Beside a weekend the day may be the last one as well: only who says so means the first.
            if not single.first and (day - timedelta(days=1)).weekday() >= 5:
                raise self.refusal("notice_first_day", day=day.isoformat(), days=days)
            single.days += [day + timedelta(days=n) for n in range(1, days)]
        elif sum(len(span.days) for span in spans) != days:
            raise self.refusal("notice_count", days=days, named=sum(len(span.days) for span in spans))

    def refusal(self, code: str, **params: str | int) -> BadInput:
        return BadInput(code, "days", line=self.line, name=(self.name or self.text)[:40], **params)


def read(text: str, year: int | None, line: int) -> tuple[str, list[tuple[date, bool]]]:
    """The holiday's name and the days of a line, worked or not, in the order of the line.

    `year`: the notice's, for days without one; a day of December in the line of New Year is of the year before.
    Raises BadInput: `notice_no_day` (a number of days without the first), `notice_first_day` (the day may be the first or
    the last of them), `notice_count` (another number than the days named), `notice_line` for anything else.
    """
    tidy = _plain(text)
    reading = _Reading(line, text.strip(), _name(tidy))
    at, rest = 0, []
    for token in _TOKENS.finditer(tidy):
        rest.append(tidy[at : token.start()])
        at = token.end()
        if token["span"] and tidy[at : at + 1] and tidy[at] in _RANGE:
            # A stretch whose end is no day of a month.
            raise reading.refusal("notice_line")
        _take(reading, token, year)
    rest.append(tidy[at:])
    _finish(reading, text)
    name = reading.name or "".join(rest).strip(_FILLING)
    if not name or any(character.isdigit() for character in "".join(rest)):
        raise reading.refusal("notice_line")
    return name, [(day, works) for span, works in reading.done for day in span.days]


def _take(reading: _Reading, token: re.Match[str], year: int | None) -> None:
    if token["span"]:
        reading.pending.append(_Span(_days(reading, token["span"], year), bool(token["begins"])))
    elif token["count"]:
        figures = date_figures(token["count"].replace("两", "二"))
        reading.count(int(figures) if figures.isdigit() else 0)
    elif token["stop"]:
        if reading.pending and reading.loose is not None:
            reading.assign(reading.loose)
            reading.loose = None
    else:
        works = bool(token["on"])
        if reading.pending and reading.loose is None:
            reading.assign(works)
        elif reading.pending:
            reading.assign(bool(reading.loose))
            reading.loose = works
        elif not reading.done or reading.done[-1][1] != works:
            reading.loose = works


def _finish(reading: _Reading, text: str) -> None:
    """Assign what the line left open, or refuse it."""
    if reading.pending:
        said = reading.loose is not None or reading.counts or reading.counted
        if not said and not any(len(span.days) > 1 for span in reading.pending):
            # One day without a word may be off or worked.
            raise reading.refusal("notice_line")
        reading.assign(bool(reading.loose))
        reading.loose = None
    if reading.counts:
        raise reading.refusal("notice_no_day", days=reading.counts[0])
    if not reading.done or reading.loose is not None:
        raise reading.refusal("notice_line")


def _plain(text: str) -> str:
    """The line in half width without brackets (weekdays, lunar days) and numbering; brackets with a day stay."""
    text = folding.narrow(text)
    text = _BRACKETS.sub(lambda found: found[0] if _MONTH_DAY.search(found[0]) else "", text)
    text = _MIDNIGHT.sub("", text)
    text = _WEEKEND.sub("", _NUMBERED.sub("", text.strip()))
    text = re.sub(r"(?:星期|周|礼拜)[一二三四五六日天]", "", text)
    return re.sub(r"\s+", "，", _SPACES.sub(r"\1", text.strip()))


def _name(tidy: str) -> str:
    """What stands before the first day, count or word of a line."""
    first = next(iter(_TOKENS.finditer(tidy)), None)
    return tidy[: first.start()].strip(_FILLING) if first is not None else ""


def _days(reading: _Reading, text: str, year: int | None) -> list[date]:
    """The days of dates and stretches: 1月1日至3日, 2月14日、15日, 12月31日至1月3日."""
    days: list[date] = []
    for part in re.split("[、和及]", text):
        first, _, last = re.sub(_TO, "~", part, count=1).partition("~") if not _ISO.match(part) else _parted(part)
        begins = _dated(reading, first, year, days[-1] if days else None)
        ends = _dated(reading, last, year, begins) if last else begins
        if begins is None or ends is None:
            raise reading.refusal("notice_line")
        if begins > ends and (begins.month, ends.month) == (12, 1) and not _has_year(first):
            begins = begins.replace(year=ends.year - 1)
        if not 0 <= (ends - begins).days < _LONGEST:
            raise reading.refusal("notice_line")
        days += [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
    return days


def _parted(text: str) -> tuple[str, str, str]:
    """A stretch whose first day is written with hyphens, and the day behind it."""
    found = _ISO.match(text)
    assert found is not None
    return found[0], "~", re.sub(rf"^{_TO}", "", text[found.end() :])


def _dated(reading: _Reading, text: str, year: int | None, before: date | None) -> date | None:
    """The day of a date; of a bare day in the month of the one before it."""
    bare = date_figures(text).rstrip("日号")
    if before is not None and bare.isdigit() and len(bare) <= 2:
        return _made(before.year, before.month, int(bare))
    day = _day(text, year)
    if day is not None and day.month == 12 and "元旦" in reading.name and not _has_year(text):
        # New Year's days of December lie in the year before.
        return _made(day.year - 1, day.month, day.day)
    return day


def _has_year(text: str) -> bool:
    return re.match(r"[\d〇零○一二三四五六七八九]{4}", text) is not None


def _day(text: str, year: int | None) -> date | None:
    figures = [int(figure) for figure in re.findall(r"\d+", date_figures(text))]
    if len(figures) == 1 and len(str(figures[0])) == 8:
        return _made(figures[0] // 10000, figures[0] // 100 % 100, figures[0] % 100)
    if len(figures) == 3:
        return _made(*figures)
    return _made(year, *figures) if year is not None and len(figures) == 2 else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
