"""Household status: the only place where it changes, with row, version and history together."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Household
from workflow.actors import Actor
from workflow.history import event_log


def set_status(
    session: Session,
    actor: Actor,
    household: Household,
    status: str,
    now: datetime,
    *,
    action: str,
    given: dict[str, Any],
    secret: dict[str, Any] | None = None,
) -> None:
    """Set the status of a locked household and append the event `action`; the caller checks that it may.

    `given` holds codes and figures only, `secret` erasable text.
    """
    before, household.status = household.status, status
    household.version += 1
    event_log.append(
        session,
        subject_type="household",
        subject_id=household.id,
        actor=actor,
        action=action,
        now=now,
        from_state=before,
        to_state=status,
        given=given,
        effect={"household": {"status": status, "version": household.version}},
        private=secret,
        notify=False,
    )
