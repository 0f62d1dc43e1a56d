"""Talks (约谈): what one is appointed for when its paper is issued, and what its record holds.

A paper of 约谈 names time, place, presider and who must come, in office hours and within the scheme's working days; it
stays open until its record is in: who came, the minutes and what was promised.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import Paper, PaperAct
from workflow.errors import BadInput
from workflow.history.event_log import stamp
from workflow.inputs import name_of, says_nothing, statement_of
from workflow.policy.worktime import SHANGHAI, WorkClock, local_date

#: The code of the rung that is a talk.
TALK = "summon"
#: The fields of an appointment, and those of a record.
APPOINTMENT = ("meet_at", "hours_reason", "place", "presider", "attendees")
RECORD = ("held_at", "came", "minutes")
_MOST_PEOPLE = 30
_LONGEST_NAME = 100


def is_talk(paper: Paper) -> bool:
    """Whether the paper appoints a talk (约谈), whose record is still owed until it is in."""
    return "talk" in paper.content


def answer_stands(acts: Mapping[str, PaperAct]) -> bool:
    """Whether the unit has answered and the answer was not returned."""
    return "answer" in acts and ("return" not in acts or acts["return"].round < acts["answer"].round)


def appointed(given: Mapping[str, Any], now: datetime, clock: WorkClock, within: int) -> dict[str, Any]:
    """The appointment as the paper prints it: at most `within` working days ahead, in office hours unless a
    `hours_reason` says why not.  Raises BadInput naming the field."""
    at = _moment("meet_at", given.get("meet_at"))
    if at <= now:
        raise BadInput("talk_in_the_past", "meet_at")
    last = clock.due(now, within)
    if local_date(at) > local_date(last):
        raise BadInput("talk_too_far", "meet_at", days=within, day=local_date(last).isoformat())
    off_hours = not clock.is_open(at)
    if off_hours and says_nothing(str(given.get("hours_reason") or "")):
        local = at.astimezone(SHANGHAI)
        raise BadInput("talk_out_of_hours", "hours_reason", day=local.date().isoformat(), hour=f"{local:%H:%M}")
    why = {"hours_reason": statement_of("hours_reason", given["hours_reason"])} if off_hours else {}
    return why | {
        "at": stamp(at),
        "place": _short("place", given.get("place")),
        "presider": _short("presider", given.get("presider")),
        "attendees": _people("attendees", given.get("attendees")),
    }


def recorded(given: Mapping[str, Any], issued_at: datetime, now: datetime) -> tuple[str, dict[str, Any]]:
    """The minutes of a talk, and when it was held, after the paper that appoints it, and who came.

    Raises BadInput naming the field.
    """
    at = _moment("held_at", given.get("held_at"))
    if at < issued_at:
        raise BadInput("talk_before_paper", "held_at", day=issued_at.astimezone(SHANGHAI).date().isoformat())
    if at > now:
        raise BadInput("talk_in_the_future", "held_at")
    came = _people("came", given.get("came"))
    minutes = given.get("minutes")
    if not minutes:
        raise BadInput("missing", "minutes")
    return statement_of("minutes", minutes), {"held_at": stamp(at), "came": came}


def _moment(name: str, value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    if not isinstance(value, str) or not value.strip():
        raise BadInput("missing", name)
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise BadInput("bad_moment", name, value=value[:40]) from error
    found = found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    if not 2000 <= found.year < 2100:
        raise BadInput("bad_moment", name, value=value[:40])
    return found


def _short(name: str, value: Any) -> str:
    if not value:
        raise BadInput("missing", name)
    return name_of(name, value, _LONGEST_NAME)


def _people(name: str, value: Any) -> list[str]:
    """Names given as a list, or in one text divided by commas or line breaks."""
    if isinstance(value, str):
        for sign in ("、", "，", ",", "；", ";", "\r"):
            value = value.replace(sign, "\n")
        value = value.split("\n")
    if not isinstance(value, list | tuple):
        raise BadInput("missing", name)
    found = [_short(name, one) for one in value if not isinstance(one, str) or one.strip()]
    if not found:
        raise BadInput("missing", name)
    if len(found) > _MOST_PEOPLE:
        raise BadInput("too_many_people", name, most=_MOST_PEOPLE)
    return found
