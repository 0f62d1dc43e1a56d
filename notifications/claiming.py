"""Claiming: reserves due deliveries by status, so that any number of workers may run and none sends another's."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Address, Delivery, Robot, User
from models.delivery import DELIVERIES_BEING_SENT, ROBOTS
from notifications.delivery_planning import PRESSING
from notifications.letters import Letter

#: More than this number waiting for one recipient are sent as one.
FEW = 5
#: A recipient with more mails than this within the span gets the postponable rest as one at its end.
CALM = timedelta(hours=1)
#: The messages a bot accepts per minute.
PER_MINUTE = 20
#: The number of tries.
TRIES = 10
#: A claim older than this belongs to a dead worker; a claim is sent within half of it.
LEASE = timedelta(minutes=4)
BATCH = 20


def waits(session: Session, channel: str, now: datetime) -> bool:
    """Whether anything is due on the channel or left by a dead worker; takes no lock."""
    due = select(Delivery.id).where(*_due(channel, now)).limit(1)
    left = select(Delivery.id).where(DELIVERIES_BEING_SENT.predicate, Delivery.claimed_at < now - LEASE).limit(1)
    return session.scalar(due) is not None or session.scalar(left) is not None


def claim(
    session: Session,
    channel: str,
    now: datetime,
    me: str,
    unseal: Callable[[str], str],
    batch: int = BATCH,
    gather: bool = True,
) -> list[Letter]:
    """Claim due deliveries of the channel: a batch, or one punitive paper alone; with `gather` many are bundled
    first."""
    recover(session, now)
    due = _due(channel, now)
    if session.scalar(select(Delivery.id).where(*due).limit(1)) is None:
        return []
    if gather:
        if channel == "email":
            _calm(session, now)
        _gather(session, channel, now, Delivery.robot_id if channel in ROBOTS else Delivery.address_id)
    ids = _of_robots(session, channel, now, batch) if channel in ROBOTS else _of_people(session, channel, now, batch)
    if not ids:
        return []
    rows = session.scalars(
        select(Delivery)
        .where(Delivery.id.in_(ids), *due)
        .order_by(Delivery.next_at, Delivery.id)
        .with_for_update(skip_locked=True)
    ).all()
    # A paper is claimed alone, so that a crash leaves no other paper in doubt.
    rows = rows[:1] if rows and rows[0].weighty else [row for row in rows if not row.weighty]
    letters, gone = _letters(session, rows, unseal)
    update_rows(
        session,
        [letter.id for letter in letters],
        {
            "status": "sending",
            "next_at": None,
            "claimed_at": now,
            "claim": me,
            "tries": Delivery.tries + 1,
        },
    )
    if gone:
        update_rows(session, gone, {"status": "dead", "next_at": None, "error": "address_gone"}, members=True)
    return letters


def _due(channel: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Delivery.channel == channel, Delivery.next_at <= now


def _of_people(session: Session, channel: str, now: datetime, batch: int) -> list[int]:
    return list(
        session.scalars(
            select(Delivery.id)
            .where(*_due(channel, now))
            .order_by(Delivery.next_at, Delivery.id)
            .limit(batch)
            .with_for_update(skip_locked=True)
        )
    )


def _of_robots(session: Session, channel: str, now: datetime, batch: int) -> list[int]:
    """The messages each bot may still get this minute, counted under its row lock."""
    claimed: list[int] = []
    waiting = session.scalars(select(Delivery.robot_id).where(*_due(channel, now)).distinct().limit(batch)).all()
    locked = session.scalars(
        select(Robot.id).where(Robot.id.in_(waiting)).order_by(Robot.id).with_for_update(skip_locked=True)
    ).all()
    for robot in locked:
        spent = session.scalar(
            select(func.count()).where(
                Delivery.robot_id == robot,
                Delivery.claimed_at > now - timedelta(minutes=1),
                Delivery.lead_id.is_(None),
                # A clock set back must not silence a bot until it has caught up.
                Delivery.claimed_at < now + timedelta(minutes=1),
            )
        )
        free = min(PER_MINUTE - (spent or 0), batch - len(claimed))
        if free > 0:
            claimed += session.scalars(
                select(Delivery.id)
                .where(*_due(channel, now), Delivery.robot_id == robot)
                .order_by(Delivery.next_at, Delivery.id)
                .limit(free)
            )
    return claimed


def _calm(session: Session, now: datetime) -> None:
    """Postpone deliveries to often-mailed recipients to the end of the hour, to be bundled."""
    fresh = (*_due("email", now), Delivery.tries == 0, Delivery.weighty.is_(False), Delivery.event_id.is_not(None))
    for whose in session.scalars(select(Delivery.address_id).where(*fresh).distinct()).all():
        sent = session.scalars(
            select(Delivery.claimed_at)
            .where(
                Delivery.address_id == whose,
                Delivery.claimed_at > now - CALM,
                Delivery.claimed_at <= now,
                Delivery.lead_id.is_(None),
                Delivery.event_id.is_not(None),
            )
            .order_by(Delivery.claimed_at.desc())
            .limit(FEW)
        ).all()
        if len(sent) < FEW or sent[0] is None:
            continue
        rows = session.execute(
            select(Delivery.id, Delivery.params)
            .where(*fresh, Delivery.address_id == whose)
            .limit(500)
            .with_for_update(skip_locked=True)
        )
        update_rows(session, [row[0] for row in rows if not row[1].get(PRESSING)], {"next_at": sent[0] + CALM})


def _gather(session: Session, channel: str, now: datetime, target: InstrumentedAttribute[int | None]) -> None:
    """Bundle many deliveries for one recipient, who would not read forty messages in a morning."""
    fresh = (*_due(channel, now), Delivery.tries == 0, Delivery.weighty.is_(False), Delivery.event_id.is_not(None))
    crowded = session.scalars(select(target).where(*fresh).group_by(target).having(func.count() > FEW)).all()
    for whose in crowded:
        ids = session.scalars(
            select(Delivery.id)
            .where(*fresh, target == whose)
            .order_by(Delivery.id)
            .limit(500)
            .with_for_update(skip_locked=True)
        ).all()
        if len(ids) > FEW:
            # An unsent earlier bundle joins with all its members.
            put_members(session, ids[1:], {"lead_id": ids[0]})
            update_rows(session, ids[1:], {"lead_id": ids[0], "next_at": None})


def _letters(
    session: Session, rows: Sequence[Delivery], unseal: Callable[[str], str]
) -> tuple[list[Letter], list[int]]:
    """The rows as letters with decrypted addresses, and the ids of those whose address is no longer in use."""
    # Nothing is sent to an account closed meanwhile.
    addresses = {
        row.id: row
        for row in session.scalars(
            select(Address)
            .join(User, User.id == Address.user_id)
            .where(Address.id.in_([row.address_id for row in rows if row.address_id]), User.active)
        )
    }
    robots = {
        row.id: row
        for row in session.scalars(select(Robot).where(Robot.id.in_([row.robot_id for row in rows if row.robot_id])))
    }
    beside: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for lead, kind, params in session.execute(
        select(Delivery.lead_id, Delivery.kind, Delivery.params)
        .where(Delivery.lead_id.is_not(None), Delivery.lead_id.in_([row.id for row in rows]))
        .order_by(Delivery.id)
    ):
        beside.setdefault(lead, []).append((kind, params))
    letters, gone = [], []
    for row in rows:
        if row.channel == "syslog":
            # The log server is the installation's, by its settings.
            items = ((row.kind, row.params), *beside.get(row.id, ()))
            letters.append(Letter(row.id, row.key, "", "", row.kind, row.params, row.language, row.created_at, items))
            continue
        target = addresses.get(row.address_id or 0) or robots.get(row.robot_id or 0)
        if isinstance(target, Address) and target.ended_at is not None and row.kind != "verify":
            target = _moved(session, target)
            row.address_id = target.id if target else row.address_id
        if target is None or target.ended_at is not None:
            gone.append(row.id)
            continue
        opened = unseal(target.value_sealed)
        to, secret = json.loads(opened) if row.robot_id else (opened, "")
        items = ((row.kind, row.params), *beside.get(row.id, ()))
        letters.append(Letter(row.id, row.key, to, secret, row.kind, row.params, row.language, row.created_at, items))
    return letters, gone


def _moved(session: Session, old: Address) -> Address | None:
    """The present address of a person whose earlier one is no longer used."""
    return session.scalars(
        select(Address).where(
            Address.user_id == old.user_id,
            Address.channel == old.channel,
            Address.ended_at.is_(None),
            Address.verified_at.is_not(None),
        )
    ).one_or_none()


def recover(session: Session, now: datetime) -> int:
    """Mark a dead worker's `sending` rows as `unknown`: ordinary mail is retried, papers wait for a person."""
    left = session.execute(
        select(Delivery.id, Delivery.weighty, Delivery.tries)
        .where(DELIVERIES_BEING_SENT.predicate, Delivery.claimed_at < now - LEASE)
        # In the order of its index, so that sent deliveries are not scanned.
        .order_by(Delivery.claimed_at)
        .limit(200)
        .with_for_update(skip_locked=True)
    ).all()
    for delivery_id, weighty, tries in left:
        status = "unknown" if weighty or tries < TRIES else "dead"
        again = now if status == "unknown" and not weighty else None
        update_rows(session, [delivery_id], {"status": status, "next_at": again, "claim": None, "error": "interrupted"})
        put_members(session, [delivery_id], {"status": status})
    return len(left)


def update_rows(session: Session, ids: Sequence[int], values: dict[str, Any], *, members: bool = False) -> None:
    """Update these columns of the rows; with `members` the status of their bundle as well."""
    if ids:
        session.execute(plain(update(Delivery).where(Delivery.id.in_(ids)).values(values)))
        if members:
            put_members(session, ids, {"status": values["status"]})


def put_members(session: Session, leads: Sequence[int], values: dict[str, Any]) -> None:
    """Update these columns of the members of the rows' bundles."""
    members = update(Delivery).where(Delivery.lead_id.is_not(None), Delivery.lead_id.in_(leads))
    session.execute(plain(members.values(values)))


def plain(statement: Any) -> Any:
    """The statement without synchronising the session."""
    return statement.execution_options(synchronize_session=False)
