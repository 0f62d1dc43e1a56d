"""Chinese formats of a county office: days, moments, names on documents, points and shares."""

from collections.abc import Sequence
from datetime import date, datetime

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
