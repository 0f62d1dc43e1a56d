"""Marked stores: evidence is kept only where the county's mark is, and a folder that is missing is never made."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from settings import DEVELOPMENT_SECRET
from tests.support.command_line import Line
from tests.support.factories import START, County, day, settle_county
from tests.support.texts import SENTENCE
from web import backup as keeping
from workflow import evidence
from workflow.errors import Conflict
from workflow.evidence import FolderStore, MarkedStore, SealedStore, Store, StoreUnmarked, marked_store, unmarked
from workflow.tickets import attachments

MARK = "a" * 32


def with_file(county: County, store: Store) -> None:
    ticket = county.file()
    with county.write() as session:
        kept = evidence.take(store, SENTENCE.encode(), "a.txt")
        attachments.add(session, county.people["town"], ticket, START, **kept)


def sealed(folder: Path, mark: str | None) -> SealedStore:
    return SealedStore(MarkedStore(FolderStore(folder), lambda: mark), DEVELOPMENT_SECRET, sealing=False)


def test_a_mark_is_read_back_and_is_no_piece(store: Store) -> None:
    assert store.read_mark() is None
    for mark in (MARK, "b" * 32):
        store.write_mark(mark)
        assert store.read_mark() == mark
    assert list(store.listing()) == []


def test_a_store_without_its_mark_is_neither_read_nor_written_nor_made(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    store = sealed(folder, MARK)
    name = "0" * 64
    for use in (
        lambda: store.put(name, b"x"),
        lambda: store.replace(name, b"x"),
        lambda: store.open(name),
        lambda: list(store.listing()),
        lambda: store.drop(name, day(9)),
    ):
        with pytest.raises(StoreUnmarked):
            use()
    assert not folder.exists()
    store.write_mark(MARK)
    assert [piece for piece, _ in store.listing()] == []
    evidence.keep(store, b"kept")
    # Another county's disk in its place.
    FolderStore(folder).write_mark("b" * 32)
    with pytest.raises(StoreUnmarked):
        evidence.keep(store, b"more")


@pytest.mark.one_database
def test_a_store_is_marked_where_the_newest_files_are_or_no_row_names_one(engine: Engine, tmp_path: Path) -> None:
    county, own, empty = settle_county(engine), FolderStore(tmp_path / "own"), FolderStore(tmp_path / "empty")
    with county.write() as session:
        marked_store.demand(session)
        mark = marked_store.demanded(session)
        marked_store.mark_store(session, own)
        # Asked for again, it stays.
        marked_store.demand(session)
        assert (marked_store.demanded(session), own.read_mark()) == (mark, mark)
    with_file(county, own)
    (own.folder / "county-mark").unlink()
    with county.read() as session:
        with pytest.raises(Conflict, match="store_without_files"):
            marked_store.mark_store(session, empty)
        marked_store.mark_store(session, own)
        empty.write_mark(MARK)
        with pytest.raises(Conflict, match="store_of_other_county"):
            marked_store.mark_store(session, empty)
    assert (own.read_mark(), empty.read_mark()) == (mark, MARK)


@pytest.mark.one_database
def test_init_marks_the_store_and_a_missing_one_is_told_in_words(empty_database_url: str, tmp_path: Path) -> None:
    """Seen: of a volume that was not mounted the folder was made, and what was uploaded lay on another disk."""
    line, files = Line(empty_database_url, tmp_path), tmp_path / "files"
    client = line.app.test_client()
    line.said("init")
    assert (files / "county-mark").is_file()
    assert client.get("/healthz").get_json()["store_unmarked"] is False
    shutil.move(files, tmp_path / "unmounted")
    assert "XIAOHAO" not in (told := line.refusal("tidy"))
    assert line.refusal("backup", str(tmp_path / "kept.tar")) == told
    health = client.get("/healthz")
    assert (health.status_code, health.get_json()["store_unmarked"], files.exists()) == (503, True, False)
    shutil.move(tmp_path / "unmounted", files)
    assert line.said("tidy").strip() == "0"
    line.app.extensions["xiaohao"].engine.dispose()


@pytest.mark.one_database
def test_a_restore_marks_the_store_it_fills_and_takes_no_other_countys(engine: Engine, tmp_path: Path) -> None:
    county, folder = settle_county(engine), tmp_path / "files"
    with county.write() as session:
        marked_store.demand(session)
        mark = marked_store.demanded(session)
        marked_store.mark_store(session, unmarked(sealed(folder, mark)))
    with_file(county, sealed(folder, mark))
    keeping.backup(engine, sealed(folder, mark), tmp_path / "kept.tar", day(1))
    with pytest.raises(StoreUnmarked):
        keeping.restore(engine, sealed(tmp_path / "unmounted", mark), tmp_path / "kept.tar", day(2))
    FolderStore(tmp_path / "other").write_mark(MARK)
    with pytest.raises(Conflict, match="store_of_other_county"):
        keeping.restore(engine, sealed(tmp_path / "other", mark), tmp_path / "kept.tar", day(2))
    # A new installation, with a mark of its own until the county comes back.
    with county.write() as session:
        session.execute(marked_store.InstallationMark.__table__.update().values(store=MARK))  # type: ignore[attr-defined]
    keeping.restore(engine, sealed(tmp_path / "other", MARK), tmp_path / "kept.tar", day(2) + timedelta(hours=1))
    with county.read() as session:
        assert marked_store.demanded(session) == mark
        assert marked_store.holds_newest(session, sealed(tmp_path / "other", mark))
