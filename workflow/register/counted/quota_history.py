"""Quota history (任务户变更记录): what was entered of a house, by whom and why, with the verdicts on it, from its events."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret, User
from models.counted_rows import HOUSE_STEPS


@dataclass(frozen=True, slots=True)
class HouseChange:
    """One entry of a house: its days as they were recorded then, whether it was taken off the list, and the reason."""

    at: datetime
    by: str | None
    paid_on: date | None
    finished_on: date | None
    dropped: bool
    reason: str
    #: The verdict of another unit on each day, by step; None without one.
    verdicts: dict[str, str | None]


def recorded_house(event: Event) -> dict[str, Any]:
    """What an event says of a house.  Those made before verdicts name no unit: their days are of the unit that acted."""
    told = dict(event.effect["quota"])
    for step in HOUSE_STEPS:
        unit = event.actor_unit_id if told[f"{step}_on"] is not None else None
        none = dict.fromkeys(("verdict", "verdict_unit", "verdict_by", "verdict_at"))
        told.setdefault(step, {"unit": unit, **none})
    return told


def changes(session: Session, household_id: int, hide: bool) -> list[HouseChange]:
    """What was entered of the household's house, the latest first; `hide`: without the words of the reasons."""
    query = (
        select(Event, EventSecret.body, User.display_name)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == "household", Event.subject_id == household_id, Event.action == "quota")
        .order_by(Event.seq.desc())
    )
    return [
        HouseChange(
            event.at,
            by,
            _day(event.effect["quota"]["paid_on"]),
            _day(event.effect["quota"]["finished_on"]),
            event.effect["quota"]["dropped"],
            "" if hide else str((body or {}).get("reason", "")),
            {step: recorded_house(event)[step]["verdict"] for step in HOUSE_STEPS},
        )
        for event, body, by in session.execute(query)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
