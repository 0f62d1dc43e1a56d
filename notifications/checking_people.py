"""Checking people: the recipients and facts of draws of spot checks and random checks, of lists of bureaus, and of what
happened to a household.

Only the units that check are told of a draw; a town learns of its household's check when it has failed.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models import BulkLine, Event, Household, Unit, User, Village
from models.bulk_list import DUE_LINES
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


#: Events of a bulk list that notify somebody: of checks, and of questions.
_OF_CHECKS, _OF_LINES = ("give_checks", "late_checks"), ("ask_lines", "late_lines")
OF_LISTS = (*_OF_CHECKS, *_OF_LINES)


def of_list(session: Session, event: Event) -> dict[int, str]:
    """The recipients of checks or questions of a bulk list, as its open lines are today: people of the villages to check,
    or of the town where a village has nobody; people of the towns that are asked, or of the office."""
    open_lines = select(BulkLine).where(BulkLine.list_id == event.subject_id, DUE_LINES.predicate)
    if event.action in ("late_checks", "late_lines"):
        open_lines = open_lines.where(BulkLine.reminded_at.is_not(None), BulkLine.id.in_(_ids(event)))
    return _checkers(session, open_lines) if event.action in _OF_CHECKS else _explainers(session, open_lines)


def _ids(event: Event) -> list[int]:
    return [line["id"] for line in event.effect["lines"]]


def _checkers(session: Session, open_lines: Select[BulkLine]) -> dict[int, str]:
    homes = open_lines.where(BulkLine.outcome == "check").with_only_columns(BulkLine.household_id)
    present = func.coalesce(Household.successor_id, Household.id)
    query = select(Village.id, Village.town_id).join(Household, Household.village_id == Village.id)
    living = select(present).where(Household.id.in_(homes))
    villages = {row[0]: row[1] for row in session.execute(query.where(Household.id.in_(living)).distinct())}
    people = _people(session, "village", "town")
    own = {row.village_id for row in people if row.role == "village"}
    towns = {town for village, town in villages.items() if village not in own}
    found = {row.id: "" for row in people if row.role == "village" and row.village_id in villages}
    return found | {row.id: "checkers" for row in people if row.role == "town" and row.unit_id in towns}


def _explainers(session: Session, open_lines: Select[BulkLine]) -> dict[int, str]:
    asked = open_lines.where(BulkLine.outcome == "asked").with_only_columns(BulkLine.town_id)
    towns = {_present(session, town) for town in session.scalars(asked.distinct())}
    people = _people(session, "town", "office")
    found = {row.id: "" for row in people if row.role == "town" and row.unit_id in towns}
    if towns - {row.unit_id for row in people if row.role == "town"}:
        found |= {row.id: "" if None in towns else "explainers" for row in people if row.role == "office"}
    return found


def _present(session: Session, unit_id: int | None) -> int | None:
    while unit_id is not None and (heir := session.get_one(Unit, unit_id).successor_id) is not None:
        unit_id = heir
    return unit_id


def _people(session: Session, *roles: str) -> Sequence[Any]:
    query = select(User.id, User.role, User.unit_id, User.village_id)
    return session.execute(query.where(User.active, User.role.in_(roles))).all()


def path_of(session: Session, event: Event) -> str:
    """The page that an event of a household, of a bulk list or of random checks leads to."""
    if event.subject_type == "bulk_list":
        return "/bulk-checks" if event.action in _OF_CHECKS else f"/bulk-lists/{event.subject_id}?outcome=asked"
    if event.action == "family":
        return f"/households/{quote(session.get_one(Household, event.subject_id).code)}/family"
    return f"/random-checks/{event.given['check']}" if "check" in event.given else "/random-checks"
