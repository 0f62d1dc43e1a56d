"""Random reforms among tickets: nothing open is ever with what has ended, every open ticket is seen by the village and the
town that its household has, each household is in one living village, and every invariant of a county holds."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Household, Ticket, Unit, Village
from tests.conftest import fresh_database
from tests.support.calendars import worked_day
from tests.support.databases import engine_at
from tests.support.factories import START, County, day, settle_county
from tests.support.reforms import actor, sound
from tests.support.thorough import tries
from tests.support.walks.reforms import reformed
from workflow.actors import Actor
from workflow.errors import WorkflowError
from workflow.tickets import desk
from workflow.tickets.visibility import sees

HOUSEHOLDS = 6
pick = st.integers(0, 11)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("file"), pick, pick),
        st.tuples(st.just("act"), pick, pick),
        st.tuples(st.sampled_from(["rename", "merge", "new", "split", "planned", "desk"]), st.just("unit"), pick, pick),
        st.tuples(st.sampled_from(["rename", "merge", "new", "move"]), st.just("village"), pick, pick),
    ),
    min_size=4,
    max_size=14,
)
ACTS = ("endorse", "accept", "decline", "suspend", "uphold", "resume", "send_back", "resubmit", "cancel")
PEOPLE = ("town", "other_town", "water", "power", "housing", "office", "village", "leaders")


class Walker:
    """Takes the steps; what the county refuses is no step."""

    def __init__(self, county: County) -> None:
        self.county, self.now, self.serial = county, START, 0
        self.done: list[str] = []
        with county.read() as session:
            self.households = len(session.scalars(select(Household.id)).all())

    def step(self, step: tuple[Any, ...]) -> None:
        self.now += timedelta(hours=5)
        kind = step[0]
        try:
            if kind == "file":
                household, about = f"A{1 + step[1] % HOUSEHOLDS}", ("water", "power", "file")[step[2] % 3]
                who = "village" if step[2] % 2 else "office"
                self.county.people[who] = self.acting(who)
                self.county.file(who, household, about, self.now)
            elif kind == "act":
                self.act(*step[1:])
            else:
                self.reform(*step)
        except WorkflowError:
            return
        self.done.append(kind)

    def acting(self, who: str) -> Actor:
        return actor(self.county, who)

    def act(self, which: int, how: int) -> None:
        """Somebody of the unit that holds the ticket, or of the office, tries one action after the other."""
        with self.county.read() as session:
            tickets = session.scalars(select(Ticket).where(Ticket.ended_at.is_(None)).order_by(Ticket.id)).all()
        if not tickets:
            return
        ticket = tickets[which % len(tickets)]
        people = [self.acting(who) for who in PEOPLE]
        more: dict[str, dict[str, Any]] = {
            "decline": {"ground": "not_ours", "cited_duty": "三定方案"},
            "suspend": {"ground": "flood", "until": worked_day(self.county, self.now + timedelta(days=9))},
            "uphold": {"reason": "由承接单位办理"},
            "send_back": {"reason": "补充地点"},
            "cancel": {"reason": "重复"},
        }
        for action in (*ACTS[how % len(ACTS) :], *ACTS[: how % len(ACTS)]):
            for person in people:
                try:
                    with self.county.write() as session:
                        given = self.county.cast.given(more.get(action, {}))
                        desk.perform(session, person, ticket.id, action, self.now, **given)
                except WorkflowError:
                    continue
                return

    def reform(self, kind: str, subject: str, one: int, other: int) -> None:
        self.serial += 1
        self.acting("office")
        self.now = reformed(self.county, self.now, self.serial, kind, subject, one, other)

    def check(self) -> None:
        """Compared by plain reading of the rows."""
        with self.county.read() as session:
            villages = {row.id: row for row in session.scalars(select(Village))}
            units = {row.id: row for row in session.scalars(select(Unit))}
            homes = {row.id: row for row in session.scalars(select(Household))}
            assert len(homes) == self.households
            for home in homes.values():
                assert villages[home.village_id].ended_on is None
                assert units[villages[home.village_id].town_id].ended_on is None
            for ticket in session.scalars(select(Ticket).where(Ticket.ended_at.is_(None))):
                village = villages[homes[ticket.household_id or 0].village_id]
                assert (ticket.in_village_id, ticket.town_id) == (village.id, village.town_id)
                assert sees(Actor("village", 1, village.town_id, village.id), ticket, session)
                assert sees(Actor("town", 1, village.town_id), ticket, session)
                for unit in (ticket.holder_unit_id, ticket.lead_unit_id, ticket.confirmer_unit_id):
                    assert unit is None or units[unit].ended_on is None


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@settings(max_examples=tries(6, 15), deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=steps)
def test_whatever_is_reformed_nothing_open_is_left_behind(
    request: pytest.FixtureRequest, dialect: str, taken: list[tuple[Any, ...]]
) -> None:
    with fresh_database(request, dialect) as url:
        walker = Walker(settle_county(engine_at(url), households=HOUSEHOLDS))
        for step in taken:
            walker.step(step)
            walker.check()
        assert sound(walker.county, max(walker.now + timedelta(hours=1), day(1))) == []
