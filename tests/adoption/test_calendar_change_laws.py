"""Calendar change invariants: recomputing twice equals once, a change and its reverse restore the rows, and no ticket
is filed by the old days during a change.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Custody, Tenure, Ticket, TimeRequest
from models.engine import kept
from tests.conftest import fresh_database
from tests.support.calendars import assert_verified, change, close, swept, unmoved, word
from tests.support.databases import engine_at
from tests.support.factories import START, County, day, settle_county
from tests.support.requests import answer, ask, mending
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.adoption import calendar_change
from workflow.history import row_record
from workflow.tickets import desk, filing
from workflow.tickets.filing import Deficiency
from workflow.verification.full_check import verify

NOW = day(6)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lived(request: pytest.FixtureRequest) -> Iterator[County]:
    """A county with one ticket in every state whose clock runs, and one closed ticket."""
    with fresh_database(request, request.param) as url:
        county = settle_county(engine_at(url), households=16)
        _live(county)
        yield county


def _live(county: County) -> None:
    county.file("village", household="A1", at=day(5))
    returned = county.file("village", household="A2", at=day(5))
    county.do("town", "send_back", returned, day(5), reason=SENTENCE)
    county.do("village", "resubmit", returned, day(6))
    county.file(household="A3", at=day(5))
    upheld = county.file(household="A4", at=day(3))
    county.do("water", "decline", upheld, day(3), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", upheld, day(5), reason=SENTENCE)
    county.do("water", "accept", county.file(household="A5", at=day(2)), day(3))
    bounced, resolved, stopped, closed = (county.file(household=f"A{n}", at=day(0)) for n in (6, 7, 8, 9))
    for ticket in (bounced, resolved, stopped, closed):
        county.do("water", "accept", ticket, day(1))
    for ticket in (bounced, resolved, closed):
        county.resolve(ticket, day(2))
    county.do("town", "reject", bounced, day(3), reason=SENTENCE)
    county.do("office", "suspend", stopped, day(2), ground="flood", until="2018-12-05")
    county.confirm(closed, day(3))
    for household, began in (("A10", 5), ("A11", 1)):
        quota = county.file(kind="house", cause="quota", household=household, at=day(began))
        county.do("town", "accept", quota, day(began))
    county.resolve(quota, day(2), who="town")
    county.do("housing", "reject", quota, day(5), reason=SENTENCE)
    _asked(county)
    swept(county, NOW)


def _asked(county: County) -> None:
    """Time requests: one refused late, one granted as an extension and one as a suspension."""
    for household, verdict in (("A12", None), ("A13", False), ("A14", True), ("A15", True)):
        ticket = mending(county, household)
        proof: dict[str, Any] = {
            "kind": "suspension",
            "ground": "flood",
            "evidence": [county.bring("water", ticket, day(1))],
        }
        asked = ask(county, ticket, day(1), **(proof if household == "A15" else {}))
        if verdict is not None:
            answer(county, asked, NOW, verdict)


past_or_ahead = st.dates(date(2018, 11, 18), date(2019, 1, 31))
#: Past days are only declared off: a day worked after the fact could make a moment lapse in the past.
ahead = st.dates(date(2018, 11, 27), date(2019, 1, 31))
lines = st.builds(
    lambda off, on: {**dict.fromkeys(on, "yes"), **dict.fromkeys(off, "no")},
    st.sets(past_or_ahead, max_size=12),
    st.sets(ahead, max_size=6),
).filter(bool)


def _in_vain(county: County, work: Callable[[Session], None]) -> None:
    """Runs `work` in a transaction that is rolled back, so every example starts with the same county."""

    class Enough(Exception):
        pass

    try:
        with county.write() as session:
            work(session)
            raise Enough
    except Enough:
        pass
    finally:
        with county.read() as session:
            # Read under a number of the calendar that was taken back with everything else.
            kept(session, "settings").clear()


def _take(session: Session, county: County, days: dict[date, str]) -> None:
    named = [f"{day.isoformat()},{says},{'' if says == 'rule' else '抗洪'}" for day, says in days.items()]
    calendar_change.apply(session, county.people["office"], NOW, word(*named))


def _standing(session: Session) -> list[Any]:
    """Every ticket, custody, tenure and request, without an account's count of moves."""
    session.flush()
    rows: list[Any] = []
    for table in (Ticket, Custody, Tenure, TimeRequest):
        for row in session.execute(select(table.__table__).order_by(table.id)).mappings():
            account = {k: v for k, v in (row.get("account") or {}).items() if k != "moved"}
            rows.append({**row, "account": account})
    return rows


@settings(max_examples=tries(10, 40))
@given(days=lines)
def test_a_change_moves_only_what_is_open_and_derived_again_nothing(lived: County, days: dict[date, str]) -> None:
    def work(session: Session) -> None:
        frozen = select(Custody.__table__).where(Custody.ended_at.is_not(None)).order_by(Custody.id)
        before = session.execute(frozen).all()
        _take(session, lived, days)
        assert session.execute(frozen).all() == before
        assert unmoved(session, lived)
        row_record.record(session)
        assert [f for f in verify(session, Path("nowhere")) if f.code != "bytes_missing"] == []

    _in_vain(lived, work)


@settings(max_examples=tries(10, 40))
@given(days=lines)
def test_days_declared_and_taken_back_leave_everything_as_it_was(lived: County, days: dict[date, str]) -> None:
    def work(session: Session) -> None:
        before = _standing(session)
        _take(session, lived, days)
        _take(session, lived, dict.fromkeys(days, "rule"))
        assert _standing(session) == before

    _in_vain(lived, work)


@settings(max_examples=tries(10, 40))
@given(first=lines, second=lines)
def test_in_whichever_order_days_are_declared_the_dates_are_the_same(
    lived: County, first: dict[date, str], second: dict[date, str]
) -> None:
    second = {day: says for day, says in second.items() if day not in first}
    if not second:
        return
    ends: list[Any] = []

    def work(*steps: dict[date, str]) -> Callable[[Session], None]:
        def run(session: Session) -> None:
            for step in steps:
                _take(session, lived, step)
            ends.append(_standing(session))

        return run

    for steps in ((first, second), (second, first), ({**first, **second},)):
        _in_vain(lived, work(*steps))
    assert ends[0] == ends[1] == ends[2]


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def _meanwhile(work: Callable[[], Any]) -> threading.Thread:
    """Starts `work` in parallel; without a lock it would finish before the change does."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.3)
    return thread


def test_what_is_being_filed_while_the_days_change_gets_the_new_days(county: County) -> None:
    with county.write() as session:
        filing.file_ticket(session, county.people["town"], START, Deficiency(household="A1", kind=county.kind("water")))
        other = _meanwhile(lambda: change(county, START, "2018-11-22,no,抗洪"))
    other.join()
    with county.write() as session:
        calendar_change.apply(session, county.people["office"], START, word("2018-11-23,no,抗洪"))
        other = _meanwhile(lambda: county.file(household="A2"))
    other.join()
    with county.read() as session:
        assert set(session.scalars(select(Ticket.due_at))) == {close("2018-11-26")}
    assert_verified(county, START)


def test_what_is_reopened_while_the_days_change_gets_the_new_days(county: County) -> None:
    tickets = [county.file(household=household) for household in ("A1", "A2")]
    for ticket in tickets:
        county.do("water", "accept", ticket, START)
        county.resolve(ticket, START)
        county.confirm(ticket, START)
    with county.write() as session:
        desk.perform(session, county.people["town"], tickets[0], "reopen", START, reason=SENTENCE)
        other = _meanwhile(lambda: change(county, START, "2018-11-22,no,抗洪"))
    other.join()
    with county.write() as session:
        calendar_change.apply(session, county.people["office"], START, word("2018-11-23,no,抗洪"))
        other = _meanwhile(lambda: county.do("town", "reopen", tickets[1], START, reason=SENTENCE))
    other.join()
    assert {county.ticket(ticket).due_at for ticket in tickets} == {close("2018-12-06")}
    assert_verified(county, START)
