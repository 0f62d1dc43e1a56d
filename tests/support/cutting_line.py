"""A line to a server that can be cut: after so many bytes in either direction, for a while, or slowed down."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: Closing with this option resets the connection, as a lost signal does after its time-out.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Line:
    """A proxy before a server; `cut_after` is the number of bytes that still pass before the next cut (None: no cut)."""

    address: str
    cut_after: int | None = None
    is_dead: bool = False
    cuts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passes(self, size: int) -> bool:
        """Whether these bytes pass; the cut is counted where they do not."""
        with self._lock:
            if self.is_dead:
                return False
            if self.cut_after is None:
                return True
            self.cut_after -= size
            if self.cut_after > 0:
                return True
            self.cut_after = None
            self.cuts += 1
            return False


@contextmanager
def cutting_line(to: str) -> Iterator[Line]:
    """A line to the server at this address (`http://host:port`)."""
    host, port = to.removeprefix("http://").split(":")
    listener = socket.create_server(("127.0.0.1", 0))
    line = Line(f"http://127.0.0.1:{listener.getsockname()[1]}")
    ended = threading.Event()

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                if not line.passes(len(data)):
                    for end in (source, target):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                        end.close()
                    return
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def accept() -> None:
        while not ended.is_set():
            try:
                near, _ = listener.accept()
            except OSError:
                return
            if line.is_dead:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                near.close()
                continue
            far = socket.create_connection((host, int(port)))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield line
    finally:
        ended.set()
        listener.close()
