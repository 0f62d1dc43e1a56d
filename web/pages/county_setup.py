"""Setting up the county: the workbook is downloaded, filled in, uploaded, previewed and applied."""

from contextlib import closing
from typing import BinaryIO, cast

from flask import Response, request, send_file, url_for
from flask_babel import gettext as _

from reports.county_book import county_book
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, form_action, render_form
from web.words.language import language
from web.words.setup import column_name, left_to, row_sentence, sheet_name
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.register.importing.sealed_files import Strongbox, sha256_of
from workflow.setup import county_import, template_rows
from workflow.setup.books import book_views
from workflow.setup.county_import import CountyImport, Source
from workflow.setup.county_workbook import Book, read_book

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Faults listed on the page; the others are counted.
_SHOWN = 200


def _box() -> Strongbox:
    return Strongbox(db.county().imports, db.vault())


@blueprint.get("/setup")
def county_setup() -> Page:
    """The template and the form."""
    return _setup_page()


def _setup_page(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        return render_form("setup/setup.html", error, books=book_views.latest(session, actor))


@blueprint.get("/setup/template.xlsx")
def county_template() -> Response:
    """The workbook with the county as it is."""
    tongue = "zh" if language().startswith("zh") else "en"
    with db.read_session() as session:
        book = county_book(template_rows.sheets(session, signed_in_actor(), db.now()), tongue)
    name = _("county workbook") + ".xlsx"
    return send_file(book, mimetype=_XLSX, as_attachment=True, download_name=name)


@blueprint.post("/setup")
@form_action(_setup_page, passes=())
def upload_county() -> Done:
    """Keep the uploaded workbook, sealed, and go to its preview."""
    county_import.may_import(signed_in_actor())
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise BadInput("missing", "file")
    stream = cast(BinaryIO, sent.stream)
    read_book(stream)
    sha256 = sha256_of(stream)
    _box().put(_kept_as(sha256), stream)
    return Done(url_for("pages.county_preview", sha256=sha256, name=sent.filename[-200:]))


@blueprint.get("/setup/<sha256>")
def county_preview(sha256: str) -> Page:
    """What applying the workbook would do."""
    return _preview_page(sha256)


def _preview_page(sha256: str, error: WorkflowError | None = None) -> Page:
    actor, book = signed_in_actor(), _book(sha256)
    with db.write_session() as session:
        done = county_import.apply(session, actor, db.now(), book)
        session.rollback()
    return _shown(done, sha256, error, applied=False)


@blueprint.post("/setup/<sha256>")
@form_action(lambda error, sha256: _preview_page(sha256, error), passes=(NotFound,))
def apply_county(sha256: str) -> Page:
    """Apply the workbook and show what was done; sent again it changes nothing."""
    actor, book = signed_in_actor(), _book(sha256)
    source = Source(request.values.get("name", ""), sha256)
    done = db.transaction(lambda session: county_import.apply(session, actor, db.now(), book, source))
    return _shown(done, sha256, None, applied=True)


def _book(sha256: str) -> Book:
    """The kept workbook of this person.  Raises NotFound."""
    county_import.may_import(signed_in_actor())
    try:
        with closing(_box().open(_kept_as(sha256))) as stream:
            return read_book(stream)
    except FileNotFoundError as error:
        raise NotFound("county_book_gone") from error


def _kept_as(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise NotFound("county_book_gone")
    return f"county-{sha256}-{signed_in_actor().account_id}"


def _shown(done: CountyImport, sha256: str, error: WorkflowError | None, *, applied: bool) -> Page:
    return render_form(
        "setup/preview.html",
        error,
        done=done,
        sha256=sha256,
        name=request.values.get("name", ""),
        applied=applied,
        sentences=[row_sentence(fault) for fault in done.faults[:_SHOWN]],
        more=max(len(done.faults) - _SHOWN, 0),
        sheet_name=sheet_name,
        column_name=column_name,
        left_to=left_to,
    )
