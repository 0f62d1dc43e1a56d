"""Erasure of households: after the term and by two persons, what is kept of people goes, the history stays whole, and `verify`
tells a lawful erasure from a forged one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from models import Event, Evidence, Household, Member
from settings import DEVELOPMENT_SECRET as KEY
from tests.support.evidence import visit as bare_visit
from tests.support.factories import START, County, day
from tests.support.household_erasures import LATER, YEARS, carry_out, decide, erase, everything, propose
from tests.support.households import leave, mend, settle_register, visit
from tests.support.lives import happen
from tests.support.persons import id_number, move_in, phone
from tests.support.signing import authorise, colleague, lead
from tests.support.verify import findings, findings_after_each
from workflow.county.vault import Vault
from workflow.errors import Conflict, NotAllowed, WorkflowError
from workflow.history import sealing
from workflow.register import exit_gate
from workflow.register.erasing import erasure_requests
from workflow.register.lives.family_input import NewPerson

#: What people are called and what was written of them.
WORDS = ("张一", "李一", "王小妹", "院墙塌了", "老人卧病", "账目不符", phone(1), id_number(11))


@pytest.fixture
def county(engine: Engine) -> County:
    """A household with everything that is kept of one, which was cleared from the register."""
    made = settle_register(engine)
    lead(made, "office")
    colleague(made, "keeper", "office", "office")
    colleague(made, "watcher", "inspectorate", "inspectorate")
    with made.write() as session:
        move_in(session, Vault(KEY), "A1", 1, "张一", "李一")
    visit(made, at=day(1), note="老人卧病", present="李一")
    leave(made, day(1, 12))
    happen(made, "born", at=day(2), person=NewPerson(name="王小妹"))
    mend(made, made.file("village", description="张一家院墙塌了", at=day(2)), day(3))
    with made.write() as session:
        exit_gate.set_status(session, made.people["office"], day(4), "A1", "cleared", "张一家账目不符")
        sealing.seal_all(session, day(4))
    return made


def raw(county: County, folder: Path) -> bytes:
    """The pages of the database file, those in no use too."""
    if county.engine.dialect.name != "sqlite":
        return b""
    with county.engine.connect() as connection:
        live: Any = connection.connection.driver_connection
        copy = type(live)(str(folder / "copy.db"))
        live.backup(copy)
        copy.close()
    return (folder / "copy.db").read_bytes()


def test_nothing_of_the_people_is_left_and_the_history_is_whole(county: County, tmp_path: Path) -> None:
    before = everything(county)
    assert [word for word in WORDS[:-2] if word not in before] == []
    assert county.engine.dialect.name != "sqlite" or WORDS[0].encode() in raw(county, tmp_path)
    assert findings(county, tmp_path) == {"bytes_missing"}
    with county.read() as session:
        events = {row.id: row.hash for row in session.scalars(select(Event))}
    erase(county)
    after = everything(county)
    assert [word for word in WORDS if word in after] == []
    assert [word for word in WORDS if word.encode() in raw(county, tmp_path)] == []
    assert findings(county, tmp_path) == set()
    with county.read() as session:
        assert session.scalars(select(Evidence)).all() == []
        home = session.scalars(select(Household).where(Household.code == "A1")).one()
        assert (home.head_name, home.income_fen, home.phone_sealed, home.status) == ("", None, None, "cleared")
        people = session.scalars(select(Member).where(Member.household_id == home.id)).all()
        assert {(row.name, row.born_on, row.id_index) for row in people} == {("", None, None)}
        assert len(people) == 3
        # Every event is still there under its own hash.
        assert events.items() <= {row.id: row.hash for row in session.scalars(select(Event))}.items()
        assert not carry_out(county)


@pytest.mark.one_database("sqlite")
def test_two_persons_erase_a_household_that_is_gone_for_as_many_years_as_files_are_kept(county: County) -> None:
    given = authorise(
        county, "office", LATER, kind="data", user="keeper", until_day="2031-12-31", document="五扶授〔2030〕1号"
    )
    assert given.user_id == county.people["keeper"].user_id
    left = date(2018, 11, 24)
    refused: list[tuple[str, Callable[[], object]]] = [
        ("data_look_up_not_yours", lambda: propose(county, "town")),
        ("erasure_too_early", lambda: propose(county, at=START.replace(year=2028, month=11, day=23))),
        ("document_year", lambda: propose(county, at=START.replace(year=2028, month=11, day=24))),
    ]
    for code, act in refused:
        with pytest.raises(WorkflowError, match=code):
            act()
    with county.read() as session:
        seen = erasure_requests.preview(session, county.people["keeper"], LATER, "A1", YEARS)
        assert (seen.left_on, seen.refusal, dict(seen.counts)) == (
            left,
            None,
            {"people": 3, "checkups": 1, "findings": 4, "exits": 1, "tickets": 1, "evidence": 2},
        )
        other = erasure_requests.preview(session, county.people["keeper"], LATER, "A2", YEARS)
        assert [refusal.code for refusal in (other.refusal,) if refusal] == ["erasure_on_register"]
    number = propose(county, "keeper")
    with pytest.raises(Conflict, match="erasure_proposed"):
        propose(county)
    with pytest.raises(NotAllowed, match="erasure_agreed_elsewhere"):
        decide(county, "keeper", number)
    assert not carry_out(county)
    decide(county, "keeper", number, agrees=False)
    with pytest.raises(Conflict, match="erasure_settled"):
        decide(county, "inspectorate", number)
    own = propose(county)
    with pytest.raises(NotAllowed, match="erasure_own"):
        decide(county, "watcher", own)
    decide(county, "inspectorate", own)
    assert carry_out(county)
    with pytest.raises(Conflict, match="erasure_settled"):
        decide(county, "inspectorate", own, agrees=False)
    with pytest.raises(Conflict, match="erasure_carried_out"):
        propose(county)


def test_a_forged_erasure_is_found_and_one_that_was_carried_out_is_never_undone(county: County, tmp_path: Path) -> None:
    lawless = {
        "a row without an act": "INSERT INTO household_erasure (household_id, left_on, years, document, asked_at,"
        " asked_by_id, agreed_at, agreed_by_id, erased_at) SELECT h.id, '2018-11-24', 10, 'x', e.at, 1, e.at, 2, e.at"
        " FROM household h, event e WHERE h.code = 'A1' AND e.id = 1",
        "a name": "UPDATE member SET name = '' WHERE position = 1 AND name = '张一'",
        "a note": "UPDATE checkup SET present = ''",
        "a piece of evidence": "DELETE FROM evidence WHERE id = (SELECT min(id) FROM evidence)",
    }
    found = findings_after_each(county.engine, tmp_path, {what: [done] for what, done in lawless.items()})
    assert [what for what, codes in found.items() if not codes - {"bytes_missing"}] == []
    erase(county)
    assert findings(county, tmp_path) == set()
    erased = {
        "another person": "UPDATE household_erasure SET agreed_by_id = 1",
        "another term": "UPDATE household_erasure SET years = 11",
        "no erasure": "DELETE FROM household_erasure",
        "a name that is back": "UPDATE member SET name = '张一' WHERE position = 1 AND name = ''",
        "an event that lost more": "UPDATE event SET effect = '{}' WHERE subject_type = 'household' AND action = 'family'",
        "what it erased": "UPDATE event SET effect = '{}' WHERE subject_type = 'household' AND action = 'erase'",
        "the agreement": "DELETE FROM event WHERE action = 'agree_erasure'",
        "a dossier": """UPDATE exit_dossier SET content = (SELECT body FROM event_secret LIMIT 1)""",
    }
    found = findings_after_each(county.engine, tmp_path, {what: [done] for what, done in erased.items()})
    assert [what for what, codes in found.items() if not codes] == []
    for undone in ("UPDATE household_erasure SET erased_at = NULL", "DELETE FROM household_erasure"):
        with pytest.raises(DBAPIError), county.engine.begin() as connection:
            connection.exec_driver_sql(undone)
    # Rows of other households refuse as before.
    bare_visit(county, household="A2")
    with pytest.raises(DBAPIError), county.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE checkup SET present = ''")
