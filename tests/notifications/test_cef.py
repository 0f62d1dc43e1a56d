"""Copies of the audit trail: sealed events as lines of CEF, at a real socket, and none lost while nobody listens."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

import trail_jobs
from notifications.cef import Copied, cef
from tests.support.factories import County, day, settle_county
from workflow.actors import Origin
from workflow.county import accounts
from workflow.history import sealing

EVENT = Copied(
    id=7,
    at=datetime(2018, 11, 20, 2, 0, tzinfo=UTC),
    action="token_issued",
    actor="li",
    role="admin",
    subject="user 3",
    account="wang",
    address="10.0.0.1",
    session=5,
    block=2,
    hash="ab",
)


def test_a_line_names_who_did_what_to_whom_and_from_where() -> None:
    assert cef(EVENT, "0.3.0") == (
        "CEF:0|Xiaohao|Xiaohao|0.3.0|token_issued|token issued|5|rt=1542679200000 externalId=7 suser=li spriv=admin "
        "duser=wang src=10.0.0.1 cs1Label=subject cs1=user 3 cs2Label=hash cs2=ab cn1Label=session cn1=5 "
        "cn2Label=block cn2=2"
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("2001:db8::1", "c6a2Label=source c6a2=2001:db8::1"),
        ("proxy=a\\b\n", "shost=proxy\\=a\\\\b "),
        ("", "duser=wang cs1"),
    ],
)
def test_an_address_is_said_as_what_it_is_and_breaks_no_line(address: str, said: str) -> None:
    line = cef(replace(EVENT, address=address), "0.3.0")
    assert said in line
    assert "\n" not in line


def test_a_bar_in_the_head_is_escaped() -> None:
    assert "|a\\|b|a\\|b|" in cef(replace(EVENT, action="a|b"), "0.3.0")


@contextmanager
def listening(kind: str, port: int = 0) -> Iterator[socket.socket]:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    with made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
        made.settimeout(10)
        if kind == "tcp":
            made.listen()
        yield made


def heard(server: socket.socket, kind: str, lines: int) -> list[str]:
    if kind == "udp":
        return [server.recv(65536).decode() for _ in range(lines)]
    peer, _ = server.accept()
    with peer, peer.makefile(encoding="utf-8") as stream:
        return [stream.readline().rstrip("\n") for _ in range(lines)]


def act(county: County, at: float) -> None:
    """An act that is on the trail, one that is not, sealed."""
    with county.write() as session:
        there = replace(county.people["admin"], origin=Origin("10.0.0.9", 4))
        accounts.issue_token(session, accounts.find_user(session, "water"), day(0, at))
        accounts.revoke_tokens(session, there, accounts.find_user(session, "water"), day(0, at))
    county.file("town", kind="water") if at == 11 else None
    with county.write() as session:
        sealing.seal_all(session, day(0, at))


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_what_is_sealed_is_sent_once_and_in_order_and_waits_while_nobody_listens(engine: Engine, kind: str) -> None:
    county = settle_county(engine)
    with listening(kind) as found:
        port = found.getsockname()[1]
    url = f"{kind}://127.0.0.1:{port}"
    act(county, 9)
    # What was before the setting is not sent; where TCP finds nobody the block stays.
    assert trail_jobs.copy_trail(engine, lambda: day(0, 10), url) == 0
    act(county, 11)
    if kind == "tcp":
        assert trail_jobs.copy_trail(engine, lambda: day(0, 11), url) == 0
    act(county, 12)
    with listening(kind, port) as server:
        assert trail_jobs.copy_trail(engine, lambda: day(0, 13), url) == 4
        lines = heard(server, kind, 4)
    assert [line.split("|")[4] for line in lines] == ["token_issued", "tokens_revoked"] * 2
    # Facility authpriv, severity informational.
    assert all(line.startswith("<86>CEF:0|") for line in lines)
    assert "src=10.0.0.9" in lines[1]
    assert "duser=water" in lines[1]
    assert trail_jobs.copy_trail(engine, lambda: day(0, 14), url) == 0
