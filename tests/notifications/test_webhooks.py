"""Group bots and the SMS gateway on a real web server: signed, errcode read, throttled, no other host contacted."""

import base64
import hashlib
import hmac
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine, select, update
from werkzeug import Request, Response

import worker
from models import Address, Delivery
from notifications.channels import Refused
from notifications.claiming import FEW, PER_MINUTE
from notifications.dispatch import dispatch
from notifications.group_bots import GroupRobot, SmsGateway
from notifications.letters import Letter
from notifications.outbound import Outbound
from settings import Settings
from tests.support.factories import START, County, day, settle_county
from tests.support.sinks import HOUSE, mail_server, reach, robot, send
from workflow.history import event_log

LOOPBACK = ("127.0.0.0/8",)


def outbound(server: HTTPServer, timeout: float = 5) -> Outbound:
    return Outbound([server.url_for("")], LOOPBACK, timeout)


def robots(server: HTTPServer, name: str = "dingtalk", timeout: float = 5) -> GroupRobot:
    return GroupRobot(name, outbound(server, timeout), HOUSE, lambda: START)


def talk(county: County, count: int, at: Any = START) -> None:
    """Adds so many comments on one ticket of the water bureau, each notifying it."""
    with county.write() as session:
        for _ in range(count):
            event_log.of(session, ("ticket", 1), county.people["town"], at).append("comment")
    with county.write() as session:
        while dispatch(session, at):
            pass


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    made.file("town")
    with made.write() as session:
        dispatch(session, START)
    return made


def states(county: County) -> dict[str, int]:
    counts: dict[str, int] = {}
    with county.read() as session:
        for status in session.scalars(select(Delivery.status)):
            counts[status] = counts.get(status, 0) + 1
    return counts


def test_a_robots_message_is_signed_and_an_error_in_a_200_is_read(
    county: County, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answers = iter([{"errcode": 130101, "errmsg": "too fast"}, {"errcode": 0}, {"errcode": 310000}, {"errcode": 12345}])
    httpserver.expect_request("/robot").respond_with_handler(lambda request: Response(json.dumps(next(answers))))
    robot(county, "water", httpserver.url_for("/robot?access_token=t"))
    talk(county, 1)
    channel = robots(httpserver)
    assert send(county, channel, START).again == 1
    assert send(county, channel, START + timedelta(minutes=9)).again == 0
    assert send(county, channel, START + timedelta(minutes=10)).sent == 1
    request, _ = httpserver.log[-1]
    stamp, sign = request.args["timestamp"], request.args["sign"]
    assert stamp == str(int(START.timestamp() * 1000))
    expected = base64.b64encode(hmac.digest(b"SEC", f"{stamp}\nSEC".encode(), hashlib.sha256)).decode()
    assert (sign, request.args["access_token"]) == (expected, "t")
    said = request.get_json()["text"]["content"]
    assert f"https://xiaohao.example/tickets/{county.ticket(1).number}" in said
    assert "饮水" in said
    talk(county, 1, day(1))
    assert send(county, channel, day(1)).dead == 1
    talk(county, 1, day(2))
    assert send(county, channel, day(2)).again == 1
    assert states(county) == {"sent": 1, "dead": 1, "pending": 1}
    # Logs have many readers, and a group bot's address is its key.
    assert [
        entry.message for entry in caplog.records if "access_token" in entry.message and entry.name != "werkzeug"
    ] == []
    # An answer that only resembles success is none, and a malformed one is no crash.
    for number, odd in enumerate(('{"errcode": false}', '{"errcode": "0"}', "[" * 60_000, '{"errcode": null}', "")):
        httpserver.expect_request(f"/odd{number}").respond_with_data(odd)
        letter = Letter(1, "1:e1", httpserver.url_for(f"/odd{number}"), "", "file", {"path": "/"}, "en", START)
        with pytest.raises(Refused, match="no_errcode"):
            channel.send(letter)


def test_wecom_has_no_signature_and_a_redirect_is_not_followed(county: County, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/moved").respond_with_data("", 302, {"Location": httpserver.url_for("/elsewhere")})
    httpserver.expect_request("/cgi-bin").respond_with_json({"errcode": 0})
    robot(county, "water", httpserver.url_for("/cgi-bin?key=k"), "wecom")
    talk(county, 1)
    assert send(county, robots(httpserver, "wecom"), START).sent == 1
    assert dict(httpserver.log[-1][0].args) == {"key": "k"}
    with pytest.raises(Refused, match="redirected"):
        outbound(httpserver).post(httpserver.url_for("/moved"), b"{}")
    assert [request.path for request, _ in httpserver.log] == ["/cgi-bin", "/moved"]


def test_above_a_few_messages_go_as_one_and_above_twenty_a_minute_none(county: County, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/r").respond_with_json({"errcode": 0})
    robot(county, "water", httpserver.url_for("/r"))
    channel = robots(httpserver)
    talk(county, 40)
    assert send(county, channel, START).sent == 1
    assert "40条消息" in httpserver.log[-1][0].get_json()["text"]["content"]
    assert states(county) == {"sent": 40}
    sent = 1
    while sent < PER_MINUTE:
        talk(county, 1)
        sent += send(county, channel, START + timedelta(seconds=30)).sent
    talk(county, FEW)
    assert send(county, channel, START + timedelta(seconds=59)).sent == 0
    assert send(county, channel, START + timedelta(seconds=61)).sent == 1
    assert send(county, channel, START + timedelta(seconds=91)).sent == FEW - 1
    assert len(httpserver.log) == PER_MINUTE + FEW
    # Messages that wait are bundled repeatedly, also under an older one, and arrive as one.
    talk(county, 1)
    with county.write() as session:
        older = select(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar_subquery()
        session.execute(update(Delivery).where(Delivery.id == older).values(next_at=START + timedelta(seconds=75)))
    talk(county, PER_MINUTE)
    with county.write() as session:
        # The minute is spent: twenty have gone just now.
        session.execute(
            update(Delivery)
            .where(Delivery.lead_id.is_(None), Delivery.status == "sent")
            .values(claimed_at=START + timedelta(seconds=70))
        )
    for seconds in (72, 78):
        assert send(county, channel, START + timedelta(seconds=seconds)).sent == 0
        talk(county, PER_MINUTE)
    assert send(county, channel, START + timedelta(minutes=9)).sent == 1
    assert set(states(county)) == {"sent"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:9/x", "host_not_allowed"),
        ("https://oapi.dingtalk.com@evil.example/", "host_not_allowed"),
        ("http://oapi.dingtalk.com/x", "host_not_allowed"),
        ("https://oapi.dingtalk.com:444/x", "host_not_allowed"),
        ("https://oapi.dingtalk.com/x", "private_address"),
        ("file:///etc/passwd", "host_not_allowed"),
    ],
)
def test_nothing_goes_to_a_host_the_settings_do_not_name_nor_to_a_neighbour(url: str, code: str) -> None:
    for inside in (
        "10.0.0.7",
        "127.0.0.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.7",
        "224.0.0.1",
        "0.0.0.0",
        "100.64.0.1",
        "2002:a00:7::1",
        "64:ff9b::a00:7",
    ):
        # One address among many is enough.
        way = Outbound(["https://oapi.dingtalk.com"], ["192.168.7.0/24"], resolver=lambda *_, a=inside: ["8.8.8.8", a])
        with pytest.raises(Refused, match=code):
            way.post(url, b"{}")


def test_the_name_is_resolved_once_and_the_connection_goes_there(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_json({"errcode": 0})
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    way = Outbound([f"http://robot.example:{httpserver.port}"], LOOPBACK, resolver=resolver)
    assert way.post(f"http://robot.example:{httpserver.port}/x", b"{}") == (200, {"errcode": 0})
    way.close()
    assert asked == ["robot.example"]
    assert httpserver.log[-1][0].headers["Host"] == f"robot.example:{httpserver.port}"


def test_a_text_message_goes_to_the_gateway_signed_once_a_rung_is_serious(
    engine: Engine, httpserver: HTTPServer
) -> None:
    county = settle_county(engine)
    where = reach(county, "water", "13800138000", "sms")
    county.file("town")
    with county.write() as session:
        event_log.of(session, ("ticket", 1), county.people["office"], START).append(
            "escalate", {"rung": 3, "stage": "mend", "status": "issued", "paper": "2018:华扶办:1", "unit": 1}
        )
    with county.write() as session:
        dispatch(session, day(0, 23))
    seen: list[tuple[str, str, bytes]] = []

    def answer(request: Request) -> Response:
        seen.append(
            (request.headers["X-Xiaohao-Timestamp"], request.headers["X-Xiaohao-Signature"], request.get_data())
        )
        return Response("{}", 503) if len(seen) == 1 else Response('{"error": "bad_number"}', 422)

    httpserver.expect_request("/sms").respond_with_handler(answer)
    gateway = SmsGateway(httpserver.url_for("/sms"), "s" * 16, outbound(httpserver), HOUSE, lambda: START)
    assert send(county, gateway, day(0, 23)).again == 1
    assert send(county, gateway, day(1)).dead == 1
    (stamp, signed, sent), (_, _, again) = seen
    assert signed == hmac.digest(b"s" * 16, stamp.encode() + b"." + sent, hashlib.sha256).hex()
    payload = json.loads(sent)
    assert (payload["to"], json.loads(again)["id"]) == ("13800138000", payload["id"])
    number = county.ticket(1).number
    assert (
        payload["text"]
        == f"【销号】[{number}] 预警升级：supervise · 饮水 · 甲镇town-a-v1村 https://xiaohao.example/tickets/{number}"
    )
    with county.read() as session:
        assert session.get_one(Address, where).fault == "refused"
        row = session.scalars(select(Delivery)).one()
        assert (row.weighty, row.error) == (True, "http_422")


def test_a_channel_that_hangs_gives_up_in_time_and_a_dripping_answer_too(
    county: County, httpserver: HTTPServer
) -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.6)
        return Response("{}")

    def dripping(_: Request) -> Response:
        def drips() -> Any:
            for _ in range(20):
                time.sleep(0.05)
                yield b" "

        return Response(drips())

    httpserver.expect_request("/slow").respond_with_handler(slow)
    httpserver.expect_request("/drip").respond_with_handler(dripping)
    robot(county, "water", httpserver.url_for("/slow"))
    talk(county, 1)
    # Whichever limit it meets first on a slow machine: that of one byte or that of the whole answer.
    with pytest.raises(Refused, match=r"answer_too_long|timeout"):
        outbound(httpserver, 0.2).post(httpserver.url_for("/drip"), b"{}")
    assert send(county, robots(httpserver, timeout=0.2), START).again == 1
    with county.read() as session:
        assert session.scalars(select(Delivery.error)).one() == "timeout"
    with dripping_headers() as url, pytest.raises(Refused, match="answer_too_long") as refused:
        Outbound([url], LOOPBACK, 1.0).post(url, b"{}")
    assert refused.value.doubtful


@contextmanager
def dripping_headers() -> Iterator[str]:
    """A server that sends its headers one character at a time without end, each before a read time-out."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            talking, _ = listening.accept()
            with talking, suppress(OSError):
                talking.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                for _ in range(100):
                    time.sleep(0.05)
                    talking.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_each_way_out_that_is_set_up_has_a_job_and_a_hanging_one_delays_neither_another_nor_the_sweep(
    county: County, httpserver: HTTPServer
) -> None:
    assert worker.channels(Settings(), lambda: START) == []
    config = Settings(
        smtp_url="smtp://mail.example",
        outbound=httpserver.url_for(""),
        outbound_private="127.0.0.0/8",
        sms_url=httpserver.url_for("/sms"),
        sms_secret="s" * 16,
    )
    assert [channel.name for channel in worker.channels(config, lambda: START)] == ["email", "wecom", "dingtalk", "sms"]
    begun, let_go = threading.Event(), threading.Event()

    def hangs(_: Request) -> Response:
        begun.set()
        let_go.wait(600)
        return Response('{"errcode": 0}')

    httpserver.expect_request("/hangs").respond_with_handler(hangs)
    robot(county, "water", httpserver.url_for("/hangs"))
    reach(county, "water")
    talk(county, 1)
    slow = threading.Thread(target=lambda: send(county, robots(httpserver, timeout=600), START, "slow"))
    slow.start()
    assert begun.wait(600)
    with mail_server() as server:
        assert send(county, server.channel(), START, "quick").sent == 1
    swept = worker.sweep_once(county.engine, lambda: day(9))
    assert swept is not None
    assert sum(swept.rungs.values()) > 0
    assert slow.is_alive()
    let_go.set()
    slow.join()
    assert states(county) == {"sent": 2}
