"""People changes: the days from which evidence about a household's people counts again, since other people live in it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Event, Member

_UNABLE = "none"


@dataclass(frozen=True, slots=True)
class PeopleChanges:
    """The last days on which somebody began, ended, or ended who could work, and on which the household moved to another
    place; None where nobody did."""

    began_on: date | None = None
    ended_on: date | None = None
    earner_ended_on: date | None = None
    moved_on: date | None = None

    def after(self, seen_on: date, result: str, *, income: bool) -> date | None:
        """The day of a change that a result of this day does not know; None where it still says something.

        A new person may lack what the others have, so that nothing seen before covers them.  An end leaves what is met,
        but a gap may have been that person's, and the income may have been earned by them.
        """
        days = [self.began_on]
        if result == "unmet":
            days.append(self.ended_on)
        if income:
            days.append(self.earner_ended_on)
        return max((day for day in days if day is not None and seen_on < day), default=None)

    def elsewhere(self, seen_on: date) -> bool:
        """Whether what was seen on this day was seen in another place."""
        return self.moved_on is not None and seen_on < self.moved_on


def people_changes(session: Session, household_id: int) -> PeopleChanges:
    """The changes of a household's people; who was on the register from the start, or on no day, changed nothing."""
    rows = session.execute(
        select(Member.begins_on, Member.ends_on, Member.labour).where(
            Member.household_id == household_id,
            or_(Member.begins_on.is_not(None), Member.ends_on.is_not(None)),
            or_(Member.begins_on.is_(None), Member.ends_on.is_(None), Member.begins_on != Member.ends_on),
        )
    ).all()
    moves = session.scalars(
        select(Event.given).where(
            Event.subject_type == "household", Event.subject_id == household_id, Event.action == "family"
        )
    )
    return PeopleChanges(
        _latest([row.begins_on for row in rows]),
        _latest([row.ends_on for row in rows]),
        _latest([row.ends_on for row in rows if row.labour != _UNABLE]),
        _latest([date.fromisoformat(given["on"]) for given in moves if given["kind"] == "relocated"]),
    )


def _latest(days: list[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
