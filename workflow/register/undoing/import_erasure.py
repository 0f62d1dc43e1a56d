"""Import erasure: deletes the names of files that were uploaded and never applied, when the files themselves are gone.

People name files after people.  The name of an applied file stays: it is where the register's people come from, and they are
still there.  Source: 个人信息保护法 art. 47 (erasure once the purpose is gone).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, RegisterImport
from workflow.actors import system
from workflow.history import event_log, word_erasure
from workflow.history.record_erasure import forget
from workflow.register.importing.import_lifecycle import WORKING
from workflow.register.importing.sealed_files import KEPT_DAYS

_LOT = 200


def erase_due(session: Session, now: datetime) -> int:
    """Erase the file names of imports that were never applied, with what their events say of them and the salts by which
    they could be guessed, after the days for which the files are kept; returns how many."""
    query = (
        select(RegisterImport)
        .where(
            RegisterImport.applied_at.is_(None),
            RegisterImport.filename != "",
            RegisterImport.status.not_in(WORKING),
            RegisterImport.read_at <= now - timedelta(days=KEPT_DAYS),
        )
        .order_by(RegisterImport.id)
        .limit(_LOT)
        .with_for_update()
    )
    rows = session.scalars(query).all()
    for row in rows:
        row.filename = ""
        of_import = (Event.subject_type == "import") & (Event.subject_id == row.id)
        told = session.scalars(select(Event.id).where(of_import)).all()
        word_erasure.erase(session, now, told)
        forget(session, now, [("register_import", row.id)], min(told, default=0))
        event_log.of(session, row, system(), now).append("erase_import_name", notify=False)
    return len(rows)
