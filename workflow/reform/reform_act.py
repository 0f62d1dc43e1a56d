"""Reform act: renames or merges units and villages, with everything open, as one act with one event of the county.

Locks as for a change of scheme: the county, then villages, then tickets by ascending id.  Each ticket moves through the
desk with an event of its own; that nothing open is left with what ends is refused by triggers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Escalation, FormerName, PaperPending, Post, Reform, Ticket, Unit, UnitAlias, Village
from workflow.accountability import proposals
from workflow.actors import Actor
from workflow.county import accounts
from workflow.county.context import CHANGING, county_context
from workflow.county.in_force import lock_county
from workflow.errors import Stale
from workflow.history import event_log
from workflow.reform import village_reform
from workflow.reform.reform_holdings import Holdings, digest_of, of_unit, of_village, open_with, waiting_rungs
from workflow.reform.reform_input import Wanted, wanted
from workflow.tickets import desk
from workflow.tickets.consequences import ended_units


@dataclass(frozen=True, slots=True)
class Preview:
    """A reform before it is applied: what each source has, of the successor too where it exists; `seen` is their digest."""

    wanted: Wanted
    sources: list[Holdings]
    into: Holdings | None
    seen: str


def preview(session: Session, actor: Actor, now: datetime, given: dict[str, Any], *, whole: bool = False) -> Preview:
    """What the reform would move; nothing is stored.  Raises NotAllowed, BadInput."""
    asked = wanted(session, actor, now, given, whole=whole)
    return _preview(session, asked)


def _preview(session: Session, asked: Wanted) -> Preview:
    setting = county_context(session)

    def held(row: Any) -> Holdings:
        return of_unit(session, setting, row.id) if asked.of_units else of_village(session, row)

    sources = [held(row) for row in asked.sources]
    return Preview(asked, sources, held(asked.into) if asked.into is not None else None, digest_of(sources))


def apply(session: Session, actor: Actor, now: datetime, given: dict[str, Any], *, seen: str | None = None) -> Reform:
    """Apply a reform; `seen` is the digest of the preview the person decided on, None on the command line.

    Raises NotAllowed, BadInput; Stale where what it moves has changed since the preview.
    """
    lock_county(session)
    asked = wanted(session, actor, now, given)
    _lock(session, asked)
    before = _preview(session, asked)
    if seen is not None and seen != before.seen:
        raise Stale("reform_changed")
    # From here on this transaction reads the units as it writes them.
    session.info[CHANGING] = {}
    content: dict[str, Any]
    if asked.kind == "rename":
        content = _rename(session, asked)
    elif asked.of_units:
        content = _merge_units(session, actor, now, asked)
    else:
        content = _merge_villages(session, actor, now, asked)
    row = Reform(
        kind=asked.kind,
        subject=asked.subject,
        from_day=asked.from_day,
        document=asked.document,
        reason=asked.reason,
        content=content,
        at=now,
        by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    _keep_names(session, row, asked)
    session.info[CHANGING].clear()
    event_log.of(session, row, actor, now, first=True).append(
        "reform",
        {"kind": asked.kind, "subject": asked.subject, "from": asked.from_day.isoformat(), "document": asked.document},
        {"content": content},
        private={"reason": asked.reason},
    )
    return row


def _lock(session: Session, asked: Wanted) -> None:
    """Lock the rows that change, so that nothing is opened with what ends."""
    model = Unit if asked.of_units else Village
    rows = [*asked.sources, *([asked.into] if asked.into is not None else [])]
    ids = sorted(row.id for row in rows)
    session.execute(
        select(model)
        .where(model.id.in_(ids))
        .order_by(model.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _rename(session: Session, asked: Wanted) -> dict[str, Any]:
    (row,) = asked.sources
    content = {"code": row.code, "id": row.id, "before": row.name, "after": asked.name}
    if asked.of_units:
        content |= {"before_en": row.name_en, "after_en": asked.name_en or row.name_en}
        row.name_en = content["after_en"]
        old = session.scalars(select(UnitAlias).where(UnitAlias.alias == asked.name)).first()
        if old is not None:
            # Its second name has become its first.
            session.delete(old)
            session.flush()
        if session.scalar(select(UnitAlias.id).where(UnitAlias.alias == row.name)) is None:
            session.add(UnitAlias(unit_id=row.id, alias=row.name))
    row.name = asked.name
    session.flush()
    return content


def _keep_names(session: Session, reform: Reform, asked: Wanted) -> None:
    """Keep what was renamed under its former name."""
    if asked.kind != "rename":
        return
    content, unit = reform.content, asked.of_units
    session.add(
        FormerName(
            reform_id=reform.id,
            unit_id=content["id"] if unit else None,
            village_id=None if unit else content["id"],
            name=content["before"],
            name_en=content.get("before_en", ""),
        )
    )
    session.flush()


def _merge_units(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    heir = asked.into if asked.into is not None else _new_unit(session, asked)
    ending = [row.id for row in asked.sources]
    for row in asked.sources:
        row.successor_id = heir.id
    # What they once succeeded is their successor's from now on.
    for row in session.scalars(select(Unit).where(Unit.successor_id.in_(ending))):
        row.successor_id = heir.id
    session.flush()
    session.info[CHANGING].clear()
    villages = village_reform.move_to_town(session, actor, now, ending, heir) if heir.type == "town" else 0
    rungs = _decline_rungs(session, actor, now, ending, asked)
    moved = _hand_over(session, actor, now, open_with(ending, []), ending, heir.code)
    people = accounts.move_to_unit(session, actor, now, ending, heir.id)
    posts = _end_posts(session, now, ending)
    for row in asked.sources:
        row.ended_on = asked.from_day
    session.flush()
    return {
        "ended": [row.code for row in asked.sources],
        "ids": ending,
        "successor": heir.code,
        "successor_id": heir.id,
        "new": asked.into is None,
        "tickets": moved,
        "rungs": rungs,
        "villages": villages,
        "accounts": people,
        "posts": posts,
    }


def _new_unit(session: Session, asked: Wanted) -> Unit:
    first = min(asked.sources, key=lambda row: row.position)
    number = 1 + int(session.scalar(select(func.max(Unit.id))) or 0)
    unit = Unit(
        code=f"{first.type}-{number}",
        name=asked.name,
        name_en=asked.name_en or asked.name,
        type=first.type,
        ruled_by_leaders=any(row.ruled_by_leaders for row in asked.sources),
        position=first.position,
    )
    session.add(unit)
    session.flush()
    return unit


def _merge_villages(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    heir = asked.into
    if heir is None:
        heir = village_reform.new_village(session, asked.sources, asked.name)
    ending = [row.id for row in asked.sources]
    for row in asked.sources:
        row.successor_id = heir.id
    for row in session.scalars(select(Village).where(Village.successor_id.in_(ending))):
        row.successor_id = heir.id
    session.flush()
    households = village_reform.move_households(session, actor, now, asked.sources, heir)
    moved = _hand_over(session, actor, now, open_with([], ending), [], heir.code)
    people = accounts.move_to_village(session, actor, now, ending, heir.id)
    village_reform.add_up(session, actor, now, asked.sources, heir)
    for row in asked.sources:
        row.ended_on = asked.from_day
    session.flush()
    return {
        "ended": [row.code for row in asked.sources],
        "ids": ending,
        "successor": heir.code,
        "successor_id": heir.id,
        "new": asked.into is None,
        "tickets": moved,
        "households": households,
        "accounts": people,
    }


def _hand_over(session: Session, actor: Actor, now: datetime, condition: Any, ending: list[int], heir: str) -> int:
    """Move every open ticket, and end the papers that units ending here still have on closed ones; returns how many."""
    tickets = list(session.scalars(select(Ticket.id).where(condition).order_by(Ticket.id)))
    for ticket_id in tickets:
        desk.hand_over(session, actor, ticket_id, now, {"unit": heir} if ending else {"village": heir})
    if ending:
        session.flush()
        left = select(PaperPending.ticket_id).where(PaperPending.unit_id.in_(ending), PaperPending.open).distinct()
        for ticket_id in sorted(session.scalars(left)):
            ended_units.end_papers(session, actor, ticket_id, now, {"unit": heir})
    return len(tickets)


def _decline_rungs(session: Session, actor: Actor, now: datetime, ending: list[int], asked: Wanted) -> int:
    """Decline the rungs that wait against units that end: no paper is issued to them any more."""
    rungs = session.execute(waiting_rungs(ending)).all()
    for rung_id, ticket_id in rungs:
        rung = session.get_one(Escalation, rung_id)
        proposals.decline_for_reform(session, actor, now, ticket_id, rung, f"{asked.document} {asked.reason}")
    return len(rungs)


def _end_posts(session: Session, now: datetime, ending: Iterable[int]) -> int:
    posts = session.scalars(select(Post).where(Post.unit_id.in_(list(ending)), Post.until_at.is_(None))).all()
    for post in posts:
        post.until_at = max(now, post.from_at + timedelta(microseconds=1))
    session.flush()
    return len(posts)
