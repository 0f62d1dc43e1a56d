"""Random walks at the exit gate: after any visits, filings, fixes, reopenings and changes, no household leaves with an
unmet have.

An independent oracle keeps a plain record and is compared after every step: it and the gate must agree in both
directions.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tests.support.factories import START, County
from tests.support.households import LINE, change, people, settle_register, status
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.errors import ExitRefused, WorkflowError
from workflow.policy.worktime import local_date
from workflow.register import checkups, exit_gate
from workflow.register.checkup_input import CheckupInput, Found
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.verification.full_check import verify

HAVES = ("water", "power", "school", "income")
BUREAU = {"water": "water", "power": "power", "school": "housing", "income": "poverty"}
results = st.sampled_from(["met", "met", "met", "unmet"])
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("visit"),
            results,
            results,
            st.sampled_from(["met", "not_applicable", "unmet"]),
            st.booleans(),
            st.booleans(),
            st.integers(0, 6),
        ),
        st.tuples(st.just("matching"), st.sampled_from(["water", "power"]), results, st.booleans()),
        st.tuples(st.just("file"), st.sampled_from(HAVES)),
        st.just(("village",)),
        st.tuples(st.just("mend"), st.integers(0, 5)),
        st.tuples(st.just("reject"), st.integers(0, 5)),
        st.tuples(st.just("reopen"), st.integers(0, 5)),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("status"), st.sampled_from(["in", "pre_exit", "cleared", "new", "exited"])),
        st.tuples(st.just("income"), st.sampled_from([LINE, LINE, LINE - 1, None])),
        st.tuples(st.just("people"), st.booleans(), st.sampled_from([True, False, None])),
        st.tuples(st.just("wait"), st.integers(1, 12)),
        st.just(("exit",)),
        st.just(("exit",)),
    ),
    min_size=3,
    max_size=25,
)


@dataclass
class Book:
    """The oracle's record of what happened."""

    seen: dict[str, list[tuple[date, int, str]]] = field(default_factory=lambda: {have: [] for have in HAVES})
    tickets: dict[int, list[Any]] = field(default_factory=dict)
    status: str = "pre_exit"
    income: int | None = LINE
    person: tuple[bool, bool | None] | None = None
    serial: int = 0

    def note(self, have: str, day: date, result: str) -> None:
        self.serial += 1
        self.seen[have].append((day, self.serial, result))

    def income_says(self) -> str:
        if self.person and self.person[0] and self.person[1] is False:
            return "unmet"
        if self.income is not None and self.income < LINE:
            return "unmet"
        if self.income is None or (self.person and self.person[0] and self.person[1] is None):
            return "unknown"
        return "met"

    def may_leave(self, today: date) -> bool:
        if self.status not in ("new", "in", "pre_exit") or self.income_says() != "met":
            return False
        for have in HAVES:
            if any(kind == have and open_ for kind, open_ in self.tickets.values()):
                return False
            if not self.seen[have]:
                return False
            day, _, result = max(self.seen[have])
            if result == "unmet" or (result == "not_applicable" and have != "school"):
                return False
            if (today - day).days > 30:
                return False
        return True


class Walker:
    """Takes the steps and keeps the record."""

    def __init__(self, county: County) -> None:
        self.county, self.book, self.now = county, Book(), START

    def step(self, step: tuple[Any, ...]) -> None:
        self.now += timedelta(minutes=5)
        getattr(self, step[0])(*step[1:])

    def today(self) -> date:
        return local_date(self.now)

    def _record(self, who: str, results: dict[str, str], file: list[str], day: date, source: str) -> None:
        with self.county.write() as session:
            made = checkups.record(
                session,
                self.county.people[who],
                self.now,
                "A1",
                CheckupInput(
                    seen_on=day,
                    source=source,
                    file=file,
                    findings={have: Found(result) for have, result in results.items()},
                ),
            )
        if source == "visit" and "income" not in results and self.book.income_says() != "unknown":
            results = results | {"income": self.book.income_says()}
        for have, result in results.items():
            self.book.note(have, day, result)
        for ticket in made.filed:
            self.book.tickets[ticket.id] = [ticket.kind, True]
        for ticket in made.reopened:
            self._gone(ticket.id)
            self.book.tickets[ticket.id][1] = True
        if self.book.status == "exited" and source == "visit" and "unmet" in results.values():
            self.book.status = "in"

    def visit(self, water: str, power: str, school: str, worse: bool, file: bool, back: int) -> None:
        results = {"water": water, "power": power, "school": school} | (
            {"income": "unmet"} if worse and back == 6 else {}
        )
        wanted = [have for have, result in results.items() if result == "unmet"] if file else []
        self._record("village", results, wanted, self.today() - timedelta(days=back // 3), "visit")

    def matching(self, have: str, result: str, file: bool) -> None:
        wanted = [have] if file and result == "unmet" else []
        self._record(BUREAU[have], {have: result}, wanted, self.today(), "matching")

    def file(self, have: str) -> None:
        self.book.tickets[self.county.file("town", kind=have, at=self.now)] = [have, True]

    def village(self) -> None:
        with self.county.write() as session:
            made = filing.file_ticket(
                session, self.county.people["town"], self.now, Deficiency(village="town-a-v1", kind="water")
            ).ticket
        self.book.tickets[made.id] = ["water", True]

    def _which(self, number: int) -> int:
        if not self.book.tickets:
            raise WalkedPast
        return sorted(self.book.tickets)[number % len(self.book.tickets)]

    def _forward(self, number: int) -> tuple[int, str]:
        """Advances the ticket up to its confirmation; a refused step is skipped."""
        ticket = self._which(number)
        bureau = BUREAU[self.book.tickets[ticket][0]]
        for who, act in (("town", "endorse"), (bureau, "accept")):
            try:
                self.county.do(who, act, ticket, self.now)
            except WorkflowError:
                continue
        if self.county.ticket(ticket).state != "resolved":
            self.county.resolve(ticket, self.now, bureau)
        return ticket, bureau

    def mend(self, number: int) -> None:
        ticket, _ = self._forward(number)
        self.county.confirm(ticket, self.now)
        self.book.tickets[ticket][1] = False
        if self.county.ticket(ticket).household_id:
            self.book.note(self.book.tickets[ticket][0], self.today(), f"met by {ticket}")

    def reject(self, number: int) -> None:
        ticket, _ = self._forward(number)
        self.county.do("town", "reject", ticket, self.now, reason=SENTENCE)

    def _gone(self, ticket: int) -> None:
        """Removes what a reopened ticket had proved."""
        for have, result in self.book.seen.items():
            self.book.seen[have] = [one for one in result if one[2] != f"met by {ticket}"]

    def reopen(self, number: int) -> None:
        ticket = self._which(number)
        self.county.do("town", "reopen", ticket, self.now, reason=SENTENCE)
        self._gone(ticket)
        self.book.tickets[ticket][1] = True

    def cancel(self, number: int) -> None:
        ticket = self._which(number)
        self.county.do("office", "cancel", ticket, self.now, reason=SENTENCE)
        self.book.tickets[ticket][1] = False

    def status(self, wanted: str) -> None:
        with self.county.write() as session:
            exit_gate.set_status(session, self.county.people["office"], self.now, "A1", wanted, SENTENCE)
        assert wanted != "exited"
        self.book.status = wanted

    def income(self, fen: int | None) -> None:
        change(self.county, income_fen=fen, income_year=2018 if fen is not None else None)
        self.book.income = fen

    def people(self, beyond: bool, allowance: bool | None) -> None:
        people(self.county, {"labour": "none", "beyond_help": beyond, "allowance": allowance})
        self.book.person = (beyond, allowance)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def exit(self) -> None:
        with self.county.write() as session:
            exit_gate.exit_household(session, self.county.people["town"], self.now, "A1")
        self.book.status = "exited"

    def would_leave(self) -> bool:
        """The gate's answer, without marking the household as exited."""
        with self.county.write() as session:
            try:
                exit_gate.exit_household(session, self.county.people["town"], self.now, "A1")
            except WorkflowError:
                return False
            finally:
                session.rollback()
        return True


class WalkedPast(WorkflowError):
    """The step needs a ticket and there is none."""

    def __init__(self) -> None:
        super().__init__("nothing")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=tries(8, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_no_sequence_of_events_lets_a_household_out_with_an_unmet_have(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, walk: list[tuple[Any, ...]]
) -> None:
    with fresh_database(request, kind) as url:
        walker = Walker(settle_register(engine_at(url)))
        for step in walk:
            may = walker.book.may_leave(walker.today())
            try:
                walker.step(step)
                assert step[0] != "exit" or may, "let out with something missing"
            except ExitRefused:
                assert not may, "kept in with nothing missing"
            except WorkflowError:
                pass
            assert walker.would_leave() == walker.book.may_leave(walker.today()), step
        assert status(walker.county) == walker.book.status
        with walker.county.read() as session:
            assert {finding.code for finding in verify(session, tmp_path)} <= {"bytes_missing"}


def test_a_walk_can_reach_the_other_side_at_all(tmp_path: Path, engine: Any) -> None:
    walker = Walker(settle_register(engine))
    for step in (("visit", "unmet", "met", "met", False, True, 0), ("wait", 1), ("mend", 0), ("exit",)):
        walker.step(step)
    assert (walker.book.status, status(walker.county)) == ("exited", "exited")
    moment: datetime = walker.now
    walker.step(("visit", "met", "unmet", "met", False, False, 0))
    assert moment < walker.now
    assert (walker.book.status, status(walker.county)) == ("in", "in")
