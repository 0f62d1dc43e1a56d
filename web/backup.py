"""Backup and restore: one tar with the database and the evidence; a restore is kept only after `verify` passes.

SQLite is copied online through its own backup; PostgreSQL through its server's own pg_dump and pg_restore, into a
database beside the old one, which is renamed away (never dropped) once the new one has been verified.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.engine import engine_beside, in_transaction, make_engine, reading
from models.sealing import KeyMissing
from web.db import refuse_strange
from workflow.actors import system
from workflow.county.sign_ins import sessions
from workflow.errors import Conflict
from workflow.evidence import (
    Damaged,
    FolderStore,
    Place,
    SealedStore,
    Store,
    StoreUnmarked,
    marked_store,
    store_at,
    stored_as_is,
    unmarked,
)
from workflow.history import event_log
from workflow.verification.full_check import verify

_MANIFEST = "manifest.json"


def backup(engine: Engine, files: Place, target: Path, now: datetime, tools: str = "") -> None:
    """Write a backup of the database and the evidence to `target` (a .tar), whole or not at all; an event of the county tells
    its hash.

    `tools` is the folder of PostgreSQL's client tools; empty: they are on the path.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / "database"
        # The database first: the store already has every file it names, because bytes are written before rows.
        _dump(engine, dump, tools)
        manifest = {"dialect": engine.dialect.name, "at": now.isoformat()}
        (Path(folder) / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        whole = Path(folder) / "whole.tar"
        with tarfile.open(whole, "w") as tar:
            tar.add(Path(folder) / _MANIFEST, _MANIFEST)
            tar.add(dump, "database")
            # Sealed files stay sealed.
            _pack(tar, stored_as_is(store_at(files)))
        digest = _digest(whole)
        os.replace(whole, target)
    _record(engine, now, "backup", digest)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _record(engine: Engine, now: datetime, action: str, digest: str) -> None:
    def work(session: Session) -> None:
        event_log.of(session, event_log.COUNTY, system(), now).append(action, {"sha256": digest}, notify=False)
        if action == "restore":
            sessions.end_all_of_county(session, now)

    in_transaction(engine, work)


def restore(engine: Engine, files: Place, source: Path, now: datetime, tools: str = "") -> None:
    """Put a backup in place of the database, after verifying it; evidence is added, none removed.  An event of the restored
    county tells it.

    Sessions and one-time codes of the backup end, since some of them were ended after it was made.

    Raises Conflict when it is no backup, is of the other kind of database or does not verify; then nothing has changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        dialect = _opened(source, root)
        if dialect != engine.dialect.name:
            raise Conflict("backup_of_other_database", dialect=dialect)
        kept = root / "files"
        with _restored(engine, root / "database", tools) as fresh:
            store = _for_restore(engine, fresh, files)
            unpacked = _beside(store, kept)
            try:
                refuse_strange(fresh)
                with reading(fresh) as session:
                    findings = verify(session, unpacked)
            except DBAPIError as error:
                raise Conflict("backup_unreadable") from error
            finally:
                fresh.dispose()
            if findings:
                raise Conflict(
                    "backup_does_not_verify", findings=len(findings), first=f"{findings[0].code} {findings[0].subject}"
                )
            _put_back(unpacked, store)
            with reading(fresh) as session:
                mark = marked_store.demanded(session)
            fresh.dispose()
            # The files of the newest rows are there now.
            if mark is not None:
                store.write_mark(mark)
    _record(engine, now, "restore", _digest(source))


def _for_restore(engine: Engine, fresh: Engine, files: Place) -> Store:
    """The store that the files of a backup are added to.

    Raises StoreUnmarked where the county that is replaced demands a mark and there is none, Conflict for another county's store.
    """
    store = store_at(files)
    if not isinstance(store, SealedStore):
        return store
    found, ours = store.read_mark(), [_mark_of(engine), _mark_of(fresh)]
    if found is None and ours[0] is not None:
        raise StoreUnmarked(5, "the evidence store does not bear the county's mark")
    if found is not None and found not in ours:
        raise Conflict("store_of_other_county")
    return unmarked(store)


def _mark_of(engine: Engine) -> str | None:
    """The mark that a county's store must bear; None where there is no county that can be asked."""
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return None
    try:
        with reading(engine) as session:
            return marked_store.demanded(session)
    except DBAPIError:
        return None


def _beside(store: Store, folder: Path) -> Store:
    """The files of a backup, read under the keys of the county's store."""
    return store.beside(FolderStore(folder)) if isinstance(store, SealedStore) else FolderStore(folder)


def _put_back(source: Store, store: Store) -> None:
    """Stores the files of a backup, sealed or in clear as the settings say now."""
    for name, _put in source.listing():
        try:
            with source.open(name) as stream:
                content = stream.read()
        except (Damaged, KeyMissing):
            # No row names it, or `verify` had found it.
            continue
        # What a crash left half written goes by another name than its hash, and is left behind.
        if hashlib.sha256(content).hexdigest() == name:
            store.put(name, content)


def _pack(tar: tarfile.TarFile, store: Store) -> None:
    for name, put in store.listing():
        entry = tarfile.TarInfo(f"files/{name[:2]}/{name}")
        entry.mtime = int(put.timestamp())
        try:
            with store.open(name) as stream:
                content = stream.read()
        except FileNotFoundError:
            # Cleared away meanwhile, so nothing names it.
            continue
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))


def _opened(source: Path, root: Path) -> str:
    """Unpack a backup and say of which kind of database it is."""
    try:
        with tarfile.open(source) as tar:
            tar.extractall(root, filter="data")
        manifest = json.loads((root / _MANIFEST).read_text(encoding="utf-8"))
        if not (root / "database").is_file():
            raise Conflict("backup_unreadable")
        return str(manifest["dialect"])
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError) as error:
        raise Conflict("backup_unreadable") from error
    except FileNotFoundError as error:
        if error.filename == str(source):
            raise
        raise Conflict("backup_unreadable") from error


def _restored(engine: Engine, dump: Path, tools: str) -> AbstractContextManager[Engine]:
    if engine.dialect.name == "sqlite":
        return _sqlite_restored(engine, dump)
    return _postgresql_restored(engine, dump, tools)


def _dump(engine: Engine, target: Path, tools: str) -> None:
    if engine.dialect.name != "sqlite":
        _run(tools, "pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={_conninfo(engine.url)}")
        return
    copy = make_engine(f"sqlite:///{target}")
    source, sink = engine.raw_connection(), copy.raw_connection()
    try:
        assert source.driver_connection is not None
        source.driver_connection.backup(sink.driver_connection)
        assert sink.driver_connection is not None
        # One plain file: the content of a journal beside it would not get into the tar.
        sink.driver_connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        source.close()
        sink.close()
        copy.dispose()


@contextmanager
def _sqlite_restored(engine: Engine, dump: Path) -> Iterator[Engine]:
    path = Path(str(engine.url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.restoring")
    shutil.copyfile(dump, beside)
    try:
        yield engine_beside(engine, f"sqlite:///{beside}")
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        os.replace(beside, path)
    finally:
        for suffix in ("", "-wal", "-shm"):
            beside.with_name(beside.name + suffix).unlink(missing_ok=True)


@contextmanager
def _postgresql_restored(engine: Engine, dump: Path, tools: str) -> Iterator[Engine]:
    name = str(engine.url.database)
    beside, before = f"{name}_restoring", f"{name}_before"
    with _server(engine.url) as run:
        run(f'DROP DATABASE IF EXISTS "{beside}"')
        run(f'CREATE DATABASE "{beside}"')
    try:
        url = engine.url.set(database=beside)
        _run(tools, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_conninfo(url)}", str(dump))
        yield engine_beside(engine, url.render_as_string(hide_password=False))
        engine.dispose()
        with _server(engine.url) as run:
            run(f'DROP DATABASE IF EXISTS "{before}"')
            run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            run(f'ALTER DATABASE "{name}" RENAME TO "{before}"')
            run(f'ALTER DATABASE "{beside}" RENAME TO "{name}"')
    finally:
        with _server(engine.url) as run:
            run(f'DROP DATABASE IF EXISTS "{beside}" WITH (FORCE)')


@contextmanager
def _server(url: URL) -> Iterator[Callable[[str], object]]:
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield lambda statement: connection.execute(text(statement))
    finally:
        engine.dispose()


def _conninfo(url: URL) -> str:
    plain = make_url(url).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def _run(tools: str, tool: str, *words: str) -> None:
    program = str(Path(tools) / tool) if tools else shutil.which(tool)
    if program is None:
        raise FileNotFoundError(2, f"{tool} is not on the path; install PostgreSQL's client tools", tool)
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.returncode, done.stderr.strip().splitlines()[-1] if done.stderr else tool, tool)
