"""Time bounds: the days that an extension or a suspension may last to, and those that a visit may have been on.

Forms offer these days and the desk holds an act to them.
"""

from datetime import date, datetime, timedelta

from models import Ticket
from models.base import stated
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.inputs import check_deadline_day
from workflow.policy.worktime import local_date


def until_days(
    setting: CountyContext, ticket: Ticket, action: str, now: datetime, due_at: datetime | None = None
) -> tuple[date, date] | None:
    """The first and the last working day to which `suspend`, or an extension of the deadline `due_at` (by default the
    ticket's), can last; None where no day satisfies `check_until`."""
    clock, (after, last) = setting.clock, _limits(setting, ticket, action, now, due_at)
    first = local_date(after)
    if clock.closing(first) <= after:
        first += timedelta(days=1)
    while first <= last and clock.surely_off(first):
        first += timedelta(days=1)
    while first <= last and clock.surely_off(last):
        last -= timedelta(days=1)
    return (first, last) if first <= last else None


def _limits(
    setting: CountyContext, ticket: Ticket, action: str, now: datetime, due_at: datetime | None
) -> tuple[datetime, date]:
    """The moment after which the day must close, and the last day."""
    clock, scheme = setting.clock, setting.scheme
    if action == "suspend":
        return now, local_date(clock.due(now, scheme.suspension.max_days))
    due_at = due_at or stated(ticket.due_at)
    last = local_date(clock.due(due_at, scheme.asking.extension_days))
    stop = ticket.hard_stop
    if stop is not None and clock.closing(stop) > now:
        last = min(last, stop)
    return max(now, due_at), last


def check_until(setting: CountyContext, ticket: Ticket, action: str, day: date, now: datetime) -> None:
    """Check that a suspension or an extension may last until that day, a working day.  Raises BadInput.

    A suspension is measured from now.  An extension is measured from the deadline, whenever it is granted: it ends
    after that deadline, and not after a hard stop still ahead.
    """
    clock, scheme = setting.clock, setting.scheme
    if clock.closing(day) <= now:
        raise BadInput("date_not_in_future", "until")
    if action == "suspend":
        if day > local_date(clock.due(now, scheme.suspension.max_days)):
            raise BadInput("suspension_too_long", "until", days=scheme.suspension.max_days)
        check_deadline_day("until", day, clock)
        return
    due_at = stated(ticket.due_at)
    if clock.closing(day) <= due_at:
        raise BadInput("extension_not_later", "until", day=local_date(due_at).isoformat())
    if day > local_date(clock.due(due_at, scheme.asking.extension_days)):
        raise BadInput("extension_too_long", "until", days=scheme.asking.extension_days)
    stop = ticket.hard_stop
    if stop is not None and day > stop and clock.closing(stop) > now:
        raise BadInput("extension_past_stop", "until", day=stop.isoformat())
    check_deadline_day("until", day, clock)


def visit_days(ticket: Ticket, now: datetime) -> tuple[date | None, date]:
    """The first day on which a visit proves something, None for any, and the last: today."""
    return (local_date(ticket.resolved_at) if ticket.resolved_at is not None else None), local_date(now)


def check_visit_day(ticket: Ticket, day: date, now: datetime) -> None:
    """Check the day of a visit.  Raises BadInput: a visit before the resolution proves nothing."""
    first, last = visit_days(ticket, now)
    if day > last:
        raise BadInput("date_in_future", "visited_on")
    if first is not None and day < first:
        raise BadInput("visit_before_resolved", "visited_on", day=first.isoformat())
