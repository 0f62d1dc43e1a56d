"""Case record: the columns of an accountability case in its events, so that folding the events gives the row."""

from datetime import date, datetime
from typing import Any

from models import AccountabilityCase
from workflow.history.event_log import stamp

#: The columns recorded in a case's events.
FOLDED = tuple(column.key for column in AccountabilityCase.__table__.columns if column.key != "id")


def folded(case: AccountabilityCase) -> dict[str, Any]:
    """The case's columns in the form of events: moments in their hashed form, days in ISO form."""
    return {name: _plain(getattr(case, name)) for name in FOLDED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value
