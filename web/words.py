"""Words for codes, for templates: states, stages, roles, days, events, and the addresses of assets."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from web import board_words, duty_sentences, notify_sentences, paper_sentences, sentences
from web.paper_words import frozen, hours, missing_name, paper_number, rung_status, undecided_name
from web.sentences import chinese, say
from web.spot_sentences import month_name, spot_status
from web.watch_sentences import why_held
from web.wording import wording
from workflow.county.context import Setting, UnitFact
from workflow.policy.scheme.measures import TERMS
from workflow.policy.worktime import local_date


def stage_name(stage: str) -> str:
    """What people call a stage."""
    return {
        "vet": _("check by the town"),
        "supplement": _("completion"),
        "accept": _("acceptance"),
        "mend": _("mending"),
        "rule": _("ruling"),
        "hold": _("clock stopped"),
        "confirm": _("confirmation"),
    }[stage]


def instead_of(role: str) -> str:
    """Why a person is told what was meant for another: nobody holds that role."""
    name = {
        "holder_duty": _("duty officer of the unit"),
        "holder_people": _("people of the unit"),
        "holder_leader": _("leader of the unit"),
        "lead_duty": _("duty officer of the responsible unit"),
        "lead_people": _("people of the responsible unit"),
        "handler": _("handler"),
        "lookers": _("people of the unit"),
        "issuer": _("people of the unit that issued it"),
        "pressed": _("people of the unit"),
        "filer": _("who filed it"),
        "assisting": _("assisting unit"),
        "town": _("town"),
        "office": _("county office"),
        "leaders": _("leading group"),
        "inspectorate": _("inspectorate"),
        "opener": _("who opens cases"),
        "decider": _("who decides cases"),
        "respondent": _("people of the unit"),
        "ranked": _("people of the unit"),
        "reporting": _("people of the unit"),
        "late": _("people of the unit"),
        "reporter": _("people of the unit"),
        "objector": _("people of the unit"),
        "figure": _("people of the unit"),
    }.get(role, role)
    return _("nobody is there as “%(role)s”, so you are told", role=name)


def unit_name(unit: UnitFact) -> str:
    """A unit in the reader's language."""
    return unit.name if chinese() else unit.name_en


def term_name(term: str) -> str:
    """What a term of a measure counts."""
    zh, en = TERMS[term]
    found, words = zh if sentences.chinese() else en, wording()
    return found.format(haves=say(words.haves), status=say(words.status("pre_exit")))


def request_name(kind: str) -> str:
    """What is asked for."""
    return {"extension": _("A later deadline"), "suspension": _("The clock stopped")}.get(kind, kind)


def request_status(status: str) -> str:
    """What became of a request."""
    return {
        "waiting": _("waiting for an answer"),
        "granted": _("granted"),
        "refused": _("not granted"),
        "lapsed": _("lapsed unanswered"),
    }[status]


def day(text: str) -> str:
    """A day with its weekday."""
    value = date.fromisoformat(text)
    if chinese():
        return f"{value.month}月{value.day}日 星期{'一二三四五六日'[value.weekday()]}"
    return f"{value:%Y-%m-%d %a}"


def day_why(line: dict[str, Any]) -> str:
    """Why a day counted or did not."""
    words = {
        "start": _("arrived; counting starts the next working day"),
        "workday": _("working day"),
        "weekend": _("weekend"),
        "holiday": _("holiday: %(name)s", name=line.get("name") or ""),
        "makeup": _("make-up working day: %(name)s", name=line.get("name") or ""),
        "override": _("the county's own day: %(name)s", name=line.get("name") or ""),
    }[line["why"]]
    return words + (_(" (year not yet announced)") if line.get("provisional") else "")


def span(minutes: int, setting: Setting) -> str:
    """Working time in days, hours and minutes, without the parts that are nought."""
    days, rest = divmod(minutes, setting.clock.minutes_per_day)
    parts = (
        (days, _("1 working day") if days == 1 else _("%(n)s working days", n=days)),
        (rest // 60, _("%(n)s h", n=rest // 60)),
        (rest % 60, _("%(n)s min", n=rest % 60)),
    )
    said = [text for figure, text in parts if figure]
    return ("" if chinese() else " ").join(said) or _("under a minute")


def left(due: datetime, now: datetime, setting: Setting) -> str:
    """How long until a deadline, or since it, in working time: what a cadre asks first."""
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


def provisional(due: datetime | None, setting: Setting) -> bool:
    """Whether a date rests on a year whose working days are not yet announced."""
    return due is not None and setting.clock.calendar.provisional(local_date(due))


def stretch(begins: datetime, ends: datetime | None) -> str:
    """From when to when, with what both have in common said once."""
    if ends is None:
        return _("%(begins)s to now", begins=sentences.moment(begins))
    return f"{sentences.moment(begins)} – {sentences.shortly(ends, begins)}"


def iso_day(moment: datetime) -> str:
    """The day as a date input wants it."""
    return local_date(moment).isoformat()


def size(octets: int) -> str:
    """How large a file is: whoever has one bar of signal asks before opening it."""
    return f"{octets / 1_000_000:.1f} MB" if octets >= 100_000 else f"{max(1, round(octets / 1000))} KB"


def flag_name(flag: str) -> str:
    """What people call something remarkable about a deadline."""
    return {
        "hard_stop_applied": _("brought forward by a fixed last day"),
        "hard_stop_past": _("the fixed last day had already passed and was not applied"),
        "extended": _("extended on request"),
        "opened_late": _("opened after its time; the unit has the least working days from then on"),
        "over_cap": _("runs past the limit for the whole ticket; the office is told, nobody's time is shortened"),
    }.get(flag, flag)


def moved(account: dict[str, Any]) -> str:
    """That the calendar moved a deadline, and where it stood at first; empty when it never did."""
    entries = account.get("moved")
    if not entries:
        return ""
    at = sentences.moment(datetime.fromisoformat(entries[0]["due_at"]))
    if entries[-1].get("why") == "scheme":
        return _("it moved to another version of the scheme; it was first due %(at)s", at=at)
    return _("the working days changed; it was first due %(at)s", at=at)


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for good."""
    content = (Path(__file__).parents[1] / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def init(app: Flask) -> None:
    """Hand the words to the templates."""
    words = (
        asset,
        chinese,
        day,
        day_why,
        flag_name,
        instead_of,
        iso_day,
        left,
        moved,
        term_name,
        why_held,
        provisional,
        request_name,
        request_status,
        say,
        span,
        stage_name,
        stretch,
        unit_name,
        sentences.field_name,
        sentences.moment,
        sentences.role_name,
        sentences.state_name,
        sentences.shortly,
        size,
        paper_number,
        missing_name,
        undecided_name,
        rung_status,
        month_name,
        spot_status,
        frozen,
        hours,
        paper_sentences.act_name,
        paper_sentences.in_language,
        paper_sentences.paper_title,
        paper_sentences.sort_name,
        paper_sentences.standing_name,
        duty_sentences.period_name,
        duty_sentences.item_name,
        duty_sentences.due_name,
        notify_sentences.channel_name,
        notify_sentences.seat_name,
        notify_sentences.kind_name,
        notify_sentences.delivery_status,
        notify_sentences.error_name,
        notify_sentences.fault_name,
        board_words.month_short,
        board_words.ten_days_name,
        board_words.day_short,
    )
    app.jinja_env.globals.update({word.__name__: word for word in words})
    app.jinja_env.filters["unit_name"] = unit_name
