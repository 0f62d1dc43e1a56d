"""Responses to a ranking over the API: reports drafted, reviewed, signed and received, objections made and answered."""

import datetime
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from reports import written
from web.api.fields import Body, Day, Measure, Moment, NeededText, Text, Yes, answer, needed, of
from web.api.operations import Call, post
from web.api.rankings import DAYS, ranking_of
from web.api.repeats import WHOLE
from workflow.assessment import unit_words
from workflow.assessment.ranking import objections, responses, written_reports


class Drafting(Body):
    """What a unit writes for its report: the sections that the scheme calls for, and a comment of its own.

    The sections may also stand in the comment, each on a line that begins with its name (原因分析：…).
    """

    causes: Text | None = None
    rectification: Text | None = None
    next_steps: Text | None = None
    remark: Text | None = None

    @property
    def paragraph(self) -> str:
        """All of it, as the report prints it."""
        sections = {name: getattr(self, name) or "" for name in unit_words.SECTIONS}
        return unit_words.written(sections, self.remark or "")


@answer
class Drafted:
    """The time at which the report of the caller's unit was drafted."""

    date: datetime.date
    signed_at: Moment


@post(f"{DAYS}/sign", "Draft the report of one's unit, which its leader then signs", repeat=WHOLE)
def sign_ranking(call: Call, on: Day, body: Drafting) -> Drafted:
    responses.sign(call.session, call.actor, call.now, ranking_of(call, on)[0], body.paragraph)
    return Drafted(date=on, signed_at=call.now)


@answer
class Reviewed:
    """When the draft of the caller's unit was reviewed."""

    date: datetime.date
    reviewed_at: Moment


@post(f"{DAYS}/review", "Review the draft of one's unit, which another person wrote", repeat=WHOLE)
def review_ranking(call: Call, on: Day, body: Drafting) -> Reviewed:
    responses.review(call.session, call.actor, call.now, ranking_of(call, on)[0], body.paragraph)
    return Reviewed(date=on, reviewed_at=call.now)


class Objecting(Body):
    """An objection to a figure of the caller's own town, or of a ranked town that it succeeds, with the reason."""

    measure: Annotated[Measure | SkipJsonSchema[None], needed()] = None
    reason: NeededText = None
    town: Annotated[
        str | None,
        Field(
            max_length=64,
            description="Code or name of the ranked town; empty: the caller's own, or the only one that it succeeds.",
        ),
    ] = None


@answer
class Objection:
    """An objection that was made."""

    id: int
    date: datetime.date
    measure: str


@post(
    f"{DAYS}/objections",
    "Object to a figure of one's town",
    status=201,
    links={"/objections/{number}": "/id"},
    repeat=WHOLE,
)
def object_to_ranking(call: Call, on: Day, body: Objecting) -> Objection:
    row = ranking_of(call, on)[0]
    made = objections.object_to(
        call.session, call.actor, call.now, row, body.measure or "", body.reason or "", body.town or ""
    )
    return of(Objection, made, date=on)


class Ruling(Body):
    """The office's answer to an objection."""

    upheld: Yes
    reason: NeededText = None


@answer
class Ruled:
    """An objection's answer."""

    id: int
    upheld: bool


@post("/objections/{number}/answer", "Answer an objection", repeat=WHOLE)
def answer_objection(call: Call, number: int, body: Ruling) -> Ruled:
    made = objections.answer(call.session, call.actor, call.now, number, body.upheld, body.reason or "")
    return Ruled(id=made.objection_id, upheld=made.upheld)


@answer
class Report:
    """A written report that was signed and issued: when, and the day that the paper bears, the office's next opening."""

    id: int
    date: datetime.date
    number: str
    signer: str
    hash: str
    issued_at: Moment
    dated: datetime.date | None


@post(
    f"{DAYS}/reports",
    "Sign and issue the report of the unit one leads, or is authorised to sign for",
    status=201,
    links={"/reports/{report}": "/id"},
    repeat=WHOLE,
)
def issue_report(call: Call, on: Day) -> Report:
    made = written_reports.issue(call.session, call.actor, call.now, ranking_of(call, on)[0])
    return of(Report, made, date=on, issued_at=call.now, signer=call.actor.name, dated=written.dated(made.content))


@answer
class Received:
    """The time at which a report was received."""

    id: int
    received_at: Moment


@post("/reports/{report}/receipt", "Receive a written report", repeat=WHOLE)
def receive_report(call: Call, report: int) -> Received:
    made = written_reports.receive(call.session, call.actor, call.now, report)
    return Received(id=made.report_id, received_at=call.now)
