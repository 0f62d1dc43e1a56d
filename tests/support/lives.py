"""Lives in tests: a family with a dead or living head, recorded as a village records it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models import Household, Member
from tests.support.factories import County, day
from tests.support.spreadsheets import VAULT
from workflow.errors import WorkflowError
from workflow.register.lives import family_events, household_acts
from workflow.register.lives.family_events import Happened
from workflow.register.lives.family_input import FamilyInput
from workflow.register.lives.household_acts import Done


def happen(
    county: County, kind: str, *members: str, who: str = "town", household: str = "A1", at: Any = None, **more: Any
) -> Happened:
    """Records a change in the family; members and `head` are named, as they are called in the household."""
    moment = at or day(2)
    with county.write() as session:
        ids = {row.name: row.id for row in _living(session, household)}
        if "head" in more:
            more["head"] = ids[more["head"]]
        given = FamilyInput(
            kind=kind, on=more.pop("on", moment.date()), members=[ids[name] for name in members], **more
        )
        return family_events.record(session, county.people[who], moment, VAULT, household, given)


def act(
    county: County, kind: str, *members: str, who: str = "office", household: str = "A1", at: Any = None, **more: Any
) -> Done:
    """Records an act on a whole household; members and `head` are named, as they are called in it."""
    moment = at or day(2)
    with county.write() as session:
        ids = {row.name: row.id for row in _living(session, household)}
        if "head" in more:
            more["head"] = ids[more["head"]]
        seen = more.pop("seen", None)
        given = FamilyInput(
            kind=kind, on=more.pop("on", moment.date()), members=[ids[name] for name in members], **more
        )
        return household_acts.record(session, county.people[who], moment, household, given, seen=seen)


def refused(act: Callable[[], object]) -> tuple[str, str | None]:
    """Code and field of the refusal."""
    with pytest.raises(WorkflowError) as refusal:
        act()
    return refusal.value.code, refusal.value.field


def _living(session: Any, household: str) -> Any:
    query = select(Member).join(Household, Household.id == Member.household_id)
    return session.scalars(query.where(Household.code == household, Member.ends_on.is_(None)))


def living(county: County, household: str = "A1") -> list[str]:
    """The names of the living, the head first."""
    with county.read() as session:
        return [row.name for row in sorted(_living(session, household), key=lambda row: row.position)]


def home(county: County, household: str = "A1") -> Household:
    with county.read() as session:
        return session.scalars(select(Household).where(Household.code == household)).one()
