"""The audit trail and the runs of `verify` over the API, for the inspectorate: what is read and taken is on the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import Field

from web import db, trail_files
from web.api.fields import (
    Body,
    Day,
    Listed,
    Moment,
    Paged,
    Query,
    Search,
    Text,
    UnitName,
    Yes,
    answer,
    by_id,
    made_of,
    of,
    one_of,
    refused,
)
from web.api.operations import Call, actor, get, post, reading
from web.api.rankings import code_of
from web.api.repeats import Repeat
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.history import audit_trail
from workflow.history.grounds import OF_TRAIL
from workflow.history.trail_search import ACTS, TrailSearch
from workflow.paging import ID, MOMENT, cursor_of, read_cursor
from workflow.verification import runs

Act = Annotated[str, one_of(ACTS), refused("unknown_act")]
Ground = Annotated[str, one_of(OF_TRAIL), refused("export_without_ground")]


class Searched(Query):
    """What the trail is searched for; left out: everything."""

    person: Search | None = Field(None, description="By or about the people with this sign-in name or part of a name.")
    unit: UnitName | None = Field(None, description="Acts of people of this unit.")
    act: Act | None = Field(None, description="A kind of acts.")
    day: Day | None = Field(None, description="One day in China.")
    address: Annotated[str, Field(max_length=64)] | None = Field(None, description="Acts from this network address.")


class TrailQuery(Paged, Searched):
    """Search of a page of the trail."""

    cursor: Annotated[str, made_of(MOMENT, ID), refused("bad_cursor")] | None = None


class TrailExport(Searched):
    """Search of a file of the trail, and what it is taken for; `other` needs a note."""

    ground: Ground | None = None
    note: Text = ""


@answer
class TrailEvent:
    """An event of the trail; `actor` null: the system."""

    id: int
    at: Moment
    actor: str | None
    role: str
    unit: str | None
    action: str
    subject: str
    account: str | None
    given: dict[str, Any]
    address: str | None
    session: int | None
    block: int | None
    hash: str


@answer
class Difference:
    """What did not hold, and where."""

    code: str
    subject: str


@answer
class Run:
    """A run of `verify` by the worker: `read` events so far; `found` and the block are null until it has ended, or where it
    failed.  `since`: the run from whose checkpoint it went on, null where the whole history was read."""

    id: int
    asked_at: Moment
    by: str | None
    done: int
    proofs: int
    read: int
    ended_at: Moment | None
    failed_in: str | None
    found: int | None
    findings: list[Difference]
    events: int | None
    block: int | None
    block_hash: str | None
    since: int | None


def _search(setting: CountyContext, query: Searched) -> TrailSearch:
    unit = setting.by_code.get(code_of(setting, query.unit)) if query.unit else None
    if query.unit and unit is None:
        raise BadInput("unit_unknown", "unit", unit=query.unit[:64])
    return TrailSearch(
        person=query.person or "",
        unit=unit.id if unit else None,
        act=query.act or "",
        day=query.day.isoformat() if query.day else "",
        address=query.address or "",
    )


def _tell(call: Call, query: TrailQuery) -> None:
    if query.cursor is None:
        wanted = _search(county_context(call.session), query)
        audit_trail.record_reading(call.session, call.actor, call.now, wanted)


@get("/trail", "The audit trail, the latest first; each reading is on it", tells=_tell)
def list_trail(call: Call, query: TrailQuery) -> Listed[TrailEvent]:
    audit_trail.require(call.actor)
    setting, before = county_context(call.session), None
    if query.cursor:
        at, number = read_cursor(query.cursor, datetime, int)
        before = (at, number)
    lines = audit_trail.trail(call.session, call.actor, _search(setting, query), before, query.limit + 1)
    shown = lines[: query.limit]
    return Listed(
        items=[
            of(TrailEvent, line, unit=setting.units[line.unit].name if line.unit is not None else None)
            for line in shown
        ],
        next=cursor_of(shown[-1].mark) if len(lines) > query.limit else None,
    )


@get("/trail.csv", "The audit trail as a file, on a ground; each export is on it", files=("text/csv",))
def get_trail(query: TrailExport) -> Response:
    def search(call: Call) -> TrailSearch:
        audit_trail.require(call.actor)
        return _search(county_context(call.session), query)

    wanted = reading(search)
    content, _count = trail_files.exported(actor(), db.now(), "csv", wanted, query.ground or "", query.note)
    return Response(content, content_type="text/csv; charset=utf-8")


@get("/trail/verifications", "The last runs of verify by the worker, the latest first")
def list_verifications(call: Call) -> Listed[Run]:
    return Listed(items=[_run(row) for row in runs.latest(call.session, call.actor)])


class AskingVerification(Body):
    """`whole`: from the first event on, even where a checkpoint allows less."""

    whole: Yes = False


def _run_again(call: Call, _path: Mapping[str, Any], kept: Mapping[str, Any]) -> Run:
    return by_id((_run(row) for row in runs.latest(call.session, call.actor)), kept["id"])


@post(
    "/trail/verifications",
    "Have the worker verify the history; one run at a time",
    status=202,
    repeat=Repeat(("id",), _run_again),
)
def ask_verification(call: Call, body: AskingVerification) -> Run:
    runs.ask(call.session, call.actor, call.now, whole=body.whole)
    return _run(runs.latest(call.session, call.actor, 1)[0])


def _run(row: runs.RunView) -> Run:
    findings = [Difference(code=code, subject=subject) for code, subject in row.findings]
    return of(Run, row, findings=findings, found=row.found if row.block is not None else None)
