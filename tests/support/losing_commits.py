"""A line to a PostgreSQL server that breaks at COMMIT: before the server receives it, or after it has carried it out."""

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import make_url

_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


@dataclass
class Loss:
    """A proxy before a server; `at` arms it for the next COMMIT of a transaction that wrote."""

    url: str
    at: Literal["before", "after"] | None = None


@contextmanager
def losing_commits(url: str) -> Iterator[Loss]:
    """A line to the database at `url` of the tests' server, which listens on a socket in a folder."""
    server = make_url(url)
    far_address = os.path.join(str(server.query["host"]), f".s.PGSQL.{server.port or 5432}")
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.join(folder, ".s.PGSQL.5432"))
        listener.listen()
        loss = Loss(server.set(query={"host": folder}).render_as_string(hide_password=False))

        def serve(near: socket.socket) -> None:
            far, is_cut = socket.socket(socket.AF_UNIX), threading.Event()
            far.connect(far_address)
            threading.Thread(target=_pump, args=(far, near, is_cut), daemon=True).start()
            wrote = False
            with suppress(OSError):
                while data := near.recv(65536):
                    # What only reads commits as well.
                    wrote = wrote or b"INSERT INTO" in data
                    if loss.at is not None and wrote and _COMMIT in data:
                        is_done, loss.at = loss.at == "after", None
                        is_cut.set()
                        if is_done:
                            # Terminate after it: the server ends the connection once the COMMIT is carried out.
                            far.sendall(data + b"X\x00\x00\x00\x04")
                            while far.recv(65536):
                                pass
                        break
                    wrote = wrote and _COMMIT not in data
                    far.sendall(data)
            for end in (near, far):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield loss


def _pump(source: socket.socket, target: socket.socket, is_cut: threading.Event) -> None:
    """Passes on what the server answers, until the line is cut."""
    with suppress(OSError):
        while data := source.recv(65536):
            if is_cut.is_set():
                return
            target.sendall(data)
        if not is_cut.is_set():
            target.shutdown(socket.SHUT_RDWR)
