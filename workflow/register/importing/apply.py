"""Import application: writes a plan in one transaction of bulk statements, with an event per household.

All expensive work was done while planning.  Only the event hashes remain, since a new household has no id before it is
written.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models import Event, EventSecret, Household, ImportChange, Member, Ticket, Village, row_changes
from workflow.actors import Actor
from workflow.bulk_rows import pour
from workflow.errors import Stale
from workflow.history import event_log
from workflow.history.cadre_record import recorded_cadre
from workflow.history.event_log import GENESIS, Chain
from workflow.register.importing import matching
from workflow.register.importing.diff import COLUMNS, TOLD, Change
from workflow.register.importing.import_plan import Plan, Progress


@dataclass(frozen=True, slots=True)
class Writing:
    """What writes households: an import, or its undoing for a reason."""

    import_id: int
    undoes: bool = False
    reason: str = ""


def write_plan(
    session: Session, actor: Actor, now: datetime, plan: Plan, import_id: int, progress: Progress = lambda *_: None
) -> None:
    """Write every household of the plan.

    Raises Stale when the register has changed since the plan was made; then a new plan is made.  A household or village
    created meanwhile with the same code is detected by the unique constraints.
    """
    villages, writing = _add_villages(session, actor, now, plan, import_id), Writing(import_id)
    done, total = 0, plan.counts["new"] + plan.counts["changed"]
    for chunk in plan.changes:
        for change in chunk:
            change.values["village_id"] = change.values["village_id"] or villages[change.village_code]
        new, changed = [c for c in chunk if c.id is None], [c for c in chunk if c.id is not None]
        _add(session, actor, now, new, writing)
        write_changes(session, actor, now, changed, writing)
        done += len(chunk)
        progress("write", done, total)


def _add_villages(session: Session, actor: Actor, now: datetime, plan: Plan, import_id: int) -> dict[str, int]:
    made: dict[str, int] = {}
    for place in plan.villages:
        village = Village(town_id=place.town_id, code=place.code, name=place.name)
        session.add(village)
        session.flush()
        made[place.code] = village.id
        event_log.of(session, village, actor, now, first=True).append(
            "import", {"import": import_id}, {"code": place.code, "town": place.town_id}, notify=False
        )
    return made


def _add(session: Session, actor: Actor, now: datetime, changes: Sequence[Change], writing: Writing) -> None:
    if not changes:
        return
    rows = [{"code": c.code, "version": 1, **c.values} for c in changes]
    inserted = session.execute(insert(Household.__table__).returning(Household.id, Household.code), rows)
    ids = {code: household_id for household_id, code in inserted}
    row_changes.note(session, "household", ids.values())
    events = []
    for change in changes:
        change.id = ids[change.code]
        chain = event_log.of(session, ("household", change.id), actor, now)
        events.append(_event(chain, (0, GENESIS), change, writing, 1))
    _write_people(session, changes)
    _write_events(session, changes, events, writing)


def write_changes(session: Session, actor: Actor, now: datetime, changes: Sequence[Change], writing: Writing) -> None:
    """Write changes of households that the register has.  Raises Stale where it changed since they were compared."""
    if not changes:
        return
    versions = _lock(session, changes)
    heads = event_log.heads_of(session, "household", [change.id for change in changes if change.id is not None])
    rows, events = [], []
    for change in changes:
        assert change.id is not None
        version = versions[change.id] + 1
        rows.append({"b_id": change.id, "version": version, **change.values})
        chain = event_log.of(session, ("household", change.id), actor, now)
        events.append(_event(chain, heads.get(change.id, (0, GENESIS)), change, writing, version))
    table = Household.__table__
    named: dict[str, Any] = {name: bindparam(name) for name in (*COLUMNS, "version")}
    session.execute(update(table).where(table.c.id == bindparam("b_id")).values(named), rows)
    row_changes.note(session, "household", versions)
    _write_people(session, changes)
    _write_events(session, changes, events, writing)


def _lock(session: Session, changes: Sequence[Change]) -> dict[int, int]:
    """Lock the households by ascending id, and check that they and their people are as compared.

    Raises Stale, so that nothing written meanwhile is overwritten, including values under a rotated key.
    """
    columns = [getattr(Household, name) for name in COLUMNS]
    wanted = {change.id: change.before for change in changes}
    versions: dict[int, int] = {}
    query = (
        select(Household.id, Household.version, *columns)
        .where(Household.id.in_(list(wanted)))
        .order_by(Household.id)
        .with_for_update()
    )
    for row in session.execute(query):
        if tuple(row[2:]) != wanted[row[0]]:
            raise Stale("register_moved")
        versions[row[0]] = row[1]
    _nothing_open(session, [change for change in changes if change.values["status"] == "cleared"])
    compared = {member_id: was for change in changes for member_id, was in change.people.before.items()}
    members = select(Member.id, *(getattr(Member, name) for name in matching.COLUMNS)).where(Member.id.in_(compared))
    same = sum(tuple(row[1:]) == compared[row[0]] for row in session.execute(members))
    if len(versions) != len(wanted) or same != len(compared):
        raise Stale("register_moved")
    return versions


def _nothing_open(session: Session, cleared: Sequence[Change]) -> None:
    """Check that no ticket was filed or reopened meanwhile for a household to be cleared.  Raises Stale."""
    ids = [change.id for change in cleared if dict(zip(COLUMNS, change.before, strict=True))["status"] != "cleared"]
    if ids:
        query = select(Ticket.ended_at).where(Ticket.household_id.in_(ids)).order_by(Ticket.id).with_for_update()
        if any(ended_at is None for ended_at in session.scalars(query)):
            raise Stale("register_moved")


@dataclass(frozen=True, slots=True)
class _Told:
    """An event to be written, with what stands beside it in private."""

    values: dict[str, Any]
    salt: str
    private: dict[str, Any]


def _event(chain: Chain, head: tuple[int, str], change: Change, writing: Writing, version: int) -> _Told:
    """The event of one household: figures and codes; values of other columns, before and after, are its private part."""
    was = dict(zip(COLUMNS, change.before, strict=True)) if change.before else {}
    now_is = {name: change.values[name] for name in TOLD}
    cadre = recorded_cadre(change.values["cadre_name"], change.values["cadre_id"])
    effect: dict[str, Any] = {
        "household": {**now_is, **cadre, "members": change.people.count, "version": version},
        "fields": change.fields,
    }
    private: dict[str, Any] = {}
    if was:
        effect["was"] = {name: was[name] for name in TOLD if was[name] != now_is[name]}
        if before := matching.people_before(change.people):
            effect["people_was"] = before
        private = before_and_after(change)
    if change.people.ended:
        effect["lives"] = [_life(row) for row in change.people.ended]
    if writing.reason:
        private["reason"] = writing.reason
    salt = secrets.token_hex(16) if private else ""
    values = chain.body(
        head,
        "undo_import" if writing.undoes else "import",
        {"import": writing.import_id, "kept": True},
        effect,
        moved=(was.get("status"), change.values["status"]),
        commitment=event_log.commit_to(salt, private) if private else None,
    )
    return _Told(values, salt, private)


def _life(row: dict[str, Any]) -> dict[str, Any]:
    """The beginning and end of a member whom an undone import had added, as events record them."""
    days = {name: row[name].isoformat() for name in ("begins_on", "ends_on")}
    return {"id": row["id"], **days, "begin_reason": "registered", "end_reason": row["end_reason"], "moved_to": None}


def _write_events(session: Session, changes: Sequence[Change], events: Sequence[_Told], writing: Writing) -> None:
    pour(session, Event.__table__, [event.values for event in events])
    ids = last_events(session, [event.values["subject_id"] for event in events])
    kept = [event for event in events if event.private]
    secret = [{"event_id": ids[e.values["subject_id"]], "salt": e.salt, "body": e.private} for e in kept]
    pour(session, EventSecret.__table__, secret)
    keep_changes(session, writing.import_id, changes, ids, undoes=writing.undoes)


def _write_people(session: Session, changes: Sequence[Change]) -> None:
    table = Member.__table__
    moved = [change.id for change in changes if change.people.moved]
    if moved:
        # Positions are unique at every moment, so all people are first moved to free positions.
        session.execute(update(table).where(table.c.household_id.in_(moved)).values(position=-table.c.position))
        session.execute(
            _settled(table),
            [
                {"b_id": row["id"], **{name: row[name] for name in matching.COLUMNS}}
                for change in changes
                if change.people.moved
                for row in change.people.changed
            ],
        )
        session.execute(
            update(table)
            .where(table.c.household_id.in_(moved), table.c.position < 0)
            .values(position=-table.c.position)
        )
    changed = [row for change in changes if not change.people.moved for row in change.people.changed]
    if changed:
        session.execute(
            _settled(table), [{"b_id": row["id"], **{name: row[name] for name in matching.COLUMNS}} for row in changed]
        )
    new = [
        {"household_id": change.id, "begin_reason": "registered", **row}
        for change in changes
        for row in change.people.new
    ]
    pour(session, table, new)
    row_changes.note_where(session, "member", table.c.household_id.in_([change.id for change in changes]))
    write_ends(session, [row for change in changes for row in change.people.ended])


def _settled(table: Any) -> Any:
    return (
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values({name: bindparam(name) for name in matching.COLUMNS})
    )


def before_and_after(change: Change) -> dict[str, Any]:
    """`household`: column → [before, after]; `people`: member's id → the same; `new`: positions of who was added.

    Days and fractions are text, since the bytes of a commitment have no floating point.
    """
    was = dict(zip(COLUMNS, change.before, strict=True))
    people = {
        str(row["id"]): _pairs(dict(zip(matching.COLUMNS, change.people.before[row["id"]], strict=True)), row)
        for row in change.people.changed
    }
    return {
        "household": _pairs(was, change.values),
        "people": {number: pairs for number, pairs in people.items() if pairs},
        "new": [row["position"] for row in change.people.new],
    }


def _pairs(was: Mapping[str, Any], became: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [_plain(old), _plain(became[name])] for name, old in was.items() if old != became[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value


def keep_changes(
    session: Session, import_id: int, changes: Sequence[Change], events: Mapping[int, int], *, undoes: bool
) -> None:
    """Keep which event changed which household, or undid the change that `Change.undoes` names."""
    if undoes:
        rows = [{"id": change.undoes, "undone_id": events[change.id]} for change in changes if change.id is not None]
        session.execute(update(ImportChange), rows)
        return
    pour(
        session,
        ImportChange.__table__,
        [
            {"import_id": import_id, "household_id": change.id, "event_id": events[change.id], "row": str(change.row)}
            for change in changes
            if change.id is not None
        ],
    )
    row_changes.note_where(session, "import_change", ImportChange.event_id.in_(list(events.values())))


def last_events(session: Session, subjects: Sequence[int]) -> dict[int, int]:
    """The id of the last event of each household."""
    query = select(Event.subject_id, func.max(Event.id)).where(
        Event.subject_type == "household", Event.subject_id.in_(subjects)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Event.subject_id))}


def write_ends(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """End members whom an undone import had added: rows of id, begins_on, ends_on, end_reason."""
    if rows:
        session.execute(update(Member), list(rows))
