"""Resuming a paused sweep: the button on the office's board and on the administrator's page."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from workflow.accountability import sweep_watch


@blueprint.post("/sweep/release")
def release_sweep() -> ResponseReturnValue:
    """Let the sweep run again; the act is on the audit trail."""
    db.confirm_clock()
    db.transaction(lambda session: sweep_watch.release(session, signed_in_actor(), db.now()))
    flash(_("The sweep resumes with the next run of the worker."))
    return redirect(url_for("pages.home"))
