"""Applied county workbooks: the list, what each changed row by row, and undoing it, previewed and with a reason."""

from contextlib import suppress

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import LARGEST_ID
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.book_changes import change_lines, why_sentence
from web.words.setup import sheet_name
from workflow.errors import NotAllowed, NotFound, WorkflowError, WrongState
from workflow.setup.books import book_undoing, book_views

_PER_PAGE = 50


@blueprint.get("/setup/books")
def county_books() -> Page:
    """The workbooks applied before the one with the number `before`."""
    before = max(0, min(request.args.get("before", LARGEST_ID, type=int), LARGEST_ID))
    with db.read_session() as session:
        return render_form("setup/books.html", books=book_views.latest(session, signed_in_actor(), before))


@blueprint.get("/setup/books/<id:book_id>")
def county_book(book_id: int) -> Page:
    """The rows of a workbook that entered or changed something, before and after."""
    actor, skip = signed_in_actor(), max(0, min(request.args.get("skip", 0, type=int), 1_000_000))
    with db.read_session() as session:
        changes = book_views.changes(session, actor, book_id, skip, _PER_PAGE)
        return render_form(
            "setup/book.html",
            line=book_views.one(session, actor, book_id),
            changes=[(change, change_lines(change)) for change in changes],
            more=skip + _PER_PAGE if len(changes) == _PER_PAGE else None,
            sheet_name=sheet_name,
        )


@blueprint.get("/setup/books/<id:book_id>/undo")
def county_book_undoing(book_id: int) -> Page:
    """What undoing the workbook would do."""
    return _undoing(book_id)


def _undoing(book_id: int, error: WorkflowError | None = None) -> Page:
    actor, seen = signed_in_actor(), None
    with db.write_session() as session:
        # Where everything is undone already, the page says so.
        with suppress(WrongState):
            seen = book_undoing.preview(session, actor, db.now(), book_id)
        session.rollback()
        line = book_views.one(session, actor, book_id)
    return render_form(
        "setup/book_undo.html",
        error,
        line=line,
        seen=seen,
        undone=seen.undone.total() if seen is not None else 0,
        left=seen.left.total() if seen is not None else 0,
        sheet_name=sheet_name,
        why_sentence=why_sentence,
    )


@blueprint.post("/setup/books/<id:book_id>/undo")
@form_action(lambda error, book_id: _undoing(book_id, error), passes=(NotFound, NotAllowed))
def undo_county_book(book_id: int) -> Step:
    """Undo the rows that nothing was built on."""
    actor, now, form = signed_in_actor(), db.now(), request.form

    def step(session: Session) -> Done:
        reason, seen = form.get("reason", ""), form.get("seen", "")
        done = book_undoing.undo(session, actor, now, book_id, reason, seen=seen)
        said = _("%(n)s rows undone, %(left)s left as they are.", n=done.undone.total(), left=done.left.total())
        return Done(url_for("pages.county_book", book_id=book_id), said)

    return step
