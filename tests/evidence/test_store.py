"""Evidence stores: folder and bucket write whole files or none, find them again, and remove those no row names."""

import hashlib
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from settings import Settings
from tests.support.camera import photo
from tests.support.factories import START, settle_county
from workflow import evidence
from workflow.evidence import Access, FolderStore, Store, StoreDown, store_at
from workflow.evidence.s3_store import BucketStore
from workflow.tickets import attachments
from workflow.verification.full_check import verify

BYTES = os.urandom(3_000_000)
NAME = hashlib.sha256(BYTES).hexdigest()
LATER = timedelta(days=1, minutes=1)


def now() -> datetime:
    return datetime.now(UTC)


def test_what_was_put_is_read_back_in_pieces(store: Store) -> None:
    assert evidence.keep(store, BYTES) == NAME
    with store.open(NAME) as stream:
        assert stream.read(10) == BYTES[:10]
        assert stream.read() == BYTES[10:]


def test_what_was_never_put_is_not_there(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.open(NAME)


def test_twice_the_same_is_one(store: Store) -> None:
    for _ in range(2):
        store.put(NAME, BYTES)
    assert [name for name, _ in store.listing()] == [NAME]


def test_what_a_failing_disk_cut_off_is_put_anew(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(NAME, BYTES)
    store.path(NAME).write_bytes(b"half")
    store.put(NAME, BYTES)
    assert store.path(NAME).read_bytes() == BYTES


def test_only_what_is_old_is_dropped(store: Store) -> None:
    store.put(NAME, BYTES)
    assert not store.drop(NAME, now() - timedelta(hours=1))
    assert store.drop(NAME, now() + timedelta(hours=1))
    assert not store.drop(NAME, now() + timedelta(hours=1))
    assert list(store.listing()) == []


def test_putting_again_makes_new(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(NAME, BYTES)
    old = time.time() - 3 * 24 * 3600
    os.utime(store.path(NAME), (old, old))
    store.put(NAME, BYTES)
    assert not store.drop(NAME, now() - timedelta(days=1))


def test_clearing_up_takes_what_nothing_names_and_leaves_what_a_row_names(engine: Engine, store: Store) -> None:
    county = settle_county(engine)
    ticket = county.file()
    named, unnamed = evidence.take(store, photo(1), "a.jpg"), evidence.take(store, photo(2), "b.jpg")
    paper = evidence.take(store, b"seen", "seen.txt")
    with county.write() as session:
        for kept in (named, paper):
            attachments.add(session, county.people["town"], ticket, START, **kept)
    if isinstance(store, FolderStore):
        (store.path(NAME).parent).mkdir(exist_ok=True)
        store.path(f"{NAME}.x7f3").write_bytes(b"what a crash left half written")
    kept_names = {named["sha256"], named["thumbnail"], paper["sha256"]}
    with county.read() as session:
        assert evidence.tidy(session, store, now()) == 0
        lying = 3 if isinstance(store, FolderStore) else 2
        assert evidence.tidy(session, store, now() + LATER, dry_run=True) == lying
        assert {unnamed["sha256"], unnamed["thumbnail"]} < {name for name, _ in store.listing()}
        assert evidence.tidy(session, store, now() + LATER) == lying
        assert {name for name, _ in store.listing()} == kept_names
        assert verify(session, store) == []


def test_a_storage_that_is_not_there_says_so() -> None:
    away = store_at("s3://evidence", Access("http://127.0.0.1:9", "us-east-1", "key", "secret"))
    with pytest.raises(StoreDown):
        away.put(NAME, b"x")


@pytest.mark.parametrize("address", ["http://x/y", "ftp://x", "s3://", ""])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket/prefix"):
        Settings(files=address)


def test_a_setting_is_a_folder_or_a_bucket(tmp_path: Path) -> None:
    assert isinstance(store_at(Settings(files=str(tmp_path)).files), FolderStore)
    opened = store_at(Settings(files="s3://county/evidence/2018").files)
    assert isinstance(opened, BucketStore)
    assert (opened.bucket, opened.prefix) == ("county", "evidence/2018")
