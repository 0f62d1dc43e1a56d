"""A server that speaks S3, in a process of its own, for the tests of the bucket."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serve() -> Iterator[int]:
    """The port of a running server, with an empty bucket called `evidence`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                if ask(port, "PUT", "/evidence") == 200:
                    break
            except OSError:
                assert server.poll() is None, "the S3 server ended"
                time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait()


def ask(port: int, method: str, path: str) -> int:
    """One request, and its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()
