"""Quota history (任务户变更记录): what was entered of a household's house, by whom and why, from its events."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret, User


@dataclass(frozen=True, slots=True)
class HouseChange:
    """One entry of a house: its days as they were recorded then, whether it was taken off the list, and the reason."""

    at: datetime
    by: str | None
    paid_on: date | None
    finished_on: date | None
    dropped: bool
    reason: str


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
        )
        for event, body, by in session.execute(query)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
