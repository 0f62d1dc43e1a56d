"""Dates: days, moments and spans of working time as a county office writes them."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add, label
from web.words.language import chinese
from workflow.county.context import CountyContext
from workflow.policy.worktime import SHANGHAI, local_date

add(
    {
        "day.kind": {
            "start": _l("arrived; counting starts the next working day"),
            "workday": _l("working day"),
            "weekend": _l("weekend"),
            "holiday": _l("holiday: %(name)s"),
            "makeup": _l("make-up working day: %(name)s"),
            "override": _l("county decision: %(name)s"),
        },
        "step.state": {
            "done": _l("done"),
            "now": _l("under way"),
            "later": _l("not yet"),
            "late": _l("needs attention"),
        },
        "deadline.flag": {
            "hard_stop_applied": _l("moved forward by a fixed last day"),
            "taken_over": _l(
                "taken over from a unit that has ended: all of the time for acceptance, then the time left"
            ),
            "hard_stop_past": _l("the fixed last day had already passed and was not applied"),
            "extended": _l("extended on request"),
            "opened_late": _l("opened late; the unit has the minimum number of working days from then on"),
            "over_cap": _l("exceeds the limit for the whole ticket; the office is notified, no deadline is shortened"),
        },
    }
)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(value: datetime | None) -> str:
    """A moment as a county office writes it: 2018年11月20日 17:30."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    if chinese():
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def shortly(value: datetime | None, now: datetime) -> str:
    """A moment without its year, where it is this year's: 11月20日 17:30."""
    if value is None or value.astimezone(SHANGHAI).year != now.astimezone(SHANGHAI).year:
        return moment(value)
    local = value.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}" if chinese() else f"{local:%m-%d %H:%M}"


def day(text: str) -> str:
    """A day with its weekday, in Chinese in brackets, so that words may follow it."""
    value = date.fromisoformat(text)
    if chinese():
        return f"{value.month}月{value.day}日（星期{'一二三四五六日'[value.weekday()]}）"
    return f"{value:%Y-%m-%d %a}"


def on_day(value: date) -> str:
    """A day of any year, or the day of a moment in China: evidence of last year must not pass for this year's."""
    value = local_date(value) if isinstance(value, datetime) else value
    return f"{value.year}年{value.month}月{value.day}日" if chinese() else value.isoformat()


def first_to_last(first: date | str, last: date | str) -> str:
    """The first and the last day of an authorisation, both with their year: it may end in another one."""
    days = [on_day(value if isinstance(value, date) else date.fromisoformat(value)) for value in (first, last)]
    return ("至" if chinese() else " – ").join(days)


def day_short(on: date) -> str:
    """A day without its weekday: 11月20日, 20 Nov."""
    return f"{on.month}月{on.day}日" if chinese() else f"{on.day} {_MONTHS[on.month - 1]}"


def month_short(number: int) -> str:
    """A month of the assessment year: 11月, Nov."""
    return f"{number}月" if chinese() else _MONTHS[number - 1]


def ten_days_name(start: date, end: date) -> str:
    """Ten days as a county office writes them: 11月中旬, 11–20 Nov."""
    if chinese():
        return f"{start.month}月{'上中下'[min((start.day - 1) // 10, 2)]}旬"
    return f"{start.day}–{end.day} {_MONTHS[start.month - 1]}"


def month_name(month: str) -> str:
    """A month as it is written: 2018年11月, 2018-11."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月" if chinese() else month


def day_why(line: dict[str, Any]) -> str:
    """The reason why a day counts as a working day or not."""
    text = label("day.kind", line["why"]) % {"name": line.get("name") or ""}
    return text + (_(" (year not yet announced)") if line.get("provisional") else "")


def span(minutes: int, setting: CountyContext) -> str:
    """Working time in days, hours and minutes, without the parts that are nought."""
    days, rest = divmod(minutes, setting.clock.minutes_per_day)
    parts = (
        (days, _("1 working day") if days == 1 else _("%(n)s working days", n=days)),
        (rest // 60, _("%(n)s h", n=rest // 60)),
        (rest % 60, _("%(n)s min", n=rest % 60)),
    )
    said = [text for figure, text in parts if figure]
    return ("" if chinese() else " ").join(said) or _("under a minute")


def left(due: datetime, now: datetime, setting: CountyContext) -> str:
    """Working time until a deadline, or since it."""
    late = due < now
    minutes = setting.clock.minutes_between(due, now) if late else setting.clock.minutes_between(now, due)
    days, hours = minutes // setting.clock.minutes_per_day, minutes // 60
    if late:
        if days:
            return _("1 working day late") if days == 1 else _("%(n)s working days late", n=days)
        return _("%(n)s h late", n=hours) if hours else _("just past due")
    if local_date(due) == local_date(now):
        return _("due today")
    if days:
        return _("1 working day left") if days == 1 else _("%(n)s working days left", n=days)
    return _("due the next working day")


def time_until(ahead: datetime, now: datetime) -> str:
    """The time until a moment by the clock on the wall, working time or not: 1 day 3 h, 25 min."""
    minutes = max(0, int((ahead - now).total_seconds()) // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = (
        (days, _("1 day") if days == 1 else _("%(n)s days", n=days)),
        (hours, _("%(n)s h", n=hours)),
        (0 if days else minutes % 60, _("%(n)s min", n=minutes % 60)),
    )
    return ("" if chinese() else " ").join(text for figure, text in parts if figure) or _("under a minute")


def provisional(due: datetime | None, setting: CountyContext) -> bool:
    """Whether a date rests on a year whose working days are not yet announced."""
    return due is not None and setting.clock.calendar.provisional(local_date(due))


def stretch(begins: datetime, ends: datetime | None) -> str:
    """From when to when, with what both have in common said once."""
    if ends is None:
        return _("%(begins)s to now", begins=moment(begins))
    return f"{moment(begins)} – {shortly(ends, begins)}"


def moved(account: dict[str, Any]) -> str:
    """A note that a calendar change moved a deadline, with the first deadline; empty if none did."""
    entries = account.get("moved")
    if not entries:
        return ""
    at = moment(datetime.fromisoformat(entries[0]["due_at"]))
    if entries[-1].get("why") == "scheme":
        return _("migrated to another version of the scheme; the first deadline was %(at)s", at=at)
    return _("the working days changed; the first deadline was %(at)s", at=at)


def iso_day(moment: datetime) -> str:
    """The day as a date input wants it."""
    return local_date(moment).isoformat()


def frozen(text: str) -> datetime:
    """A moment as a paper keeps it."""
    return datetime.fromisoformat(text)


def hours(minutes: int) -> str:
    """Working time in a table: hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02d}"
