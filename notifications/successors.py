"""Successors of units in messages: what was addressed to a unit that has ended reaches the unit that succeeds it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit


def successors(session: Session) -> dict[int, int]:
    """By each unit the one that has its business today: itself, or its last (of several the first) successor."""
    heirs = {row.id: row.heir for row in session.execute(select(Unit.id, Unit.successor_id.label("heir")))}

    def present(unit: int) -> int:
        while (heir := heirs[unit]) is not None:
            unit = heir
        return unit

    return {unit: present(unit) for unit in heirs}


def present(session: Session, units: Iterable[int]) -> set[int]:
    """The units that have the business of these today."""
    found = successors(session)
    return {found[unit] for unit in units}
