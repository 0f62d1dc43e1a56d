"""Leaders of a small county's units, who sign from their own accounts, and what they authorise."""

from datetime import datetime, timedelta
from typing import Any

from models import Authorisation, User
from tests.support.factories import START, County
from tests.support.posts import appoint
from workflow.actors import actor_of, system
from workflow.county import accounts, authorisations
from workflow.county.accounts import NewUser

#: Before anything a test does.
APPOINTED = START - timedelta(days=29)


def lead(county: County, *who: str, at: datetime = APPOINTED) -> None:
    """These people lead their units from then on."""
    with county.write() as session:
        for name in who:
            user = session.get_one(User, county.people[name].user_id)
            appoint(session, user, "leader", at)


def colleague(county: County, name: str, unit: str, role: str = "bureau") -> None:
    """Another person of a unit."""
    with county.write() as session:
        made = accounts.create_user(session, system(), APPOINTED, NewUser(name=name, role=role, unit=county.code(unit)))
        county.people[name] = actor_of(made)


def authorise(county: County, who: str, at: datetime = APPOINTED, **given: Any) -> Authorisation:
    """The leader puts an authorisation on record; by default one to sign, for the days of the test."""
    wanted = {
        "kind": "sign",
        "from_day": at.date().isoformat(),
        "until_day": "2020-12-31",
        "document": "五扶授〔2018〕1号",
    } | given
    with county.write() as session:
        return authorisations.record(session, county.people[who], at, wanted)


#: What the paper of a talk (约谈) is issued with: a time after everything a test does.
TALK: dict[str, Any] = {
    "meet_at": "2019-06-03T09:00",
    "place": "县政府三楼会议室",
    "presider": "领导小组副组长",
    "attendees": ["单位主要负责人", "分管负责人"],
}
