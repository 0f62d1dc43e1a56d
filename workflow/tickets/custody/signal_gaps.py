"""Signal gaps (无信号时段): the time between an act at a door without a signal and its arrival, which no unit bears.

A phone tells when its person pressed, and a phone can tell anything.  So both times are recorded, the verdict is that of the
arrival, and of the time between only what the server knows for itself is credited: the silence of that sign-in, from its
last contact before to the first one after.  Whoever had a line in between, on whatever device, is credited nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Charge, Custody
from workflow.history.event_log import stamp
from workflow.tickets.custody.downtime import Down, charged

GROUND = "no_signal"
#: Longer ago nothing was done: a phone keeps no page for so long.
LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Told:
    """When an act was done, as the phone told, and the silence that ended with this contact (None: the server knows none)."""

    at: datetime
    silent_from: datetime | None = None
    back_at: datetime | None = None

    def is_plausible(self, now: datetime) -> bool:
        """Whether the act can have been done then; what cannot is not recorded."""
        return now - LONGEST <= self.at <= now

    def gap(self, began_at: datetime, at: datetime) -> tuple[datetime, datetime] | None:
        """What is credited of a custody that began at `began_at` and ends at `at`."""
        if self.silent_from is None or self.back_at is None:
            return None
        begins, ends = max(self.at, self.silent_from, began_at), min(self.back_at, at)
        return (begins, ends) if begins < ends else None


def noted(told: Told | None, now: datetime, given: dict[str, Any]) -> Told | None:
    """What was told, if it can have been; the event's input `given` then says it too."""
    if told is None or not told.is_plausible(now):
        return None
    given["told_at"] = stamp(told.at)
    return told


def charge(session: Session, down: Down, custody: Custody, told: Told | None, at: datetime) -> list[dict[str, Any]]:
    """Charge the gap of the act that ends this custody at `at` to no unit; returns the event payload.

    Downtime within it is charged as such already.
    """
    gap = told.gap(custody.began_at, at) if told is not None else None
    minutes = down.worked(*gap) if gap else 0
    if minutes <= 0:
        return []
    session.add(Charge(custody_id=custody.id, unit_id=None, minutes=minutes, ground=GROUND, at=at))
    return [{"seq": custody.seq, "unit": None, "minutes": minutes, "ground": GROUND}]


def credited(session: Session, custodies: Iterable[int]) -> dict[int, int]:
    """Working minutes without a signal that no unit bears, per custody by id."""
    return charged(session, custodies, GROUND)
