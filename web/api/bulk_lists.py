"""Bulk lists of bureaus over the API: past lists with their counts, what came of each line, bringing one, and answers."""

from collections.abc import Mapping
from typing import Annotated, Any, BinaryIO, cast

from flask import request
from pydantic import BaseModel, Field, StringConstraints

from models import BulkLine, BulkList
from web import db
from web.api.fields import Body, File, Id, Listed, Moment, Paged, Text, answer, of, one_of
from web.api.imports import MeantVillage
from web.api.intake import digest_of
from web.api.operations import Call, Upload, get, post
from web.api.repeats import WHOLE, Repeat
from web.words.bulk_lists import said_text, why_text
from workflow.county.context import county_context
from workflow.errors import BadInput, NotFound
from workflow.register.bulk_lists import list_answers, list_counts, list_taking, list_views
from workflow.register.bulk_lists.list_answers import ANSWERS, LineAnswer
from workflow.register.bulk_lists.list_views import LineView
from workflow.register.importing.sealed_files import sha256_of

LISTS = "/bulk-lists"
STATES = ("waiting", "handed_out")
LINES = f"{LISTS}/{{list_id}}/lines"


@answer
class BulkListSummary:
    """A list with its lines by what came of them: waiting to be handed out; checks open (of them overdue), made with the have
    met, unmet, or not looked at; candidates; questions (of them late: unanswered); left out."""

    id: int
    kind: str
    unit: str
    filename: str
    at: Moment
    handed_out: bool
    lines: int
    waiting: int
    open: int
    overdue: int
    met: int
    unmet: int
    seen: int
    candidate: int
    asked: int
    unanswered: int
    left_out: int


@answer
class BulkLineShown:
    """A line: its row in the file and what came of it; household and ticket only where the caller may see them; `villages`:
    those that an unclear place may be, for whoever answers."""

    id: int
    row: str
    outcome: str
    result: str
    why: str | None
    due_at: Moment | None
    settled_at: Moment | None
    household: str | None
    ticket: str | None
    said: list[str]
    villages: list[MeantVillage]


class ListForm(BaseModel):
    """A list as a form sends it: its kind, and the spreadsheet."""

    kind: Annotated[str, StringConstraints(max_length=64)]
    file: File


class LineAnswered(Body):
    """What an unclear line means."""

    answer: Annotated[str, one_of(ANSWERS)]
    household: Annotated[str, Field(max_length=64)] | None = Field(None, description="For household: its code.")
    village: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="For candidate: the code of the village, where the line names none."
    )
    reason: Text | None = Field(None, description="For left_out.")


@answer
class Handed:
    """A list whose lines are stored: how many, and how many of them wait to be handed out by the worker.  What becomes of
    them is told by `GET /bulk-lists` and its lines."""

    id: int
    lines: int
    waiting: int
    state: Annotated[str, one_of(STATES)]


def _summary(call: Call, row: BulkList, counts: list_counts.ListCounts) -> BulkListSummary:
    return of(
        BulkListSummary,
        counts,
        id=row.id,
        kind=row.kind,
        unit=county_context(call.session).unit(row.unit_id).name,
        filename=list_views.name_for(call.actor, row),
        at=row.taken_at or row.brought_at,
        handed_out=row.taken_at is not None,
    )


@get(LISTS, "Lists of bureaus, the latest first", links={LINES: "/items/0/id"})
def list_bulk_lists(call: Call, query: Paged) -> Listed[BulkListSummary]:
    before = int(query.cursor) if query.cursor else None
    rows = list_views.listed(call.session, call.actor, before, query.limit + 1)
    shown = rows[: query.limit]
    counts = list_counts.counts(call.session, call.actor, call.now, [row.id for row in shown])
    more = str(shown[-1].id) if len(rows) > query.limit else None
    return Listed(items=[_summary(call, row, counts[row.id]) for row in shown], next=more)


@get(LINES, "What came of each line of a list")
def list_bulk_lines(call: Call, list_id: Id, query: Paged) -> Listed[BulkLineShown]:
    after = int(query.cursor) if query.cursor else 0
    lines = list_views.lines_of(call.session, call.actor, db.vault(), call.now, list_id, part=(after, query.limit + 1))
    more = str(lines[query.limit - 1].id) if len(lines) > query.limit else None
    return Listed(items=[_line(call, line) for line in lines[: query.limit]], next=more)


def _line(call: Call, line: LineView) -> BulkLineShown:
    setting = county_context(call.session)
    meant = [MeantVillage(code=p.code, name=p.name, town=setting.unit(p.town_id).name) for p in line.meant]
    return BulkLineShown(
        id=line.id,
        row=line.row,
        outcome=line.outcome,
        result=line.result,
        why=why_text(line.why) if line.why else None,
        due_at=line.due_at,
        settled_at=line.settled_at,
        household=line.code or None,
        ticket=line.ticket or None,
        said=said_text(setting, line),
        villages=meant,
    )


def _line_again(call: Call, _path: Mapping[str, Any], kept: Mapping[str, Any]) -> BulkLineShown:
    row = call.session.get(BulkLine, kept["id"])
    if row is None:
        raise NotFound("no_such_line")
    return _line(call, list_views.line_of(call.session, call.actor, db.vault(), call.now, row))


@post(LISTS, "Bring a list, whose lines are handed out by the worker", status=202, form=ListForm, repeat=WHOLE)
def bring_bulk_list() -> Upload[Handed]:
    file, kind = request.files.get("file"), request.form.get("kind", "")
    if file is None or not file.filename:
        raise BadInput("missing", "file")
    name, stream = file.filename, cast(BinaryIO, file.stream)
    digest, sha256 = digest_of(file), sha256_of(stream)

    def work(call: Call) -> Handed:
        row = list_taking.bring_list(call.session, call.actor, call.now, kind, sha256=sha256, filename=name)
        book = list_taking.read_lines(call.session, call.now, kind, stream)
        list_taking.take_list(call.session, call.actor, call.now, db.vault(), row.id, book)
        waiting = list_counts.counts(call.session, call.actor, call.now, [row.id])[row.id].waiting
        state = "waiting" if waiting else "handed_out"
        return Handed(id=row.id, lines=len(book.lines), waiting=waiting, state=state)

    return Upload(work, f"{kind} {digest}".encode())


@post(f"{LISTS}/lines/{{line_id}}", "Say what an unclear line means", repeat=Repeat(("id",), _line_again))
def answer_bulk_line(call: Call, line_id: Id, body: LineAnswered) -> BulkLineShown:
    given = LineAnswer(
        answer=body.answer, household=body.household or "", village=body.village or "", reason=body.reason or ""
    )
    made = list_answers.answer_line(call.session, call.actor, call.now, db.vault(), line_id, given)
    view = list_views.line_of(call.session, call.actor, db.vault(), call.now, made)
    return _line(call, view)
