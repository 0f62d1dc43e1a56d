"""Group bots of WeCom and DingTalk, and the county's SMS gateway.

Both bots answer errors with HTTP 200 and an `errcode` other than 0; twenty messages a minute, then silence for ten.
The gateway's contract is in docs/sms-gateway.md.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from notifications.channels import Refused
from notifications.letters import Letter, Sender, short, text
from notifications.outbound import Outbound

#: Codes that say "later": too many messages, or the service itself is busy.
_LATER = {"wecom": {-1, 45009, 45033}, "dingtalk": {-1, 130101, 130103, 90018, 400013}}
_BLOCKED = timedelta(minutes=10)
#: Codes for permanent errors: no such bot, a wrong signature, a missing keyword.
_NEVER = {"wecom": {93000, 93004, 93008, 40008, 44004}, "dingtalk": {310000, 300001, 300005, 400101, 400102}}
Clock = Callable[[], datetime]


class GroupRobot:
    """The channel `wecom` or `dingtalk`; a letter's `to` is the bot's URL, `secret` what DingTalk is signed with."""

    def __init__(self, name: str, outbound: Outbound, house: Sender, clock: Clock) -> None:
        self.name, self._outbound, self._house, self._clock = name, outbound, house, clock

    def send(self, letter: Letter) -> None:
        content = text(letter, self._house, most=15)
        # WeCom takes 2,048 bytes of text, DingTalk 20,000.
        content = content.encode()[:2000].decode(errors="ignore")
        body = json.dumps({"msgtype": "text", "text": {"content": content}}, ensure_ascii=False).encode()
        url = letter.to
        if self.name == "dingtalk" and letter.secret:
            url += ("&" if "?" in url else "?") + signature(letter.secret, self._clock())
        status, answer = self._outbound.post(url, body)
        if status != 200:
            raise Refused(f"http_{status}", permanent=status in (400, 401, 403, 404, 410), wait=_wait(status))
        code = answer.get("errcode") if isinstance(answer, dict) else None
        if type(code) is not int:
            raise Refused("no_errcode")
        if code == 0:
            return
        raise Refused(
            f"errcode_{code}",
            permanent=code in _NEVER[self.name],
            wait=_BLOCKED if code in _LATER[self.name] else None,
        )

    def close(self) -> None:
        self._outbound.close()


def signature(secret: str, now: datetime) -> str:
    """DingTalk's signature in the URL: HMAC-SHA256 over time in milliseconds, line feed and secret."""
    stamp = str(round(now.timestamp() * 1000))
    made = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    return f"timestamp={stamp}&sign={quote_plus(base64.b64encode(made))}"


class SmsGateway:
    """The channel `sms`: a signed POST to the county's own gateway."""

    name = "sms"

    def __init__(self, url: str, secret: str, outbound: Outbound, house: Sender, clock: Clock) -> None:
        self._url, self._secret, self._outbound, self._house, self._clock = url, secret, outbound, house, clock

    def send(self, letter: Letter) -> None:
        body = json.dumps(
            {"id": letter.stable, "to": letter.to, "text": short(letter, self._house)}, ensure_ascii=False
        ).encode()
        stamp = str(int(self._clock().timestamp()))
        signed = hmac.digest(self._secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()
        headers = {"X-Xiaohao-Timestamp": stamp, "X-Xiaohao-Signature": signed}
        status, answer = self._outbound.post(self._url, body, headers)
        # 409: it has this id already, so the message has arrived.
        if status in (200, 201, 202, 204, 409):
            return
        said: Any = answer.get("error") if isinstance(answer, dict) else None
        passing = status in (408, 425, 429) or status >= 500
        raise Refused(f"http_{status}", permanent=not passing, target=said == "bad_number", wait=_wait(status))

    def close(self) -> None:
        self._outbound.close()


def _wait(status: int) -> timedelta | None:
    return _BLOCKED if status == 429 else None
