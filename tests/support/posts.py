"""Posts of a small county, entered as the command line would: by the system, on a document."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Post, User
from workflow.actors import Actor, system
from workflow.county.posts import post_entries
from workflow.policy.worktime import local_date

DOCUMENT = "五组任〔2018〕12号"


def appoint(session: Session, user: User, kind: str, at: datetime, who: Actor | None = None, **given: Any) -> Post:
    """The person has the post from the day of `at` on."""
    asked = {"user": user.name, "kind": kind, "from_day": local_date(at).isoformat(), "document": DOCUMENT}
    return post_entries.enter(session, who or system(), at, asked | given)
