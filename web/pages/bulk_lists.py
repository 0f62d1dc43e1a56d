"""Bulk lists of bureaus: upload, preview, taking, past lists with what came of each line, questions, and checks to be made."""

from collections.abc import Callable, Sequence
from typing import BinaryIO, cast

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import LARGEST_ID, BulkList
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.bulk_lists import BULK_WORDS, kind_name
from web.words.system import unit_name
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.register import household_listing
from workflow.register.bulk_lists import list_answers, list_counts, list_taking, list_views, list_work
from workflow.register.bulk_lists.line_records import kind_named
from workflow.register.bulk_lists.list_answers import LineAnswer
from workflow.register.bulk_lists.list_counts import ToDo
from workflow.register.bulk_lists.list_views import LineView
from workflow.register.household_listing import VillageLine
from workflow.register.importing.sealed_files import Strongbox, sha256_of
from workflow.tickets.custody import downtime

_PER_PAGE = 50
_OUTCOMES = ("check", "candidate", "asked", "left_out")


def _box() -> Strongbox:
    return Strongbox(db.county().imports, db.vault())


def _stored(row: BulkList) -> str:
    return f"list-{row.id}"


def _number(name: str) -> int:
    return max(0, min(request.args.get(name, 0, type=int), LARGEST_ID))


@blueprint.get("/bulk-lists")
def bulk_lists() -> Page:
    return _lists()


def _lists(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        rows = list_views.listed(session, actor, _number("before") or None)
        counts = list_counts.counts(session, actor, db.now(), [row.id for row in rows])
    return render_form(
        "register/bulk_lists.html",
        error,
        setting=setting,
        rows=rows,
        name_for=list_views.name_for,
        counts=counts,
        kinds=list_taking.kinds_for(setting, actor),
        kind_name=kind_name,
    )


@blueprint.post("/bulk-lists")
@form_action(_lists, passes=(NotAllowed,))
def bring_bulk_list() -> Step:
    """Keep the uploaded file, sealed, and lead to its preview."""
    actor, given = signed_in_actor(), request.files.get("file")
    if given is None or not given.filename:
        raise BadInput("missing", "file")
    stream, filename, kind = cast(BinaryIO, given.stream), given.filename, request.form.get("kind", "")
    with db.read_session() as session:
        # A file that cannot be read is refused before it is kept, and read before anything is written.
        list_taking.check_kind(session, actor, kind)
        list_taking.read_lines(session, db.now(), kind, stream)
    sha256 = sha256_of(stream)

    def step(session: Session) -> Done:
        row = list_taking.bring_list(session, actor, db.now(), kind, sha256=sha256, filename=filename)
        _box().put(_stored(row), stream)
        return Done(url_for("pages.bulk_list", list_id=row.id))

    return step


@blueprint.get("/bulk-lists/<id:list_id>")
def bulk_list(list_id: int) -> Page:
    return _list(list_id)


def _list(list_id: int, error: WorkflowError | None = None, line: int | None = None) -> Page:
    actor, now, outcome = signed_in_actor(), db.now(), request.args.get("outcome", "")
    with db.read_session() as session:
        setting, row = county_context(session), list_views.find_list(session, actor, list_id)
        if row.taken_at is None:
            return _preview(session, row, error)
        lines = list_views.lines_of(
            session,
            actor,
            db.vault(),
            now,
            list_id,
            outcome=outcome if outcome in _OUTCOMES else "",
            part=(_number("after"), _PER_PAGE),
        )
        asked = any(each.answers for each in lines)
        villages = household_listing.list_villages(session, actor) if asked else []
        counts = list_counts.counts(session, actor, now, [list_id])[list_id]
        # Without a worker the lines wait until one runs, and the page says so.
        beat = downtime.last_heartbeat(session) if counts.waiting else None
    return render_form(
        "register/bulk_list.html",
        error,
        idle=counts.waiting > 0 and (beat is None or now - beat > downtime.SILENCE),
        tried=f"line-{line}" if line is not None else None,
        setting=setting,
        row=row,
        name_for=list_views.name_for,
        lines=lines,
        counts=counts,
        outcome=outcome,
        outcomes=_OUTCOMES,
        more=lines[-1].id if len(lines) == _PER_PAGE else None,
        choices_for=lambda line: _choices(setting, line, villages),
        **BULK_WORDS,
    )


def _choices(setting: CountyContext, line: LineView, villages: Sequence[VillageLine]) -> list[tuple[str, str]]:
    """The villages of which a family may be, first those that the line may mean."""
    meant = {place.code: f"{unit_name(setting.unit(place.town_id))}{place.name}" for place in line.meant}
    others = [(each.code, f"{each.town}{each.name}") for each in villages if each.code not in meant]
    return [*meant.items(), *others]


def _preview(session: Session, row: BulkList, error: WorkflowError | None) -> Page:
    plan = list_taking.ListPlan()
    try:
        with _box().open(_stored(row)) as stream:
            plan = list_taking.plan_list(session, db.vault(), db.now(), row.kind, stream)
    except FileNotFoundError:
        error = error or BadInput("import_gone", "file")
    except BadInput as refusal:
        error = error or refusal
    return render_form(
        "register/bulk_list_preview.html",
        error,
        setting=county_context(session),
        row=row,
        name_for=list_views.name_for,
        plan=plan,
        order=("check", "unknown", "asked", "left_out"),
        kind=kind_named(county_context(session), row.kind),
        **BULK_WORDS,
    )


@blueprint.post("/bulk-lists/<id:list_id>/take")
@form_action(lambda error, list_id: _list(list_id, error), passes=(NotFound, NotAllowed))
def take_bulk_list(list_id: int) -> Done:
    """Store the lines, and hand out the first batch at once; the worker hands out the rest."""
    actor, box = signed_in_actor(), _box()
    with db.read_session() as session:
        row = list_taking.check_taker(actor, list_views.find_list(session, actor, list_id))
        try:
            with box.open(_stored(row)) as stream:
                book = list_taking.read_lines(session, db.now(), row.kind, stream)
        except FileNotFoundError:
            raise BadInput("import_gone", "file") from None
    db.transaction(lambda s: list_taking.take_list(s, actor, db.now(), db.vault(), list_id, book))
    box.drop(_stored(row))
    list_work.step(db.write_session, db.vault(), db.now(), list_id)
    with db.read_session() as session:
        left = list_counts.counts(session, actor, db.now(), [list_id])[list_id].waiting
    said = _("The list was handed out.") if not left else _("The list was taken. Its lines are being handed out.")
    return Done(url_for("pages.bulk_list", list_id=list_id), said)


@blueprint.post("/bulk-lists/<id:list_id>/lines/<id:line_id>")
@form_action(lambda error, list_id, line_id: _list(list_id, error, line_id), passes=(NotFound, NotAllowed))
def answer_bulk_line(list_id: int, line_id: int) -> Step:
    """Record what a line means."""
    actor, form = signed_in_actor(), request.form
    said = form.get("answer", "")
    code = said.removeprefix("household:") if said.startswith("household:") else form.get("household", "")
    given = LineAnswer(
        answer=said.partition(":")[0], household=code, village=form.get("village", ""), reason=form.get("reason", "")
    )

    def step(session: Session) -> Done:
        list_answers.answer_line(session, actor, db.now(), db.vault(), line_id, given)
        return Done(url_for("pages.bulk_list", list_id=list_id, outcome="asked"), _("Answered."))

    return step


@blueprint.get("/bulk-checks")
def bulk_checks() -> Page:
    """The households of lists that are to be looked at in the reader's area."""
    return _open_lines("register/bulk_checks.html", list_views.to_check, list_counts.to_check)


@blueprint.get("/bulk-questions")
def bulk_questions() -> Page:
    """The lines of lists that the reader's unit is to explain."""
    return _open_lines("register/bulk_questions.html", list_views.to_answer, list_counts.to_answer)


def _open_lines(template: str, lines_of: Callable[..., list[LineView]], counted: Callable[..., ToDo]) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        lines = lines_of(session, actor, db.vault(), now, after=_number("after"), limit=_PER_PAGE)
        due = counted(session, actor, now)
    return render_form(
        template,
        setting=setting,
        lines=lines,
        due=due,
        more=lines[-1].id if len(lines) == _PER_PAGE else None,
        **BULK_WORDS,
    )
