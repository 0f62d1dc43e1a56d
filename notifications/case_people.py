"""Who hears of an accountability case: its opener, who decides it, the unit held to account, and the inspectorate.

A role the case does not have (nobody in the county decides it; the unit has not been told) is nobody's to fill.  A seat
without people climbs like any other, and who is told in another's place reads in whose.
"""

import logging

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Event, Unit, User
from notifications.rules import CASE_RULES, upward

log = logging.getLogger("xiaohao.notifications")


def people(session: Session, event: Event) -> dict[int, str]:
    """The people an event of a case tells, never its own actor, each with the role they stand in for ("": their own)."""
    case = session.get_one(AccountabilityCase, event.subject_id)
    # Who acts for the opener is read from the unit held to account: the office, or the leading group against it.
    office = session.scalar(select(Unit.type).where(Unit.id == case.unit_id)) == "office"
    units: dict[str, ColumnElement[bool] | None] = {
        "opener": User.role == ("leaders" if office else "office"),
        "decider": _of(case.decider_unit_id),
        "respondent": _of(case.unit_id) if case.notified_at is not None and case.notified_at <= event.at else None,
    }
    found: dict[int, str] = {}
    for role in CASE_RULES[event.action]:
        if role in units and units[role] is None:
            continue
        for step in upward(role):
            meant = units.get(step)
            query = select(User.id).where(User.active, User.role == step if meant is None else meant)
            told = session.scalars(query).all()
            for person in told:
                if step == role:
                    found[person] = ""
                else:
                    found.setdefault(person, role)
            if told:
                break
        else:
            log.error("nobody in the county can be told of event %s", event.id)
    found.pop(event.actor_id or 0, None)
    return found


def _of(unit_id: int | None) -> ColumnElement[bool] | None:
    return None if unit_id is None else (User.unit_id == unit_id) & User.role.not_in(("village", "admin"))
