"""Virus guard: files go to the scanner by its socket; a found virus is refused with a sentence and an event."""

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Event, Evidence
from tests.support.http_clients import Api
from tests.support.pages import Pages, token
from workflow.evidence.virus_scan import Scanner

HOME = {"Origin": "http://localhost"}
#: What a scanner of tests takes for a virus.
BAD = b"X5O!P%@AP[4"


class Clamd:
    """A server that speaks INSTREAM of clamd's protocol."""

    def __init__(self, path: Path) -> None:
        self.address, self.seen = f"unix://{path}", list[bytes]()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">L", stream.read(4))[0]:
                    content += stream.read(size)
                self.seen.append(content)
                found = b"Eicar-Test-Signature FOUND" if BAD in content else b"OK"
                client.sendall(
                    b"INSTREAM size limit exceeded. ERROR\0" if b"large" in content else b"stream: " + found + b"\0"
                )

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Clamd]:
    made = Clamd(tmp_path / "clamd")
    yield made
    made.close()


def send(api: Api, number: str, content: bytes) -> Any:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    return api.client.post(
        f"/api/v1/tickets/{number}/evidence",
        data=head + content + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {api.tokens['water']}"},
    )


def test_a_file_with_a_virus_is_refused_and_on_the_trail(api: Api, clamd: Clamd) -> None:
    number = api.file()
    # Without a scanner nothing is scanned.
    assert send(api, number, b"first").status_code == 201
    api.app.config.update(SCANNER=Scanner(clamd.address), SCANNER_REQUIRED=True)
    assert send(api, number, b"second " * 20_000).status_code == 201
    refused = send(api, number, b"third " + BAD)
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (422, "virus_found", "file")
    assert "Eicar-Test-Signature" in refused.json["detail"]
    assert clamd.seen == [b"second " * 20_000, b"third " + BAD]
    with api.county.read() as session:
        assert len(session.scalars(select(Evidence)).all()) == 2
        event = session.scalars(select(Event).where(Event.action == "refused_virus")).one()
        assert (event.subject_type, event.given) == ("user", {"virus": "Eicar-Test-Signature"})
    trail = api.call("inspectorate", "GET", "/trail").json["items"]
    assert "refused_virus" in [line["action"] for line in trail]


@pytest.mark.one_database("sqlite")
def test_a_scanner_that_does_not_answer_refuses_files_unless_the_setting_accepts_them(
    api: Api, clamd: Clamd, tmp_path: Path
) -> None:
    number = api.file()
    for scanner, content in ((Scanner(f"unix://{tmp_path}/nobody"), b"a"), (Scanner(clamd.address), b"too large")):
        api.app.config.update(SCANNER=scanner, SCANNER_REQUIRED=True)
        refused = send(api, number, content)
        assert (refused.status_code, refused.json["code"]) == (422, "scanner_down")
        api.app.config["SCANNER_REQUIRED"] = False
        assert send(api, number, content).status_code == 201


@pytest.mark.one_database("sqlite")
def test_the_form_of_a_refused_file_keeps_what_was_typed(filed_pages: Pages, clamd: Clamd) -> None:
    filed_pages.app.config.update(SCANNER=Scanner(clamd.address), SCANNER_REQUIRED=True)
    number, client = filed_pages.county.ticket(1).number, filed_pages.client("water")
    secret = token(client, "/password").encode()
    part = b"--x\r\nContent-Disposition: form-data; name="
    body = part + b'"csrf_token"\r\n\r\n' + secret + b"\r\n" + part + '"note"\r\n\r\n水管已经换好了'.encode()
    body += b"\r\n" + part + b'"file"; filename="a.txt"\r\n\r\n' + BAD + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    page = client.post(f"/tickets/{number}/comment", data=body, content_type=kind, headers=HOME)
    assert (page.status_code, "水管已经换好了" in page.text, "Eicar-Test-Signature" in page.text) == (422, True, True)
