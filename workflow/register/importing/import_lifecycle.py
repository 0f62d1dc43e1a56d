"""Import lifecycle: people upload a file, choose its columns, see the preview and confirm it.

Reading and applying are in `import_runner`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import HeadingChoice, RegisterImport, Unit
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.register.cells.columns import IGNORED, meaning, refuse_alike
from workflow.register.cells.heading_words import FIELDS, normalised
from workflow.register.importing.import_plan import Plan, RefusedRow, may_import
from workflow.register.importing.offers import offers
from workflow.register.importing.sealed_files import file_name

#: Statuses with a step to be done.
WORKING = ("reading", "queued", "undoing")
#: Before the answer about a village in `RegisterImport.mapping`; no heading has a line break at its beginning.
VILLAGE = "\nvillage "


def import_payload(plan: Plan) -> dict[str, Any]:
    """The stored summary of a plan: figures and codes, no personal data."""
    return {
        **plan.summary(),
        "faults": dict(plan.faults.most_common()),
        "examples": _examples(row for row in plan.refused if row.faults[0].code != "companion"),
        "asked_examples": _examples(plan.asked),
        "offers": offers(plan.asked)[:100],
        "asked_villages": [
            {
                "town": each.town_id,
                "written": each.asked.written,
                "why": each.asked.why,
                "villages": [[place.code, place.name, place.town_id] for place in each.asked.near],
                "n": each.n,
                "households": list(each.asked.households)[:100],
            }
            for each in plan.asked_villages[:200]
        ],
        "notices": [[*notice[:4], dict(notice.params)] for notice in plan.notices[:50]],
        "notice_count": len(plan.notices),
        "villages_named": [[place.town_id, place.code, place.name] for place in plan.villages[:400]],
        "absent_codes": plan.absent[:200],
    }


def _examples(rows: Iterable[RefusedRow]) -> list[Any]:
    return [
        [row.row, row.code, [[fault.code, fault.field, dict(fault.params)] for fault in row.faults]]
        for row in islice(rows, 50)
    ]


def record(
    session: Session,
    actor: Actor,
    row: RegisterImport,
    action: str,
    now: datetime,
    given: dict[str, Any],
    **secret: Any,
) -> None:
    """Append an event to the import's own chain; names of files and columns are private text."""
    event_log.of(session, row, actor, now).append(
        action, given, private={"filename": row.filename, **secret}, notify=False
    )


def _unit_of(session: Session, actor: Actor) -> int:
    """The unit that uploads a file; for the system the office."""
    if actor.unit_id is not None:
        return actor.unit_id
    return session.scalars(select(Unit.id).where(Unit.type == "office", Unit.ended_on.is_(None))).one()


def row_of(session: Session, actor: Actor, now: datetime, sha256: str, filename: str) -> RegisterImport:
    """The row of this file, found or made."""
    unit_id = _unit_of(session, actor)
    row = session.scalars(
        select(RegisterImport)
        .where(
            RegisterImport.sha256 == sha256,
            RegisterImport.unit_id == unit_id,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        row = RegisterImport(
            unit_id=unit_id,
            sha256=sha256,
            mapping={},
            counts={},
            status="uploaded",
            read_at=now,
            filename="",
        )
        session.add(row)
    row.filename = file_name(filename)
    row.read_by_id, row.read_at = actor.user_id, now
    session.flush()
    return row


def bring(session: Session, actor: Actor, now: datetime, *, sha256: str, filename: str) -> RegisterImport:
    """Register a file stored in the strongbox under `name_of`; uploaded again it starts again.  Raises
    NotAllowed."""
    may_import(actor)
    row = row_of(session, actor, now, sha256, filename)
    if row.status not in WORKING:
        row.status, row.problem = "uploaded", None
        record(session, actor, row, "bring", now, {"sha256": sha256})
    return row


def name_of(sha256: str, actor: Actor) -> str:
    """The name of a unit's file in the strongbox."""
    return f"{sha256}-{actor.unit_id or 0}"


def find(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> RegisterImport:
    """An import of the actor's own unit; the office sees all.  Raises NotFound, NotAllowed."""
    may_import(actor)
    query = select(RegisterImport).where(RegisterImport.id == import_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None or (actor.role == "town" and not actor.is_of(row.unit_id)):
        raise NotFound("no_such_import")
    return row


def owned(session: Session, actor: Actor, import_id: int) -> RegisterImport:
    """The import, locked, for the uploading unit, which alone may read the refused rows in full.

    Raises NotFound, NotAllowed for other readers.
    """
    row = find(session, actor, import_id, lock=True)
    if not actor.is_of(row.unit_id):
        raise NotAllowed("refused_rows_not_yours")
    return row


def applied_at(session: Session, sha256: str) -> datetime | None:
    """When this file was last applied, by any unit."""
    return session.scalar(select(func.max(RegisterImport.applied_at)).where(RegisterImport.sha256 == sha256))


def latest(session: Session, actor: Actor, before: int | None = None, limit: int = 30) -> list[RegisterImport]:
    """The imports the actor may see, the latest first, below the id `before`."""
    may_import(actor)
    query = select(RegisterImport)
    if actor.role == "town":
        query = query.where(actor.own(RegisterImport.unit_id))
    if before is not None:
        query = query.where(RegisterImport.id < before)
    return list(session.scalars(query.order_by(RegisterImport.id.desc()).limit(limit)))


def tell_columns(
    session: Session, actor: Actor, now: datetime, import_id: int, chosen: Mapping[str, str], income_year: int | None
) -> RegisterImport:
    """Store the fields of columns, remember them for the next file, and queue the reading.

    `chosen`: heading → field or IGNORED.  Raises NotFound, WrongState, BadInput.
    """
    row = find(session, actor, import_id, lock=True)
    if row.status in WORKING:
        raise WrongState("import_at_work")
    if row.status in ("applied", "undone"):
        # Its file is gone; uploaded again, it starts again.
        raise WrongState("import_applied")
    refuse_alike(chosen, chosen)
    kept = {name: said for name, said in row.mapping.items() if name.startswith(VILLAGE)}
    for heading, name in chosen.items():
        if name != IGNORED and name not in FIELDS:
            raise BadInput("column_unknown", "field", name=name[:40])
        # A changed field of a known heading applies to this file only; a slip would block every later file.
        if meaning(heading) is None:
            _remember_heading(session, actor, now, normalised(heading)[:200], name)
    row.mapping, row.income_year, row.status, row.problem = {**chosen, **kept}, income_year, "reading", None
    record(
        session,
        actor,
        row,
        "tell_columns",
        now,
        {"columns": len(chosen), "income_year": income_year},
        columns=dict(chosen),
    )
    return row


def _remember_heading(session: Session, actor: Actor, now: datetime, heading: str, name: str) -> None:
    known = session.scalars(select(HeadingChoice).where(HeadingChoice.heading == heading)).one_or_none()
    if known is None and name == IGNORED:
        return
    if known is None:
        known = HeadingChoice(heading=heading)
        session.add(known)
    known.field, known.chosen_by_id, known.chosen_at = name, actor.account_id, now
    session.flush()


def have_applied(session: Session, actor: Actor, now: datetime, import_id: int) -> RegisterImport:
    """Queue a previewed import for application.  Raises NotFound, WrongState."""
    row = find(session, actor, import_id, lock=True)
    if row.status != "read":
        raise WrongState("import_not_read")
    row.status, row.read_by_id = "queued", actor.user_id
    record(session, actor, row, "confirm", now, {"sha256": row.sha256})
    return row
