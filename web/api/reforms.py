"""Reforms over the API: the list, what one would move, and applying it."""

from datetime import date
from typing import Annotated, Any

from pydantic.json_schema import SkipJsonSchema

from models.reform import REFORM_KINDS, REFORM_SUBJECTS
from web.api.fields import Body, Listed, Moment, NeededDay, NeededText, Text, answer, needed, of
from web.api.operations import Call, get, post
from workflow.reform import reform_act, reform_lists
from workflow.reform.reform_holdings import Holdings

LIST = "/reforms"


@answer
class Reform:
    """A reform: the former names, or the names of what ended, and what it is called since; `moved` counts by sort."""

    id: int
    kind: str
    subject: str
    before: list[str]
    after: str
    from_day: date
    document: str
    reason: str
    by: str
    at: Moment
    moved: dict[str, int]


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
    rules: list[str]


@answer
class ReformPreview:
    """What a reform would move; `seen` is given back with it, so that only this is applied."""

    sources: list[Held]
    seen: str


@get(LIST, "Reforms of units and villages", links={})
def list_reforms(call: Call) -> Listed[Reform]:
    return Listed(items=[_line(line) for line in reform_lists.listed(call.session, call.actor)])


class ReformSubject(Body):
    """`rename` one, or `merge` several into an existing one (`into`) or a new one (`name`); codes or names."""

    kind: Annotated[Text | SkipJsonSchema[None], needed(enum=list(REFORM_KINDS))] = None
    subject: Annotated[Text | SkipJsonSchema[None], needed(enum=list(REFORM_SUBJECTS))] = None
    sources: list[str] = []
    into: Text | None = None
    name: Text | None = None
    name_en: Text | None = None


class ReformWanted(ReformSubject):
    """A reform with its day, document and reason; `seen` from its preview."""

    from_day: NeededDay = None
    document: NeededText = None
    reason: NeededText = None
    seen: Text | None = None


@post(f"{LIST}/preview", "What a reform would move; nothing is stored")
def preview_reform(call: Call, body: ReformSubject) -> ReformPreview:
    made = reform_act.preview(call.session, call.actor, call.now, body.given())
    return ReformPreview(sources=[_held(each) for each in made.sources], seen=made.seen)


@post(LIST, "Apply a reform", status=201)
def apply_reform(call: Call, body: ReformWanted) -> Reform:
    given: dict[str, Any] = body.given()
    seen = given.pop("seen", None)
    made = reform_act.apply(call.session, call.actor, call.now, given, seen=seen)
    lines = reform_lists.listed(call.session, call.actor)
    return next(_line(line) for line in lines if line.row.id == made.id)


def _line(line: reform_lists.ReformLine) -> Reform:
    moved = {name: value for name, value in line.row.content.items() if name in _COUNTED}
    return of(Reform, line.row, before=list(line.before), after=line.after, by=line.by, moved=moved)


def _held(each: Holdings) -> Held:
    return of(Held, each, rules=list(each.rules))


_COUNTED = ("tickets", "rungs", "villages", "households", "accounts", "posts")
