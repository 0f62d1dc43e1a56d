"""Slow clients against gunicorn itself, two processes of four threads: an ordinary request finds a thread."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from web.slow_clients import PATIENCE, PatientSocket, TooSlow

ROOT = Path(__file__).parents[2]
APP = """
def app(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"%04d" % len(body)]
"""
BEGINNINGS = (
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
)
SLOW = 30


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The address of gunicorn under the configuration of this project, with an app that reads what it is sent."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "reading.py").write_text(APP)
    address = folder / "web"
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread", "-w", "2", "--threads", "4"]
    command += ["-c", "gunicorn.conf.py", "-b", f"unix:{address}", "--pythonpath", f"{folder},{ROOT}", "reading:app"]
    web = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while not address.exists() and web.poll() is None:
            time.sleep(0.05)
        yield address
    finally:
        web.terminate()
        web.wait()


def connected(address: Path, beginning: bytes) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(120)
    made.connect(str(address))
    made.sendall(beginning)
    return made


def trickle(clients: list[socket.socket], over: threading.Event) -> None:
    """Sends a little from each until the server no longer listens to any."""
    while clients and not over.wait(0.3):
        for client in list(clients):
            try:
                client.sendall(b"a: b\r\n")
            except OSError:
                clients.remove(client)


def ask(address: Path, body: bytes = b"") -> bytes:
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with connected(address, head + body) as client:
        answer = b""
        while piece := client.recv(4096):
            answer += piece
    return answer


def test_an_ordinary_request_is_answered_while_thirty_are_slow(served: Path) -> None:
    assert ask(served, b"12345").endswith(b"0005")
    over = threading.Event()
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(served, BEGINNINGS[n % 2])) for n in range(SLOW)]
        sending = threading.Thread(target=trickle, args=(list(slow), over))
        sending.start()
        began = time.monotonic()
        answer = ask(served, b"123456")
        took = time.monotonic() - began
        over.set()
        sending.join()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"0006")
    # Thirty that one process took keep each of its four threads for eight seconds, on an idle machine.
    assert took < 60


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Transfer-Encoding: xchunked",
        b"Content-Length : 4",
    ],
)
def test_a_request_whose_end_two_servers_could_see_in_two_places_is_refused(served: Path, head: bytes) -> None:
    with connected(
        served, b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n0\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n"
    ) as client:
        answer = b""
        while piece := client.recv(4096):
            answer += piece
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))
    assert answer.count(b"HTTP/1.1") == 1


def test_a_client_that_is_slow_alone_is_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        patient = PatientSocket(ours, lambda: False)
        later = threading.Timer(1.3, theirs.sendall, [b"late"])
        later.start()
        assert patient.recv(10) == b"late"
        later.join()
        # The time of a request is used up, however many bytes trickle in.
        patient._waited = PATIENCE
        with pytest.raises(TooSlow):
            patient.recv(10)
        patient.begin()
        crowded = PatientSocket(ours, lambda: True)
        with pytest.raises(TooSlow):
            crowded.recv(10)
        with pytest.raises(TooSlow):
            crowded.sendall(b"x" * 50_000_000)
