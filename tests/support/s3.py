"""S3 server in a process of its own, for tests of the bucket."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SERVER = """
import threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
threading.Event().wait()
"""


@contextmanager
def serve() -> Iterator[int]:
    """Starts a server with an empty bucket `evidence`; yields its port."""
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    with server.stdout:
        try:
            # The port is the server's choice, and told when it listens, however long that takes.
            said = server.stdout.readline()
            assert said, "the S3 server ended"
            assert ask(int(said), "PUT", "/evidence") == 200
            yield int(said)
        finally:
            server.kill()
            server.wait()


def ask(port: int, method: str, path: str) -> int:
    """Sends one request; returns its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()
