"""Releasing a held sweep: the button that stands on the office's board and on the administrator's page."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from web import db
from web.pages import blueprint
from workflow.accountability import sweep_watch


@blueprint.post("/sweep/release")
@login_required
def release_sweep() -> Any:
    """Let the sweep run again; the act is on the audit trail."""
    db.transaction(lambda session: sweep_watch.release(session, current_user.actor, db.now()))
    flash(_("The sweep resumes with the next run of the worker."))
    return redirect(url_for("pages.home"))
