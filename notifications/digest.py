"""Morning digest: one message per person and bot each working morning with tickets and other items late, due today and
due soon.

Composed once when the office opens and stored, so that a retry sends the same.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import (
    Address,
    County,
    Delivery,
    DigestRun,
    Event,
    Message,
    Post,
    Preference,
    Robot,
    Ticket,
    Unit,
    User,
    row_changes,
)
from models.post import held_at
from notifications import due_items
from notifications.county_clock import CountyClock, county_clock
from notifications.delivery_planning import DEAD_ENDS, LANGUAGE, Announcement, facts, named
from notifications.failed_deliveries import count_stuck
from notifications.rules import manner
from workflow.policy.worktime import local_date

#: The working days that count as soon, and the entries shown per section.
SOON, SHOWN = 3, 20


def due(session: Session, now: datetime) -> bool:
    """Whether the office has opened today and today's digests are not yet made."""
    if session.scalar(select(County.scheme_version_id)) is None:
        return False
    if session.scalar(select(DigestRun.day).where(DigestRun.day == local_date(now))) is not None:
        return False
    morning = county_clock(session).morning(now)
    return morning is not None and now >= morning


def make(session: Session, now: datetime) -> int:
    """Write today's digests; returns how many, 0 when another worker has made them."""
    setting, today = county_clock(session), local_date(now)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    mine = session.scalar(
        dialect.insert(DigestRun).values(day=today, at=now, made=0).on_conflict_do_nothing().returning(DigestRun.day)
    )
    if mine is None:
        return 0
    rows = _of_people(session, setting, now) + _of_robots(session, setting, now)
    if rows:
        session.execute(dialect.insert(Delivery).on_conflict_do_nothing(), rows)
        row_changes.note_where(session, "delivery", Delivery.key.in_([row["key"] for row in rows]))
        row_changes.happened(session, now)
    run = session.get_one(DigestRun, today)
    run.made = len(rows)
    session.flush()
    return len(rows)


def _digest_row(
    now: datetime, key: str, channel: str, params: dict[str, Any], language: str, **target: int
) -> dict[str, Any]:
    return {
        "channel": channel,
        "key": f"d{local_date(now)}:{key}",
        "kind": "digest",
        "params": params,
        "language": language,
        "weighty": False,
        "created_at": now,
        "status": "pending",
        "next_at": now,
        "tries": 0,
        "address_id": target.get("address"),
        "robot_id": target.get("robot"),
    }


def _of_people(session: Session, county: CountyClock, now: datetime) -> list[dict[str, Any]]:
    off = select(Preference.user_id).where(Preference.kind == "digest", Preference.how == "off")
    people = session.execute(
        select(Address, User)
        .join(User, User.id == Address.user_id)
        .where(
            Address.channel == "email",
            Address.ended_at.is_(None),
            Address.verified_at.is_not(None),
            User.active,
            User.id.not_in(off),
        )
        .order_by(User.id)
    ).all()
    rows, parts = [], dict[tuple[str, int], dict[str, Any]]()
    for address, user in people:
        if address.fault in DEAD_ENDS:
            continue
        whose = ("village", user.village_id or 0) if user.role == "village" else ("unit", user.unit_id or 0)
        if whose not in parts:
            parts[whose] = _work(session, county, now, *whose)
        params = dict(parts[whose]) | _news(session, county, user, now)
        if user.role == "office":
            params |= _office(session, county, now)
        if params:
            params["day"] = local_date(now).isoformat()
            rows.append(_digest_row(now, f"u{user.id}", "email", params, user.language or LANGUAGE, address=address.id))
    return rows


def _of_robots(session: Session, county: CountyClock, now: datetime) -> list[dict[str, Any]]:
    rows = []
    for robot in session.scalars(select(Robot).where(Robot.ended_at.is_(None)).order_by(Robot.id)):
        params = _work(session, county, now, "unit", robot.unit_id)
        if params:
            params["day"] = local_date(now).isoformat()
            rows.append(_digest_row(now, f"r{robot.id}", robot.channel, params, LANGUAGE, robot=robot.id))
    return rows


def _theirs(kind: str, whose: int) -> ColumnElement[bool]:
    """The open tickets of a unit, or the returned tickets of a village."""
    if kind == "village":
        return and_(Ticket.in_village_id == whose, Ticket.state == "returned", Ticket.filed_as == "village")
    return Ticket.holder_unit_id == whose


def _work(session: Session, county: CountyClock, now: datetime, kind: str, whose: int) -> dict[str, Any]:
    """Late, due today and due soon, each with count and first entries; tickets and other items."""
    theirs = _theirs(kind, whose)
    today, soon = county.clock.closing(local_date(now)), county.working_day_after(now, SOON)
    beside = []
    if whose and kind == "unit":
        beside = due_items.items(session, county, whose, soon)
    elif whose:
        beside = due_items.village_items(session, whose, soon)
    spans = {"late": (None, now), "today": (now, today), "soon": (today, soon)}
    sections: dict[str, Any] = {}
    for name, (after, until) in spans.items():
        within = [theirs, Ticket.ended_at.is_(None), Ticket.due_at <= until]
        within += [Ticket.due_at > after] if after is not None else []
        others = [
            item.entry(county) for item in beside if (after is None or item.due_at > after) and item.due_at <= until
        ]
        count = session.scalar(select(func.count()).select_from(Ticket).where(*within)) or 0
        if count or others:
            rows = session.scalars(select(Ticket).where(*within).order_by(Ticket.due_at, Ticket.id).limit(SHOWN))
            shown = (others + [_digest_entry(session, county, row) for row in rows])[:SHOWN]
            sections[name] = {"count": count + len(others), "shown": shown}
    return sections


def _digest_entry(session: Session, county: CountyClock, ticket: Ticket) -> dict[str, Any]:
    due = due_items.by_when(county, ticket.due_at) if ticket.due_at else {}
    return {"number": ticket.number, "path": f"/tickets/{ticket.number}", **due, **named(session, ticket)}


def _news(session: Session, county: CountyClock, user: User, now: datetime) -> dict[str, Any]:
    """Unread messages since the last working morning that are sent by digest."""
    chosen = {
        row[0]: row[1]
        for row in session.execute(select(Preference.kind, Preference.how).where(Preference.user_id == user.id))
    }
    rows = session.execute(
        select(Message, Event)
        .join(Event, Event.id == Message.event_id)
        .where(
            Message.recipient_id == user.id,
            Message.channel == "inbox",
            Message.read_at.is_(None),
            Message.created_at > county.yesterday(now),
        )
        .order_by(Message.id.desc())
        .limit(500)
    ).all()
    wanted = [
        (message, event)
        for message, event in rows
        if not manner(message.kind).mandatory and chosen.get(message.kind, manner(message.kind).how) == "digest"
    ]
    if not wanted:
        return {}
    shown = [
        {"kind": message.kind, **facts(session, Announcement(event, message.kind, message.params, {}))[0]}
        for message, event in wanted[:SHOWN]
    ]
    once = _once(shown)
    return {"news": {"count": len(wanted) - len(shown) + len(once), "shown": once}}


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Equal entries are merged with their count."""
    distinct: list[dict[str, Any]] = []
    for entry in entries:
        if entry not in distinct:
            distinct.append(entry)
    return [entry | ({"times": entries.count(entry)} if entries.count(entry) > 1 else {}) for entry in distinct]


def _office(session: Session, county: CountyClock, now: datetime) -> dict[str, Any]:
    """Matters only the office can fix: failed deliveries and empty posts."""
    sections: dict[str, Any] = {}
    if count := count_stuck(session):
        sections["trouble"] = {"count": count, "shown": [{"said": "decide", "path": "/deliveries"}]}
    if seats := empty_posts(session, now):
        sections["seats"] = {
            "count": len(seats),
            "shown": [{"unit": [unit.name, unit.name_en], "seat": seat} for unit, seat in seats[:SHOWN]],
        }
    return sections


def empty_posts(session: Session, now: datetime) -> Sequence[tuple[Unit, str]]:
    """Posts without a person with an open account, of units with open tickets; their messages climb."""
    held = set(session.scalars(select(Ticket.holder_unit_id).where(Ticket.ended_at.is_(None)).distinct()))
    taken: dict[int, set[str]] = defaultdict(set)
    for unit_id, kind in session.execute(
        select(Post.unit_id, Post.kind).join(User, User.id == Post.user_id).where(held_at(now), User.active)
    ):
        taken[unit_id].add(kind)
    units = session.scalars(select(Unit).order_by(Unit.position, Unit.id))
    return [
        (unit, seat) for unit in units if unit.id in held for seat in ("duty", "leader") if seat not in taken[unit.id]
    ]
