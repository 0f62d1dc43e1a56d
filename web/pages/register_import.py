"""Importing the register: upload, meaning of the columns, preview with counts and faults, applying, rejected rows."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from flask import Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from models import LARGEST_ID, RegisterImport
from reports.tables import Workbook
from web import db, request_bounds
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.pages.on_a_ground import on_a_ground
from web.words.errors import sentence
from web.words.import_faults import fault_sentence, notice_sentence
from web.words.import_offers import offer_links, offer_sentence, village_question
from web.words.refused_rows import notice_rows, refused_rows
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError
from workflow.history.grounds import Ground
from workflow.register.cells.columns import IGNORED, Layout
from workflow.register.cells.heading_words import FIELDS
from workflow.register.cells.values import shown
from workflow.register.importing import import_lifecycle, village_answers
from workflow.register.importing.import_plan import may_import, read_layout
from workflow.register.importing.sealed_files import Strongbox, sha256_of
from workflow.register.undoing import change_lines, import_steps
from workflow.setup.books import book_views

#: Up to so many rows a file is read and applied at once; a larger one is the worker's, and the page follows it.
AT_ONCE = 3000
LARGEST_MB = request_bounds.MEGABYTES["pages.bring_import"]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _box() -> Strongbox:
    return Strongbox(db.county().imports, db.vault())


@blueprint.get("/imports")
def imports_list() -> Page:
    return _list()


def _before() -> int | None:
    before = request.args.get("before", type=int)
    return None if before is None else max(0, min(before, LARGEST_ID))


def _list(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    may_import(actor)
    with db.read_session() as session:
        rows = import_lifecycle.latest(session, actor, _before())
        setting = county_context(session)
        # Workbooks of the county are the office's, and stand below its first page of files.
        books = book_views.latest(session, actor) if actor.role == "office" and _before() is None else []
    return render_form(
        "register/imports.html",
        error,
        rows=rows,
        books=books,
        setting=setting,
        megabytes=LARGEST_MB,
    )


@blueprint.post("/imports")
@form_action(_list, passes=(NotFound, NotAllowed, Conflict))
def bring_import() -> Step:
    actor = signed_in_actor()
    may_import(actor)
    given = request.files.get("file")
    if given is None or not given.filename:
        raise BadInput("missing", "file")
    stream, filename = cast(BinaryIO, given.stream), given.filename
    with db.read_session() as session:
        read_layout(session, stream)
    sha256 = sha256_of(stream)
    _box().put(import_lifecycle.name_of(sha256, actor), stream)

    def step(session: Session) -> Done:
        made = import_lifecycle.bring(session, actor, db.now(), sha256=sha256, filename=filename)
        return Done(url_for("pages.one_import", import_id=made.id))

    return step


@blueprint.get("/imports/<id:import_id>")
def one_import(import_id: int) -> ResponseReturnValue:
    return _import_page(import_id)


def _import_page(import_id: int, error: WorkflowError | None = None, said: Mapping[str, str] | None = None) -> Page:
    """The page of an import; after a refusal with the fields as they were just `said` of its headings."""
    actor, box = signed_in_actor(), _box()
    with db.read_session() as session:
        row = import_lifecycle.find(session, actor, import_id)
        setting = county_context(session)
        applied_at = import_lifecycle.applied_at(session, row.sha256)
        changes = row.applied_at is not None and change_lines.has_any(session, row.id)
        layout, sample = _layout(session, row, box) if row.status in ("uploaded", "read", "failed") else (None, [])
    problem = sentence(error or _kept_problem(row.problem or "")) if error or row.problem else None
    if row.status == "uploaded" and layout is None and problem is None:
        problem = sentence(WorkflowError("import_gone"))
    return render_form(
        "register/import.html",
        error,
        row=row,
        setting=setting,
        layout=layout,
        sample=sample,
        problem=problem,
        fields=FIELDS,
        ignored=IGNORED,
        progress=box.read_plain(f"{row.id}.progress"),
        fault_sentence=fault_sentence,
        notice_sentence=notice_sentence,
        offer_sentence=offer_sentence,
        offer_links=offer_links,
        villages=village_answers.village_questions(row),
        village_question=village_question,
        applied_at=applied_at,
        changes=changes,
        has_refused=row.unit_id == actor.unit_id and box.has(f"{row.id}.refused"),
        working=row.status in import_lifecycle.WORKING,
        said=said or {},
        year=request.form.get("income_year") or row.income_year,
    )


def _kept_problem(kept: str) -> WorkflowError:
    """The error of an import that failed: its code, and behind it what the sentence mentions."""
    code, *params = kept.split(" ")
    return WorkflowError(code, **dict(part.split("=", 1) for part in params if "=" in part))


def _layout(session: Session, row: RegisterImport, box: Strongbox) -> tuple[Layout | None, list[list[str]]]:
    """The layout of the waiting file under the present headings; None when the file is gone."""
    try:
        with box.open(f"{row.sha256}-{row.unit_id}") as stream:
            headings, _ = village_answers.answers_in(row.mapping)
            layout, sample = read_layout(session, stream, headings)
            return layout, [[shown(cell) for cell in cells] for cells in sample]
    except (FileNotFoundError, BadInput):
        return None, []


@blueprint.post("/imports/<id:import_id>/columns")
@form_action(lambda error, import_id: _import_page(import_id, error, _chosen()), passes=(NotFound, NotAllowed))
def tell_import_columns(import_id: int) -> Done:
    """Records the meaning of each column, then reads the file."""
    form, actor = request.form, signed_in_actor()
    year = form.get("income_year", type=int)
    _once_each(form.getlist("heading"), form.getlist("field"))
    if form.get("income_year", "").strip() and (year is None or not 2010 <= year <= db.now().year):
        raise BadInput("bad_income_year", "income_year", first=2010)
    db.transaction(lambda s: import_lifecycle.tell_columns(s, actor, db.now(), import_id, _chosen(), year))
    return _go_on(import_id)


@blueprint.post("/imports/<id:import_id>/villages")
@form_action(lambda error, import_id: _import_page(import_id, error), passes=(NotFound, NotAllowed))
def answer_import_villages(import_id: int) -> Done:
    """Records which village each unclear one is, then reads the file again."""
    form, actor = request.form, signed_in_actor()
    towns = [int(town) if town.isascii() and town.isdigit() else 0 for town in form.getlist("town")]
    named = form.getlist("household") or [""] * len(towns)
    rows = zip(towns, form.getlist("written"), form.getlist("village"), named, strict=False)
    answers = [village_answers.VillageAnswer(*row) for row in rows]
    db.transaction(lambda s: village_answers.answer_villages(s, actor, db.now(), import_id, answers))
    return _go_on(import_id)


def _chosen() -> dict[str, str]:
    """The meaning of each heading, from the form."""
    form = request.form
    pairs = zip(form.getlist("heading"), form.getlist("field"), strict=False)
    return {heading: name for heading, name in pairs if heading.strip()}


def _once_each(headings: list[str], said: list[str]) -> None:
    """Two columns with one heading are refused unless neither is read.  Raises BadInput."""
    for heading, name in zip(headings, said, strict=False):
        if heading.strip() and headings.count(heading) > 1 and name != IGNORED:
            raise BadInput("heading_twice", "file", heading=heading[:40])


@blueprint.post("/imports/<id:import_id>/apply")
@form_action(lambda error, import_id: _followed(import_id), passes=(NotFound, NotAllowed, BadInput))
def apply_import(import_id: int) -> Done:
    """Queues the import for applying; a second click leads to its page, which shows the progress."""
    actor = signed_in_actor()
    db.transaction(lambda session: import_lifecycle.have_applied(session, actor, db.now(), import_id))
    return _go_on(import_id)


def _followed(import_id: int) -> Page:
    return redirect(url_for("pages.one_import", import_id=import_id))


def _go_on(import_id: int) -> Done:
    """Do the step at once where the file is small; the worker does the others."""
    box = _box()
    with db.read_session() as session:
        row = import_lifecycle.find(session, signed_in_actor(), import_id)
        rows, name = row.counts.get("rows"), f"{row.sha256}-{row.unit_id}"
    # A sealed file is a third larger than its bytes, of which a row of a spreadsheet takes some seventy.
    small = rows <= AT_ONCE if rows is not None else box.has(name) and box.path(name).stat().st_size < AT_ONCE * 100
    if small:
        import_steps.step(db.read_session, db.write_session, box, db.vault(), import_id, db.now())
    return Done(url_for("pages.one_import", import_id=import_id))


def _may_take_refused(actor: Actor, import_id: int) -> None:
    """Raises NotFound, NotAllowed for whoever did not bring the file."""
    with db.read_session() as session:
        import_lifecycle.owned(session, actor, import_id)


@on_a_ground("/imports/<id:import_id>/refused.xlsx", _l("rejected rows"), _may_take_refused)
def refused_of_import(why: Ground, import_id: int) -> Response:
    """The refused rows with their reasons in a last column, and the households the file no longer names."""
    box, name = _box(), f"{import_id}.refused"
    with db.write_session() as session:
        row = import_lifecycle.owned(session, signed_in_actor(), import_id)
        said = {"sha256": row.sha256, "ground": why.code}
        import_lifecycle.record(session, signed_in_actor(), row, "refused_rows", db.now(), said)
        absent = row.counts.get("absent_codes", [])
    if not box.has(name):
        raise NotFound("import_gone")
    about: dict[str, list[Any]] = {line[0]: line[1] for line in box.lines(name) if line[0] in ("headings", "notices")}

    def rows() -> Iterator[Any]:
        return (line for line in box.lines(name) if line[0] not in about)

    book = Workbook()
    shown, lines = refused_rows(about.get("headings", []), rows())
    book.sheet(_("rejected rows"), shown, lines)
    if about.get("notices"):
        book.sheet(_("notices"), *notice_rows(about["notices"]))
    if absent:
        book.sheet(_("no longer in the file"), [_("household code")], ([code] for code in absent))
    return send_file(
        book.close(),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=_("rejected rows") + f"-{import_id}.xlsx",
    )
