"""Import runner: reads and applies a file in one run for the command line, step by step for pages and worker.

Only what was previewed is applied: where the register changed meanwhile so that counts differ, a new preview is made.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import RegisterImport, User
from models.row_changes import happened
from workflow.actors import Actor, acting, system
from workflow.batches import lies_elsewhere
from workflow.county.vault import Vault
from workflow.errors import Stale, WorkflowError
from workflow.register.importing.apply import write_plan
from workflow.register.importing.import_lifecycle import (
    WORKING,
    import_payload,
    record,
    row_of,
)
from workflow.register.importing.import_plan import Plan, Progress, ReadOptions, Refuse, make_plan
from workflow.register.importing.rows import RowNumber
from workflow.register.importing.sealed_files import Strongbox, sha256_of
from workflow.register.importing.village_answers import answers_in

_log = logging.getLogger("xiaohao.imports")

Opening = Callable[[], AbstractContextManager[Session]]
TRIES = 3


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file to import; `refuse` is called for each attempt and returns the receiver of its refused rows."""

    stream: BinaryIO
    name: str
    refuse: Callable[[], Refuse] = lambda: lambda *_: None


def run_import(
    reading: Opening,
    writing: Opening,
    actor: Actor,
    now: datetime,
    file: ImportFile,
    options: ReadOptions,
    dry_run: bool = False,
) -> Plan:
    """Read a file and, unless `dry_run`, apply it; repeated where the register changed in between.

    A file without news writes nothing.  Raises NotAllowed, BadInput, Stale after
    repeated changes of the register.
    """
    sha256 = sha256_of(file.stream)
    for attempt in range(1, TRIES + 1):
        with reading() as session:
            plan = make_plan(session, actor, now, file.stream, replace(options, refuse=file.refuse()))
        with plan.changes:
            if dry_run or not plan.changes:
                return plan
            try:
                with writing() as session:
                    row = row_of(session, actor, now, sha256, file.name)
                    _apply(session, actor, now, plan, row, options.progress)
                return plan
            except (Stale, IntegrityError) as error:
                if attempt == TRIES:
                    raise Stale("register_moved") from error
    raise AssertionError("unreachable")


def _apply(session: Session, actor: Actor, now: datetime, plan: Plan, row: RegisterImport, progress: Progress) -> None:
    write_plan(session, actor, now, plan, row.id, progress)
    row.counts, row.status, row.problem, row.applied_at = import_payload(plan), "applied", None, now
    record(session, actor, row, "apply", now, {"sha256": row.sha256, **plan.summary()})


def waiting(session: Session) -> list[int]:
    """The imports with a due step, oldest first."""
    rows = session.execute(
        select(RegisterImport.id).where(RegisterImport.status.in_(WORKING)).order_by(RegisterImport.id)
    )
    return [row.id for row in rows]


def step(reading: Opening, writing: Opening, box: Strongbox, vault: Vault, import_id: int, now: datetime) -> None:
    """Perform the due step: read the file into a preview, or apply it.  A killed step is repeated."""
    with reading() as session:
        row = session.get_one(RegisterImport, import_id)
        user = session.get(User, row.read_by_id) if row.read_by_id else None
        actor = acting(session, user, now) if user else system()
        due, unit_id, before = row.status, row.unit_id, dict(row.counts)
        chosen, year, sha256 = dict(row.mapping), row.income_year, row.sha256
    if due not in ("reading", "queued"):
        return
    name, progress = f"{sha256}-{unit_id}", _progress(box, import_id)
    try:
        with box.open(name) as stream, box.collect(f"{import_id}.refused") as refused:

            def refuse(number: RowNumber, cells: Any, faults: Any) -> None:
                refused.put([number, list(cells), [[f.code, f.field, dict(f.params)] for f in faults]])

            with reading() as session:
                headings, villages = answers_in(chosen)
                options = ReadOptions(vault, headings, year, progress, refuse, villages)
                plan = make_plan(session, actor, now, stream, options)
            refused.put(["headings", list(plan.layout.headings), []])
            refused.put(["notices", [[*notice[:4], dict(notice.params)] for notice in plan.notices], []])
    except FileNotFoundError:
        _fail(writing, import_id, now, due, "import_gone")
    except WorkflowError as error:
        # The parameter follows the code: the sentence names the column.
        _fail(writing, import_id, now, due, " ".join([error.code, *(f"{n}={v}" for n, v in error.params.items())]))
    except Exception as error:
        if lies_elsewhere(error):
            # A busy database or a full disk is not the file's fault; the step is repeated.
            raise
        # An unforeseen file stops only itself; the error is in the log.
        _log.exception("import %s", import_id)
        _fail(writing, import_id, now, due, "import_stopped")
    else:
        as_previewed = all(before.get(key) == value for key, value in plan.summary().items())
        _keep(writing, actor, import_id, due, plan, now, progress if due == "queued" and as_previewed else None)
        with reading() as session:
            if session.get_one(RegisterImport, import_id).status == "applied":
                box.drop(name)
    box.drop(f"{import_id}.progress")


def _keep(
    writing: Opening,
    actor: Actor,
    import_id: int,
    due: str,
    plan: Plan,
    now: datetime,
    applying: Progress | None,
) -> None:
    """Store the result of the step, unless another worker has stored it meanwhile; with `applying` apply the plan."""
    try:
        with plan.changes, writing() as session:
            row = _still(session, import_id, due)
            if row is None:
                return
            if applying is not None:
                _apply(session, actor, now, plan, row, applying)
                return
            row.counts, row.status = import_payload(plan), "read"
            row.problem = "register_moved" if due == "queued" else None
            record(session, actor, row, "read", now, plan.summary())
    except (Stale, IntegrityError):
        # The register changed while planning; the step stays due, and the next run makes a new plan.
        return


def _still(session: Session, import_id: int, due: str) -> RegisterImport | None:
    row = session.scalars(select(RegisterImport).where(RegisterImport.id == import_id).with_for_update()).one()
    return row if row.status == due else None


def _fail(writing: Opening, import_id: int, now: datetime, due: str, code: str) -> None:
    with writing() as session:
        row = _still(session, import_id, due)
        if row is not None:
            row.status, row.problem = "failed", code[:64]
            happened(session, now)


def _progress(box: Strongbox, import_id: int) -> Progress:
    def keep(stage: str, done: int, of: int) -> None:
        box.write_plain(f"{import_id}.progress", {"stage": stage, "done": done, "of": of})

    return keep
