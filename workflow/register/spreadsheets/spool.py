"""Spool: keeps values too large for memory in an unnamed temporary file that disappears with the process, even killed.

Only this process reads it, so its pickles are safe.
"""

import pickle
import tempfile
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO, Generic, TypeVar, cast

T = TypeVar("T")


class Spool(Generic[T]):
    """Values written one after another, and read again by position or in order."""

    def __init__(self) -> None:
        self._file = cast(BinaryIO, tempfile.TemporaryFile(buffering=1 << 18))  # noqa: SIM115 - as long as the spool
        self._starts = array("Q")
        self._end = self._at = 0

    def __len__(self) -> int:
        return len(self._starts)

    def put(self, value: T) -> int:
        """Write a value; returns its position."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._starts.append(self._end)
        self._file.write(data)
        self._end += len(data)
        self._at = self._end
        return len(self._starts) - 1

    def get(self, position: int) -> T:
        """The value at a position; all `put` calls must be done."""
        start = self._starts[position]
        end = self._starts[position + 1] if position + 1 < len(self._starts) else self._end
        # Read in order, no seek is needed, which would discard the buffer.
        if start != self._at:
            self._file.seek(start)
        self._at = end
        item: Any = pickle.loads(self._file.read(end - start))
        return cast(T, item)

    def __iter__(self) -> Iterator[T]:
        for position in range(len(self._starts)):
            yield self.get(position)

    def __enter__(self) -> "Spool[T]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file at once; the number of values stays known."""
        self._file.close()
