"""Post record: the days of a post, and the events by which its history records it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from models import Post
from workflow.history import event_log
from workflow.policy.worktime import SHANGHAI, local_date

#: The columns of a post in its events.
FOLDED = (
    *("unit_id", "user_id", "kind", "from_at", "until_at", "stands_for_id", "document"),
    *("recorded_at", "ended_at", "cancelled_at"),
)


def midnight(on: date) -> datetime:
    """0:00 in China of a day."""
    return datetime.combine(on, time(), SHANGHAI)


def last_day(post: Post) -> date | None:
    """The last day of a post; None where none is known yet."""
    return local_date(post.until_at - timedelta(microseconds=1)) if post.until_at is not None else None


def folded(row: Post) -> dict[str, Any]:
    """The columns of a post in the form of its events."""
    values = {name: getattr(row, name) for name in FOLDED}
    return {name: event_log.stamp(v) if isinstance(v, datetime) else v for name, v in values.items()}


def record(
    chain: event_log.Chain,
    row: Post,
    action: str,
    *,
    custodies: int = 0,
    on: str = "",
    private: dict[str, Any] | None = None,
) -> None:
    """Record what was done to a post: `custodies` of how many stretches another person led, `on` which document."""
    last = last_day(row)
    given = {
        "post": row.kind,
        "unit": row.unit_id,
        "user": row.user_id,
        "stands_for": row.stands_for_id,
        "from": local_date(row.from_at).isoformat(),
        "until": last.isoformat() if last is not None else None,
        "document": on or row.document,
    }
    chain.append(action, given, {"post": folded(row), "custodies": custodies}, private=private)
