"""Outgoing addresses in the history: units' group bots, set by the administrator, and people's changes to their own
addresses.  Both are on the audit trail.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Robot, Unit
from models.delivery import ROBOTS
from workflow.actors import Actor
from workflow.county.unit_names import living_unit
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.history import event_log


class BotAddress(NamedTuple):
    """The webhook of a group bot: its address, and the secret that signs what is sent there."""

    url: str
    secret: str


def set_robot(
    session: Session, actor: Actor, now: datetime, unit: str, channel: str, address: BotAddress, vault: Vault
) -> Robot:
    """Set a unit's bot in WeCom (`wecom`) or DingTalk (`dingtalk`), replacing the present one.

    The address must have been checked against the settings' hosts.  Raises BadInput, NotAllowed.
    """
    _only_admin(actor)
    if channel not in ROBOTS:
        raise BadInput("unknown_channel", "channel")
    for name, text, most in (("url", address.url, 500), ("secret", address.secret, 200)):
        if len(text) > most:
            raise BadInput("too_long", name, most=most)
    holder = living_unit(session, unit)
    # Serialises two administrators: a unit has one bot a channel.
    session.execute(select(Unit.id).where(Unit.id == holder.id).with_for_update())
    for old in session.scalars(
        select(Robot).where(Robot.unit_id == holder.id, Robot.channel == channel, Robot.ended_at.is_(None))
    ):
        old.ended_at = now
    row = Robot(
        unit_id=holder.id,
        channel=channel,
        value_sealed=vault.seal(json.dumps(address)),
        value_index=vault.index(json.dumps(address)),
        created_at=now,
        created_by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    event_log.of(session, event_log.COUNTY, actor, now).append(
        "robot_set", {"unit": row.unit_id, "channel": row.channel}, notify=False
    )
    return row


def end_robot(session: Session, actor: Actor, robot_id: int, now: datetime) -> None:
    """End a bot: nothing is sent to it any more.  Raises NotFound, NotAllowed."""
    _only_admin(actor)
    row = session.scalars(
        select(Robot).where(Robot.id == robot_id, Robot.ended_at.is_(None)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("no_such_robot")
    _end(session, actor, row, now)


def end_robots_of(session: Session, actor: Actor, units: Sequence[int], now: datetime) -> int:
    """End the group bots of units that end; returns how many.  A consequence of a reform: their groups are the ended
    units', and the successor's administrator sets those of the successor."""
    rows = session.scalars(
        select(Robot).where(Robot.unit_id.in_(units), Robot.ended_at.is_(None)).order_by(Robot.id).with_for_update()
    ).all()
    for row in rows:
        _end(session, actor, row, now)
    session.flush()
    return len(rows)


def _end(session: Session, actor: Actor, row: Robot, now: datetime) -> None:
    row.ended_at = now
    event_log.of(session, event_log.COUNTY, actor, now).append(
        "robot_ended", {"unit": row.unit_id, "channel": row.channel}, notify=False
    )


def record_address(session: Session, actor: Actor, channel: str, now: datetime, action: str, address_id: int) -> None:
    """Record a person's change to an own address: `address_entered`, `address_used` or `address_dropped`.

    The event is on the (locked) user's chain and names the row, never the address.
    """
    event_log.of(session, ("user", actor.account_id), actor, now).append(
        action, {"channel": channel, "address": address_id}, notify=False
    )


def _only_admin(actor: Actor) -> None:
    if actor.role != "admin":
        raise NotAllowed("only_the_administrator")
