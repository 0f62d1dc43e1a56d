"""One piece of evidence: the file itself, and its thumbnail; both only for readers of its subject."""

from flask.typing import ResponseReturnValue

from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from workflow.tickets import attachments
from workflow.tickets.views import detail


@blueprint.get("/evidence/<id:evidence_id>")
def download(evidence_id: int) -> ResponseReturnValue:
    with db.read_session() as session:
        row = attachments.find(session, signed_in_actor(), evidence_id)
        name = detail.file_name(session, signed_in_actor(), row)
    return form_files.sent(row, name)


@blueprint.get("/evidence/<id:evidence_id>/thumbnail")
def thumbnail(evidence_id: int) -> ResponseReturnValue:
    with db.read_session() as session:
        row = attachments.find(session, signed_in_actor(), evidence_id)
    return form_files.shown(row)
