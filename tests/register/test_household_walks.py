"""Random lives of whole households with tickets: split, merged, moved, undone, villages merged, tickets filed and moved on.

After every step each living person is in one household, the people of villages are the sum of their households, and every
open ticket is seen by its household's present village and town; at the end `verify` is clean and custody is conserved.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Household, Member, Ticket, User, Village
from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tests.support.factories import START, County, settle_county
from tests.support.households import change, people
from tests.support.lives import act
from tests.support.reforms import reform, sound
from workflow.actors import acting
from workflow.errors import WorkflowError
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.tickets.visibility import sees

VILLAGES = ("town-a-v1", "town-a-v2", "town-b-v1", "town-b-v2")
at = st.integers(0, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("split"), at, at),
        st.tuples(st.just("merged"), at, at),
        st.tuples(st.just("relocated"), at, st.integers(0, 3)),
        st.tuples(st.just("undone"), at),
        st.tuples(st.just("file"), at, st.sampled_from(["water", "power"])),
        st.tuples(st.just("ticket"), at, st.sampled_from(["accept", "decline", "resolve"])),
        st.tuples(st.just("villages"), st.integers(0, 1)),
    ),
    min_size=3,
    max_size=14,
)


class Walker:
    """Takes the steps; what the product refuses changes nothing."""

    def __init__(self, county: County) -> None:
        self.county, self.now, self.everybody = county, START, set[str]()
        for code in ("A1", "A2", "B1"):
            people(county, {"labour": "with"}, {"labour": "none"}, {"labour": "none"}, household=code)
            with county.write() as session:
                home = session.scalars(select(Household).where(Household.code == code)).one()
                for row in session.scalars(select(Member).where(Member.household_id == home.id)):
                    row.name = f"{code}{row.position}"
                    self.everybody.add(row.name)
            change(county, code, people=3, head_name=f"{code}1")

    def homes(self) -> list[Household]:
        with self.county.read() as session:
            return [row for row in session.scalars(select(Household).order_by(Household.id)) if not row.gone]

    def step(self, step: tuple[Any, ...]) -> None:
        self.now += timedelta(days=1)
        kind, homes = step[0], self.homes()
        try:
            if kind == "villages":
                place = ("town-a", "town-b")[step[1]]
                reform(self.county, self.now, subject="village", sources=[f"{place}-v2"], into=f"{place}-v1")
            elif kind == "ticket":
                self._move_on(step[1], step[2])
            elif homes:
                self._live(kind, homes[step[1] % len(homes)], homes, step)
        except WorkflowError:
            return

    def _live(self, kind: str, home: Household, homes: list[Household], step: tuple[Any, ...]) -> None:
        if kind == "file":
            self.county.file("office" if home.village_id > 2 else "town", home.code, step[2], self.now)
        elif kind == "split":
            with self.county.read() as session:
                rows = session.scalars(
                    select(Member)
                    .where(Member.household_id == home.id, Member.ends_on.is_(None), Member.position != 1)
                    .order_by(Member.id)
                ).all()
                open_ = session.scalars(
                    select(Ticket).where(Ticket.household_id == home.id, Ticket.ended_at.is_(None))
                ).all()
            leaving = rows[step[2] % len(rows)].name if rows else ""
            going = [row.number for row in open_[: step[2] % 2]]
            act(self.county, "split", *([leaving] if leaving else []), household=home.code, at=self.now, tickets=going)
        elif kind == "merged":
            act(self.county, kind, household=home.code, to=homes[step[2] % len(homes)].code, at=self.now)
        elif kind == "relocated":
            act(self.county, kind, household=home.code, to=VILLAGES[step[2]], at=self.now)
        else:
            with self.county.read() as session:
                gone = session.scalars(
                    select(Member.name).where(Member.household_id == home.id, Member.ends_on.is_(None))
                ).all()
            act(self.county, "undone", household=home.code, reason="整户误录，核实后撤销", at=self.now)
            self.everybody -= set(gone)

    def _move_on(self, index: int, action: str) -> None:
        with self.county.read() as session:
            ids = session.scalars(select(Ticket.id).where(Ticket.ended_at.is_(None)).order_by(Ticket.id)).all()
        if not ids:
            return
        number = ids[index % len(ids)]
        who = self.county.ticket(number).kind
        if action == "resolve":
            self.county.resolve(number, self.now, who=who)
        elif action == "decline":
            self.county.do(who, "decline", number, self.now, ground="not_ours", cited_duty="三定方案")
        else:
            self.county.do(who, "accept", number, self.now)

    def check(self) -> None:
        today = local_date(self.now)
        with self.county.read() as session:
            homes = {row.id: row for row in session.scalars(select(Household))}
            living = [row for row in session.scalars(select(Member)) if counted(row, today)]
            assert sorted(row.name for row in living) == sorted(self.everybody), "each in one household"
            assert not [row for row in living if homes[row.household_id].gone]
            there = Counter(homes[row.household_id].village_id for row in living)
            told = Counter({row.village_id: 0 for row in homes.values()})
            for row in homes.values():
                told[row.village_id] += row.people or 0
            assert +there == +told, "the people of a village are the sum of its households"
            towns = {row.id: row.town_id for row in session.scalars(select(Village))}
            users = [acting(session, row, self.now) for row in session.scalars(select(User).where(User.active))]
            for ticket in session.scalars(select(Ticket).where(Ticket.ended_at.is_(None))):
                home = homes[ticket.household_id or 0]
                assert (ticket.in_village_id, ticket.town_id) == (home.village_id, towns[home.village_id])
                for who in users:
                    if who.village_id == home.village_id or (who.role, who.unit_id) == ("town", towns[home.village_id]):
                        assert sees(who, ticket, session), who.name


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=steps)
def test_whatever_happens_to_households_people_and_tickets_are_with_them(
    request: pytest.FixtureRequest, dialect: str, taken: list[tuple[Any, ...]]
) -> None:
    with fresh_database(request, dialect) as url:
        walker = Walker(settle_county(engine_at(url)))
        for step in taken:
            walker.step(step)
            walker.check()
        assert sound(walker.county, walker.now + timedelta(hours=1)) == []
