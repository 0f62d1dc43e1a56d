"""Requests for time and proposed rungs over the API: asking, granting, refusing, issuing, declining."""

from typing import Annotated

from pydantic.json_schema import SkipJsonSchema

from models.request import KINDS
from web.api.fields import Body, Day, Evidence, Moment, NeededDay, NeededText, Reason, Text, answer, needed, one_of
from web.api.operations import Call, post
from web.api.repeats import WHOLE
from web.api.ticket_shapes import TimeAsked, time_asked
from workflow.accountability import proposals
from workflow.tickets import lookup, time_requests
from workflow.tickets.time_requests import RequestInput


class Asking(Body):
    """A later deadline, or the clock to stop, until a day; a suspension needs a ground and evidence."""

    request: Annotated[Annotated[str, one_of(KINDS)] | SkipJsonSchema[None], needed()] = None
    until: NeededDay = None
    reason: NeededText = None
    plan: NeededText = None
    ground: Text | None = None
    evidence: Evidence | None = None


@post(
    "/tickets/{number}/requests",
    "Ask for time",
    status=201,
    links={"/tickets/{number}/requests/{id}": "/id"},
    repeat=WHOLE,
)
def ask_time(call: Call, number: str, body: Asking) -> TimeAsked:
    row = lookup.find_ticket(call.session, call.actor, number)
    given = {"until": None, "reason": None, "plan": None, **body.given("request")}
    return time_asked(
        time_requests.ask(call.session, call.actor, call.now, row, RequestInput(kind=body.request or "", **given))
    )


class Granting(Reason):
    """A reason, and the day until which time is granted if it is not the one requested."""

    until: Day | None = None


@post("/tickets/{number}/requests/{id}/grant", "Grant it", repeat=WHOLE)
def grant_time(call: Call, number: str, id: int, body: Granting) -> TimeAsked:
    return _answered(call, number, id, True, body)


@post("/tickets/{number}/requests/{id}/refuse", "Refuse it", repeat=WHOLE)
def refuse_time(call: Call, number: str, id: int, body: Reason) -> TimeAsked:
    return _answered(call, number, id, False, body)


def _answered(call: Call, number: str, request: int, grant: bool, body: Reason) -> TimeAsked:
    time_requests.find(call.session, lookup.find_ticket(call.session, call.actor, number), request)
    until = body.until if isinstance(body, Granting) else None
    return time_asked(time_requests.answer(call.session, call.actor, call.now, request, grant, until, body.reason))


@answer
class RungAnswered:
    """A proposed rung with its answer; `paper` is the number of the paper that was issued."""

    id: int
    status: str
    paper: str | None
    answered_at: Moment


class Issuing(Reason):
    """Why it is issued; a talk (约谈) also needs its time, place, presider and who must come, and outside office hours the
    reason for that."""

    meet_at: Text | None = None
    hours_reason: Text | None = None
    place: Text | None = None
    presider: Text | None = None
    attendees: list[Text] | None = None


@post("/tickets/{number}/escalations/{id}/issue", "Issue a waiting rung, in office hours", repeat=WHOLE)
def issue_rung(call: Call, number: str, id: int, body: Issuing) -> RungAnswered:
    return _ruled(call, number, id, True, body)


@post("/tickets/{number}/escalations/{id}/decline", "Decline a waiting rung", repeat=WHOLE)
def decline_rung(call: Call, number: str, id: int, body: Reason) -> RungAnswered:
    return _ruled(call, number, id, False, body)


def _ruled(call: Call, number: str, rung: int, issue: bool, body: Reason) -> RungAnswered:
    row = lookup.find_ticket(call.session, call.actor, number)
    answered = proposals.answer(
        call.session, call.actor, call.now, row, rung, issue, body.reason, **body.given("reason")
    )
    return RungAnswered(
        id=answered.escalation_id,
        status="issued" if answered.issued else "declined",
        paper=answered.paper,
        answered_at=answered.at,
    )
