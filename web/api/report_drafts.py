"""Unfinished drafts of reports over the API: what the caller's unit has saved so far, and saving it."""

from datetime import date
from typing import Annotated

from pydantic import Field

from web.api.fields import Day, Moment, answer
from web.api.operations import Call, get, post
from web.api.ranking_responses import Drafting
from web.api.rankings import DAYS, ranking_of
from workflow.assessment import unit_words
from workflow.assessment.ranking import responses


@answer
class Unfinished:
    """The words of the caller's unit as saved last; `version` is 0 and the words are empty where nothing is saved."""

    date: date
    version: int
    saved_at: Moment | None
    sections: dict[str, str]
    remark: str


class Saving(Drafting):
    """The words as far as they are, over the version that the caller has seen."""

    version: Annotated[int, Field(ge=0)] = 0


@get(f"{DAYS}/draft", "The unfinished draft of the report of the caller's unit")
def show_draft(call: Call, on: Day) -> Unfinished:
    return _unfinished(call, on)


@post(f"{DAYS}/draft", "Save the draft of the report of one's unit unfinished; no section is judged")
def save_draft(call: Call, on: Day, body: Saving) -> Unfinished:
    row = ranking_of(call, on)[0]
    responses.save_draft(call.session, call.actor, call.now, row, body.paragraph, body.version)
    return _unfinished(call, on)


def _unfinished(call: Call, on: date) -> Unfinished:
    draft = responses.unfinished_draft(call.session, ranking_of(call, on)[0], call.actor.unit_id)
    if draft is None:
        return Unfinished(date=on, version=0, saved_at=None, sections={}, remark="")
    sections, remark = unit_words.divided(draft.remark)
    return Unfinished(date=on, version=draft.version, saved_at=draft.at, sections=sections, remark=remark)
