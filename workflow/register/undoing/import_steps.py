"""Import steps: performs the due step of an import, whichever it is: reading, applying, or undoing."""

from datetime import datetime

from sqlalchemy import select

from models import RegisterImport, User
from workflow.actors import acting, system
from workflow.county.vault import Vault
from workflow.errors import Stale
from workflow.register.importing import import_runner
from workflow.register.importing.import_runner import Opening, waiting
from workflow.register.importing.sealed_files import Strongbox
from workflow.register.undoing.undo_import import asked_reason, perform

__all__ = ["step", "waiting"]


def step(reading: Opening, writing: Opening, box: Strongbox, vault: Vault, import_id: int, now: datetime) -> None:
    """Perform the due step.  A killed step is repeated; one that another worker has done is left."""
    with reading() as session:
        due = session.get_one(RegisterImport, import_id).status
    if due != "undoing":
        import_runner.step(reading, writing, box, vault, import_id, now)
        return
    try:
        with writing() as session:
            query = select(RegisterImport).where(RegisterImport.id == import_id).with_for_update()
            row = session.scalars(query).one()
            if row.status == "undoing":
                user = session.get(User, row.read_by_id) if row.read_by_id else None
                actor = acting(session, user, now) if user else system()
                perform(session, actor, now, vault, row, asked_reason(session, row))
    except Stale:
        # Somebody built on a household in between; the step stays due, and the next run leaves that one.
        return
