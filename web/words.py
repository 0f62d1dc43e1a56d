"""Words for codes, for templates: states, stages, roles, days, events, and the addresses of assets."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from web import notify_sentences, sentences
from web.sentences import chinese, say
from web.watch_sentences import why_held
from workflow.chronicle import HistoryLine
from workflow.county import Setting, UnitFact
from workflow.lifecycle import ACTIONS
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
        "pressed": _("people of the unit"),
        "filer": _("who filed it"),
        "assisting": _("assisting unit"),
        "town": _("town"),
        "office": _("county office"),
        "leaders": _("leading group"),
        "inspectorate": _("inspectorate"),
    }.get(role, role)
    return _("nobody is there as “%(role)s”, so you are told", role=name)


def unit_name(unit: UnitFact) -> str:
    """A unit in the reader's language."""
    return unit.name if chinese() else unit.name_en


def event_name(event: HistoryLine | Any, setting: Setting) -> str:
    """What happened, in a few words."""
    if event.action == "escalate":
        name = say(setting.scheme.ladder.rungs[event.given["rung"] - 1].name)
        # What is only proposed has not happened to anybody yet.
        return _("%(rung)s proposed", rung=name) if event.given["status"] == "proposed" else name
    if event.action in ("issue_rung", "decline_rung"):
        name = say(setting.scheme.ladder.rungs[event.given["rung"] - 1].name)
        return _("%(rung)s issued", rung=name) if event.action == "issue_rung" else _("%(rung)s declined", rung=name)
    if event.action in ACTIONS:
        return say(ACTIONS[event.action].label)
    return {
        "ask_time": _("Time asked for"),
        "refuse_time": _("Time refused"),
        "file": _("Filed"),
        "comment": _("Comment"),
        "evidence": _("Evidence"),
        "assist": _("Invited to assist"),
        "unassist": _("Invitation ended"),
        "handler": _("Handler named"),
        "user_created": _("Account added"),
        "user_closed": _("Account closed"),
        "user_opened": _("Account opened again"),
        "password_set": _("Password set"),
        "token_issued": _("Token issued"),
        "tokens_revoked": _("Tokens withdrawn"),
        "appointed": _("Appointed"),
        "reveal": _("Saw full numbers"),
        "find_by_number": _("Found by number"),
        "refused_rows": _("Took the refused rows of a file"),
        "apply": _("Register file applied"),
        "import": _("Village added by a file"),
        "export": _("Took a list as a spreadsheet"),
        "adopt": _("Scheme adopted"),
        "calendar": _("Working days changed"),
        "release": _("Sweep released"),
        "robot_ended": _("Robot of a unit removed"),
        "robot_set": _("Robot of a unit set"),
        "rederive": _("Deadline reckoned anew"),
        "village_added": _("Village added"),
        "join_matter": _("Put into a matter"),
        "split_matter": _("Split off from the matter"),
    }.get(event.action, event.action)


def event_details(event: HistoryLine, setting: Setting) -> list[str]:
    """What was given with an event, in words: codes by their names, then what people wrote."""
    scheme, given, found = setting.scheme, event.given, []
    grounds = {ground.code: ground.name for ground in (*scheme.decline.grounds, *scheme.suspension.grounds)}
    kinds = {kind.code: kind.name for kind in scheme.kinds}
    if event.action == "escalate":
        found.append(f"{stage_name(given['stage'])} · {unit_name(setting.unit(given['unit']))}")
        if event.effect.get("missed"):
            found.append(_("%(n)s lower rungs passed unseen while the system was down", n=len(event.effect["missed"])))
    if event.action in ("escalate", "issue_rung") and given.get("paper"):
        found.append(paper_number(given["paper"]))
    if event.action == "rederive":
        before, after = (datetime.fromisoformat(given[name]) for name in ("from", "due_at"))
        found += [f"{sentences.moment(before)} → {sentences.moment(after)}"] if before != after else []
        for answer in event.effect.get("answers", ()):
            due = sentences.moment(datetime.fromisoformat(answer["answer_due_at"]))
            found.append(f"{_('answer due')} {due}")
    for charge in event.effect.get("charges", ()):
        unit, time = unit_name(setting.unit(charge["unit"])), span(charge["minutes"], setting)
        found.append(
            _("%(unit)s bears %(span)s: it was late in answering", unit=unit, span=time)
            if charge["ground"] == "late_answer"
            else _("%(unit)s bears %(span)s: the time the ruling took", unit=unit, span=time)
        )
    if given.get("ground") in grounds:
        found.append(say(grounds[given["ground"]]))
    if event.action != "file" and given.get("kind") in kinds:
        found.append(say(kinds[given["kind"]]))
    if isinstance(given.get("unit"), str) and given["unit"] in setting.by_code:
        found.append(unit_name(setting.by_code[given["unit"]]))
    if given.get("request"):
        found.append(request_name(given["request"]))
    for name in ("until", "visited_on"):
        if given.get(name):
            found.append(f"{sentences.field_name(name)} {day(given[name])}")
    if isinstance(given.get("evidence"), list):
        found.append(_("evidence: %(n)s", n=len(given["evidence"])))
    if given.get("false_closing"):
        found.append(_("false closing"))
    if given.get("confirmed_by") in setting.by_code:
        unit = unit_name(setting.by_code[given["confirmed_by"]])
        found.append(_("A checkup found it unmet again; it had been confirmed by %(unit)s.", unit=unit))
    return found + [str(words) for words in event.words.values() if words]


def paper_number(paper: str) -> str:
    """The number of a paper as it is written: 2018:4:1 is 〔2018〕第1号."""
    year, _kind, number = paper.split(":")
    return _("〔%(year)s〕 No. %(number)s", year=year, number=number)


def rung_status(status: str) -> str:
    """How a rung stands."""
    return {
        "issued": _("issued"),
        "proposed": _("proposed"),
        "missed": _("missed by the system"),
        "declined": _("declined"),
    }[status]


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
        "over_cap": _("runs past the limit for the whole ticket; the office is told, nobody's time is shortened"),
    }.get(flag, flag)


def moved(account: dict[str, Any]) -> str:
    """That the calendar moved a deadline, and where it stood at first; empty when it never did."""
    entries = account.get("moved")
    if not entries:
        return ""
    at = sentences.moment(datetime.fromisoformat(entries[0]["due_at"]))
    return _("the working days changed; it was first due %(at)s", at=at)


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for good."""
    content = (Path(__file__).parents[1] / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def init(app: Flask) -> None:
    """Hand the words to the templates."""
    words = (
        asset, chinese, day, day_why, event_details, event_name, flag_name, instead_of, iso_day, left, moved,
        why_held, provisional, request_name, request_status, say, span, stage_name, stretch, unit_name,
        sentences.field_name, sentences.moment, sentences.role_name, sentences.state_name, sentences.shortly, size,
        paper_number, rung_status, notify_sentences.channel_name, notify_sentences.kind_name,
        notify_sentences.delivery_status, notify_sentences.error_name, notify_sentences.fault_name,
    )  # fmt: skip
    app.jinja_env.globals.update({word.__name__: word for word in words})
    app.jinja_env.filters["unit_name"] = unit_name
