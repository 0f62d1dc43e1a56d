"""Line records: what a line keeps in private, and what its events record."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import BulkLine, BulkList
from workflow.actors import Actor, system
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.history import event_log
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.register.bulk_lists.list_sheet import ListLine

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
    """A line in the events of its list: codes and moments; `sealed`: the digest of its encrypted words, which binds them to
    the line, or False for none.  Its place in the file, which may name somebody, is proved by the row record."""
    return {
        "id": row.id,
        "list": row.list_id,
        "outcome": row.outcome,
        "why": row.why,
        "town": row.town_id,
        "household": row.household_id,
        "candidate": row.candidate_id,
        "due_at": event_log.stamp(row.due_at) if row.due_at else None,
        "reminded_at": event_log.stamp(row.reminded_at) if row.reminded_at else None,
        "checkup": row.checkup_id,
        "settled_at": event_log.stamp(row.settled_at) if row.settled_at else None,
        "sealed": event_log.digest(row.sealed) if row.sealed is not None else False,
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


def without_sheet(place: str) -> str:
    """A line's row in the file without the sheet's name, which may be a person's."""
    return place.rpartition("!")[2]


def become(line: BulkLine, outcome: str, pointer: int | None, why: str) -> None:
    """Make a line something else, with nothing of what it was; `pointer` is the household or the candidate."""
    line.outcome, line.why, line.due_at, line.reminded_at = outcome, why, None, None
    line.household_id = pointer if outcome == "check" else None
    line.candidate_id = pointer if outcome == "candidate" else None


def leave_out(line: BulkLine, why: str, now: datetime) -> None:
    """Leave a line out; nothing that it said is kept."""
    become(line, "left_out", None, why)
    line.settled_at, line.sealed = now, None
