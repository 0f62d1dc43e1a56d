"""Sealed files: keep uploaded spreadsheets and refused rows on disk, encrypted line by line.

They are in a folder of their own, in no backup, and are removed when the import is applied or old.  Opened, they are in
an unnamed temporary file that disappears with the process.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from workflow.county.vault import Vault
from workflow.redaction import without_numbers

_PIECE = 1 << 20
#: The days for which an unapplied upload, and the refused rows of an applied one, are kept.
KEPT_DAYS = 30


class Strongbox:
    """The sealed files of imports."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def path(self, name: str) -> Path:
        return self._folder / name

    def put(self, name: str, stream: BinaryIO) -> None:
        """Encrypt the stream, whole or not at all."""
        stream.seek(0)
        with self._writing(name) as target:
            while piece := stream.read(_PIECE):
                target.write(self._vault.seal_bytes(piece) + b"\n")

    def open(self, name: str) -> BinaryIO:
        """The file, opened.  Raises FileNotFoundError, BadInput `key_missing`."""
        opened = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
        try:
            with self.path(name).open("rb") as sealed:
                for line in sealed:
                    opened.write(self._vault.open_bytes(line.rstrip(b"\n")))
        except BaseException:
            opened.close()
            raise
        opened.seek(0)
        return opened

    def lines(self, name: str) -> Iterator[Any]:
        """The values written by `Lines`.  Raises FileNotFoundError, BadInput `key_missing`."""
        with self.path(name).open("rb") as sealed:
            for block in sealed:
                for line in self._vault.open_bytes(block.rstrip(b"\n")).splitlines():
                    yield json.loads(line)

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def drop(self, name: str) -> None:
        """Remove a file, if it exists."""
        self.path(name).unlink(missing_ok=True)

    def write_plain(self, name: str, what: dict[str, Any]) -> None:
        """Write a value that is not secret (progress of a job)."""
        with self._writing(name) as target:
            target.write(json.dumps(what).encode())

    def read_plain(self, name: str) -> dict[str, Any]:
        """The last written value; empty before the first."""
        try:
            report: dict[str, Any] = json.loads(self.path(name).read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return report

    def sweep(self, now: datetime) -> int:
        """Remove files older than KEPT_DAYS; returns how many."""
        if not self._folder.is_dir():
            return 0
        old = [p for p in self._folder.iterdir() if now.timestamp() - p.stat().st_mtime > KEPT_DAYS * 86400]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _writing(self, name: str) -> "_Whole":
        self._folder.mkdir(parents=True, exist_ok=True)
        return _Whole(self.path(name))

    def collect(self, name: str) -> "Lines":
        """A file for values written one after another; it exists once closed without an error."""
        return Lines(self, name, self._vault)


class _Whole:
    """A file that appears whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, self._temporary = tempfile.mkstemp(dir=path.parent)
        self._stream = os.fdopen(handle, "wb")

    def __enter__(self) -> BinaryIO:
        return cast(BinaryIO, self._stream)

    def __exit__(self, kind: object, *_: object) -> None:
        self._stream.close()
        if kind is None:
            os.replace(self._temporary, self._path)
        else:
            Path(self._temporary).unlink(missing_ok=True)


class Lines:
    """Values as lines of JSON, sealed block by block."""

    def __init__(self, box: Strongbox, name: str, vault: Vault) -> None:
        self._whole = box._writing(name)
        self._vault = vault
        self._block: list[str] = []

    def put(self, value: Any) -> None:
        # JSON writes line breaks as \n, so that a line is a value.
        self._block.append(json.dumps(value))
        if len(self._block) >= 500:
            self._flush()

    def _flush(self) -> None:
        if self._block:
            self._stream.write(self._vault.seal_bytes("\n".join(self._block).encode()) + b"\n")
            self._block = []

    def __enter__(self) -> "Lines":
        self._stream = self._whole.__enter__()
        return self

    def __exit__(self, kind: object, *more: object) -> None:
        if kind is None:
            self._flush()
        self._whole.__exit__(kind, *more)


def file_name(filename: str) -> str:
    """The name of a brought file as it is kept: without a folder, and without numbers of persons; 200 characters."""
    return without_numbers(filename.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", ""))[:200] or "file"


def sha256_of(stream: BinaryIO) -> str:
    """SHA-256 of the stream, which is rewound to its beginning."""
    stream.seek(0)
    digest = hashlib.sha256()
    while piece := stream.read(_PIECE):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()
