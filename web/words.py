"""Words for codes, for templates: states, stages, roles, days, events."""

from datetime import date
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from web import sentences
from web.sentences import chinese, say
from workflow.chronicle import HistoryLine
from workflow.county import Setting, UnitFact
from workflow.lifecycle import ACTIONS


def state_name(state: str) -> str:
    """What people call a state."""
    return {
        "reported": _("awaiting the town's check"),
        "returned": _("returned for completion"),
        "assigned": _("awaiting acceptance"),
        "disputed": _("awaiting a ruling"),
        "in_progress": _("in progress"),
        "suspended": _("clock stopped"),
        "resolved": _("awaiting confirmation"),
        "closed": _("struck off"),
        "withdrawn": _("withdrawn"),
    }[state]


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


def role_name(role: str) -> str:
    """What people call a role."""
    return {
        "village": _("village cadre"),
        "town": _("town"),
        "bureau": _("bureau"),
        "office": _("county office"),
        "leaders": _("leading group"),
        "inspectorate": _("inspectorate"),
        "admin": _("administrator"),
        "system": _("the system"),
    }[role]


def unit_name(unit: UnitFact) -> str:
    """A unit in the reader's language."""
    return unit.name if chinese() else unit.name_en


def event_name(event: HistoryLine | Any, setting: Setting) -> str:
    """What happened, in a few words."""
    if event.action == "escalate":
        return say(setting.scheme.ladder.rungs[event.given["rung"] - 1].name)
    if event.action in ACTIONS:
        return say(ACTIONS[event.action].label)
    return {
        "file": _("Filed"),
        "comment": _("Comment"),
        "evidence": _("Evidence"),
        "assist": _("Invited to assist"),
        "unassist": _("Invitation ended"),
        "handler": _("Handler named"),
    }.get(event.action, event.action)


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
    """Working time in days and hours."""
    days, rest = divmod(minutes, setting.clock.minutes_per_day)
    return _("%(d)s working days %(h)s h %(m)s min", d=days, h=rest // 60, m=rest % 60)


def init(app: Flask) -> None:
    """Hand the words to the templates."""
    app.jinja_env.globals.update(
        chinese=chinese, day=day, day_why=day_why, event_name=event_name, field_name=sentences.field_name,
        moment=sentences.moment, role_name=role_name, say=say, span=span, stage_name=stage_name,
        state_name=state_name, unit_name=unit_name,
    )  # fmt: skip
