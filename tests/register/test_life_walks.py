"""Random lives in three households: each living person is in exactly one of them, each household with people has one head,
the numbers agree, and `verify` finds nothing.

An independent oracle keeps a plain list of names by household and is compared after every step.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Household, Member
from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tests.support.factories import START, County
from tests.support.households import change, people, settle_register
from tests.support.lives import happen
from tests.support.thorough import tries
from workflow.errors import BadInput, WorkflowError
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.register.lives.family_input import NewPerson
from workflow.verification.full_check import verify

CODES = ("A1", "A2", "A3")
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
places = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["born", "came_in"]), places, st.integers(0, 4)),
        st.tuples(st.sampled_from(["died", "married_out", "moved_away", "struck"]), places, st.integers(0, 4)),
        st.tuples(st.just("moved"), places, st.integers(0, 4), places),
        st.tuples(st.just("head"), places, st.integers(0, 4)),
        st.tuples(st.just("all_left"), places),
    ),
    min_size=3,
    max_size=20,
)


class Walker:
    """Takes the steps, and keeps who lives where, the head first."""

    def __init__(self, county: County) -> None:
        self.county, self.now, self.serial = county, START, 0
        self.book: dict[str, list[str]] = {}
        for number, code in enumerate(CODES):
            people(county, {"labour": "with"}, {"labour": "none"}, household=code)
            self.book[code] = [f"人{number}1", f"人{number}2"]
            with county.write() as session:
                household = session.scalars(select(Household).where(Household.code == code)).one()
                for row in session.scalars(select(Member).where(Member.household_id == household.id)):
                    row.name = f"人{number}{row.position}"
            change(county, code, people=2, head_name=self.book[code][0])

    def step(self, step: tuple[Any, ...]) -> None:
        self.now += timedelta(days=1)
        kind, code = step[0], CODES[step[1]]
        home = self.book[code]
        if kind in ("born", "came_in"):
            self.serial += 1
            name = f"新{NAMES[self.serial]}"
            self._happen(kind, code, who="office", person=NewPerson(name=name))
            home.append(name)
        elif not home:
            # Nothing can be recorded of a household of which nobody is left.
            with pytest.raises(WorkflowError):
                self._happen("moved_away", code, who="office")
        elif kind == "all_left":
            self._happen("moved_away", code, *home, who="office", ends=True, reason="全户外迁")
            home.clear()
        elif kind == "head":
            name = home[step[2] % len(home)]
            if name == home[0]:
                with pytest.raises(BadInput, match="head_already"):
                    self._happen("head", code, name)
                return
            self._happen("head", code, name)
            home.remove(name)
            home.insert(0, name)
        else:
            self._leave(kind, code, home[step[2] % len(home)], CODES[step[3]] if kind == "moved" else None)

    def _leave(self, kind: str, code: str, name: str, to: str | None) -> None:
        home = self.book[code]
        more: dict[str, Any] = {"reason": "误录"} if kind == "struck" else {}
        if to is not None:
            more["to"] = to
            if to == code or not self.book[to]:
                with pytest.raises(BadInput):
                    self._happen(kind, code, name, who="office", ends=True, **more)
                return
        if name == home[0] and len(home) > 1:
            with pytest.raises(BadInput, match="head_missing"):
                self._happen(kind, code, name, **more)
            more["head"] = home[1]
        self._happen(kind, code, name, who="office", ends=True, **{"reason": "核对户口簿", **more})
        home.remove(name)
        if to is not None:
            self.book[to].append(name)

    def _happen(self, kind: str, code: str, *names: str, who: str = "town", **more: Any) -> None:
        happen(self.county, kind, *names, who=who, household=code, at=self.now, **more)

    def check(self) -> None:
        today = local_date(self.now)
        with self.county.read() as session:
            for code in CODES:
                home = session.scalars(select(Household).where(Household.code == code)).one()
                rows = session.scalars(select(Member).where(Member.household_id == home.id)).all()
                living = sorted((row for row in rows if counted(row, today)), key=lambda row: row.position)
                assert {row.name for row in living} == set(self.book[code])
                assert home.people == len(living)
                assert (home.status == "ended") == (not living)
                if living:
                    assert (living[0].position, living[0].name) == (1, self.book[code][0])
                    assert home.head_name == living[0].name
            everybody = [row.name for row in session.scalars(select(Member)) if counted(row, today)]
        assert len(everybody) == len(set(everybody)), "each in one household"


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@settings(max_examples=tries(5, 12), deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=steps)
def test_whatever_happens_each_living_person_is_in_one_household_with_one_head(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, dialect: str, taken: list[tuple[Any, ...]]
) -> None:
    with fresh_database(request, dialect) as url:
        walker = Walker(settle_register(engine_at(url)))
        for step in taken:
            walker.step(step)
            walker.check()
        with walker.county.read() as session:
            assert verify(session, Path("nowhere")) == []
