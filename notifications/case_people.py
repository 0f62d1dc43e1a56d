"""Case recipients: the people notified of an accountability case (opener, decider, the unit held to account,
inspectorate).

A role the case does not have (no deciding unit in the county; the unit not yet notified) has no recipient.  A role
without people climbs like any other, and the substitute sees in whose place.
"""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Event, Unit, User
from notifications import unheard
from notifications.county_clock import scheme_of
from notifications.rules import CASE_RULES, upward
from notifications.successors import present


def people(session: Session, event: Event) -> dict[int, str]:
    """The recipients of a case event, never its own actor, each with the role they substitute ("": their own)."""
    case = session.get_one(AccountabilityCase, event.subject_id)
    # The opener follows from the unit held to account: the office, or against it and units above it the leading group.
    (held,) = present(session, [case.unit_id])
    kind, code = session.execute(select(Unit.type, Unit.code).where(Unit.id == held)).one()
    above = scheme_of(session, case.scheme_version_id).accountability.above_office
    units: dict[str, ColumnElement[bool] | None] = {
        "opener": User.role == ("leaders" if kind == "office" or code in above else "office"),
        "decider": _staff_of_unit(case.decider_unit_id),
        "respondent": _staff_of_unit(case.unit_id)
        if case.notified_at is not None and case.notified_at <= event.at
        else None,
    }
    recipients: dict[int, str] = {}
    for role in CASE_RULES[event.action]:
        if role in units and units[role] is None:
            continue
        for step in upward(role):
            meant = units.get(step)
            query = select(User.id).where(User.active, User.role == step if meant is None else meant)
            members = session.scalars(query).all()
            for person in members:
                if step == role:
                    recipients[person] = ""
                else:
                    recipients.setdefault(person, role)
            if members:
                break
        else:
            unheard.note(session, event)
    recipients.pop(event.actor_id or 0, None)
    return recipients


def _staff_of_unit(unit_id: int | None) -> ColumnElement[bool] | None:
    heir = select(Unit.successor_id).where(Unit.id == unit_id).scalar_subquery()
    return (
        None
        if unit_id is None
        else (User.unit_id == func.coalesce(heir, unit_id)) & User.role.not_in(("village", "admin"))
    )
