"""Test server: the app's response is closed, also when the browser aborts the transfer."""

import io
import socket
import struct
import threading
import urllib.request
from typing import Any

from tools.browser import serving


class Kept(io.BytesIO):
    """A response that records when it is closed."""

    def __init__(self, size: int) -> None:
        super().__init__(b"x" * size)
        self.ended = threading.Event()

    def __iter__(self) -> Any:
        return iter(lambda: self.read(65_536), b"")

    def close(self) -> None:
        super().close()
        self.ended.set()


def app_of(answer: Kept) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> Kept:
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return answer

    return app


def reset(address: str) -> None:
    """Requests, reads a little and resets the connection, as a browser does that needs no more."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_an_answer_that_was_broken_off_is_closed() -> None:
    answer = Kept(50_000_000)
    with serving(app_of(answer)) as address:
        reset(address)
        assert answer.ended.wait(600)


def test_an_answer_that_was_read_to_its_end_is_whole_and_closed() -> None:
    answer = Kept(300_000)
    with serving(app_of(answer)) as address, urllib.request.urlopen(address) as got:
        assert len(got.read()) == 300_000
    assert answer.closed


def test_a_connection_on_which_nobody_asks_keeps_no_server_from_ending() -> None:
    with serving(app_of(Kept(1))) as address:
        host, port = address.removeprefix("http://").split(":")
        idle = socket.create_connection((host, int(port)))
    idle.close()
