"""Import application: writes a plan in one transaction of bulk statements, with an event per household.

All expensive work was done while planning.  Only the event hashes remain, since a new household has no id before it is
written.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Event, Household, Member, Ticket, Village
from workflow.actors import Actor
from workflow.errors import Stale
from workflow.history import event_log
from workflow.history.event_log import GENESIS, Chain
from workflow.register.importing import matching
from workflow.register.importing.diff import COLUMNS, TOLD, Change
from workflow.register.importing.import_plan import Plan, Progress


def write_plan(
    session: Session, actor: Actor, now: datetime, plan: Plan, import_id: int, progress: Progress = lambda *_: None
) -> None:
    """Write every household of the plan.

    Raises Stale when the register has changed since the plan was made; then a new plan is made.  A household or village
    created meanwhile with the same code is detected by the unique constraints.
    """
    villages = _add_villages(session, actor, now, plan, import_id)
    done, total = 0, plan.counts["new"] + plan.counts["changed"]
    for chunk in plan.changes:
        for change in chunk:
            change.values["village_id"] = change.values["village_id"] or villages[change.village_code]
        new, changed = [c for c in chunk if c.id is None], [c for c in chunk if c.id is not None]
        _add(session, actor, now, new, import_id)
        _change(session, actor, now, changed, import_id)
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


def _add(session: Session, actor: Actor, now: datetime, changes: Sequence[Change], import_id: int) -> None:
    if not changes:
        return
    rows = [{"code": c.code, "version": 1, **c.values} for c in changes]
    inserted = session.execute(insert(Household.__table__).returning(Household.id, Household.code), rows)
    ids = {code: household_id for household_id, code in inserted}
    events = []
    for change in changes:
        change.id = ids[change.code]
        chain = event_log.of(session, ("household", change.id), actor, now)
        events.append(_event(chain, (0, GENESIS), change, import_id, 1))
    _write_people(session, actor, changes)
    _write_events(session, events)


def _change(session: Session, actor: Actor, now: datetime, changes: Sequence[Change], import_id: int) -> None:
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
        events.append(_event(chain, heads.get(change.id, (0, GENESIS)), change, import_id, version))
    table = Household.__table__
    named: dict[str, Any] = {name: bindparam(name) for name in (*COLUMNS, "version")}
    session.execute(update(table).where(table.c.id == bindparam("b_id")).values(named), rows)
    _write_people(session, actor, changes)
    _write_events(session, events)


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


def _event(chain: Chain, head: tuple[int, str], change: Change, import_id: int, version: int) -> dict[str, Any]:
    """The event of one household: figures and codes; of other columns only that they changed."""
    was = dict(zip(COLUMNS, change.before, strict=True)) if change.before else {}
    now_is = {name: change.values[name] for name in TOLD}
    effect: dict[str, Any] = {
        "household": {**now_is, "members": change.people.count, "version": version},
        "fields": change.fields,
    }
    if was:
        effect["was"] = {name: was[name] for name in TOLD if was[name] != now_is[name]}
        if before := matching.people_before(change.people):
            effect["people_was"] = before
    return chain.body(head, "import", {"import": import_id}, effect, moved=(was.get("status"), change.values["status"]))


def _write_events(session: Session, events: list[dict[str, Any]]) -> None:
    _pour(session, Event.__table__, events)


def _write_people(session: Session, actor: Actor, changes: Sequence[Change]) -> None:
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
    if new:
        _pour(session, table, new)


def _pour(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows with the same columns: on PostgreSQL by COPY, at two thirds of the cost of INSERTs.

    Raises SQLAlchemy's errors, as an INSERT does.
    """
    connection = session.connection()
    dialect = connection.dialect
    if dialect.name != "postgresql":
        session.execute(insert(table), rows)
        return
    names = list(rows[0])
    turned = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    columns = ", ".join(map(dialect.identifier_preparer.quote, names))
    statement = f"COPY {table.name} ({columns}) FROM STDIN"
    wrong: Any = dialect.loaded_dbapi.Error
    driver: Any = connection.connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(
                    [turn(row[name]) if turn else row[name] for name, turn in zip(names, turned, strict=True)]
                )
    except wrong as error:
        raise DBAPIError.instance(statement, None, error, wrong, hide_parameters=True, dialect=dialect) from error


def _settled(table: Any) -> Any:
    return (
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values({name: bindparam(name) for name in matching.COLUMNS})
    )
