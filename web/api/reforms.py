"""Reforms over the API: the list, what one would move, and applying it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic.json_schema import SkipJsonSchema

from models import PlannedReform
from models.reform import REFORM_KINDS, REFORM_SUBJECTS
from web.api.fields import Body, Listed, Moment, NeededDay, NeededText, Text, answer, by_id, needed, of
from web.api.operations import Call, get, post
from web.api.repeats import Repeat
from workflow.reform import planned_reforms, reform_act, reform_lists
from workflow.reform.reform_holdings import Holdings

LIST = "/reforms"


@answer
class Reform:
    """A reform: the former names, or the names of what ended, and what succeeds; `moved` counts by sort.

    `state` is `applied`, or of one entered before its day `waiting`, `withdrawn` or `refused` (with the code of its
    `refusal`); its `id` is then of the list of planned ones.  `house`: the bureau at which it sets up
    the office, by code, or "".
    """

    id: int
    kind: str
    subject: str
    before: list[str]
    after: list[str]
    from_day: date
    document: str
    reason: str
    by: str
    at: Moment
    state: str
    refusal: str
    moved: dict[str, int]
    house: str


@answer
class Held:
    """What a unit or village still has; `tickets` by state, `rules` of the scheme that name it."""

    code: str
    name: str
    tickets: dict[str, int]
    duties: int
    papers: int
    rungs: int
    cases: int
    villages: int
    households: int
    accounts: int
    posts: int
    programs: int
    robots: int
    rules: list[str]


@answer
class ReformPreview:
    """What a reform would move; `seen` is given back with it, so that only this is applied."""

    sources: list[Held]
    seen: str


@get(LIST, "Reforms of units and villages", links={})
def list_reforms(call: Call) -> Listed[Reform]:
    return Listed(items=[_line(line) for line in reform_lists.listed(call.session, call.actor)])


@get(
    f"{LIST}/planned",
    "Reforms that wait for their day, were withdrawn or could not be applied",
    links={f"{LIST}/planned/{{planned}}/withdraw": "/items/0/id"},
)
def list_planned_reforms(call: Call) -> Listed[Reform]:
    return Listed(items=[_planned(line) for line in reform_lists.planned(call.session, call.actor)])


class ReformPart(Body):
    """One successor of a divided unit: existing (`into`) or new (`name`), and what it is given.

    A bureau gives kinds of tickets and items of the notice, a town villages; both accounts, by sign-in name.
    """

    into: Text | None = None
    name: Text | None = None
    name_en: Text | None = None
    kinds: list[str] = []
    items: list[int] = []
    villages: list[str] = []
    accounts: list[str] = []


class ReformSubject(Body):
    """`rename` one, `merge` several into an existing one (`into`) or a new one (`name`), `split` one into `parts` (the
    first has what no other is given), `move` villages to another town (`into`); codes or names.

    The office merged `into` a bureau stays a unit of its own, set up there: under `name`, or without one as it is.

    `another`: a new name that is near a known one is another's.
    """

    kind: Annotated[Text | SkipJsonSchema[None], needed(enum=list(REFORM_KINDS))] = None
    subject: Annotated[Text | SkipJsonSchema[None], needed(enum=list(REFORM_SUBJECTS))] = None
    sources: list[str] = []
    into: Text | None = None
    name: Text | None = None
    name_en: Text | None = None
    another: bool = False
    parts: list[ReformPart] = []


class ReformWanted(ReformSubject):
    """A reform with its day, document and reason; `seen` from its preview."""

    from_day: NeededDay = None
    document: NeededText = None
    reason: NeededText = None
    seen: Text | None = None


@post(f"{LIST}/preview", "What a reform would move; nothing is stored", writes=False)
def preview_reform(call: Call, body: ReformSubject) -> ReformPreview:
    made = reform_act.preview(call.session, call.actor, call.now, _given(body))
    return ReformPreview(sources=[_held(each) for each in made.sources], seen=made.seen)


def _again(call: Call, _path: Mapping[str, Any], kept: Mapping[str, Any]) -> Reform:
    """The reform of a request that comes again: applied, or among the planned ones, whose ids are their own."""
    if kept["state"] == "applied":
        return by_id((_line(line) for line in reform_lists.listed(call.session, call.actor)), kept["id"])
    return by_id((_planned(line) for line in reform_lists.planned(call.session, call.actor)), kept["id"])


@post(
    LIST,
    "Apply a reform, or record it for a day to come",
    status=201,
    links={f"{LIST}/planned/{{planned}}/withdraw": "/id"},
    repeat=Repeat(("id", "state"), _again),
)
def apply_reform(call: Call, body: ReformWanted) -> Reform:
    given = _given(body)
    seen = given.pop("seen", None)
    made = planned_reforms.enter(call.session, call.actor, call.now, given, seen=seen)
    if isinstance(made, PlannedReform):
        waiting = reform_lists.planned(call.session, call.actor)
        return next(_planned(line) for line in waiting if line.row.id == made.id)
    lines = reform_lists.listed(call.session, call.actor)
    return next(_line(line) for line in lines if line.row.id == made.id)


@post(
    f"{LIST}/planned/{{planned}}/withdraw",
    "Withdraw a reform that waits for its day",
    repeat=Repeat(("id", "state"), _again),
)
def withdraw_reform(call: Call, planned: int) -> Reform:
    planned_reforms.withdraw(call.session, call.actor, call.now, planned)
    lines = reform_lists.planned(call.session, call.actor)
    return next(_planned(line) for line in lines if line.row.id == planned)


def _given(body: ReformSubject) -> dict[str, Any]:
    given: dict[str, Any] = body.given()
    if "parts" in given:
        given["parts"] = [part.given() if isinstance(part, Body) else part for part in given["parts"]]
    return given


def _line(line: reform_lists.ReformLine) -> Reform:
    moved = {name: value for name, value in line.row.content.items() if name in _COUNTED}
    names = {"before": list(line.before), "after": list(line.after), "by": line.by}
    house = line.row.content.get("house", "")
    return of(Reform, line.row, **names, moved=moved, state="applied", refusal="", house=house)


def _planned(line: reform_lists.PlannedLine) -> Reform:
    names = {"before": list(line.before), "after": list(line.after), "by": line.by}
    return of(Reform, line.row, **names, moved={}, at=line.row.entered_at, house="")


def _held(each: Holdings) -> Held:
    return of(Held, each, rules=list(each.rules))


_COUNTED = ("tickets", "rungs", "villages", "households", "accounts", "posts", "robots")
