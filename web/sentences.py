"""From codes and figures to sentences, in the reader's language: errors, deadlines, dates and spans."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from web import (
    asking_sentences,
    calendar_sentences,
    case_sentences,
    duty_sentences,
    error_sentences,
    notify_sentences,
    paper_sentences,
    ranking_sentences,
    register_sentences,
    scheme_sentences,
    spot_sentences,
    watch_sentences,
)
from web.faults import column_name
from web.say import chinese as chinese
from web.say import say as say
from workflow.errors import WorkflowError
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.actions.lifecycle import ACTIONS, STATES


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


def sentence(error: WorkflowError, called: Mapping[str, str] | None = None) -> str:
    """What went wrong and what to do, in one sentence; `called`: inputs that the page at hand calls otherwise."""
    params: dict[str, Any] = dict(error.params)
    params["field"] = (called or {}).get(error.field or "") or field_name(error.field or "")
    if "field_zh" in params:
        params["field"] = params["field_zh"] if chinese() else params["field_en"]
    # People are told names; a code stays a code only where nothing is called by it.
    case_sentences.told(error, params)
    if params.get("action") in ACTIONS:
        params["action"] = say(ACTIONS[params["action"]].label)
    if error.code != "unknown_state" and params.get("state") in STATES:
        params["state"] = state_name(params["state"])
    if error.code != "unknown_role" and "role" in params:
        params["role"] = role_name(params["role"])
    if "subject" in params:
        params["subject"] = field_name(params["subject"])
    if "column" in params:
        params["column"] = column_name(str(params["column"]))
    if error.code == "status_not_open":
        params |= {name: register_sentences.status_name(str(params[name])) for name in ("before", "status")}
    if "names_zh" in params:
        params["names"] = params["names_zh"] if chinese() else params["names_en"]
    template = _templates(str(get_locale())).get(error.code) or _("This cannot be done (%(code)s).", code=error.code)
    for name, value in params.items():
        template = template.replace("{" + name + "}", str(value))
    # Of many tickets acted on at once it stopped at this one.
    return f"{params['ticket']}: {template}" if "ticket" in params else template


#: Where the sentences of errors stand; each code in one of them.
ROOMS = (
    asking_sentences,
    calendar_sentences,
    case_sentences,
    duty_sentences,
    error_sentences,
    notify_sentences,
    paper_sentences,
    ranking_sentences,
    register_sentences,
    scheme_sentences,
    spot_sentences,
    watch_sentences,
)


@lru_cache(maxsize=8)
def _templates(locale: str) -> dict[str, str]:
    """The sentence of every error code in the language of the moment, looked up in the catalogue once."""
    return {code: said for room in ROOMS for code, said in room.errors().items()}


def field_name(name: str) -> str:
    """What people call an input."""
    return _fields(str(get_locale())).get(name, name)


@lru_cache(maxsize=8)
def _fields(locale: str) -> dict[str, str]:
    return {
        "act": _("what is to be done"),
        "answer": _("answer"),
        "reason": _("reason"),
        "ground": _("ground"),
        "cited_duty": _("cited duty"),
        "note": _("note"),
        "until": _("until"),
        "plan": _("plan"),
        "request": _("what is asked for"),
        "visited_on": _("date of the visit"),
        "evidence": _("evidence"),
        "unit": _("unit"),
        "kind": _("kind"),
        "cause": _("cause"),
        "household": _("household"),
        "village": _("village"),
        "description": _("description"),
        "file": _("file"),
        "name": _("name"),
        "role": _("role"),
        "version": _("version"),
        "urgent": _("urgent"),
        "false_closing": _("false closing"),
        "address": _("address"),
        "day": _("day"),
        "display_name": _("name of the person"),
        "form": _("form"),
        "town": _("town"),
        "code": _("code"),
        "q": _("search text"),
        "handler": _("handler"),
        "password": _("password"),
        "title": _("title"),
        "tickets": _("tickets"),
        "ticket": _("ticket"),
        "versions": _("versions"),
        "status": _("register status"),
        **register_sentences.fields(),
        **calendar_sentences.fields(),
        **spot_sentences.fields(),
        **scheme_sentences.fields(),
        **case_sentences.fields(),
        **ranking_sentences.fields(),
        **duty_sentences.fields(),
        **notify_sentences.fields(),
    }
