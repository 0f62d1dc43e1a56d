"""Families that are not registered over the API: reported, listed, read, judged, and their consent recorded."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from models.candidate import CONSENTS, VERDICTS
from models.household import LABOUR
from web import db
from web.api.actions import Versioned
from web.api.fields import (
    Body,
    Day,
    Listed,
    Moment,
    NeededDay,
    NeededText,
    Paged,
    SourceCode,
    Text,
    answer,
    needed,
    of,
    one_of,
)
from web.api.operations import Call, get, post
from workflow.errors import BadInput
from workflow.register.candidates import candidate_views, consent, reporting
from workflow.register.candidates.candidate_views import STATES
from workflow.register.candidates.report_input import MOST_PEOPLE, CandidatePerson, CandidateReport
from workflow.tickets import desk, lookup

_Name = Annotated[str, Field(max_length=60)]
_How = Annotated[str, one_of(CONSENTS)]
_Verdict = Annotated[str, one_of(VERDICTS)]
_ACTIONS = {"registered": "register", "refused": "refuse", "withdrawn": "withdraw"}


class CandidatePersonGiven(Body):
    """A person of the family, the head first; sex and birth may be left to the ID number."""

    name: Annotated[_Name, Field(min_length=1)]
    relation: Annotated[str, Field(max_length=20)] | None = None
    id_number: Annotated[str, Field(max_length=30)] | None = None
    sex: Annotated[str, one_of(("m", "f"))] | None = None
    born_on: Day | None = None
    labour: Annotated[str, one_of(LABOUR)] | None = None


class ConsentGiven(Body):
    """Who consented, when and how."""

    consent_by: NeededText = None
    consent_on: NeededDay = None
    consent_how: Annotated[_How | SkipJsonSchema[None], needed()] = None


class CandidateGiven(Body):
    """A family to report; a bureau that matched its own lists may leave the consent out."""

    village: Annotated[str, Field(max_length=64, min_length=1, description="The village's code or name.")]
    people: Annotated[list[CandidatePersonGiven], Field(min_length=1, max_length=MOST_PEOPLE)]
    seen: NeededText = None
    address: Annotated[str, Field(max_length=200)] | None = None
    phone: Annotated[str, Field(max_length=30)] | None = None
    consent_by: _Name | None = None
    consent_on: Day | None = None
    consent_how: _How | None = None
    source: SourceCode | None = Field(None, description="Required of a bureau and the office, which may have several.")
    reference: Annotated[str, Field(max_length=100)] | None = None


class Verdict(Versioned):
    """A verdict: `registered` takes the household's `code`, `refused` a `ground` of the scheme and a `reason`,
    `withdrawn` a `reason`."""

    verdict: Annotated[_Verdict | SkipJsonSchema[None], needed()] = None
    code: Annotated[str, Field(max_length=64)] | None = None
    ground: Text | None = None
    reason: Text | None = None
    note: Text | None = None


@answer
class CandidateLine:
    """A family in a list; `number` is that of its ticket, `household` the code of the household it became."""

    number: str
    name: str | None
    village: str
    source: str
    state: str
    ticket_state: str
    reported_at: Moment
    due_at: Moment | None
    household: str | None
    erase_at: Moment | None
    erased_at: Moment | None


@answer
class CandidatePersonShown:
    """A person of the family; the ID number masked."""

    name: str
    relation: str
    id_number: str | None
    sex: str | None
    born_on: date | None
    labour: str


@answer
class Candidate:
    """A family that is not registered; without people and words once its personal data is erased."""

    number: str
    name: str | None
    village: str
    source: str
    reference: str
    state: str
    ticket_state: str
    version: int
    people: list[CandidatePersonShown]
    address: str
    phone: str | None
    consent_by: str
    consent_on: date | None
    consent_how: str | None
    reported_at: Moment
    due_at: Moment | None
    household: str | None
    ground: str | None
    erase_at: Moment | None
    erased_at: Moment | None


class CandidateQuery(Paged):
    """Filters of a list of families."""

    state: Annotated[str, one_of(STATES)] | None = None


@get(
    "/candidates",
    "Families that are not registered, as far as the caller sees their tickets; the latest first",
    links={"/candidates/{number}": "/items/0/number"},
)
def list_candidates(call: Call, query: CandidateQuery) -> Listed[CandidateLine]:
    page = candidate_views.list_candidates(call.session, call.actor, query.state, query.cursor, query.limit)
    return Listed(items=[of(CandidateLine, each, name=each.head_name) for each in page.items], next=page.next)


@get("/candidates/{number}", "One family that is not registered, by the number of its ticket")
def show_candidate(call: Call, number: str) -> Candidate:
    return _whole(call, number)


@post(
    "/candidates",
    "Report a family that is not registered",
    status=201,
    links={"/candidates/{number}": "/number", "/tickets/{number}": "/number"},
)
def report_candidate(call: Call, body: CandidateGiven) -> Candidate:
    people = [CandidatePerson(**person.given()) for person in body.people]
    given = CandidateReport(people=people, seen=body.seen or "", **body.given("people", "seen"))
    made = reporting.report_candidate(call.session, call.actor, call.now, db.vault(), given)
    return _whole(call, made.ticket.number)


@post("/candidates/{number}/consent", "Record the consent of a family", status=201)
def record_candidate_consent(call: Call, number: str, body: ConsentGiven) -> Candidate:
    consent.record_consent(
        call.session,
        call.actor,
        call.now,
        number,
        body.consent_by or "",
        body.consent_on,
        body.consent_how or "",
    )
    return _whole(call, number)


@post("/candidates/{number}/verdicts", "Judge a family, or withdraw it", status=201)
def judge_candidate(call: Call, number: str, body: Verdict) -> Candidate:
    candidate_views.candidate_view(call.session, call.actor, number)
    if body.verdict is None:
        raise BadInput("missing", "verdict")
    given = body.given("version", "verdict")
    ticket = lookup.find_ticket(call.session, call.actor, number)
    desk.perform(call.session, call.actor, ticket, _ACTIONS[body.verdict], call.now, version=body.version, **given)
    return _whole(call, number)


def _whole(call: Call, number: str) -> Candidate:
    view = candidate_views.candidate_view(call.session, call.actor, number)
    ticket, row = view.ticket, view.row
    return of(
        Candidate,
        row,
        number=ticket.number,
        name=view.head_name,
        village=view.village,
        source=ticket.source,
        reference=ticket.source_reference,
        state=view.state,
        ticket_state=ticket.state,
        version=ticket.version,
        people=[of(CandidatePersonShown, each, id_number=each.id_masked) for each in view.people],
        address=view.address,
        phone=row.phone_masked,
        consent_by=view.consent_by,
        reported_at=ticket.filed_at,
        due_at=ticket.due_at,
        household=view.household,
    )
