"""Places as of a moment: the town of each village, and the villages there were, before the reforms entered after it; and what
has moved since.

The rule of the year's figures: what happened under a unit that has ended counts for its successor from the reform on, as
if it had always been the successor's; of a divided town, for the town that has the village.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import Block, Event, Reform, Village
from workflow.county.successions import succession


def village_towns(session: Session, at: datetime) -> dict[int, int]:
    """The town of every village as recorded by the moment, by ids; also of villages that have ended."""
    towns = {row[0]: row[1] for row in session.execute(select(Village.id, Village.town_id))}
    moves = session.execute(
        select(Event.subject_id, Event.given)
        .where(Event.subject_type == "village", Event.action == "move_village", Event.at > at)
        .order_by(Event.id.desc())
    )
    for village_id, given in moves:
        towns[village_id] = given["from"]
    return towns


def living_villages(session: Session, at: datetime) -> set[int]:
    """The villages that had not ended by the moment, without those that reforms set up after it."""
    reforms = session.scalars(select(Reform).where(Reform.subject == "village").order_by(Reform.id)).all()
    ended = succession([reform for reform in reforms if reform.at <= at], "village")
    later = (reform.content for reform in reforms if reform.at > at)
    new = {content["successor_id"] for content in later if content.get("new")}
    return set(session.scalars(select(Village.id))) - ended.keys() - new


def moved_since(session: Session, subject: str, at: datetime, only: ColumnElement[bool] | None = None) -> list[int]:
    """The subjects of one kind that have events recorded after `at` (with `only`: such events), by id; reads only blocks
    sealed since.
    """
    later = select(Block.id).where(Block.sealed_at > at)
    subjects = (
        select(Event.subject_id)
        .where(
            or_(Event.block_id.is_(None), Event.block_id.in_(later)),
            Event.at > at,
            Event.subject_type == subject,
        )
        .distinct()
    )
    return sorted(session.scalars(subjects if only is None else subjects.where(only)))
