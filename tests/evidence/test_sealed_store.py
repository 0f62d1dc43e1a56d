"""Sealed store: pieces lie encrypted in folder and bucket, are read whole or not at all, and turn with the key."""

import hashlib
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models import HeldFile, HeldSlice
from models.engine import in_transaction, reading
from models.sealing import KeyMissing, SealedBytes, Sealer
from settings import DEVELOPMENT_SECRET
from tests.conftest import PG_TOOLS
from tests.support.apps import app_on
from tests.support.camera import photo
from tests.support.factories import START, County, day, settle_county
from web import backup as keeping
from workflow import evidence
from workflow.errors import Conflict
from workflow.evidence import Damaged, FolderStore, SealedStore, Store, held, seal_stored
from workflow.evidence.sealed_store import CHUNK, MARK, TAG
from workflow.tickets import attachments
from workflow.verification.full_check import verify

OLD, NEW = "the key of before", "the key that follows"
#: The header and each chunk in its place: two whole chunks and a short one.
BYTES = os.urandom(2 * CHUNK + 100)
NAME = hashlib.sha256(BYTES).hexdigest()
HEADER = len(MARK) + 4 + 32
SEALED = CHUNK + TAG
ON_ONE = pytest.mark.one_database("sqlite")


def sealing(store: Store, keys: str = OLD) -> SealedStore:
    return SealedStore(store, keys, sealing=True)


def stored(store: Store, name: str = NAME) -> bytes:
    with store.open(name) as stream:
        return stream.read()


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_was_put_is_read_back_and_lies_encrypted(tmp_path: Path, size: int) -> None:
    inner, content = FolderStore(tmp_path), os.urandom(size)
    name = evidence.keep(sealing(inner), content)
    assert name == hashlib.sha256(content).hexdigest()
    assert stored(sealing(inner), name) == content
    raw = stored(inner, name)
    assert raw.startswith(MARK)
    assert content[:64] not in raw if size >= 64 else len(raw) == HEADER + size + TAG


def test_pieces_of_any_size_are_read_from_folder_and_bucket(store: Store) -> None:
    sealing(store).put(NAME, BYTES)
    with sealing(store).open(NAME) as stream:
        pieces = [stream.read(100), stream.read(CHUNK), stream.read(3), stream.read()]
    assert b"".join(pieces) == BYTES
    assert [len(piece) for piece in pieces[:3]] == [100, CHUNK, 3]
    assert [name for name, _ in sealing(store).listing()] == [NAME]


def test_a_file_stored_in_clear_is_read_as_it_is(store: Store) -> None:
    store.put(NAME, BYTES)
    assert stored(sealing(store)) == BYTES
    # Put again it is sealed, and read also where sealing was turned off since.
    sealing(store).put(NAME, BYTES)
    assert stored(store).startswith(MARK)
    assert stored(SealedStore(store, OLD, sealing=False)) == BYTES


@pytest.mark.parametrize(
    ("what", "broken"),
    [
        ("a byte altered", lambda raw: raw[: HEADER + 5] + bytes([raw[HEADER + 5] ^ 1]) + raw[HEADER + 6 :]),
        ("a byte of the last chunk altered", lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])),
        ("the salt altered", lambda raw: raw[: HEADER - 1] + bytes([raw[HEADER - 1] ^ 1]) + raw[HEADER:]),
        ("cut inside a chunk", lambda raw: raw[:-1]),
        ("cut between chunks", lambda raw: raw[: HEADER + 2 * SEALED]),
        ("cut to the header", lambda raw: raw[:HEADER]),
        ("cut inside the header", lambda raw: raw[: HEADER - 3]),
        ("chunks exchanged", lambda raw: raw[:HEADER] + raw[HEADER + SEALED : HEADER + 2 * SEALED]
            + raw[HEADER : HEADER + SEALED] + raw[HEADER + 2 * SEALED :]),
        ("a chunk repeated", lambda raw: raw[: HEADER + SEALED] + raw[HEADER:]),
        ("more at the end", lambda raw: raw + b"x"),
    ],
)  # fmt: skip
def test_what_was_altered_or_cut_off_does_not_open(tmp_path: Path, what: str, broken: Callable[[bytes], bytes]) -> None:
    inner = FolderStore(tmp_path)
    sealing(inner).put(NAME, BYTES)
    inner.replace(NAME, broken(stored(inner)))
    with pytest.raises(Damaged):
        stored(sealing(inner))


def test_a_piece_under_another_name_does_not_open(tmp_path: Path) -> None:
    inner, other = FolderStore(tmp_path), hashlib.sha256(b"other").hexdigest()
    sealing(inner).put(NAME, BYTES)
    inner.put(other, stored(inner))
    with pytest.raises(Damaged):
        stored(sealing(inner), other)


def test_a_key_that_is_not_configured_is_named(store: Store) -> None:
    sealing(store).put(NAME, BYTES)
    with pytest.raises(KeyMissing):
        sealing(store, NEW).open(NAME)


def test_every_file_turns_to_the_newest_key_and_those_in_clear_only_where_files_are_sealed(store: Store) -> None:
    clear = evidence.keep(store, b"in clear")
    sealing(store).put(NAME, BYTES)
    both = f"{NEW},{OLD}"
    assert seal_stored(SealedStore(store, both, sealing=False)) == (1, 0)
    assert stored(store, clear) == b"in clear"
    assert seal_stored(sealing(store, both)) == (1, 0)
    assert seal_stored(sealing(store, both)) == (0, 0)
    assert (stored(sealing(store, NEW)), stored(sealing(store, NEW), clear)) == (BYTES, b"in clear")
    with pytest.raises(KeyMissing):
        seal_stored(sealing(store, "lost"))


def test_a_damaged_file_holds_nothing_up(tmp_path: Path) -> None:
    inner = FolderStore(tmp_path)
    sealing(inner).put(NAME, BYTES)
    inner.replace(NAME, stored(inner)[:-1])
    whole = evidence.keep(sealing(inner), b"whole")
    assert seal_stored(sealing(inner, f"{NEW},{OLD}")) == (1, 1)
    assert stored(sealing(inner, NEW), whole) == b"whole"


def with_photo(county: County, store: Store) -> evidence.Kept:
    kept, ticket = evidence.take(store, photo(1), "pump.jpg"), county.file()
    with county.write() as session:
        attachments.add(session, county.people["town"], ticket, START, **kept)
    return kept


def faults(engine: Engine, store: Store) -> set[str]:
    with reading(engine) as session:
        return {finding.code for finding in verify(session, store)}


@ON_ONE
def test_verify_reads_sealed_files_and_names_each_fault(engine: Engine, tmp_path: Path) -> None:
    inner = FolderStore(tmp_path)
    county = settle_county(engine)
    kept = with_photo(county, sealing(inner))
    assert stored(inner, kept["sha256"]).startswith(MARK)
    assert faults(engine, sealing(inner)) == set()
    assert faults(engine, sealing(inner, NEW)) == {"bytes_key_missing"}
    # Sealed by whoever holds the key, but of other bytes.
    sealing(inner).replace(kept["sha256"], b"another photo")
    assert faults(engine, sealing(inner)) == {"bytes_missing"}
    inner.replace(kept["sha256"], stored(inner, kept["sha256"])[:-1])
    assert faults(engine, sealing(inner)) == {"bytes_damaged"}


@ON_ONE
def test_a_backup_holds_sealed_files_and_brings_them_back_under_the_keys_of_now(engine: Engine, tmp_path: Path) -> None:
    county, old = settle_county(engine), FolderStore(tmp_path / "old")
    kept = with_photo(county, sealing(old))
    keeping.backup(engine, sealing(old), tmp_path / "kept.tar", day(1), PG_TOOLS)
    with tarfile.open(tmp_path / "kept.tar") as tar:
        member = tar.extractfile(f"files/{kept['sha256'][:2]}/{kept['sha256']}")
        assert member is not None
        assert member.read().startswith(MARK)
    engine.dispose()
    fresh = FolderStore(tmp_path / "fresh")
    keeping.restore(engine, sealing(fresh, f"{NEW},{OLD}"), tmp_path / "kept.tar", day(2), PG_TOOLS)
    assert faults(engine, sealing(fresh, NEW)) == set()
    with pytest.raises(Conflict) as refusal:
        keeping.restore(engine, sealing(fresh, NEW), tmp_path / "kept.tar", day(3), PG_TOOLS)
    assert str(refusal.value.params["first"]).startswith("bytes_key_missing")


def commands(url: str, files: Path, **settings: Any) -> Any:
    return app_on(url, FILES=files, CLOCK=lambda: day(5), TESTING=True, **settings).test_cli_runner()


@ON_ONE
def test_the_commands_seal_what_lies_in_clear_and_turn_the_key(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county, inner = settle_county(engine), FolderStore(tmp_path)
    kept = with_photo(county, inner)
    refused = commands(database_url, tmp_path).invoke(args=["seal-files"])
    assert (refused.exit_code, "XIAOHAO_SEAL_FILES=1" in refused.stderr) == (1, True)
    for expected in ("2", "0"):
        done = commands(database_url, tmp_path, SEAL_FILES=True).invoke(args=["seal-files"])
        assert (done.exit_code, done.stdout.strip()) == (0, expected)
    lost = commands(database_url, tmp_path, DATA_KEY=NEW).invoke(args=["rotate-key"])
    assert (lost.exit_code, "XIAOHAO_DATA_KEY" in lost.stderr) == (1, True)
    part = held.Slice(NAME, "a.jpg", len(BYTES), 0, BYTES[:1000])
    user = county.people["village"].account_id
    in_transaction(engine, lambda session: held.add_slice(session, user, START, part, megabytes=20))
    with reading(engine) as session:
        before = bytes(session.scalar(text("SELECT content FROM held_slice")))
    turned = commands(database_url, tmp_path, DATA_KEY=f"{NEW},{DEVELOPMENT_SECRET}").invoke(args=["rotate-key"])
    assert turned.exit_code == 0
    assert stored(sealing(inner, NEW), kept["sha256"])
    with reading(engine) as session:
        raw = bytes(session.scalar(text("SELECT content FROM held_slice")))
        # Turned under the newest key of the engine, which tests share.
        assert raw != before
        assert (
            Sealer(DEVELOPMENT_SECRET).open_bytes(raw.removeprefix(SealedBytes.MARK), "held_slice.content")
            == part.content
        )
        told = session.execute(text("SELECT action, given FROM event WHERE action IN ('seal_files', 'rotate_key')"))
        assert [(action, "2" in str(given)) for action, given in told] == [("seal_files", True), ("rotate_key", True)]


def test_slices_of_an_upload_lie_sealed_and_those_of_before_are_read(engine: Engine) -> None:
    county = settle_county(engine)
    part = held.Slice(NAME, "a.jpg", len(BYTES), 0, BYTES[:1000])
    user = county.people["village"].account_id
    in_transaction(engine, lambda session: held.add_slice(session, user, START, part, megabytes=20))
    raw = text("SELECT content FROM held_slice")
    with reading(engine) as session:
        assert BYTES[:16] not in bytes(session.scalar(raw))
        assert session.query(HeldSlice.content).scalar() == BYTES[:1000]

    def in_clear(session: Any) -> None:
        session.execute(text("UPDATE held_slice SET content = :content"), {"content": BYTES[:1000]})

    # As a version before wrote it.
    in_transaction(engine, in_clear)
    with reading(engine) as session:
        assert session.query(HeldSlice.content).scalar() == BYTES[:1000]
        assert session.query(HeldFile.got).scalar() == 1000
