"""Accountability cases as events carry them: the columns of a case, so that folding its events gives the row again."""

from datetime import date, datetime
from typing import Any

from models import AccountabilityCase
from workflow.history.event_log import stamp

#: The columns that a case's events carry, so that folding them gives the row again.
FOLDED = tuple(column.key for column in AccountabilityCase.__table__.columns if column.key != "id")


def folded(case: AccountabilityCase) -> dict[str, Any]:
    """The case's columns as events carry them: moments in their hashed form, days in ISO form."""
    return {name: _plain(getattr(case, name)) for name in FOLDED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value
