"""S3 store: keeps evidence in a bucket of any S3-compatible storage."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import IO, Any, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from workflow.evidence.store import MARK, Access, StoreDown


class BucketStore:
    """A bucket, or a prefix of one."""

    def __init__(self, bucket: str, prefix: str, access: Access) -> None:
        self.bucket, self.prefix, self.access = bucket, prefix, access

    @cached_property
    def _store(self) -> S3Store:
        # Created at first use: its threads would not survive a fork.
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
        # Always written, even if present: that renews its age, and the storage replaces it atomically.
        with _refusals():
            obstore.put(self._store, _key(sha256), content)

    def replace(self, sha256: str, content: bytes) -> None:
        self.put(sha256, content)

    def open(self, sha256: str) -> IO[bytes]:
        with _refusals():
            # Read in pieces of fixed size, so no file is held whole in memory.
            return cast(IO[bytes], _Reader(obstore.open_reader(self._store, _key(sha256), buffer_size=1024 * 1024)))

    def listing(self) -> Iterator[tuple[str, datetime]]:
        with _refusals():
            for batch in obstore.list(self._store):
                for entry in batch:
                    name = entry["path"].rsplit("/", 1)[-1]
                    if name != MARK:
                        yield name, entry["last_modified"]

    def drop(self, name: str, before: datetime) -> bool:
        # S3 has no conditional delete, so there are two steps: an upload of the same bytes within these milliseconds,
        # a day after they were stored and never named, would have to be repeated.
        with _refusals():
            try:
                if obstore.head(self._store, _key(name))["last_modified"] >= before:
                    return False
            except FileNotFoundError:
                return False
            obstore.delete(self._store, _key(name))
        return True

    def read_mark(self) -> str | None:
        with _refusals():
            try:
                return bytes(obstore.get(self._store, MARK).bytes()).decode().strip()
            except FileNotFoundError:
                return None

    def write_mark(self, mark: str) -> None:
        with _refusals():
            obstore.put(self._store, MARK, f"{mark}\n".encode())


class _Reader:
    """The library's reader with the interface of a Python file and our errors."""

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
