"""One piece of evidence: the file itself, and its thumbnail; both only for who may see what it is of."""

from typing import Any

from flask_login import current_user, login_required

from web import db, uploads
from web.pages import blueprint
from workflow.tickets import attachments
from workflow.tickets.views import detail


@blueprint.get("/evidence/<id:evidence_id>")
@login_required
def download(evidence_id: int) -> Any:
    with db.reading() as session:
        row = attachments.find(session, current_user.actor, evidence_id)
        name = detail.file_name(session, current_user.actor, row)
    return uploads.sent(row, name)


@blueprint.get("/evidence/<id:evidence_id>/thumbnail")
@login_required
def thumbnail(evidence_id: int) -> Any:
    with db.reading() as session:
        row = attachments.find(session, current_user.actor, evidence_id)
    return uploads.shown(row)
