"""Searching the audit trail: by person, unit, act, day and address together, page by page, from indexes alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from models import User
from tests.support.event_kinds import written
from tests.support.factories import County, day, settle_county
from tests.support.verify import findings_after
from workflow.actors import Origin
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.sign_ins import sessions
from workflow.county.sign_ins.sessions import Opened, SessionRules
from workflow.errors import BadInput, NotAllowed
from workflow.history.audit_trail import TrailLine, record_reading, trail, whole
from workflow.history.trail_search import ACTS, MOST_PEOPLE, TrailSearch


def read(county: County, **wanted: Any) -> list[TrailLine]:
    with county.read() as session:
        return trail(session, county.people["inspectorate"], TrailSearch(**wanted))


def signs_in(county: County, who: str, address: str, at: float) -> None:
    with county.write() as session:
        hashed = f"{who}{at}".ljust(64, "0")
        user, rules = county.people[who].account_id, SessionRules()
        sessions.open_session(session, user, hashed, day(0, at), rules, Opened(address))


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


@pytest.fixture
def lived(county: County) -> County:
    signs_in(county, "town", "10.0.0.1", 9)
    signs_in(county, "water", "10.0.0.1", 10)
    signs_in(county, "water", "10.0.0.2", 11)
    there = replace(county.people["admin"], origin=Origin("10.0.0.9", 7))
    with county.write() as session:
        user = session.get_one(User, county.people["water"].account_id)
        accounts.revoke_tokens(session, there, user, day(0, 12))
        accounts.issue_token(session, user, day(1, 12))
        accounts.revoke_tokens(session, there, user, day(2, 12))
    return county


def test_an_act_is_found_by_person_unit_kind_day_and_address_and_by_all_of_them(lived: County) -> None:
    people = lived.people
    searches: dict[str, dict[str, Any]] = {
        "about": {"person": "water", "act": "tokens"},
        "by": {"person": "admin", "act": "tokens"},
        "unit": {"unit": people["water"].unit_id, "act": "sign_in"},
        "address": {"address": " 10.0.0.1 "},
        "day": {"day": "2018-11-21"},
        "all": {
            "person": "water",
            "unit": people["water"].unit_id,
            "act": "sign_in",
            "day": "2018-11-20",
            "address": "10.0.0.2",
        },
        "none": {"person": "town", "address": "10.0.0.2"},
    }
    found = {key: [line.action for line in read(lived, **wanted)] for key, wanted in searches.items()}
    assert found == {
        "about": ["tokens_revoked", "token_issued"],
        "by": ["tokens_revoked"],
        "unit": ["signed_in", "signed_in"],
        "address": ["signed_in", "signed_in"],
        "day": ["token_issued"],
        "all": ["signed_in"],
        "none": [],
    }


def test_a_line_names_the_address_and_the_session_of_its_act(lived: County) -> None:
    revoked, signed = read(lived, act="tokens")[0], read(lived, person="town", act="sign_in")[0]
    assert (revoked.address, revoked.session) == ("10.0.0.9", 7)
    assert signed.address == "10.0.0.1"
    with lived.read() as session:
        row = session.execute(
            text("SELECT id FROM user_session WHERE user_id = :u"), {"u": lived.people["town"].user_id}
        )
        assert signed.session == row.scalar_one()


def test_a_changed_address_or_session_of_an_event_is_a_finding(lived: County, tmp_path: Path) -> None:
    for column, value in (("address", "'10.0.0.3'"), ("session_id", "session_id + 1")):
        forged = f"UPDATE event SET {column} = {value} WHERE address = '10.0.0.2'"
        assert "event_altered" in findings_after(lived.engine, tmp_path, [forged])


def test_pages_and_the_whole_agree_however_long_they_are(lived: County) -> None:
    inspector, wanted = lived.people["inspectorate"], TrailSearch(person="water")
    with lived.read() as session:
        every = [line.id for line in whole(session, inspector, wanted, 100)]
        paged: list[int] = []
        page = trail(session, inspector, wanted, limit=2)
        while page:
            paged += [line.id for line in page]
            page = trail(session, inspector, wanted, page[-1].mark, limit=2)
        assert [line.id for line in whole(session, inspector, wanted, 3)] == every[:3]
    assert (paged, len(set(every))) == (every, len(every))
    assert len(every) == 4


def test_a_reading_is_told_once_a_day_for_each_search(lived: County) -> None:
    inspector = lived.people["inspectorate"]
    told = []
    for at, wanted in (
        (9, TrailSearch()),
        (10, TrailSearch()),
        (11, TrailSearch(person="water ")),
        (12, TrailSearch()),
        (13, TrailSearch(person="water")),
        (34, TrailSearch()),
    ):
        with lived.write() as session:
            told.append(record_reading(session, inspector, day(0, at), wanted))
    assert told == [True, False, True, False, False, True]
    assert [line.words for line in read(lived, act="readings")] == [{}, {"person": "water"}, {}]


def test_a_part_of_a_name_that_too_many_have_is_refused(county: County) -> None:
    with county.write() as session:
        for number in range(MOST_PEOPLE + 1):
            new = NewUser(name=f"many{number}", role="office", display_name=f"王{number}")
            accounts.create_user(session, county.people["admin"], day(0), new)
    with pytest.raises(BadInput) as refused:
        read(county, person="王")
    assert (refused.value.code, refused.value.field) == ("name_too_common", "person")
    assert len(read(county, person="王40")) == 1


@contextmanager
def plans(engine: Engine) -> Iterator[list[str]]:
    """How the database finds what is searched for in the history, as it explains it."""
    seen: list[str] = []

    def explain(_conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM event" in statement and "LIMIT" in statement and not statement.startswith("EXPLAIN"):
            word = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
            cursor.execute(word + statement, parameters)
            seen.append("\n".join(str(row) for row in cursor.fetchall()))

    event.listen(engine, "before_cursor_execute", explain)
    yield seen
    event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, r"ix_event_trail\b"),
        ({"day": "2018-11-20"}, r"ix_event_trail\b"),
        ({"unit": 1, "day": "2018-11-20"}, "ix_event_trail_unit"),
        ({"address": "10.0.0.1", "day": "2018-11-20"}, "ix_event_trail_address"),
        ({"act": "exports", "day": "2018-11-20"}, "ix_event_trail_action"),
        ({"person": "water", "day": "2018-11-20"}, "ix_event_trail_(actor|subject)"),
    ],
)
def test_a_page_is_read_from_an_index_in_its_order(lived: County, wanted: dict[str, Any], index: str) -> None:
    with plans(lived.engine) as seen, lived.read() as session:
        if lived.engine.dialect.name == "postgresql":
            for setting in ("seqscan", "bitmapscan", "sort"):
                session.execute(text(f"SET enable_{setting} = off"))
        for before in (None, (day(0, 12), 10_000)):
            trail(session, lived.people["inspectorate"], TrailSearch(**wanted), before)
    assert len(seen) == 2
    # With so few rows PostgreSQL may as well take the index of time and leave out what does not match.
    index = index if lived.engine.dialect.name == "sqlite" else "ix_event_trail"
    for plan in seen:
        assert re.search(index, plan), plan
        assert "SCAN event\n" not in plan
        assert "Seq Scan on event" not in plan


def test_every_kind_of_act_is_made_of_events_there_are() -> None:
    every = {kind for one in written() for kind in one.kinds}
    assert {action for actions in ACTS.values() for action in actions} <= every


@pytest.mark.parametrize("who", ["office", "leaders", "admin", "town"])
def test_nobody_but_the_inspectorate_reads(county: County, who: str) -> None:
    with county.write() as session, pytest.raises(NotAllowed):
        record_reading(session, county.people[who], day(0), TrailSearch())
