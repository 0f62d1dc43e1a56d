"""What an import changed, row by row, and undoing it: previewed, then recorded with its reason."""

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LARGEST_ID, RegisterImport, Village
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.pages.register_import import AT_ONCE
from web.words.import_changes import change_text, obstacle_sentence
from workflow.county.context import county_context
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.register.importing import import_lifecycle
from workflow.register.undoing import change_lines, undo_import

_PER_PAGE = 50


@blueprint.get("/imports/<id:import_id>/changes")
def import_changes(import_id: int) -> Page:
    """The households that the import entered or changed, before and after."""
    actor = signed_in_actor()
    after = max(0, min(request.args.get("after", 0, type=int), LARGEST_ID))
    with db.read_session() as session:
        row = import_lifecycle.find(session, actor, import_id)
        lines = change_lines.lines(session, actor, db.vault(), import_id, after, _PER_PAGE)
        villages = {place.id: place.name for place in session.scalars(select(Village))}
        return render_form(
            "register/import_changes.html",
            row=row,
            setting=county_context(session),
            counts=change_lines.counts(session, import_id),
            lines=[(line, [change_text(each, villages) for each in line.fields]) for line in lines],
            more=lines[-1].id if len(lines) == _PER_PAGE else None,
            obstacle_sentence=obstacle_sentence,
            may_undo=actor.role == "office",
        )


@blueprint.get("/imports/<id:import_id>/undo")
def import_undoing(import_id: int) -> Page:
    """What undoing the import would do."""
    return _undoing(import_id)


def _undoing(import_id: int, error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        row = import_lifecycle.find(session, actor, import_id)
        seen = undo_import.preview(session, actor, db.vault(), import_id)
        setting = county_context(session)
    return render_form(
        "register/import_undo.html",
        error,
        row=row,
        setting=setting,
        seen=seen,
        at_once=seen.undone <= AT_ONCE,
        obstacle_sentence=obstacle_sentence,
    )


@blueprint.post("/imports/<id:import_id>/undo")
@form_action(lambda error, import_id: _undoing(import_id, error), passes=(NotFound, NotAllowed))
def undo_an_import(import_id: int) -> Step:
    """Undo what nothing was built on; of a large import the worker does it."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    to, reason = url_for("pages.import_changes", import_id=import_id), form.get("reason", "")

    def step(session: Session) -> Done:
        undo_import.may_undo(actor)
        row: RegisterImport = import_lifecycle.find(session, actor, import_id)
        if change_lines.counts(session, row.id).standing > AT_ONCE:
            undo_import.ask(session, actor, now, import_id, reason)
            return Done(url_for("pages.one_import", import_id=import_id))
        done = undo_import.undo(session, actor, now, db.vault(), import_id, reason, seen=form.get("seen", ""))
        return Done(to, _("%(n)s households undone, %(left)s left as they are.", n=done.undone, left=done.left))

    return step
