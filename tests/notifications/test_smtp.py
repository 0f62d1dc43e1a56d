"""What a mail server answers, and when: what ends a letter, what is at fault, and what may have arrived."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from notifications.channels import Refused
from notifications.letters import Letter
from notifications.smtp import Smtp
from tests.support.factories import START
from tests.support.sinks import HOUSE, MailServer, mail_server

LETTER = Letter(1, "1:x", "li@office.example", "", "file", {"path": "/"}, "en", START)


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def refused(channel: Smtp) -> tuple[str, bool, bool, bool]:
    """The code, and whether it is for ever, the address is at fault, and the letter may have arrived."""
    with pytest.raises(Refused) as refusal:
        channel.send(LETTER)
    channel.close()
    said = refusal.value
    return said.code, said.permanent, said.target, said.doubtful


@pytest.mark.parametrize(
    ("at", "answer", "outcome"),
    [
        ("rcpt", "550 no such user", ("smtp_550", True, True, False)),
        ("rcpt", "451 later", ("smtp_451", False, False, False)),
        ("data", "554 not wanted", ("smtp_554", True, False, False)),
        ("data", "452 no space", ("smtp_452", False, False, False)),
    ],
)
def test_an_answer_ends_a_letter_or_has_it_tried_again(
    server: MailServer, at: str, answer: str, outcome: tuple[str, bool, bool, bool]
) -> None:
    server.rcpt = server.data = lambda said: None
    setattr(server, at, lambda said: answer)
    assert refused(server.channel()) == outcome
    server.rcpt = server.data = lambda said: None
    channel = server.channel()
    channel.send(LETTER)
    channel.close()


@contextmanager
def breaking_off(at: bytes, *, hangs_up: bool) -> Iterator[str]:
    """A mail server that hangs up instead of answering this line, or is silent from it on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            talking, _ = listening.accept()
            with talking, talking.makefile("rb") as lines, suppress(OSError):
                talking.sendall(b"220 here\r\n")
                reading = silent = False
                for line in lines:
                    if line.upper().startswith(at):
                        if hangs_up:
                            return
                        silent = True
                    if not reading and not silent:
                        reading = line.upper().startswith(b"DATA")
                        talking.sendall(b"354 go on\r\n" if reading else b"250 OK\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(("at", "doubtful"), [(b"MAIL", False), (b"RCPT", False), (b"DATA", True), (b".", True)])
def test_a_server_that_hangs_up_leaves_doubt_only_once_the_letter_was_sent(at: bytes, doubtful: bool) -> None:
    with breaking_off(at, hangs_up=True) as url:
        assert refused(Smtp(url, HOUSE, 20)) == ("connection", False, False, doubtful)


@pytest.mark.parametrize(("at", "doubtful"), [(b"RCPT", False), (b".", True)])
def test_no_answer_in_time_is_told_as_that_and_leaves_doubt_only_once_the_letter_was_sent(
    at: bytes, doubtful: bool
) -> None:
    with breaking_off(at, hangs_up=False) as url:
        assert refused(Smtp(url, HOUSE, 1.5)) == ("timeout", False, False, doubtful)


def test_a_server_that_is_not_there_leaves_no_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert refused(Smtp(f"smtp://127.0.0.1:{port}", HOUSE, 5)) == ("connection", False, False, False)


def test_an_address_that_holds_a_line_is_asked_of_no_server(server: MailServer) -> None:
    asked: list[str] = []
    remember: Callable[[str], None] = asked.append
    server.rcpt = remember
    channel = server.channel()
    odd = Letter(1, "1:x", "a@b.example\r\nRCPT TO:<x@y.example>", "", "file", {"path": "/"}, "en", START)
    with pytest.raises(Refused, match="bad_address") as refusal:
        channel.send(odd)
    channel.close()
    assert (refusal.value.permanent, refusal.value.target, asked) == (True, True, [])


def test_a_letter_leaves_the_machine_unencrypted_only_where_the_county_has_said_so() -> None:
    # Any other name than the machine's own is a server elsewhere.
    with mail_server(host="127.0.0.2") as elsewhere:
        assert refused(elsewhere.channel()) == ("no_encryption", False, False, False)
        assert elsewhere.mails == []
        said_so = Smtp(elsewhere.url.replace("smtp://", "smtp+plain://"), HOUSE, 5)
        said_so.send(LETTER)
        said_so.close()
        assert len(elsewhere.mails) == 1
