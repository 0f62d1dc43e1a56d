"""Slow clients: a connection that keeps a thread waiting gives it up, at once where others wait for a thread.

For gunicorn's threads (`gunicorn.conf.py`).  A client may be slow: from its first byte on it has some seconds, and more for
every kilobyte that it has sent or taken.  While requests are queued it has a second at a time.  Silent connections hold no
thread.  The proxy that production needs buffers whole requests; this holds where it does not, or is not there.
"""

import socket
import threading
import time
from collections.abc import Callable
from select import POLLIN, POLLOUT, poll
from typing import Any

#: Seconds for which a client may keep a thread waiting in all, and the bytes that earn it another.
PATIENCE, RATE = 15.0, 2048
#: Seconds for which it may at a time, while others wait for a thread.
CROWDED = 1.0
#: Seconds for which a new connection that says nothing holds a thread.
SILENT = 0.2
_STEP = 0.1


class TooSlow(ConnectionResetError):
    """The client kept a thread waiting for too long; gunicorn closes the connection."""


class PatientSocket:
    """A socket whose reads and writes wait only so long; all else is the socket's own."""

    def __init__(self, inner: socket.socket, crowded: Callable[[], bool]) -> None:
        self._inner, self._crowded = inner, crowded
        self.begin()

    def begin(self) -> None:
        """Begin the request's time."""
        self._waited, self._moved = 0.0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Like the socket's.  Raises TooSlow."""
        self._wait(POLLIN)
        content = self._inner.recv(size, flags)
        self._moved += len(content)
        return content

    def sendall(self, content: bytes, flags: int = 0) -> None:
        """Like the socket's.  Raises TooSlow."""
        view = memoryview(content).cast("B")
        while view:
            self._wait(POLLOUT)
            try:
                sent = self._inner.send(view, flags | socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            self._moved += sent
            view = view[sent:]

    def _wait(self, event: int) -> None:
        ready, bound = poll(), self._inner.gettimeout()
        ready.register(self._inner.fileno(), event)
        began = time.monotonic()
        while not ready.poll(_STEP * 1000):
            waited = time.monotonic() - began
            if bound is not None and waited >= bound:
                raise TimeoutError
            if self._waited + waited > PATIENCE + self._moved / RATE or (waited > CROWDED and self._crowded()):
                raise TooSlow(104, "the client is too slow")
        # What trickles in is waited for as well, each byte a little.
        self._waited += time.monotonic() - began
        if self._waited > CROWDED + self._moved / RATE and self._crowded():
            raise TooSlow(104, "the client is too slow")


def watch(worker: Any) -> None:
    """Let the threads of a gunicorn worker wait only so long."""
    queued, lock = [0], threading.Lock()
    enqueue, handle = worker.enqueue_req, worker.handle

    def count(change: int) -> None:
        with lock:
            queued[0] += change

    def enqueue_req(conn: Any) -> None:
        count(1)
        enqueue(conn)

    def handled(conn: Any) -> Any:
        count(-1)
        if not worker.cfg.is_ssl:
            if not isinstance(conn.sock, PatientSocket):
                conn.sock = PatientSocket(conn.sock, lambda: queued[0] > 0)
            conn.sock.begin()
        return handle(conn)

    worker.enqueue_req, worker.handle = enqueue_req, handled
