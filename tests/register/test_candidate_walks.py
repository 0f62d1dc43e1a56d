"""Random lives of families that are not registered: reported, seen, judged, withdrawn, erased, and lived on as households.

Each living person with an ID number is in one household, no open family is reported twice, nothing is left of who was erased,
and `verify` finds nothing.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import Candidate, CandidatePerson, Household, Member, Ticket
from tests.conftest import fresh_database
from tests.support.candidates import candidate_scheme, report
from tests.support.databases import engine_at
from tests.support.factories import START, County, settle_county
from tests.support.lives import happen
from tests.support.persons import id_number
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.errors import WorkflowError
from workflow.register.candidates import erasure
from workflow.verification.full_check import verify

who = st.integers(0, 3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("report"), who, st.sampled_from(["village", "town", "poverty", "office"])),
        st.tuples(st.sampled_from(["see", "register", "refuse", "withdraw", "cancel", "die"]), who),
        st.tuples(st.just("wait"), st.integers(1, 40)),
    ),
    min_size=4,
    max_size=16,
)


class Walker:
    def __init__(self, county: County) -> None:
        self.county, self.now, self.codes = county, START, 0

    def take(self, step: tuple[Any, ...]) -> None:
        """Takes the step; what the product refuses is not done."""
        self.now += timedelta(hours=1)
        try:
            getattr(self, step[0])(*step[1:])
        except WorkflowError:
            return

    def report(self, family: int, reporter: str) -> None:
        people = [
            {"name": f"人{'甲乙丙丁'[family]}", "id_number": id_number(700 + family)},
            {
                "name": f"子{'甲乙丙丁'[family]}",
                "relation": "之子",
                "id_number": id_number(711 + 2 * family, "20100304"),
            },
        ]
        report(self.county, reporter, self.now, people)

    def _ticket(self, family: int) -> int:
        """The open ticket of a family, or one that does not exist."""
        with self.county.read() as session:
            query = select(Ticket.id).join(Candidate, Candidate.id == Ticket.candidate_id)
            name = f"人{'甲乙丙丁'[family]}"
            return session.scalar(query.where(Candidate.head_name == name, Ticket.ended_at.is_(None))) or 999

    def see(self, family: int) -> None:
        ticket = self._ticket(family)
        self.county.do("town", "accept", ticket, self.now)
        self.county.resolve(ticket, self.now, "town", note=SENTENCE)

    def register(self, family: int) -> None:
        self.codes += 1
        for judge in ("office", "leaders"):
            try:
                self.county.do(judge, "register", self._ticket(family), self.now, code=f"N-{self.codes}")
            except WorkflowError:
                continue

    def refuse(self, family: int) -> None:
        self.county.do("office", "refuse", self._ticket(family), self.now, ground="not_eligible", reason=SENTENCE)

    def withdraw(self, family: int) -> None:
        self.county.do("village", "withdraw", self._ticket(family), self.now, reason=SENTENCE)

    def cancel(self, family: int) -> None:
        self.county.do("office", "cancel", self._ticket(family), self.now, reason=SENTENCE)

    def die(self, family: int) -> None:
        with self.county.read() as session:
            name = f"子{'甲乙丙丁'[family]}"
            query = select(Household.code).join(Member, Member.household_id == Household.id)
            home = session.scalar(query.where(Member.name == name, Member.ends_on.is_(None)))
        if home is not None:
            happen(self.county, "died", name, household=home, at=self.now)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        with self.county.write() as session:
            erasure.erase_due(session, self.now)

    def check(self) -> None:
        with self.county.read() as session:
            found = [f.code for f in verify(session, Path("nowhere")) if f.code != "bytes_missing"]
            assert found == []
            twice = select(Member.id_index).where(Member.ends_on.is_(None), Member.id_index.is_not(None))
            assert not session.scalars(twice.group_by(Member.id_index).having(func.count() > 1)).all()
            open_ = select(CandidatePerson.id_index).where(CandidatePerson.open)
            assert not session.scalars(open_.group_by(CandidatePerson.id_index).having(func.count() > 1)).all()
            living = set(session.scalars(twice))
            assert not living & set(session.scalars(open_)), "nobody registered is an open candidate"
            erased = select(CandidatePerson.id).join(Candidate, Candidate.id == CandidatePerson.candidate_id)
            assert not session.scalars(erased.where(Candidate.erased_at.is_not(None))).all()


@pytest.mark.parametrize("kind", ["sqlite"])
@settings(max_examples=tries(5, 12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_any_course_of_reports_and_verdicts_is_sound(request: pytest.FixtureRequest, kind: str, walk: Any) -> None:
    with fresh_database(request, kind) as url:
        walker = Walker(settle_county(engine_at(url), candidate_scheme()))
        for step in walk:
            walker.take(step)
        walker.check()
