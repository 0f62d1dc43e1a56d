"""The ladder's papers over the API: the list, one with its grounds, and what is done with it."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic.json_schema import SkipJsonSchema

from models import Paper as Row
from models import PaperAct
from web.api.fields import (
    Body,
    Evidence,
    Listed,
    Moment,
    NeededDay,
    NeededText,
    Paged,
    Reason,
    Text,
    UnitName,
    answer,
    digits,
    needed,
    of,
    one_of,
)
from web.api.operations import Call, get, post
from workflow.accountability import paper_actions, paper_views
from workflow.accountability.paper_views import PaperFilters
from workflow.policy.scheme.parts import Text as Words


@answer
class Demand:
    """The demand of a paper; `met_by`: work on the ticket, or a written answer."""

    code: str
    text: Words
    met_by: str


@answer
class PaperLine:
    """A paper in a list."""

    number: str
    rung: int
    ticket: str
    unit: str
    leader: str | None
    issuer: str
    issued_at: Moment
    demand: Demand
    due_at: Moment
    deemed_at: Moment
    state: str
    hash: str


@answer
class Act:
    """An act on a paper."""

    act: str
    how: str | None
    at: Moment
    effective_at: Moment
    by: str | None
    words: str | None
    round: int
    evidence: list[int]
    held_at: str | None
    came: list[str]


@answer
class Commitment:
    """What the unit promised, and by when."""

    words: str
    due_at: Moment


@answer
class Paper(PaperLine):
    """A paper whole; `actions` are the names that the caller may use now."""

    reason: str | None
    grounds: dict[str, Any]
    acts: list[Act]
    commitments: list[Commitment]
    actions: list[str]


class PaperQuery(Paged):
    """Filters of a list of papers."""

    rung: Annotated[int, one_of(paper_views.RUNGS), BeforeValidator(digits)] | None = None
    state: Annotated[str, one_of(paper_views.SORTS)] | None = None
    unit: UnitName | None = None


@get(
    "/papers",
    "Papers of the ladder: the county's, or those addressed to the caller's unit",
    links={"/papers/{number}": "/items/0/number"},
)
def list_papers(call: Call, query: PaperQuery) -> Listed[PaperLine]:
    page = paper_views.list_papers(
        call.session,
        call.actor,
        call.now,
        PaperFilters(rung=str(query.rung) if query.rung is not None else None, which=query.state, unit=query.unit),
        cursor=query.cursor,
        limit=query.limit,
    )
    return Listed(items=[PaperLine(**_paper_line(line.paper, line.acts)) for line in page.items], next=page.next)


@get("/papers/{number}", "One paper with its grounds and what happened to it")
def show_paper(call: Call, number: str) -> Paper:
    view = paper_views.paper_view(call.session, call.actor, number)
    acts = [
        of(
            Act,
            act,
            by=view.people.get(act.by_id or 0),
            words=view.veil(act.words) if act.words else None,
            evidence=list(act.evidence),
            held_at=act.details.get("held_at"),
            came=list(act.details.get("came", ())),
        )
        for act in view.course
    ]
    may = () if view.cut_at else paper_actions.open_to(call.actor, view.paper, view.ticket, view.acts, call.now)
    names = ("stage", "began_at", "due_at", "as_of", "budget", "used", "late", "earlier", "days")
    return Paper(
        **_paper_line(view.paper, view.acts),
        reason=view.paper.reason,
        grounds={
            name: view.paper.content[name] for name in (*names, "authorised", "talk") if name in view.paper.content
        },
        acts=acts,
        commitments=[of(Commitment, row, words=view.veil(row.words)) for row in view.commitments],
        actions=list(may),
    )


class Promise(Body):
    """A commitment and the day by which it is done."""

    words: NeededText = None
    due_on: NeededDay = None


class Answering(Body):
    """The unit's answer, with evidence of its own on the ticket, and what it commits itself to."""

    answer: NeededText = None
    evidence: Evidence | None = None
    commitments: list[Promise] | None = None


@post("/papers/{number}/sign", "Sign for it")
def sign_paper(call: Call, number: str) -> Paper:
    return _done(call, number, paper_actions.sign)


@post("/papers/{number}/answer", "Answer it in writing")
def answer_paper(call: Call, number: str, body: Answering) -> Paper:
    promises = [promise.given() for promise in body.commitments or ()]
    return _done(call, number, paper_actions.answer, body.answer, body.evidence or (), promises)


@post("/papers/{number}/verify", "Find it carried out, by the unit that issued it")
def verify_paper(call: Call, number: str, body: Reason) -> Paper:
    return _done(call, number, paper_actions.check, True, body.reason)


@post("/papers/{number}/return", "Return the answer for another one")
def return_paper(call: Call, number: str, body: Reason) -> Paper:
    return _done(call, number, paper_actions.check, False, body.reason)


class Recording(Body):
    """The record of a talk (约谈)."""

    held_at: NeededText = None
    came: Annotated[list[Text] | SkipJsonSchema[None], needed(minItems=1)] = None
    minutes: NeededText = None
    commitments: list[Promise] | None = None


@post("/papers/{number}/record", "Record the talk that the paper appointed")
def record_talk(call: Call, number: str, body: Recording) -> Paper:
    given = body.given("commitments") | {"commitments": [promise.given() for promise in body.commitments or ()]}
    return _done(call, number, paper_actions.record_talk, given)


@post("/papers/{number}/revoke", "Ask that it be revoked; a second person decides")
def revoke_paper(call: Call, number: str, body: Reason) -> Paper:
    return _done(call, number, paper_actions.ask_revocation, body.reason)


@post("/papers/{number}/confirm", "Revoke it, as somebody else asked")
def confirm_revocation(call: Call, number: str, body: Reason) -> Paper:
    return _done(call, number, paper_actions.rule_on_revocation, True, body.reason)


@post("/papers/{number}/keep", "Do not revoke it")
def keep_paper(call: Call, number: str, body: Reason) -> Paper:
    return _done(call, number, paper_actions.rule_on_revocation, False, body.reason)


def _done(call: Call, number: str, act: Callable[..., Any], *given: Any) -> Paper:
    act(call.session, call.actor, call.now, number, *given)
    call.session.flush()
    return show_paper(call, number)


def _paper_line(paper: Row, acts: dict[str, PaperAct]) -> dict[str, Any]:
    content = paper.content
    demand = content["demand"]
    return {
        "number": paper.number,
        "rung": paper.rung,
        "ticket": content["ticket"],
        "unit": content["unit"]["zh"],
        "leader": content["leader"],
        "issuer": content["issuer"]["zh"],
        "issued_at": paper.issued_at,
        "demand": Demand(code=demand["code"], text=Words(zh=demand["zh"], en=demand["en"]), met_by=paper.met_by),
        "due_at": paper.demand_due_at,
        "deemed_at": paper.deemed_at,
        "state": paper_views.standing(acts),
        "hash": paper.hash,
    }
