"""Checking people: the recipients and facts of draws of spot checks and random checks, and of what a random check found.

Only the units that check are told of a draw; a town learns of its household's check when it has failed.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Household, User, Village
from notifications.rules import RULES, upward

#: Events that give checks to units.
GIVING = ("draw", "draw_households", "recheck_given")


def lookers(session: Session, event: Event) -> dict[int, str]:
    """The recipients of given checks: the people of each checking unit, or of the office where it has none."""
    given = [*event.effect.get("checks", ()), *event.effect.get("rechecks", ())]
    units = {check["checker_unit_id"] for check in given if not check.get("void")}
    people = session.execute(
        select(User.id, User.unit_id, User.role).where(User.active, User.role.in_(("town", "office", "leaders")))
    ).all()
    recipients = {person: "" for person, unit, _ in people if unit in units}
    if units - {unit for _, unit, _ in people}:
        recipients |= {person: "lookers" for person, _, role in people if role == "office" and person not in recipients}
    return recipients


def about_household(session: Session, event: Event) -> dict[int, str]:
    """The recipients of a failed random check: the household's town and the office, never the checker itself."""
    town = session.scalar(
        select(Village.town_id)
        .join(Household, Household.village_id == Village.id)
        .where(Household.id == event.subject_id)
    )
    recipients: dict[int, str] = {}
    for role in RULES[event.action]:
        for step in upward(role):
            mine = (User.role == step, User.unit_id == town) if step == "town" else (User.role == step,)
            people = session.scalars(select(User.id).where(User.active, *mine)).all()
            for person in people:
                recipients[person] = "" if step == role else recipients.get(person, role)
            if people:
                break
    recipients.pop(event.actor_id or 0, None)
    return recipients


def path_of(event: Event) -> str:
    """The page that an event of random checks leads to."""
    return f"/random-checks/{event.given['check']}" if "check" in event.given else "/random-checks"
