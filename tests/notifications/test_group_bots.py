"""What the services of group bots answer: which errors end a message, which pause the bot, which are tried again."""

from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from notifications.channels import Refused
from notifications.group_bots import GroupRobot, SmsGateway
from notifications.letters import Letter
from notifications.outbound import Outbound
from tests.support.factories import START
from tests.support.sinks import HOUSE

#: As the services document them.
FOR_EVER = {"wecom": (93000, 93004, 93008, 40008, 44004), "dingtalk": (310000, 300001, 300005, 400101, 400102)}
PAUSES = {"wecom": (-1, 45009, 45033), "dingtalk": (-1, 130101, 130103, 90018, 400013)}
LATER = {"wecom": (310000, 1), "dingtalk": (93000, 1)}
TEN_MINUTES = timedelta(minutes=10)


def outbound(server: HTTPServer) -> Outbound:
    return Outbound([server.url_for("")], ("127.0.0.0/8",), 5)


def letter(server: HTTPServer) -> Letter:
    return Letter(1, "1:e1", server.url_for("/there"), "", "file", {"path": "/"}, "en", START)


@pytest.mark.parametrize("name", ["wecom", "dingtalk"])
def test_an_errcode_ends_a_message_pauses_the_bot_or_is_tried_again(httpserver: HTTPServer, name: str) -> None:
    robot = GroupRobot(name, outbound(httpserver), HOUSE, lambda: START)
    for codes, permanent, wait in (
        (FOR_EVER[name], True, None),
        (PAUSES[name], False, TEN_MINUTES),
        (LATER[name], False, None),
    ):
        for code in codes:
            httpserver.expect_oneshot_request("/there").respond_with_json({"errcode": code})
            with pytest.raises(Refused, match=f"errcode_{code}") as refused:
                robot.send(letter(httpserver))
            assert (refused.value.permanent, refused.value.wait) == (permanent, wait), code
    robot.close()


def test_a_status_ends_a_message_pauses_the_bot_or_is_tried_again(httpserver: HTTPServer) -> None:
    robot = GroupRobot("wecom", outbound(httpserver), HOUSE, lambda: START)
    gateway = SmsGateway(httpserver.url_for("/there"), "s" * 16, outbound(httpserver), HOUSE, lambda: START)
    for status, ends_a_bots, ends_a_texts in (
        (400, True, True),
        (401, True, True),
        (403, True, True),
        (404, True, True),
        (410, True, True),
        (408, False, False),
        (422, False, True),
        (425, False, False),
        (429, False, False),
        (500, False, False),
        (503, False, False),
    ):
        for channel, permanent in ((robot, ends_a_bots), (gateway, ends_a_texts)):
            httpserver.expect_oneshot_request("/there").respond_with_data("{}", status)
            with pytest.raises(Refused, match=f"http_{status}") as refused:
                channel.send(letter(httpserver))
            wait = TEN_MINUTES if status == 429 else None
            assert (refused.value.permanent, refused.value.wait) == (permanent, wait), (channel.name, status)
    for status in (200, 201, 202, 204, 409):
        httpserver.expect_oneshot_request("/there").respond_with_data("{}", status)
        gateway.send(letter(httpserver))
    for status in (301, 307):
        httpserver.expect_oneshot_request("/there").respond_with_data("", status, {"Location": "/elsewhere"})
        with pytest.raises(Refused, match="redirected") as refused:
            robot.send(letter(httpserver))
        # The address was allowed, and the one it names now is not: a person has to set it again.
        assert refused.value.permanent
    robot.close()
    gateway.close()
