"""List erasure: deletes what settled lines said of families, the reasons for which lines were left out, and the names of files
and sheets, after the days of their kind.

Source: 个人信息保护法 art. 47 (erasure once the purpose is gone).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Candidate, Event, EventSecret, Household, IdempotencyKey
from models.bulk_list import OUTCOMES, SEALED_LINES
from models.household import GONE
from workflow.actors import system
from workflow.county.context import county_context
from workflow.history import word_erasure
from workflow.history.record_erasure import forget
from workflow.register.bulk_lists.line_records import leave_out, record_lines, without_sheet
from workflow.register.candidates import erasure

#: The days for which a line's words are kept where the scheme no longer has its kind of list.
_USUAL_DAYS = 30
_LOT = 200


def erase_all_due(session: Session, now: datetime) -> int:
    """Erase the personal data of refused candidates and of settled lines whose day has come, and then the names of the files
    they came in; returns how many."""
    done = erasure.erase_due(session, now) + erase_due(session, now)
    return done + erase_names(session, now)


def _erase_reasons(session: Session, now: datetime, kept: Mapping[str, int], shortest: datetime) -> None:
    """Delete the reasons for which lines were left out, after the same days: they may name the family."""
    query = (
        select(Event, BulkList)
        .join(EventSecret, EventSecret.event_id == Event.id)
        .join(BulkList, BulkList.id == Event.subject_id)
        .where(Event.subject_type == "bulk_list", Event.action == "answer_line", Event.at <= shortest)
        .order_by(Event.id)
        .limit(_LOT)
    )
    due = [
        event.id
        for event, row in session.execute(query)
        if event.at <= now - timedelta(days=kept.get(row.kind, _USUAL_DAYS))
    ]
    word_erasure.erase(session, now, due)


def _erase_answers(session: Session, lines: Mapping[int, datetime | None]) -> None:
    """Delete the stored answers of requests that show one of these lines, taken with its list."""
    since = min((at for at in lines.values() if at is not None), default=None)
    if since is None:
        return
    shows_line = IdempotencyKey.answer["outcome"].as_string().in_(OUTCOMES)
    for stored in session.scalars(select(IdempotencyKey).where(IdempotencyKey.created_at >= since, shows_line)):
        if stored.answer.get("id") in lines:
            session.delete(stored)


def _erase_sheets(
    session: Session, now: datetime, row: BulkList, lines: Sequence[BulkLine], name: bool = False
) -> None:
    """Leave of the places of these lines the number of the row, made unlike the others where two sheets have it; and forget
    the digests by which their sheets, and with `name` the list's file, could be guessed."""
    named = [line for line in lines if "!" in line.row]
    if named:
        held = select(BulkLine.row).where(BulkLine.list_id == row.id, BulkLine.row.not_like("%!%"))
        taken = set(session.scalars(held))
        for line in named:
            number = without_sheet(line.row)
            others = (f"{number}-{n}" for n in range(2, len(taken) + 3))
            line.row = next(place for place in (number, *others) if place not in taken)
            taken.add(line.row)
    of_list = (Event.subject_type == "bulk_list") & (Event.subject_id == row.id)
    brought = session.scalar(select(func.min(Event.id)).where(of_list)) or 0
    rows = [("bulk_line", line.id) for line in named]
    if rows or name:
        forget(session, now, [*rows, *([("bulk_list", row.id)] if name else [])], brought)


def erase_due(session: Session, now: datetime) -> int:
    """Erase what settled lines said of families, after the days of their kind; returns how many lines.

    A check of a household that is gone is not made any more; its words go likewise, counted from its day.  A question that
    nobody answered is left out, for that reason.
    Source: 个人信息保护法 art. 47 (erasure once the purpose is gone).
    """
    setting = county_context(session)
    kept = {kind.code: kind.keep_days for kind in setting.scheme.bulk_lists}
    shortest = now - timedelta(days=min(kept.values(), default=_USUAL_DAYS))
    query = (
        select(BulkLine, BulkList)
        .join(BulkList, BulkList.id == BulkLine.list_id)
        .outerjoin(Household, Household.id == BulkLine.household_id)
        .where(
            SEALED_LINES.predicate,
            or_(
                BulkLine.settled_at <= shortest,
                (BulkLine.due_at <= shortest) & Household.status.in_([s for s in GONE if s != "merged"]),
                (BulkLine.due_at <= shortest) & (BulkLine.outcome == "asked"),
            ),
        )
        .order_by(BulkList.id, BulkLine.id)
        .limit(_LOT)
        .with_for_update(of=BulkLine)
    )
    erased: dict[int, tuple[BulkList, list[BulkLine]]] = {}
    for line, row in session.execute(query):
        days = kept.get(row.kind, _USUAL_DAYS)
        if (line.settled_at or line.due_at or now) <= now - timedelta(days=days):
            line.sealed = None
            if line.outcome == "asked":
                leave_out(line, "list_unanswered", now)
            erased.setdefault(row.id, (row, []))[1].append(line)
    _erase_reasons(session, now, kept, shortest)
    _erase_answers(session, {line.id: row.taken_at for row, lines in erased.values() for line in lines})
    for row, lines in erased.values():
        _erase_sheets(session, now, row, lines)
        record_lines(session, system(), now, row, "erase_lines", {"lines": len(lines)}, lines)
    return sum(len(lines) for _, lines in erased.values())


def erase_names(session: Session, now: datetime) -> int:
    """Erase the file names of lists of which nothing is kept or open any more, or that nobody took, and the names of sheets
    that are left, after the days of their kind; returns how many.

    People name files and sheets after people.  What is open: a line whose words are kept, a check to be made, a candidate
    without a verdict or whose personal data is still to be erased.
    """
    setting = county_context(session)
    kept = {kind.code: kind.keep_days for kind in setting.scheme.bulk_lists}
    shortest = now - timedelta(days=min(kept.values(), default=_USUAL_DAYS))
    holds = (
        select(BulkLine.id)
        .outerjoin(Candidate, Candidate.id == BulkLine.candidate_id)
        .where(
            BulkLine.list_id == BulkList.id,
            or_(
                BulkLine.sealed.is_not(None),
                BulkLine.due_at.is_not(None) & BulkLine.settled_at.is_(None),
                Candidate.id.is_not(None) & Candidate.erased_at.is_(None) & Candidate.household_id.is_(None),
            ),
        )
    )
    since = func.coalesce(BulkList.taken_at, BulkList.brought_at)
    query = (
        select(BulkList)
        .where(BulkList.filename != "", since <= shortest, ~holds.exists())
        .order_by(BulkList.id)
        .limit(_LOT)
        .with_for_update()
    )
    erased = [
        row
        for row in session.scalars(query)
        if (row.taken_at or row.brought_at) <= now - timedelta(days=kept.get(row.kind, _USUAL_DAYS))
    ]
    for row in erased:
        row.filename = ""
        brought = select(Event.id).where(
            Event.subject_type == "bulk_list", Event.subject_id == row.id, Event.action == "bring_list"
        )
        word_erasure.erase(session, now, session.scalars(brought))
        named = select(BulkLine).where(BulkLine.list_id == row.id, BulkLine.row.like("%!%")).order_by(BulkLine.id)
        lines = session.scalars(named).all()
        _erase_answers(session, {line.id: row.taken_at for line in lines})
        _erase_sheets(session, now, row, lines, name=True)
        record_lines(session, system(), now, row, "erase_list_name", {}, lines)
    return len(erased)
