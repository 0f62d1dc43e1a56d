"""Erased words: a history from which words were erased verifies, what they no longer prove is no finding, and words that are
gone without an erasure are."""

from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from models import Event, EventSecret, Ticket
from tests.support.duties import at, duty_county, finish, open_by, tickets
from tests.support.factories import County, day
from tests.support.lived_county import lived_county
from tests.support.tampering import unguarded
from tests.support.verify import erase_all_words, findings, findings_after
from workflow.actors import system
from workflow.history import event_log, word_erasure
from workflow.verification.full_check import verify
from workflow.verification.proofs.findings import Finding


def test_a_duty_stays_proved_without_the_words_of_its_form_and_not_without_the_form(
    engine: Engine, tmp_path: Path
) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    finish(county, "water", tickets(county)["water", "report", "2018-11"], at("2018-11-20"), form={"cases": "3"})
    assert findings(county, tmp_path) == {"bytes_missing"}
    # Another figure than the one that was handed in.
    changed = """UPDATE duty_form SET fields = '{"cases": "4"}'"""
    assert findings_after(engine, tmp_path, [changed]) - {"bytes_missing"}
    with county.write() as session:
        assert erase_all_words(session, at("2018-12-01"))
    assert findings(county, tmp_path) == {"bytes_missing"}
    assert findings_after(engine, tmp_path, ["DELETE FROM duty_form"]) - {"bytes_missing"}


@pytest.fixture
def lived(engine: Engine, tmp_path: Path) -> County:
    return lived_county(engine, tmp_path)


def words_of(county: County, only: ColumnElement[bool]) -> list[int]:
    """The events with words for which something holds."""
    with county.read() as session:
        return list(session.scalars(select(EventSecret.event_id).join(Event).where(only).order_by(Event.id)))


@pytest.mark.parametrize("whose", ["ticket", "rows"])
def test_words_or_salts_that_somebody_removed_are_found(lived: County, tmp_path: Path, whose: str) -> None:
    """Seen: they passed as lawfully erased."""
    first, *others = words_of(lived, Event.subject_type == whose)
    with lived.write() as session:
        session.execute(delete(EventSecret).where(EventSecret.event_id == first))
    with lived.read() as session:
        assert Finding("words_missing", f"event {first}") in verify(session, tmp_path)
        assert f"event {others[0]}" not in {finding.subject for finding in verify(session, tmp_path)}


def test_a_list_of_erasures_is_bounded_and_names_what_had_words_once(
    lived: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_erasure, "_LOT", 3)
    wanted = words_of(lived, Event.subject_type == "ticket")
    assert len(wanted) > 6
    with lived.write() as session:
        assert word_erasure.erase(session, day(60), wanted) == len(wanted)
        assert word_erasure.erase(session, day(60), wanted) == 0
        session.execute(update(Ticket).values(description=""))
    assert findings(lived, tmp_path) == set()
    with lived.read() as session:
        lists = session.scalars(select(Event.effect).where(Event.action == "erase_words").order_by(Event.id)).all()
    assert [number for each in lists for number in each["events"]] == wanted
    assert max(len(each["events"]) for each in lists) == 3


def test_erased_words_that_are_back_are_found(lived: County, tmp_path: Path) -> None:
    first = words_of(lived, Event.subject_type == "ticket")[0]
    with lived.read() as session:
        kept = session.get_one(EventSecret, first)
        row = {"event_id": first, "salt": kept.salt, "body": kept.body}
    with lived.write() as session:
        word_erasure.erase(session, day(60), [first])
        session.execute(insert(EventSecret), row)
    with lived.read() as session:
        assert Finding("words_not_erased", f"event {first}") in verify(session, tmp_path)


def test_no_list_names_an_event_before_it_is_there(lived: County, tmp_path: Path) -> None:
    """A list made in advance would cover whatever is removed later."""
    with lived.read() as session:
        last = session.scalars(select(Event.id).order_by(Event.id.desc()).limit(1)).one()
    with lived.write() as session:
        chain = event_log.of(session, (word_erasure.SUBJECT, 1), system(), day(60), first=True)
        chain.append("erase_words", effect={"events": list(range(last + 1, last + 50))}, notify=False)
    with lived.write() as session:
        chain = event_log.of(session, event_log.COUNTY, system(), day(61))
        later = chain.append("release", private={"reason": "x"}, notify=False)
        session.execute(delete(EventSecret).where(EventSecret.event_id == later))
    with lived.read() as session:
        found = [finding for finding in verify(session, tmp_path) if finding.code == "words_missing"]
    assert found == [Finding("words_missing", f"event {later}")]


def test_what_an_earlier_version_erased_is_listed_once_and_nothing_after_it(lived: County, tmp_path: Path) -> None:
    first, second, *_ = words_of(lived, Event.subject_type == "ticket")
    with unguarded(lived.engine, "event", "event_secret") as connection, Session(connection) as session:
        session.execute(delete(Event).where(Event.action == "erasures_begun"))
        session.execute(delete(EventSecret).where(EventSecret.event_id == first))
        assert "words_missing" not in {finding.code for finding in verify(session, tmp_path)}
        word_erasure.begin(session, day(60))
        word_erasure.begin(session, day(61))
        session.execute(delete(EventSecret).where(EventSecret.event_id == second))
        found = [finding for finding in verify(session, tmp_path) if finding.code == "words_missing"]
        assert found == [Finding("words_missing", f"event {second}")]
        lists = session.scalars(select(Event.effect).where(Event.action == "erase_words")).all()
        assert lists == [{"events": [first]}]


def test_words_are_deleted_in_one_place() -> None:
    """Whoever deletes them elsewhere leaves them without a list."""
    root = Path(__file__).parents[2]
    rooms = ("workflow", "web", "notifications", "simulation", "reports")
    sources = [path for room in rooms for path in (root / room).rglob("*.py")]
    found = [path.relative_to(root).as_posix() for path in sources if "delete(EventSecret" in path.read_text()]
    assert found == ["workflow/history/word_erasure.py"]
