"""Row record: what a commit records of the rows that were changed, and what it leaves to be found."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models import Event, Household
from models.engine import writing
from models.row_changes import happened, note
from tests.support.factories import START, County, settle_county
from workflow.verification.full_check import verify
from workflow.verification.proofs.findings import Finding


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def found(county: County) -> list[Finding]:
    with county.read() as session:
        return verify(session, Path("nowhere"))


def home(session: Session) -> Household:
    return session.scalars(select(Household).order_by(Household.id)).first() or pytest.fail("no household")


def records(county: County) -> int:
    with county.read() as session:
        return len(session.scalars(select(Event.id).where(Event.action == "rows")).all())


def test_a_row_changed_by_an_act_is_recorded_and_one_changed_without_is_found(county: County) -> None:
    with writing(county.engine) as session:
        home(session).address = "村东头"
        happened(session, START)
    assert found(county) == []
    with writing(county.engine) as session:
        home(session).address = "村西头"
        number = home(session).id
    assert found(county) == [Finding("row_differs", f"household {number}")]


def test_what_a_savepoint_took_back_is_not_recorded(county: County) -> None:
    before = records(county)
    with writing(county.engine) as session:
        happened(session, START)
        with session.begin_nested() as savepoint:
            home(session).address = "村东头"
            session.flush()
            savepoint.rollback()
    assert records(county) == before
    assert found(county) == []


def test_rows_changed_by_a_statement_are_recorded_where_they_are_noted(county: County) -> None:
    with writing(county.engine) as session:
        number = home(session).id
        session.execute(text("UPDATE household SET people = 9 WHERE id = :id"), {"id": number})
        note(session, "household", [number])
        happened(session, START)
    assert found(county) == []


def test_the_last_record_of_a_row_keeps_its_salt(county: County) -> None:
    with writing(county.engine) as session:
        last = select(Event.id).where(Event.action == "rows").order_by(Event.id.desc()).limit(1)
        session.execute(text("DELETE FROM event_secret WHERE event_id = :id"), {"id": session.scalar(last)})
    assert {finding.code for finding in found(county)} == {"row_differs", "words_missing"}
