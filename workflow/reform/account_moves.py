"""Account moves: the accounts of units and villages that a reform ends or moves go along with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Unit, User
from workflow.actors import Actor
from workflow.county import accounts
from workflow.history import event_log


def move_to_unit(
    session: Session, actor: Actor, now: datetime, units: list[int], heir: int, only: Sequence[int] | None = None
) -> int:
    """Move the accounts of units that end to their successor, or `only` these; returns how many.

    A consequence of a reform: an account keeps its sign-in and its tokens, and is notified.  Whose role changes with the
    unit (of a bureau that the office takes in) is transferred: its tokens end, and the inspectorate is told.
    """
    unit = session.get_one(Unit, heir)
    which = select(User).where(User.unit_id.in_(units))
    if only is not None:
        which = which.where(User.id.in_(only))
    others = [row for row in session.scalars(which.order_by(User.id)) if _changes_role(row, unit)]
    for row in others:
        accounts.transfer(session, actor, row, unit, None, now)
    return len(others) + _move(session, actor, now, which, unit_id=heir)


def _changes_role(user: User, unit: Unit) -> bool:
    return user.village_id is None and user.role != accounts.role_in(unit, None)


def move_to_village(session: Session, actor: Actor, now: datetime, villages: list[int], heir: int) -> int:
    """Move the accounts of villages that end to their successor; returns how many.  A consequence of a reform."""
    return _move(session, actor, now, select(User).where(User.village_id.in_(villages)), village_id=heir)


def move_with_villages(session: Session, actor: Actor, now: datetime, villages: list[int], town: int) -> int:
    """Move the accounts of villages that another town gets to that town; returns how many.  A consequence of a reform."""
    which = select(User).where(User.village_id.in_(villages), User.unit_id != town)
    return _move(session, actor, now, which, unit_id=town)


def _move(session: Session, actor: Actor, now: datetime, users: Select[Any], **seat: int) -> int:
    rows = session.scalars(users.order_by(User.id)).all()
    for user in rows:
        for column, value in seat.items():
            setattr(user, column, value)
        given: dict[str, object] = {"unit": user.unit_id, "village": user.village_id}
        event_log.of(session, user, actor, now).append("user_moved", given)
    session.flush()
    return len(rows)
