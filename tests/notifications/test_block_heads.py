"""Block heads leave the house by themselves, at most once a day, and are compared when they come back."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

import worker
from models import Block, Delivery, Event, Message
from models.row_changes import happened
from notifications.channels import Refused
from notifications.dispatch import dispatch
from notifications.letters import Letter
from notifications.syslog import Syslog
from settings import Settings
from tests.support.factories import START, County, day, settle_county
from tests.support.sinks import HOUSE, body, mail_server, reach, send
from tests.support.verify import findings, findings_after
from workflow.actors import system
from workflow.history import anchors, block_heads, sealing

LETTER = Letter(1, "e1:log:syslog", "", "", "head_sent", {"what": ["", f"block 3 {'a' * 64}"]}, "en", START)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine)
    county.file()
    return county


@pytest.fixture
def log_server() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        yield server


def _url(server: socket.socket, scheme: str = "udp") -> str:
    return f"{scheme}://127.0.0.1:{server.getsockname()[1]}"


def _sealed(county: County, at: float) -> str:
    with county.write() as session:
        sealing.seal_all(session, day(at))
    with county.read() as session:
        return session.scalars(select(Block.hash).order_by(Block.number.desc()).limit(1)).one()


def _leave(county: County, at: float, days: int = 1, syslog: bool = True) -> int | None:
    number = worker.send_head(county.engine, lambda: day(at), days, syslog)
    with county.write() as session:
        dispatch(session, day(at))
    return number


def test_the_head_leaves_by_mail_inbox_and_log_server_and_is_found_again(
    county: County, log_server: socket.socket
) -> None:
    reach(county, "inspectorate")
    head = _sealed(county, 0)
    assert _leave(county, 0) == 1
    with mail_server() as server:
        assert send(county, server.channel(), day(0, 10)).sent == 1
    assert send(county, Syslog(_url(log_server), HOUSE.host), day(0, 10)).sent == 1
    line = log_server.recv(2000).decode("utf-8-sig")
    assert line.startswith("<86>1 2018-11-")
    for text in (body(server.mails[0]), str(server.mails[0]["Subject"]), line):
        anchor = anchors.anchor_in(text)
        assert anchor == anchors.Anchor(1, head)
        with county.read() as session:
            assert anchors.compare(session, system(), anchor).holds
    with county.read() as session:
        inbox = session.execute(select(Message.recipient_id, Message.params)).all()
        assert (county.people["inspectorate"].user_id, {"block": 1, "hash": head}) in [tuple(row) for row in inbox]


def test_a_head_leaves_once_a_day_and_only_a_new_one(county: County) -> None:
    _sealed(county, 0)
    assert [_leave(county, at) for at in (0, 0.1, 0.2)] == [1, None, None]
    # On the next day the event itself is sealed, so there is a new head.
    _sealed(county, 0.3)
    assert [_leave(county, at) for at in (0.3, 1, 1.1)] == [None, 2, None]
    assert [_leave(county, at, days=3) for at in (2, 3)] == [None, None]
    _sealed(county, 3)
    assert [_leave(county, at, days=3) for at in (3, 4)] == [None, 3]
    assert _leave(county, 9, days=0) is None
    with county.read() as session:
        assert session.scalar(select(func.count()).where(Delivery.channel == "syslog")) == 3


def test_of_two_workers_one_lets_the_head_leave_and_a_crash_none(county: County) -> None:
    _sealed(county, 0)
    with county.write() as session:
        assert block_heads.send_due(session, day(0), 1) == 1
        session.rollback()
    assert (_leave(county, 0), _leave(county, 0)) == (1, None)
    with county.read() as session:
        assert session.scalar(select(func.count()).where(Event.action == block_heads.ACTION)) == 1


def test_without_a_log_server_none_is_written_to_and_nothing_leaves_before_the_first_block(county: County) -> None:
    assert _leave(county, 0) is None
    _sealed(county, 0)
    assert _leave(county, 0, syslog=False) == 1
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_server_that_is_away_gets_the_line_later(county: County, log_server: socket.socket) -> None:
    _sealed(county, 0)
    _leave(county, 0)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = _url(closed, "tcp")
    done = send(county, Syslog(away, HOUSE.host), day(0, 10))
    assert (done.sent, done.again) == (0, 1)
    assert send(county, Syslog(_url(log_server), HOUSE.host), day(0, 11)).sent == 1


def test_a_line_over_tcp_ends_with_its_break_and_an_older_server_reads_it_in_its_own_form() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        channel = Syslog(_url(server, "tcp"), "house", "rfc3164")
        channel.send(LETTER)
        channel.close()
        connection, _ = server.accept()
        with connection, connection.makefile() as lines:
            assert lines.read() == f"<86>Nov 20 10:00:00 house xiaohao: {_title()}\n"


def _title() -> str:
    return f"Head of the sealed history; keep it for comparison · block 3 {'a' * 64}"


def test_a_name_that_is_none_is_refused_and_tried_again() -> None:
    with pytest.raises(Refused) as refused:
        Syslog("tcp://no-such-host.invalid:601", "house").send(LETTER)
    assert (refused.value.code, refused.value.permanent) == ("connection", False)


@pytest.mark.parametrize("url", ["http://host", "udp://", "unix:", "514"])
def test_the_setting_is_an_address_of_a_log_server(url: str) -> None:
    with pytest.raises(ValueError, match="udp://host"):
        Settings(syslog_url=url)


def test_a_cut_behind_a_head_that_left_is_found(county: County, engine: Engine, tmp_path: Path) -> None:
    with county.write() as session:
        happened(session, START)
    _sealed(county, 0)
    _leave(county, 0, syslog=False)
    _sealed(county, 0.1)
    assert findings(county, tmp_path) == set()
    cut = ["UPDATE event SET block_id = NULL", "DELETE FROM block"]
    assert findings_after(engine, tmp_path, cut) == {"block_missing"}
