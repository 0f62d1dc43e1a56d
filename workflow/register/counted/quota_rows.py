"""Quota rows: the houses of households locked and read, and what each has become in its events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from models import Household, QuotaHouse, Village
from models.counted_rows import HOUSE_STEPS
from models.household import GONE
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.history import event_log


def payload(row: QuotaHouse) -> dict[str, Any]:
    """A house in its events."""
    return {
        "id": row.id,
        "year": row.year,
        "paid_on": row.paid_on.isoformat() if row.paid_on else None,
        "finished_on": row.finished_on.isoformat() if row.finished_on else None,
        "dropped": row.dropped,
        **{step: _step_payload(row, step) for step in HOUSE_STEPS},
    }


def _step_payload(row: QuotaHouse, step: str) -> dict[str, Any]:
    at: datetime | None = getattr(row, f"{step}_verdict_at")
    return {
        "unit": getattr(row, f"{step}_unit_id"),
        "verdict": getattr(row, f"{step}_verdict"),
        "verdict_unit": getattr(row, f"{step}_verdict_unit_id"),
        "verdict_by": getattr(row, f"{step}_verdict_by_id"),
        "verdict_at": event_log.stamp(at) if at is not None else None,
    }


def reach(actor: Actor) -> ColumnElement[bool]:
    """Which villages' houses an actor enters: a town its own."""
    return Village.town_id == actor.unit_id if actor.role == "town" else true()


def locked(
    session: Session, actor: Actor, codes: Sequence[str], gone: bool = False
) -> dict[str, tuple[Household, Village]]:
    """The households with these codes that the actor reaches, locked in the order of their ids; with `gone` also those
    that have left the register, whose houses stay on the list until they are taken off.
    """
    standing = true() if gone else Household.status.not_in(GONE)
    query = (
        select(Household, Village)
        .join(Village, Village.id == Household.village_id)
        .where(Household.code.in_(codes), standing, reach(actor))
        .order_by(Household.id)
        .with_for_update(of=Household)
    )
    return {row[0].code: (row[0], row[1]) for row in session.execute(query)}


def rows_of(session: Session, setting: CountyContext, homes: Sequence[int]) -> list[QuotaHouse]:
    """The houses of these households in the assessment year, dropped ones included."""
    query = select(QuotaHouse).where(QuotaHouse.year == setting.year, QuotaHouse.household_id.in_(homes))
    return list(session.scalars(query))


def append(session: Session, actor: Actor, now: datetime, row: QuotaHouse, reason: str = "") -> None:
    """Record in the household's history what a house has become."""
    event_log.of(session, ("household", row.household_id), actor, now).append(
        "quota",
        {"year": row.year},
        {"quota": payload(row)},
        private={"reason": reason} if reason else None,
        notify=False,
    )
