"""Checking people: the recipients and facts of draws of spot checks and random checks, and of what happened to a household.

Only the units that check are told of a draw; a town learns of its household's check when it has failed.
"""

from urllib.parse import quote

from sqlalchemy import and_, or_, select
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
    """The recipients of what happened to a household: people of its village with its cadre, its town, the office; never
    the actor."""
    village, town, cadre = session.execute(
        select(Village.id, Village.town_id, Household.cadre_id)
        .join(Household, Household.village_id == Village.id)
        .where(Household.id == event.subject_id)
    ).one()
    within = {
        "village": or_(
            and_(User.role == "village", User.village_id == village),
            and_(User.id == cadre, User.role.in_(("village", "town"))),
        ),
        "town": and_(User.role == "town", User.unit_id == town),
    }
    recipients: dict[int, str] = {}
    for role in RULES[event.action]:
        for step in upward(role):
            mine = within.get(step, User.role == step)
            people = session.scalars(select(User.id).where(User.active, mine)).all()
            for person in people:
                recipients[person] = "" if step == role else recipients.get(person, role)
            if people:
                break
    recipients.pop(event.actor_id or 0, None)
    return recipients


def list_checkers(session: Session, event: Event) -> dict[int, str]:
    """The recipients of a taken bulk list: people of the villages whose households are to be checked, or of the town where
    a village has nobody; the towns that are asked what a line means."""
    lines = event.effect.get("lines", ())
    homes = {line["household"] for line in lines if line["household"] is not None}
    places = select(Village.id, Village.town_id).join(Household, Household.village_id == Village.id)
    villages = {row[0]: row[1] for row in session.execute(places.where(Household.id.in_(homes)).distinct())}
    towns = {line["town"] for line in lines if line["outcome"] == "asked"} - {None}
    people = session.execute(
        select(User.id, User.role, User.unit_id, User.village_id).where(User.active, User.role.in_(("village", "town")))
    ).all()
    own = {row.village_id for row in people if row.role == "village"}
    towns |= {town for village, town in villages.items() if village not in own}
    recipients = {
        row.id: "" for row in people if (row.village_id in villages if row.role == "village" else row.unit_id in towns)
    }
    recipients.pop(event.actor_id or 0, None)
    return recipients


def path_of(session: Session, event: Event) -> str:
    """The page that an event of a household, of a bulk list or of random checks leads to."""
    if event.subject_type == "bulk_list":
        return "/bulk-checks"
    if event.action == "family":
        return f"/households/{quote(session.get_one(Household, event.subject_id).code)}/family"
    return f"/random-checks/{event.given['check']}" if "check" in event.given else "/random-checks"
