"""List work: gives out the waiting lines of taken lists, a batch a transaction: checks to villages, candidates to towns,
questions to whoever can answer them.

A batch holds the lock of its list, and its event is the next of the list's chain (UNIQUE(subject, seq)), so a line is worked
once, however many workers run and wherever one of them dies; a list that one holds the others pass over.  Each line is
matched again, as the register is by then.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList
from models.bulk_list import WAITING_LINES
from workflow import batches
from workflow.actors import system
from workflow.batches import Transactions
from workflow.county.context import county_context
from workflow.county.vault import Vault
from workflow.register.bulk_lists import line_records
from workflow.register.bulk_lists.line_records import become, leave_out, line_in, record_lines, tell, words_of
from workflow.register.bulk_lists.line_reports import (
    LineReporter,
    people_of,
    report_alone,
    report_line,
    reporter_of,
)
from workflow.register.bulk_lists.list_matching import Matched, match_lines

log = logging.getLogger("xiaohao.lists")
#: Lines of one transaction: about a third of a second on SQLite, whose only writer it is for so long.
BATCH = 50


def run(reading: Transactions, writing: Transactions, vault: Vault, now: datetime) -> int:
    """Work all waiting lines; returns how many.  A line on which the work fails becomes a question."""
    with reading() as session:
        if session.scalar(select(BulkLine.id).where(WAITING_LINES.predicate).limit(1)) is None:
            return 0
    failed: dict[int, str] = {}
    tried: list[int] = []
    done = batches.run(
        reading,
        writing,
        failed,
        batch=lambda session: work_batch(session, now, vault, without=failed, tried=tried),
        find=lambda session: _waiting(session, tried[-1], failed) if tried else [],
        single=lambda session, line: _single(session, now, vault, line),
    )
    for line, why in failed.items():
        log.error("line %s waits: %s", line, why)
    return done


def work_batch(
    session: Session,
    now: datetime,
    vault: Vault,
    *,
    only: int | None = None,
    without: Collection[int] = (),
    size: int = BATCH,
    tried: list[int] | None = None,
) -> int:
    """Work one batch of the first list with waiting lines that no other worker holds, or of `only` that one; returns how
    many lines, 0 where there is nothing to do.  The list is added to `tried` before the work begins."""
    row = _free(session, without, only)
    if row is None:
        return 0
    if tried is not None:
        tried.append(row.id)
    lines = _lines(session, _waiting(session, row.id, without, size))
    if lines:
        _work(session, now, vault, row, lines, alone=False)
    return len(lines)


def step(writing: Transactions, vault: Vault, now: datetime, list_id: int) -> None:
    """Work the first batch of a list at once, so that a short one is done; what fails is the worker's."""
    try:
        with writing() as session:
            work_batch(session, now, vault, only=list_id)
    except Exception:
        log.exception("list %s", list_id)


def _free(session: Session, without: Collection[int], only: int | None) -> BulkList | None:
    """The first list with waiting lines, locked; lists that another worker holds are passed over."""
    lines = select(BulkLine.id).where(WAITING_LINES.predicate, BulkLine.list_id == BulkList.id)
    if without:
        lines = lines.where(BulkLine.id.not_in(without))
    query = select(BulkList).where(lines.exists()).order_by(BulkList.id).limit(1).with_for_update(skip_locked=True)
    if only is not None:
        query = query.where(BulkList.id == only)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _waiting(session: Session, list_id: int, without: Collection[int], size: int = BATCH) -> list[int]:
    """Lines by town, so that a batch reads the people of few villages."""
    query = select(BulkLine.id).where(WAITING_LINES.predicate, BulkLine.list_id == list_id, BulkLine.id.not_in(without))
    return list(session.scalars(query.order_by(BulkLine.town_id, BulkLine.id).limit(size)))


def _locked(session: Session, list_id: int) -> BulkList:
    query = select(BulkList).where(BulkList.id == list_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _lines(session: Session, ids: Sequence[int]) -> list[BulkLine]:
    """The lines that still wait, read behind the lock of their list."""
    query = select(BulkLine).where(WAITING_LINES.predicate, BulkLine.id.in_(ids)).order_by(BulkLine.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _single(session: Session, now: datetime, vault: Vault, line_id: int) -> int:
    row = _locked(session, session.get_one(BulkLine, line_id).list_id)
    lines = _lines(session, [line_id])
    if not lines:
        return 0
    # Under another key no line can be read: all wait until the right one is set.
    words_of(vault, lines[0])
    try:
        with session.begin_nested():
            _work(session, now, vault, row, lines, alone=True)
    except Exception as error:
        if batches.lies_elsewhere(error):
            # Not the line's fault: it waits for the next run.
            raise
        log.exception("line %s of list %s", lines[0].row, row.id)
        (line,), due_at = lines, county_context(session).clock.due(now, 1)
        become(line, "asked", None, "list_failed")
        line.due_at = due_at
        _record(session, now, row, lines)
    return 1


def _work(
    session: Session, now: datetime, vault: Vault, row: BulkList, lines: Sequence[BulkLine], *, alone: bool
) -> None:
    setting = county_context(session, hold=True)
    kind = line_records.kind_of(setting, row)
    if kind is None:
        for line in lines:
            leave_out(line, "list_kind_gone", now)
    else:
        found = match_lines(session, vault, [line_in(line, words_of(vault, line)) for line in lines])
        by = reporter_of(session, setting, now, vault, row, kind)
        if by.reporter is not None and not alone:
            unknown = [each for each in found if each.outcome == "unknown" and each.place is not None]
            by.reporter.expect([(people_of(each.line), each.place.code) for each in unknown if each.place is not None])
        days = {"check": kind.days, "asked": kind.answer_days}
        for line, each in zip(lines, found, strict=True):
            _become(session, vault, by, line, each, alone)
            if line.outcome == "left_out":
                line.settled_at = now
            line.due_at = setting.clock.due(now, days[line.outcome]) if line.outcome in days else None
    _record(session, now, row, lines)


def _become(session: Session, vault: Vault, by: LineReporter, line: BulkLine, found: Matched, alone: bool) -> None:
    line.town_id = found.town_id
    if found.outcome == "unknown" and found.place is not None:
        code = found.place.code
        became = report_alone(session, by, found.line, code) if alone else report_line(by, found.line, code)
        become(line, *became)
    else:
        become(line, found.outcome, found.household_id, found.why)
    if line.outcome == "asked":
        line.sealed = line_records.seal_words(vault, found.line, found.place.code if found.place is not None else "")
    else:
        line.sealed = line_records.only_said(vault, found.line.said) if line.outcome == "check" else None


def _record(session: Session, now: datetime, row: BulkList, lines: Sequence[BulkLine]) -> None:
    """Record what became of the lines, and after the last of the list notify whoever has to look or to answer."""
    record_lines(session, system(), now, row, "work_lines", {"lines": len(lines)}, lines)
    waits = select(BulkLine.id).where(WAITING_LINES.predicate, BulkLine.list_id == row.id).limit(1)
    if session.scalar(waits) is not None:
        return
    query = select(BulkLine.outcome, func.count()).where(BulkLine.list_id == row.id, BulkLine.settled_at.is_(None))
    counts = {row[0]: row[1] for row in session.execute(query.group_by(BulkLine.outcome))}
    if n := counts.get("check"):
        tell(session, now, row, "give_checks", n, ())
    if n := counts.get("asked"):
        tell(session, now, row, "ask_lines", n, ())
