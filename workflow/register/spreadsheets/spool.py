"""Putting down what is too much to hold: into a file without a name, which is gone with the process, kill -9 or not.

Only this process ever reads it, so its pickles are its own.
"""

import pickle
import tempfile
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO, Generic, TypeVar, cast

T = TypeVar("T")


class Spool(Generic[T]):
    """Values put down one after another, and taken up again by their place or all in order."""

    def __init__(self) -> None:
        self._file = cast(BinaryIO, tempfile.TemporaryFile(buffering=1 << 18))  # noqa: SIM115 - as long as the spool
        self._starts = array("Q")
        self._end = self._at = 0

    def __len__(self) -> int:
        return len(self._starts)

    def put(self, value: T) -> int:
        """Put one down; returns its place."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._starts.append(self._end)
        self._file.write(data)
        self._end += len(data)
        self._at = self._end
        return len(self._starts) - 1

    def get(self, place: int) -> T:
        """The one at this place; every `put` must be over."""
        start = self._starts[place]
        end = self._starts[place + 1] if place + 1 < len(self._starts) else self._end
        # Taken up in order nothing has to be sought, which would throw away what the buffer has read ahead.
        if start != self._at:
            self._file.seek(start)
        self._at = end
        found: Any = pickle.loads(self._file.read(end - start))
        return cast(T, found)

    def __iter__(self) -> Iterator[T]:
        for place in range(len(self._starts)):
            yield self.get(place)

    def __enter__(self) -> "Spool[T]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let it go at once; how many were put down is still known."""
        self._file.close()
