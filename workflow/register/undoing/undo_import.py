"""Import undoing: puts back what an applied import changed, household by household, where nothing was built on it since.

An act of the office with a reason.  Nothing is rewritten: each household gets the event `undo_import` with what it becomes
again; a household that the import made is then 误录撤销, and whom it added belongs to it on no day.  What was built on
is left and named with the reason.  Locks as everywhere: the import, then households by ascending id.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Event, EventSecret, ImportChange, Member, RegisterImport
from workflow.actors import Actor
from workflow.county.vault import Vault
from workflow.errors import NotAllowed, Stale, WrongState
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.policy.worktime import local_date
from workflow.register.importing import matching
from workflow.register.importing.apply import Writing, write_changes
from workflow.register.importing.diff import COLUMNS, FRESH, Change
from workflow.register.importing.import_lifecycle import WORKING, find, record
from workflow.register.importing.matching import People
from workflow.register.undoing.built_on import LOT, Kept, Obstacle, obstacles, read_lot, value_of

#: So many changes that stay are named in a preview; the page of changes names them all.
NAMED = 200


@dataclass(slots=True)
class Undoing:
    """What undoing an import does, or did: households put back and entered ones withdrawn, and those that stay, the first
    of them by code with what was built on them; `digest` is of what was shown."""

    back: int = 0
    withdrawn: int = 0
    left: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    named: list[tuple[str, Obstacle]] = field(default_factory=list)
    digest: str = ""

    @property
    def undone(self) -> int:
        return self.back + self.withdrawn


def may_undo(actor: Actor) -> None:
    """Raises NotAllowed for other roles than the office and the system (the command line)."""
    if actor.role not in ("office", "system"):
        raise NotAllowed("undoing_import_is_the_offices")


def preview(session: Session, actor: Actor, vault: Vault, import_id: int) -> Undoing:
    """What undoing would do.  Raises NotFound, NotAllowed; WrongState where there is nothing to undo."""
    may_undo(actor)
    row = find(session, actor, import_id)
    _check_state(session, row)
    foreseen, seen = Undoing(), list[Any]()
    for lot in _lots(session, row.id):
        kept = read_lot(session, lot)
        for each, obstacle in zip(kept, obstacles(session, vault, kept), strict=True):
            _count(foreseen, each, obstacle)
            seen.append([each.change.id, each.home.version, obstacle.code if obstacle else ""])
        session.expunge_all()
    foreseen.digest = event_log.digest(event_log.canonical(seen))
    return foreseen


def ask(session: Session, actor: Actor, now: datetime, import_id: int, reason: str) -> RegisterImport:
    """Queue the undoing of a large import for the worker.  Raises as `undo`."""
    may_undo(actor)
    row = find(session, actor, import_id, lock=True)
    _check_state(session, row)
    said = statement_of("reason", reason)
    row.status, row.read_by_id, row.problem = "undoing", actor.user_id, None
    record(session, actor, row, "ask_undo", now, {"sha256": row.sha256}, reason=said)
    return row


def asked_reason(session: Session, row: RegisterImport) -> str:
    """The reason for which a waiting undoing was asked for."""
    body = session.scalar(
        select(EventSecret.body)
        .join(Event, Event.id == EventSecret.event_id)
        .where(Event.subject_type == "import", Event.subject_id == row.id, Event.action == "ask_undo")
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return str((body or {}).get("reason", ""))


def undo(
    session: Session,
    actor: Actor,
    now: datetime,
    vault: Vault,
    import_id: int,
    reason: str,
    *,
    seen: str | None = None,
) -> Undoing:
    """Undo what nothing was built on; `seen` is the digest of the preview that was decided on.

    Raises NotFound, NotAllowed, BadInput (no reason), WrongState (nothing to undo), Stale (changed since the preview).
    """
    may_undo(actor)
    find(session, actor, import_id)
    said = statement_of("reason", reason)
    if seen is not None and seen != preview(session, actor, vault, import_id).digest:
        raise Stale("import_built_on")
    row = find(session, actor, import_id, lock=True)
    _check_state(session, row)
    return perform(session, actor, now, vault, row, said)


def perform(session: Session, actor: Actor, now: datetime, vault: Vault, row: RegisterImport, reason: str) -> Undoing:
    """Undo a locked import whose undoing was checked.  Raises Stale."""
    done, writing = Undoing(), Writing(row.id, undoes=True, reason=reason)
    row_id = row.id
    for lot in _lots(session, row_id):
        kept, changes = read_lot(session, lot, lock=True), list[Change]()
        for each, obstacle in zip(kept, obstacles(session, vault, kept), strict=True):
            _count(done, each, obstacle)
            if obstacle is None:
                changes.append(_back(each, vault))
        session.flush()
        try:
            write_changes(session, actor, now, changes, writing)
        except IntegrityError as error:
            raise Stale("import_built_on") from error
        for each in kept:
            for known in (each.change, each.home, *each.members):
                session.expire(known)
    counts = {"undone": row.counts.get("undone", 0) + done.undone, "left": done.left}
    row.status, row.counts, row.problem = "undone", {**row.counts, **counts}, None
    record(
        session,
        actor,
        row,
        "undo",
        now,
        {"sha256": row.sha256, "undone": done.undone, "left": done.left},
        reason=reason,
    )
    return done


def _check_state(session: Session, row: RegisterImport) -> None:
    if row.status in WORKING:
        raise WrongState("import_at_work")
    open_ = select(func.count()).where(ImportChange.import_id == row.id, ImportChange.undone_id.is_(None))
    if not session.scalar(open_):
        raise WrongState("nothing_to_undo")


def _lots(session: Session, import_id: int) -> Iterator[Sequence[ImportChange]]:
    """The changes that stand, the households in the order of their ids, as they are locked."""
    after = (0, 0)
    while True:
        query = (
            select(ImportChange)
            .where(
                ImportChange.import_id == import_id,
                ImportChange.undone_id.is_(None),
                (ImportChange.household_id > after[0])
                | ((ImportChange.household_id == after[0]) & (ImportChange.id > after[1])),
            )
            .order_by(ImportChange.household_id, ImportChange.id)
            .limit(LOT)
        )
        lot = session.scalars(query).all()
        if not lot:
            return
        after = (lot[-1].household_id, lot[-1].id)
        yield lot


def _count(done: Undoing, each: Kept, obstacle: Obstacle | None) -> None:
    if obstacle is not None:
        done.left += 1
        done.reasons[obstacle.code] += 1
        if len(done.named) < NAMED:
            done.named.append((each.home.code, obstacle))
    elif each.new:
        done.withdrawn += 1
    else:
        done.back += 1


def _back(each: Kept, vault: Vault) -> Change:
    """The change that takes another back."""
    home, body = each.home, each.body or {}
    old = {name: getattr(home, name) for name in COLUMNS}
    if each.new:
        kept = {name: old[name] for name in ("village_id", "head_name", "initials")}
        new = {**dict.fromkeys(COLUMNS), **FRESH, **kept, "status": "undone"}
    else:
        new = old | {name: value_of(name, pair[0]) for name, pair in body["household"].items()}
        _seal_again(vault, new, body["household"], "phone")
    people = _people(each, body, vault)
    fields = [name for name in COLUMNS if new[name] != old[name]]
    return Change(
        home.code,
        "",
        new,
        people,
        home.id,
        tuple(old.values()),
        fields + [f"member_{name}" for name in sorted(people.fields)],
        undoes=each.change.id,
    )


def _people(each: Kept, body: Any, vault: Vault) -> People:
    """The people as before; whom the import added is ended on the first day, so that nobody is counted by a mistake."""
    added, people, on = each.added(), People(), local_date(each.event.at)
    last = max((row.position for row in each.members), default=1)
    by_id = {row.id: row for row in each.members}
    back = {by_id[int(number)]: pairs for number, pairs in body.get("people", {}).items() if int(number) in by_id}
    for row, pairs in back.items():
        new = {name: getattr(row, name) for name in matching.COLUMNS}
        new |= {name: value_of(name, pair[0]) for name, pair in pairs.items()}
        _seal_again(vault, new, pairs, "id")
        _settle(people, row, new)
    for row in added:
        if row.position == 1:
            last += 1
            _settle(people, row, {**{name: getattr(row, name) for name in matching.COLUMNS}, "position": last})
        people.ended.append({"id": row.id, "begins_on": on, "ends_on": on, "end_reason": "struck"})
        people.fields.add("ended")
    people.count = sum(row.ends_on is None for row in each.members) - len(added)
    return people


def _settle(people: People, row: Member, new: dict[str, Any]) -> None:
    old = {name: getattr(row, name) for name in matching.COLUMNS}
    changed = {name for name in matching.COLUMNS if new[name] != old[name]}
    if changed:
        people.changed.append({"id": row.id, **new})
        people.before[row.id] = tuple(old.values())
        people.fields |= changed
        people.moved = people.moved or "position" in changed


def _seal_again(vault: Vault, new: dict[str, Any], pairs: Any, name: str) -> None:
    """A number of before is sealed under the newest key, since the key may have been rotated."""
    if f"{name}_sealed" in pairs and new[f"{name}_sealed"] is not None:
        number = vault.open(new[f"{name}_sealed"])
        new[f"{name}_sealed"], new[f"{name}_index"] = vault.seal(number), vault.index(number)
