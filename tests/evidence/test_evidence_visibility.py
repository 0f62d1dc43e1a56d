"""Evidence visibility: who may upload to, and read from, a ticket and a household's checkup."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models import Checkup, Event, Evidence, Party, Ticket
from tests.support.camera import photo
from tests.support.evidence import visit
from tests.support.factories import START, County, day, settle_county
from tests.support.texts import SENTENCE
from workflow import evidence
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.tickets import attachments
from workflow.verification.full_check import verify

EVERYBODY = (
    "village",
    "other_village",
    "far_village",
    "town",
    "other_town",
    "water",
    "power",
    "housing",
    "poverty",
    "office",
    "leaders",
    "inspectorate",
    "admin",
)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def bring(county: County, who: str, checkup: Checkup | int, files: Path, seed: object = 1, at: datetime = START) -> int:
    kept = evidence.take(files, photo(seed), "photo.jpg")
    with county.write() as session:
        return attachments.add(session, county.people[who], checkup, at, **kept).id


def seen_by(county: County, evidence_id: int) -> set[str]:
    names = set()
    for who in EVERYBODY:
        with county.read() as session:
            try:
                assert attachments.find(session, county.people[who], evidence_id).id == evidence_id
                names.add(who)
            except NotFound:
                continue
    return names


def test_a_photo_of_a_ticket_is_seen_by_who_sees_the_ticket(county: County, tmp_path: Path) -> None:
    piece = bring(county, "water", county.file(), tmp_path)
    assert seen_by(county, piece) == {"village", "town", "water", "office", "leaders", "inspectorate"}


def test_a_photo_of_a_checkup_is_seen_by_who_sees_the_household(county: County, tmp_path: Path) -> None:
    piece = bring(county, "village", visit(county), tmp_path)
    assert seen_by(county, piece) == {"village", "town", "office", "leaders", "inspectorate"}
    county.file(kind="power")
    assert seen_by(county, piece) == {"village", "town", "power", "office", "leaders", "inspectorate"}


def test_a_bureau_that_once_held_a_ticket_sees_photos_of_the_household_up_to_its_exit(
    county: County, tmp_path: Path
) -> None:
    ticket = county.file()
    before = bring(county, "village", visit(county), tmp_path)
    county.do("water", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE, note=SENTENCE)
    county.do("office", "reassign", ticket, day(2), unit="power", reason=SENTENCE)
    after = bring(county, "village", visit(county, at=day(3)), tmp_path, 2, day(3))
    assert ("water" in seen_by(county, before), "water" in seen_by(county, after)) == (True, False)
    assert ("power" in seen_by(county, before), "power" in seen_by(county, after)) == (True, True)


def test_a_bureau_sees_photos_of_the_household_up_to_the_end_of_its_ticket(county: County, tmp_path: Path) -> None:
    """Responsible for it or confirming it: both stay named on the ticket when it is over."""
    ticket = county.file()
    before = bring(county, "village", visit(county), tmp_path)
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(2))
    county.confirm(ticket, day(3))
    after = bring(county, "village", visit(county, at=day(20)), tmp_path, 2, day(20))
    assert ("water" in seen_by(county, before), "water" in seen_by(county, after)) == (True, False)
    with county.write() as session:
        # As if a guiding bureau had confirmed it.
        session.get_one(Ticket, ticket).confirmer_unit_id = county.units["power"]
        session.add(Party(ticket_id=ticket, unit_id=county.units["power"], standing="former", since=day(3)))
    assert ("power" in seen_by(county, before), "power" in seen_by(county, after)) == (True, False)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("village", None),
        ("town", None),
        ("other_village", NotFound),
        ("far_village", NotFound),
        ("other_town", NotFound),
        ("water", NotFound),
        ("office", NotAllowed),
        ("leaders", NotAllowed),
        ("inspectorate", NotAllowed),
        ("admin", NotFound),
    ],
)
def test_the_unit_that_made_a_checkup_brings_its_photos(
    county: County, who: str, refusal: type[WorkflowError] | None, tmp_path: Path
) -> None:
    checkup = visit(county)
    if refusal is None:
        assert bring(county, who, checkup, tmp_path)
        return
    with pytest.raises(refusal):
        bring(county, who, checkup, tmp_path)


def test_the_same_photo_twice_is_one_piece(county: County, tmp_path: Path) -> None:
    ticket, checkup = county.file(), visit(county)
    assert bring(county, "water", ticket, tmp_path) == bring(county, "water", ticket, tmp_path)
    assert bring(county, "village", checkup, tmp_path) == bring(county, "town", checkup, tmp_path)
    assert bring(county, "town", ticket, tmp_path) != bring(county, "water", ticket, tmp_path)


def test_what_the_camera_said_stands_beside_the_photo_and_is_sworn_to(county: County, tmp_path: Path) -> None:
    pieces = bring(county, "water", county.file(), tmp_path), bring(county, "village", visit(county), tmp_path, 2)
    with county.read() as session:
        for piece in pieces:
            row = session.get_one(Evidence, piece)
            assert (row.latitude, row.longitude, row.taken_at) == (
                23.93,
                115.775,
                datetime.fromisoformat("2018-11-20T09:30+08:00"),
            )
            assert row.thumbnail
            assert row.look
        recorded = session.scalars(select(Event).where(Event.action == "evidence").order_by(Event.id)).all()
        assert [event.subject_type for event in recorded] == ["ticket", "household"]
        # Where a household lives is committed to and not said.
        assert "23.93" not in str([(event.given, event.effect) for event in recorded])
        assert verify(session, tmp_path) == []


@pytest.mark.parametrize(
    "changed", ["latitude = 1.0", "sha256 = thumbnail", "thumbnail = sha256", "media_type = 'text/html'"]
)
def test_a_row_that_was_changed_behind_our_back_is_noticed(county: County, changed: str, tmp_path: Path) -> None:
    bring(county, "water", county.file(), tmp_path)
    with county.engine.begin() as connection:
        drop = "DROP TRIGGER evidence_refuse_update"
        connection.exec_driver_sql(drop if county.engine.dialect.name == "sqlite" else f"{drop} ON evidence")
        connection.exec_driver_sql(f"UPDATE evidence SET {changed}")
    with county.read() as session:
        assert [finding.code for finding in verify(session, tmp_path)] == ["evidence_differs"]


def test_a_thumbnail_that_is_gone_is_noticed(county: County, tmp_path: Path) -> None:
    piece, store = bring(county, "water", county.file(), tmp_path), evidence.FolderStore(tmp_path)
    with county.read() as session:
        store.path(str(session.get_one(Evidence, piece).thumbnail)).unlink()
        assert [finding.code for finding in verify(session, tmp_path)] == ["bytes_missing"]


def test_one_unit_cannot_crowd_out_another(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST", 3)
    ticket = county.file()
    for number in range(3):
        county.bring("water", ticket, content=f"{number}".encode())
    with pytest.raises(BadInput) as refusal:
        county.bring("water", ticket, content=b"one more")
    assert (refusal.value.code, refusal.value.params) == ("too_much_evidence", {"most": 3})
    assert county.bring("water", ticket, content=b"2")
    assert county.bring("town", ticket, content=b"the town's")
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 4
