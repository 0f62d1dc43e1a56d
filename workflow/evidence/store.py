"""Where the bytes lie: a folder of this machine, or a bucket of any storage that speaks S3.

Both keep a piece under its SHA-256, whole or not at all.  Putting it again makes it new again, and clearing up takes
only what is old, so what somebody is about to name in a row is never taken from under them.
"""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Protocol, TypeAlias, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store


class StoreDown(OSError):
    """The storage cannot be reached or refuses us; nothing was lost, trying again later is right."""


class Store(Protocol):
    """A place for bytes."""

    def put(self, sha256: str, content: bytes) -> None:
        """Keep the bytes, durably once this returns."""

    def open(self, sha256: str) -> IO[bytes]:
        """A stream of the bytes.  Raises FileNotFoundError."""

    def listing(self) -> Iterator[tuple[str, datetime]]:
        """Every name with the moment it was last put, what a crash left behind included."""

    def drop(self, name: str, before: datetime) -> bool:
        """Remove what is listed under `name`, if it was last put before that moment."""


class FolderStore:
    """A local folder; the names are spread over 256 folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where the bytes of this name lie."""
        return self.folder / name[:2] / name

    def put(self, sha256: str, content: bytes) -> None:
        target = self.path(sha256)
        with self._lock(fcntl.LOCK_SH):
            # One of another size is what a failing disk left; it is put anew.
            if target.is_file() and target.stat().st_size == len(content):
                os.utime(target)
                return
        new = not target.parent.exists()
        target.parent.mkdir(exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f"{sha256}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        # A name is durable only once its folder is, and so is the folder's own.
        for folder in (target.parent, self.folder) if new else (target.parent,):
            _sync(folder)

    def open(self, sha256: str) -> IO[bytes]:
        return self.path(sha256).open("rb")

    def listing(self) -> Iterator[tuple[str, datetime]]:
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                try:
                    yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
                except FileNotFoundError:
                    continue

    def drop(self, name: str, before: datetime) -> bool:
        # Alone, so that nobody makes it new between the look and the removal.
        with self._lock(fcntl.LOCK_EX):
            try:
                if datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC) >= before:
                    return False
                self.path(name).unlink()
            except FileNotFoundError:
                return False
        return True

    @contextmanager
    def _lock(self, how: int) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("ab") as handle:
            fcntl.flock(handle, how)
            yield


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Access:
    """How a bucket is reached; an empty endpoint is Amazon's own, empty keys are those of the machine."""

    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = ""


class BucketStore:
    """A bucket, or the part of one under a prefix, of a storage that speaks S3."""

    def __init__(self, bucket: str, prefix: str, access: Access) -> None:
        self.bucket, self.prefix, self.access = bucket, prefix, access

    @cached_property
    def _store(self) -> S3Store:
        # Made when first used: its threads would not survive a fork.
        given = {
            "endpoint": self.access.endpoint,
            "access_key_id": self.access.key_id,
            "secret_access_key": self.access.secret,
        }
        options: dict[str, Any] = {name: value for name, value in given.items() if value}
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            region=self.access.region,
            client_options={"allow_http": True, "timeout": timedelta(seconds=60)},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
            **options,
        )

    def put(self, sha256: str, content: bytes) -> None:
        # Always put, never only looked for: that makes it new, and the storage replaces it whole.
        with _refusals():
            obstore.put(self._store, _key(sha256), content)

    def open(self, sha256: str) -> IO[bytes]:
        with _refusals():
            # Read the first piece through a reader of fixed size: nothing is held whole in memory.
            return cast(IO[bytes], _Reader(obstore.open_reader(self._store, _key(sha256), buffer_size=1024 * 1024)))

    def listing(self) -> Iterator[tuple[str, datetime]]:
        with _refusals():
            for batch in obstore.list(self._store):
                for entry in batch:
                    yield entry["path"].rsplit("/", 1)[-1], entry["last_modified"]

    def drop(self, name: str, before: datetime) -> bool:
        # S3 cannot remove on a condition, so two steps: whoever puts the very same bytes, a day after they were put
        # and never named, within the milliseconds between them would have to put them again.
        with _refusals():
            try:
                if obstore.head(self._store, _key(name))["last_modified"] >= before:
                    return False
            except FileNotFoundError:
                return False
            obstore.delete(self._store, _key(name))
        return True


class _Reader:
    """The library's reader, as Python's own files are read: plain bytes, and its refusals as ours."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, size: int = -1) -> bytes:
        with _refusals():
            return bytes(self._inner.read(None if size < 0 else size))

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise StoreDown(5, str(error).split("\n")[0]) from error


#: A store, or where one is: a folder, or `s3://bucket/prefix`.
Place: TypeAlias = Store | Path | str


def store_at(place: Place, access: Access | None = None) -> Store:
    """The store at a place; what is a store already stays one.  Raises ValueError for an address of another kind."""
    if not isinstance(place, str | Path):
        return place
    address = re.fullmatch(r"s3://([^/]+)/?(.*?)/*", str(place)) if isinstance(place, str) else None
    if address:
        return BucketStore(address[1], address[2], access or Access())
    if isinstance(place, str) and "://" in place:
        raise ValueError("give a folder or s3://bucket/prefix")
    return FolderStore(Path(place))
