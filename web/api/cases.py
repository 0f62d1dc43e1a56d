"""Accountability cases over the API: the list, one whole with its dossier, opening one, and moving it."""

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from models import AccountabilityCase
from web.api.actions import Versioned, action_model
from web.api.fields import Body, Id, Listed, Moment, NeededText, Paged, Text, answer, needed, of, one_of
from web.api.operations import Call, get, post
from workflow.accountability.cases import case_desk, case_views
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS, STATES
from workflow.accountability.cases.case_views import LATE, CaseView
from workflow.policy.scheme.parts import Coded
from workflow.state_table import Action
from workflow.tickets import lookup


@answer
class CaseLine:
    """A case in a list."""

    id: int
    number: str
    state: str
    version: int
    ticket: str
    unit: str
    result: str | None
    outcome: str | None
    appeals: int
    proposed_at: Moment
    statement_due_at: Moment | None
    served_at: Moment | None
    appeal_until: Moment | None
    ended_at: Moment | None


@answer
class Dossier:
    """The dossier as frozen at the last move."""

    seq: int
    hash: str
    made_at: Moment


@answer
class Case(CaseLine):
    """A case whole; `actions` are the names that the caller may use now."""

    opener: str
    decider: str | None
    actions: list[str]
    outcomes: list[Coded]
    results: dict[str, dict[str, Any]]
    shown: dict[str, Any] | None
    facts: dict[str, Any]
    course: list[dict[str, Any]]
    dossier: Dossier


def _case_line(case: AccountabilityCase, ticket: str, unit: str) -> dict[str, Any]:
    harmed = f"{case.indicator}:{case.figure}" if case.indicator is not None else None
    return {"ticket": ticket, "unit": unit, "result": harmed}


def _whole_case(call: Call, case_id: int) -> Case:
    view: CaseView = case_views.case_view(call.session, call.actor, case_id, call.now)
    return of(
        Case,
        view.case,
        **_case_line(view.case, view.ticket, view.unit.name),
        state=view.state,
        opener=view.opener.name,
        decider=view.decider.name if view.decider else None,
        actions=list(view.actions),
        outcomes=[
            Coded(code=each.code, name=each.name)
            for each in view.setting.scheme.accountability.outcomes
            if each.code in view.scope.outcomes
        ],
        results=view.scope.results,
        shown=view.shown,
        facts=view.content["facts"],
        course=[{**step, "hash": view.events.get(step["seq"])} for step in view.content["course"]],
        dossier=of(Dossier, view.dossier),
    )


class CaseQuery(Paged):
    """Filters of a list of cases."""

    state: Annotated[str, one_of((*STATES, LATE))] | None = None


@get(
    "/cases",
    "Cases the caller may see; those under way unless a state is asked for, or `late` for those past a day of theirs",
    links={"/cases/{case}": "/items/0/id"},
)
def list_cases(call: Call, query: CaseQuery) -> Listed[CaseLine]:
    page = case_views.list_cases(call.session, call.actor, call.now, query.state, query.cursor, query.limit)
    lines = [of(CaseLine, each.case, **_case_line(each.case, each.ticket, each.unit.name)) for each in page.items]
    return Listed(items=lines, next=page.next)


@get("/cases/{case}", "One case with its dossier")
def show_case(call: Call, case: int) -> Case:
    return _whole_case(call, case)


class Raising(Body):
    """A case to propose on a failed custody of a ticket; another person opens it."""

    ticket: Text = Field(min_length=1)
    custody: Annotated[Id | SkipJsonSchema[None], needed()] = None
    result: Annotated[Text | SkipJsonSchema[None], needed(description="`indicator:measure`.", pattern=r"\S")] = None
    harm: NeededText = None


@post("/cases", "Propose a case on a custody of a ticket", status=201, links={"/cases/{case}": "/id"})
def raise_case(call: Call, body: Raising) -> Case:
    ticket = lookup.find_ticket(call.session, call.actor, body.ticket)
    given = body.given("ticket", "custody")
    return _whole_case(call, case_desk.raise_case(call.session, call.actor, call.now, ticket, body.custody, **given).id)


def _act(action: Action) -> None:
    def act(call: Call, case: int, body: Versioned) -> Case:
        given = body.given("version")
        made = case_desk.perform(call.session, call.actor, case, action.name, call.now, version=body.version, **given)
        return _whole_case(call, made.id)

    act.__annotations__["body"] = action_model(action)
    act.__name__ = f"{action.name}_case"
    post(f"/cases/{{case}}/{action.name}", action.label.en)(act)


for _each in CASE_ACTIONS.values():
    if not _each.by_system:
        _act(_each)
