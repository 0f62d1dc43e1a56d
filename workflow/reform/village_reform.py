"""Village reforms: villages go to another town, or their households to another village, each recorded in their history."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Household, Unit, Village
from workflow.actors import Actor
from workflow.history import event_log
from workflow.register.counted.villages import facts


def new_village(session: Session, sources: Sequence[Village], name: str) -> Village:
    """The village that succeeds several, with the code of their town and the next number."""
    town = session.get_one(Unit, sources[0].town_id)
    number = 1 + int(session.scalar(select(func.max(Village.id))) or 0)
    village = Village(town_id=town.id, code=f"{town.code}-m{number:02d}", name=name)
    session.add(village)
    session.flush()
    return village


def move_to_town(session: Session, actor: Actor, now: datetime, villages: Sequence[Village], town: int) -> int:
    """Give villages to a town; their households go with them.  Returns how many."""
    for row in villages:
        left, row.town_id = row.town_id, town
        event_log.of(session, row, actor, now).append(
            "move_village", {"from": left, "to": town}, {"town": town, "was": {"town_id": left}}, notify=False
        )
    session.flush()
    return len(villages)


def villages_of(session: Session, towns: Sequence[int]) -> Sequence[Village]:
    """Every village of these towns, also those that have ended; locked."""
    return session.scalars(
        select(Village)
        .where(Village.town_id.in_(towns))
        .order_by(Village.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def move_households(session: Session, actor: Actor, now: datetime, sources: Sequence[Village], heir: Village) -> int:
    """Move every household of villages that end to the successor; what was recorded about them stays with them."""
    codes = {row.id: row.code for row in sources}
    rows = session.scalars(
        select(Household)
        .where(Household.village_id.in_(codes))
        .order_by(Household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        left = row.village_id
        row.village_id = heir.id
        row.version += 1
        # In the form of every event of a household, so that facts of earlier days are folded back.
        effect = {"household": {"village_id": heir.id, "version": row.version}, "was": {"village_id": left}}
        event_log.of(session, row, actor, now).append(
            "move_household", {"from": codes[left], "to": heir.code}, effect, notify=False
        )
    session.flush()
    return len(rows)


def add_up(session: Session, actor: Actor, now: datetime, sources: Sequence[Village], heir: Village) -> None:
    """Add up the registered poor people; the successor is a listed poor village if one of them was."""
    every, was = (heir, *sources), facts(heir)
    known = [row.poor_people for row in every if row.poor_people is not None]
    heir.poor_people = sum(known) if known else None
    heir.listed_poor = any(row.listed_poor for row in every)
    if facts(heir) != was:
        event_log.of(session, heir, actor, now).append(
            "describe_village", {"village": heir.code}, {"village": facts(heir), "was": was}, notify=False
        )
