"""What is erased of bulk lists: names of files and sheets, the salts by which they could be guessed, and stored answers."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import BulkLine, BulkList, Event, EventSecret, Household, IdempotencyKey, Ticket
from models.row_changes import Row, happened, note
from tests.register.test_bulk_lists import found
from tests.support.bulk_lists import HEADS, KEPT, KIND, brought, line, list_scheme, taken, worked
from tests.support.candidates import judged
from tests.support.factories import START, County
from tests.support.households import settle_register, visit
from tests.support.http_clients import Api
from tests.support.spreadsheets import IDS, VAULT, Sheet, workbook
from workflow.history import row_record
from workflow.register.bulk_lists import list_erasure, list_taking, list_views

LATER = KEPT + 2


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_register(engine, list_scheme())


def erased(county: County, days: int = LATER) -> int:
    with county.write() as session:
        return list_erasure.erase_all_due(session, START + timedelta(days=days))


def held(county: County, row: Row) -> str:
    """What is recorded of a row, as a text."""
    with county.read() as session:
        ((_, content),) = row_record.contents(session, row[0], [row[1]])
    return content


def confirmed(county: County, row: Row, guess: str) -> bool:
    """Whether somebody with the whole database can confirm a guess of what a row held."""
    query = select(Event.effect, EventSecret.salt).join(EventSecret).where(Event.subject_type == "rows")
    with county.read() as session:
        return any(
            effect.get(row[0], {}).get(str(row[1])) == row_record.fingerprint(salt, guess)
            for effect, salt in session.execute(query)
        )


def two_sheets() -> io.BytesIO:
    """Two sheets named after people, whose lines have the same numbers."""
    of_wang = [HEADS, line("王五", village="没有的村"), line("3号病人")]
    of_zhao = [HEADS, line("赵六", village="没有的村"), line("4号病人")]
    return workbook(Sheet(of_wang, "王五住院"), Sheet(of_zhao, "赵六住院"))


def taken_book(county: County, stream: io.BytesIO) -> int:
    number = brought(county)
    with county.read() as session:
        book = list_taking.read_lines(session, START, KIND, stream)
    with county.write() as session:
        list_taking.take_list(session, county.people["water"], START, VAULT, number, book)
    worked(county)
    return number


def places(county: County) -> list[str]:
    with county.read() as session:
        return list(session.scalars(select(BulkLine.row).order_by(BulkLine.id)))


def test_an_erased_file_name_cannot_be_guessed_from_what_was_recorded_of_it(county: County, tmp_path: Path) -> None:
    """Seen: the digest of the row with the name, and its salt, stayed."""
    row = ("bulk_list", taken(county, line("3号病人")))
    guess = held(county, row)
    assert confirmed(county, row, guess)
    assert erased(county) == 1
    assert not confirmed(county, row, guess)
    assert found(county, tmp_path) == []
    # Whatever was recorded beside it is proved as before.
    with county.write() as session:
        session.execute(update(BulkLine).values(row="77"))
    assert found(county, tmp_path) == ["row_differs bulk_line 1"]


def test_the_names_of_sheets_go_with_the_words_of_their_lines(county: County, tmp_path: Path) -> None:
    """Seen: “王五住院!2” stayed in the line, as a digest without a salt in the events, and in the reference of a ticket."""
    taken_book(county, two_sheets())
    assert sorted(places(county)) == ["王五住院!2", "王五住院!3", "赵六住院!2", "赵六住院!3"]
    guesses = {("bulk_line", number): held(county, ("bulk_line", number)) for number in (1, 2, 3, 4)}
    with county.read() as session:
        masked = list_views.lines_of(session, county.people["leaders"], VAULT, START, 1)
    assert {each.row for each in masked} == {"2", "3"}
    while erased(county, 2 * LATER):
        pass
    assert sorted(places(county)) == ["2", "2-2", "3", "3-2"]
    assert not [row for row, guess in guesses.items() if confirmed(county, row, guess)]
    assert found(county, tmp_path) == []
    with county.read() as session:
        for event in session.scalars(select(Event)):
            assert "住院" not in f"{event.given}{event.effect}"


def test_the_ticket_of_a_candidate_names_its_line_without_the_sheet(county: County) -> None:
    taken_book(
        county, workbook(Sheet([HEADS, line("欧阳秋菊", IDS[3])], "欧阳秋菊"), Sheet([HEADS, line("4号病人")], "二"))
    )
    with county.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.candidate_id.is_not(None))).one()
        assert ticket.source_reference == "比对名单2018-1号第2行"
    judged(county, "refuse", ticket.id)
    while erased(county, 400):
        pass
    assert places(county) == ["2", "2-2"]


def test_the_name_of_a_list_that_nobody_took_goes_after_the_same_days(county: County, tmp_path: Path) -> None:
    """Seen: it stayed for ever, since its days were counted from the taking."""
    row = ("bulk_list", brought(county, line("张三")))
    guess = held(county, row)
    assert (erased(county, KEPT - 1), confirmed(county, row, guess)) == (0, True)
    assert (erased(county), confirmed(county, row, guess)) == (1, False)
    with county.read() as session:
        assert session.get_one(BulkList, 1).filename == ""
    assert found(county, tmp_path) == []


def test_a_row_altered_beside_an_erased_name_is_still_found(county: County, tmp_path: Path) -> None:
    """To record it again would say that it was always so."""
    taken(county, line("3号病人"))
    with county.write() as session:
        # Both are recorded by one event: as after an upgrade.
        session.get_one(Household, 1).address = "原址"
        note(session, "bulk_list", [1])
        happened(session, START)
    with county.write() as session:
        session.execute(update(Household).where(Household.id == 1).values(address="别处"))
    erased(county)
    assert found(county, tmp_path) == ["row_differs household 1"]


@pytest.mark.one_database("sqlite")
def test_stored_answers_that_show_an_erased_line_go_with_it(county: County, database_url: str, tmp_path: Path) -> None:
    taken(county, line("王五", village="没有的村", paid="32000元"), line("赵六", village="没有的村"))
    api = Api(county, database_url, tmp_path / "files")
    api.app.extensions["xiaohao"].vault = VAULT
    for number in (1, 2):
        said = {"answer": "household", "household": f"A{number}"}
        sent = api.post("office", f"/bulk-lists/lines/{number}", said, **{"Idempotency-Key": f"k{number}"})
        assert (sent.status_code, "32000" in str(sent.json)) == (200, True)
    visit(county)
    erased(county)
    with county.read() as session:
        stored = session.scalars(select(IdempotencyKey)).all()
        assert [row.answer for row in stored] == [{"id": 1}, {"id": 2}], "a reference shows nothing"
