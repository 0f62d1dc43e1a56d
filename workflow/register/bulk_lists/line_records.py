"""Line records: what a line keeps in private, what its events record, and its erasure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Event, EventSecret, Household
from models.bulk_list import SEALED_LINES
from models.household import GONE
from workflow.actors import Actor, system
from workflow.county.context import CountyContext, county_context
from workflow.county.vault import Vault
from workflow.history import event_log
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.register.bulk_lists.list_sheet import ListLine
from workflow.register.candidates import erasure

#: The days for which a line's words are kept where the scheme no longer has its kind of list.
_USUAL_DAYS = 30
_LOT = 200
_KEPT = ("name", "head", "id_number", "phone", "town")


def kind_of(setting: CountyContext, row: BulkList) -> BulkListKind | None:
    """The kind of a list in the scheme in force; None where it has none of it any more."""
    return kind_named(setting, row.kind)


def kind_named(setting: CountyContext, code: str) -> BulkListKind | None:
    """The kind of lists with this code in the scheme in force."""
    return next((kind for kind in setting.scheme.bulk_lists if kind.code == code), None)


def seal_words(vault: Vault, line: ListLine, village: str = "") -> str:
    """What is kept of a line that waits or is asked about: its own columns, person and place; `village`: the code of the
    village that its place is."""
    words: dict[str, Any] = {"said": dict(line.said)} if line.said else {}
    words |= {name: getattr(line, name) for name in _KEPT}
    words |= {"village": village, "spelt": line.village, "written": line.town + line.village}
    return vault.seal(json.dumps(words, ensure_ascii=False))


def line_in(row: BulkLine, words: Mapping[str, Any]) -> ListLine:
    """The line as the file had it, from what is kept of it."""
    texts = {name: str(words.get(name, "")) for name in _KEPT}
    return ListLine(row.row, said=words.get("said", {}), village=words.get("spelt", words.get("written", "")), **texts)


def words_of(vault: Vault, row: BulkLine) -> dict[str, Any]:
    """What is kept of a line; empty once it is erased.  Raises BadInput `key_missing`."""
    return dict(json.loads(vault.open(row.sealed))) if row.sealed is not None else {}


def only_said(vault: Vault, said: Mapping[str, str]) -> str | None:
    """The line's own columns alone, sealed: whom it names is known."""
    return vault.seal(json.dumps({"said": dict(said)}, ensure_ascii=False)) if said else None


def payload(row: BulkLine) -> dict[str, Any]:
    """A line in the events of its list: codes and moments; of its place in the file, which may name somebody, the digest;
    `sealed`: whether its words are kept."""
    return {
        "id": row.id,
        "list": row.list_id,
        "row": event_log.digest(row.row),
        "outcome": row.outcome,
        "why": row.why,
        "town": row.town_id,
        "household": row.household_id,
        "candidate": row.candidate_id,
        "due_at": event_log.stamp(row.due_at) if row.due_at else None,
        "reminded_at": event_log.stamp(row.reminded_at) if row.reminded_at else None,
        "checkup": row.checkup_id,
        "settled_at": event_log.stamp(row.settled_at) if row.settled_at else None,
        "sealed": row.sealed is not None,
    }


def record_lines(
    session: Session,
    actor: Actor,
    now: datetime,
    row: BulkList,
    action: str,
    given: dict[str, Any],
    lines: Sequence[BulkLine] = (),
    **private: Any,
) -> None:
    """An event of the list with what its lines became."""
    session.flush()
    event_log.of(session, row, actor, now).append(action, given, _effect(lines), private=private or None, notify=False)


def tell(session: Session, now: datetime, row: BulkList, action: str, count: int, lines: Sequence[BulkLine]) -> None:
    """An event of the list that notifies whoever its lines wait for: how many, and what is recorded of `lines`."""
    session.flush()
    event_log.of(session, row, system(), now).append(action, {"lines": count}, _effect(lines))


def _effect(lines: Sequence[BulkLine]) -> dict[str, Any]:
    return {"lines": [payload(line) for line in lines]} if lines else {}


def become(line: BulkLine, outcome: str, pointer: int | None, why: str) -> None:
    """Make a line something else, with nothing of what it was; `pointer` is the household or the candidate."""
    line.outcome, line.why, line.due_at, line.reminded_at = outcome, why, None, None
    line.household_id = pointer if outcome == "check" else None
    line.candidate_id = pointer if outcome == "candidate" else None


def leave_out(line: BulkLine, why: str, now: datetime) -> None:
    """Leave a line out; nothing that it said is kept."""
    become(line, "left_out", None, why)
    line.settled_at, line.sealed = now, None


def erase_all_due(session: Session, now: datetime) -> int:
    """Erase the personal data of refused candidates and of settled lines whose day has come; returns how many."""
    return erasure.erase_due(session, now) + erase_due(session, now)


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
    for event, row in session.execute(query).all():
        if event.at <= now - timedelta(days=kept.get(row.kind, _USUAL_DAYS)):
            session.execute(delete(EventSecret).where(EventSecret.event_id == event.id))


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
    for row, lines in erased.values():
        record_lines(session, system(), now, row, "erase_lines", {"lines": len(lines)}, lines)
    return sum(len(lines) for _, lines in erased.values())
