"""Chinese formats of a county office: days, moments, names on documents, points and shares."""

from collections.abc import Sequence
from datetime import date, datetime, time

from reports.titles import width
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.worktime import SHANGHAI


def day_of(day: date) -> str:
    """A day: 2018年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_of(at: datetime) -> str:
    """A moment in China: 2018年11月20日17时, with the minutes where there are any."""
    local = at.astimezone(SHANGHAI)
    minutes = f"{local.minute:02d}分" if local.minute else ""
    return f"{day_of(local.date())}{local.hour}时{minutes}"


def until(at: datetime, closes: time) -> str:
    """A deadline as a paper says it: 2018年11月20日下班前 at the close of the office, otherwise the full hour or the half of
    the day in which it lies.  The minute is in the annex.

    >>> [until(datetime(2018, 12, 3, hour, minute, tzinfo=SHANGHAI), time(17, 30)) for hour, minute in
    ...     ((17, 30), (17, 0), (11, 20), (15, 7))]
    ['2018年12月3日下班前', '2018年12月3日17时前', '2018年12月3日上午', '2018年12月3日下午']
    """
    local = at.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (closes.hour, closes.minute):
        return f"{day_of(local.date())}下班前"
    if not local.minute:
        return f"{day_of(local.date())}{local.hour}时前"
    return day_of(local.date()) + ("上午" if local.hour < 12 else "下午")


def full_name(setting: CountyContext, unit: UnitFact) -> str:
    """A unit's name on a document (全称)."""
    return setting.full_name(unit)


def listed(names: Sequence[str]) -> str:
    """Names in a list: 甲、乙、丙."""
    return "、".join(names)


def points(score: int) -> str:
    """Hundredths of a point as points.

    >>> points(9050)
    '90.50'
    """
    return f"{score // 100}.{score % 100:02d}"


def share(of: int, to: int) -> str:
    """A share in per cent, two places, rounded half up; what is more than the whole is called so.

    >>> share(2, 3), share(1, 1), share(0, 3), share(10, 5)
    ('66.67%', '100%', '0%', '超额完成')
    """
    if of > to:
        return "超额完成"
    text = points((of * 20000 + to) // (2 * to))
    return f"{text.removesuffix('.00')}%" if of in (0, to) else f"{min(text, '99.99', key=float)}%"


#: From how many of a unit on a sum is written in the next one, of ten thousand.
_LARGE = 100_000
_NEXT = {"元": "万元", "万元": "亿元"}
#: What a cell for figures holds in one line, in full-width characters.
_CELL = 5.5


def amounts(of: int, to: int, unit: str) -> str:
    """The two numbers of a figure with their unit; large sums in 万元 or 亿元, two places, rounded half up.

    >>> amounts(4190914, 4988000, "元"), amounts(8, 11, "户"), amounts(1, 99999, "元")
    ('419.09/498.80万元', '8/11户', '1/99999元')
    """
    if to < _LARGE or unit not in _NEXT:
        return f"{of}/{to}{unit}"
    return f"{points((of + 50) // 100)}/{points((to + 50) // 100)}{_NEXT[unit]}"


def in_cell(figure: str) -> str:
    """A figure for the narrow cell of a table, broken after the stroke where it is long.

    >>> in_cell("8/11户"), in_cell("1183/1368户次"), in_cell("419.09/498.80万元")
    ('8/11户', '1183/\\n1368户次', '419.09/\\n498.80万元')
    """
    return figure.replace("/", "/\n") if width(figure) > _CELL else figure
