"""Picture process: pictures are decoded in a kept child process, one at a time, within its memory and a time.

Whatever a decoder does with a hostile file, it does it in the child: that is killed at the time-out and started again for
the next picture.  What comes back is checked, never executed.  Each process that serves people has one child; a
picture waits for its turn a short while, and few wait, so that other requests find a thread.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow.errors import BadInput, TooMany
from workflow.pictures.images import Picture
from workflow.pictures.picture_child import LENGTH, MEMORY

#: Seconds for one picture (a phone's 50 megapixels take one to three), and for the start of a child.
SECONDS, START = 20, 60
#: Seconds for which a picture waits for its turn, and how many wait.
PATIENCE, WAITING = 20, 2
#: Seconds after which a refused person tries again.
AGAIN = 10
#: Pictures of one child: what a library leaks is bounded too.
_MOST = 500
_ROOT = Path(__file__).parents[2]
_LARGEST = 64 * 1024 * 1024


class _Ended(Exception):
    """The child has ended without an answer."""


class _TimedOut(_Ended):
    """The child was killed at the time-out."""


class Child:
    """A child process that decodes pictures; used by one thread at a time."""

    def __init__(self, memory: int) -> None:
        # No secret of the environment is in reach of a decoder.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workflow.pictures.picture_child", str(memory)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={},
        )
        self.pid, self._pictures, self._ready = self._process.pid, 0, False

    @property
    def fresh(self) -> bool:
        """Whether it has not decoded anything yet."""
        return self._pictures == 0

    @property
    def usable(self) -> bool:
        """Whether it lives and has not decoded its share."""
        return self._process.poll() is None and self._pictures < _MOST

    def develop(self, content: bytes, seconds: float) -> Picture:
        """The picture.  Raises BadInput; _Ended where the child ended, _TimedOut where it was killed."""
        if not self._ready:
            # Its start is not the picture's time.
            with self._within(START):
                self._part()
            self._ready = True
        with self._within(seconds):
            self._send(LENGTH.pack(len(content)))
            self._send(content)
            head, kept, thumbnail = (self._part() for _ in range(3))
        self._pictures += 1
        return _read(json.loads(head), kept, thumbnail)

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Kill the child after these seconds.  Raises _TimedOut then, _Ended where it ended by itself."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            yield
        except (BrokenPipeError, _Ended) as error:
            raise (_TimedOut if late.is_set() else _Ended) from error
        finally:
            timer.cancel()

    def close(self, *, here: bool = True) -> None:
        """End the child; in a forked process (`here` false) only let go of its pipes."""
        if here:
            self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        if here:
            self._process.wait()

    def _send(self, content: bytes) -> None:
        assert self._process.stdin is not None
        view = memoryview(content)
        while view:
            view = view[self._process.stdin.write(view) :]

    def _part(self) -> bytes:
        length = LENGTH.unpack(self._received(LENGTH.size))[0]
        if length > _LARGEST:
            raise _Ended
        return self._received(length)

    def _received(self, length: int) -> bytes:
        assert self._process.stdout is not None
        pieces, missing = [], length
        while missing:
            piece = self._process.stdout.read(missing)
            if not piece:
                raise _Ended
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)


def _read(told: dict[str, Any], content: bytes, thumbnail: bytes) -> Picture:
    """The child's answer, whose parts are of their types."""
    if "code" in told:
        raise BadInput(str(told["code"]), "file", **{str(name): int(value) for name, value in told["params"].items()})
    taken_at, place = told["taken_at"], (told["latitude"], told["longitude"])
    return Picture(
        content,
        "image/png" if told["media_type"] == "image/png" else "image/jpeg",
        thumbnail,
        tuple(f"{int(look, 16):016x}" for look in told["looks"]),
        datetime.fromisoformat(taken_at) if taken_at else None,
        *(None if angle is None else float(angle) for angle in place),
    )


class Pictures:
    """The pictures of this process: one child, and who waits for it."""

    def __init__(self, seconds: float = SECONDS, patience: float = PATIENCE, memory: int = MEMORY) -> None:
        self._seconds, self._patience, self._memory = seconds, patience, memory
        self._begin()

    def _begin(self) -> None:
        self._queue, self._turn = threading.BoundedSemaphore(1 + WAITING), threading.Lock()
        self.child: Child | None = None

    def develop(self, content: bytes) -> Picture:
        """Decode a picture in the child.

        Raises BadInput (`images.develop`; `picture_too_costly`: too much memory or time); TooMany `pictures_wait`.
        """
        # Who finds the queue full waits a moment only: one thread of the process stays free for everybody else.
        if not self._queue.acquire(timeout=min(2, self._patience)):
            raise TooMany("pictures_wait", "file", seconds=AGAIN)
        try:
            if not self._turn.acquire(timeout=self._patience):
                raise TooMany("pictures_wait", "file", seconds=AGAIN)
            try:
                return self._developed(content)
            finally:
                self._turn.release()
        finally:
            self._queue.release()

    def close(self) -> None:
        """End the child, if there is one."""
        if self.child is not None:
            self.child.close()
            self.child = None

    def _developed(self, content: bytes) -> Picture:
        while True:
            if self.child is None or not self.child.usable:
                self.close()
                self.child = Child(self._memory)
            fresh = self.child.fresh
            try:
                return self.child.develop(content, self._seconds)
            except BadInput:
                raise
            except Exception as error:
                self.close()
                # A child that had worked before may have ended idle, or full of what others left in it.
                if fresh or type(error) is not _Ended:
                    raise BadInput("picture_too_costly", "file") from error

    def forked(self) -> None:
        """In a forked process: the child, its turn and who waits are the parent's."""
        if self.child is not None:
            with suppress(OSError):
                self.child.close(here=False)
            _OF_PARENTS.append(self.child)
        self._begin()


#: Kept, so that no process waits for a child that is not its own.
_OF_PARENTS: list[Child] = []
_PICTURES = Pictures()
atexit.register(_PICTURES.close)
os.register_at_fork(after_in_child=_PICTURES.forked)


def develop(content: bytes) -> Picture:
    """Decode a picture in this process's child.  Raises BadInput, TooMany."""
    return _PICTURES.develop(content)
