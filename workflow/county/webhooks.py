"""Outgoing addresses in the history: units' group bots, set by the administrator, and people's changes to their own
addresses.  Both are on the audit trail.
"""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ONLY_ROW, Robot, Unit
from models.delivery import ROBOTS
from workflow.actors import Actor
from workflow.county.context import find_unit
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.history import event_log


def set_robot(
    session: Session, actor: Actor, unit: str, channel: str, url: str, secret: str, vault: Vault, now: datetime
) -> Robot:
    """Set a unit's bot in WeCom (`wecom`) or DingTalk (`dingtalk`), replacing the present one.

    The address must have been checked against the settings' hosts.  Raises BadInput, NotAllowed.
    """
    _only_admin(actor)
    if channel not in ROBOTS:
        raise BadInput("unknown_channel", "channel")
    if len(url) > 500 or len(secret) > 200:
        raise BadInput("too_long", "url" if len(url) > 500 else "secret", most=500 if len(url) > 500 else 200)
    found = find_unit(session, unit)
    # Serialises two administrators: a unit has one bot a channel.
    session.execute(select(Unit.id).where(Unit.id == found.id).with_for_update())
    for old in session.scalars(
        select(Robot).where(Robot.unit_id == found.id, Robot.channel == channel, Robot.ended_at.is_(None))
    ):
        old.ended_at = now
    session.flush()
    assert actor.user_id is not None
    row = Robot(
        unit_id=found.id,
        channel=channel,
        value_sealed=vault.seal(json.dumps([url, secret])),
        value_index=vault.index(json.dumps([url, secret])),
        created_at=now,
        created_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    _record_robot_event(session, actor, row, "robot_set", now)
    return row


def end_robot(session: Session, actor: Actor, robot_id: int, now: datetime) -> None:
    """End a bot: nothing is sent to it any more.  Raises NotFound, NotAllowed."""
    _only_admin(actor)
    row = session.scalars(
        select(Robot).where(Robot.id == robot_id, Robot.ended_at.is_(None)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("no_such_robot")
    row.ended_at = now
    _record_robot_event(session, actor, row, "robot_ended", now)


def record_address(session: Session, actor: Actor, channel: str, now: datetime, action: str, address_id: int) -> None:
    """Record a person's change to an own address: `address_entered`, `address_used` or `address_dropped`.

    The event is on the (locked) user's chain and names the row, never the address.
    """
    assert actor.user_id is not None
    event_log.append(
        session,
        subject_type="user",
        subject_id=actor.user_id,
        actor=actor,
        action=action,
        now=now,
        given={"channel": channel, "address": address_id},
        notify=False,
    )


def _only_admin(actor: Actor) -> None:
    if actor.role != "admin":
        raise NotAllowed("only_the_administrator")


def _record_robot_event(session: Session, actor: Actor, row: Robot, action: str, now: datetime) -> None:
    event_log.append(
        session,
        subject_type="county",
        subject_id=ONLY_ROW,
        actor=actor,
        action=action,
        now=now,
        given={"unit": row.unit_id, "channel": row.channel},
        notify=False,
    )
