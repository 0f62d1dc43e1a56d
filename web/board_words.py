"""What boards call stretches of time."""

from datetime import date

from web.sentences import chinese

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_short(number: int) -> str:
    """A month of the assessment year: 11月, Nov."""
    return f"{number}月" if chinese() else _MONTHS[number - 1]


def ten_days_name(start: date, end: date) -> str:
    """Ten days as a county office writes them: 11月中旬, 11–20 Nov."""
    if chinese():
        return f"{start.month}月{'上中下'[min((start.day - 1) // 10, 2)]}旬"
    return f"{start.day}–{end.day} {_MONTHS[start.month - 1]}"


def day_short(on: date) -> str:
    """A day without its weekday: 11月20日, 20 Nov."""
    return f"{on.month}月{on.day}日" if chinese() else f"{on.day} {_MONTHS[on.month - 1]}"
