"""Evidence stores: keep bytes in a local folder or in a bucket of an S3-compatible storage (`s3_store`).

Both keep a piece under its SHA-256, whole or not at all.  Storing it again renews its age, and cleanup removes only old
pieces, so bytes about to be named in a row are never removed.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol, TypeAlias

#: The name under which a store keeps the mark of its county, beside the pieces.
MARK = "county-mark"


class StoreDown(OSError):
    """The storage cannot be reached or refuses the request; nothing is lost, try again later."""


class StoreUnmarked(StoreDown):
    """The storage does not bear the county's mark: it is not mounted, or another one is in its place."""


class Damaged(OSError):
    """A stored piece does not open: it was altered, cut off or put under another name; `filename` is its name."""


class Store(Protocol):
    """The interface of an evidence store."""

    def put(self, sha256: str, content: bytes) -> None:
        """Keep the bytes, durably once this returns."""

    def replace(self, sha256: str, content: bytes) -> None:
        """Keep the bytes, in place of what is stored under that name."""

    def open(self, sha256: str) -> IO[bytes]:
        """A stream of the bytes.  Raises FileNotFoundError."""

    def listing(self) -> Iterator[tuple[str, datetime]]:
        """Every name with the moment it was last stored, including remains of a crash."""

    def drop(self, name: str, before: datetime) -> bool:
        """Remove the piece `name` if it was last stored before that moment."""

    def read_mark(self) -> str | None:
        """The mark of the county whose store it is; None: it bears none."""

    def write_mark(self, mark: str) -> None:
        """Mark the store as a county's, making it where it does not exist."""


class FolderStore:
    """A local folder; the names are spread over 256 folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """The path of the bytes of this name."""
        return self.folder / name[:2] / name

    def put(self, sha256: str, content: bytes) -> None:
        target = self.path(sha256)
        with self._lock(fcntl.LOCK_SH):
            # A file of another size was left by a failing disk; it is written again.
            if target.is_file() and target.stat().st_size == len(content):
                os.utime(target)
                return
        self.replace(sha256, content)

    def replace(self, sha256: str, content: bytes) -> None:
        target = self.path(sha256)
        new = not target.parent.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
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
        # A file name is durable only after its folder is synced, and the folder after its parent.
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
        # Exclusively, so that nothing renews it between check and removal.
        with self._lock(fcntl.LOCK_EX):
            try:
                if datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC) >= before:
                    return False
                self.path(name).unlink()
            except FileNotFoundError:
                return False
        return True

    def read_mark(self) -> str | None:
        try:
            return (self.folder / MARK).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def write_mark(self, mark: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f"{MARK}.new"
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(f"{mark}\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, self.folder / MARK)
        _sync(self.folder)

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
    """Access to a bucket; an empty endpoint is Amazon's, empty keys are those of the machine."""

    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = ""


#: A store, or the address of one: a folder, or `s3://bucket/prefix`.
Place: TypeAlias = Store | Path | str
