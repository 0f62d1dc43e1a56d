"""Receivers of outgoing messages: a mail server that keeps mails and refuses those it is told to."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import select

from models import Address, Robot, User
from models.engine import in_transaction
from notifications.channels import Channel
from notifications.delivery import Delivered, deliver
from notifications.letters import Sender
from notifications.smtp import Smtp
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County
from workflow.county.vault import Vault

VAULT = Vault(DEVELOPMENT_SECRET)
HOUSE = Sender("https://xiaohao.example", "xiaohao@xiaohao.example")
#: The server's answer to a recipient or a mail; None accepts it.
Answer = Callable[[str], str | None]


class MailServer:
    """Keeps every mail it accepted, in order."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.rcpt: Answer = lambda address: None
        self.data: Answer = lambda message_id: None
        self.url = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        refused = self.rcpt(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        refused = self.data(str(mail["Message-ID"]))
        if refused:
            return refused
        self.mails.append(mail)
        self.to += envelope.rcpt_tos
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    def channel(self, timeout: float = 5) -> Smtp:
        return Smtp(self.url, HOUSE, timeout)


@contextmanager
def mail_server(server: MailServer | None = None, host: str = "127.0.0.1") -> Iterator[MailServer]:
    """A mail server on a free port of this machine; `server` replaces its behaviour."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    server = server or MailServer()
    server.url = f"smtp://{host}:{port}"
    controller = Controller(server, hostname=host, port=port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def reach(county: County, who: str, value: str = "", channel: str = "email", language: str = "zh_Hans") -> int:
    """Adds a verified address for a person."""
    value = value or f"{who}@office.example"
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == who)).one()
        user.language = language
        row = Address(
            user_id=user.id,
            channel=channel,
            value_sealed=VAULT.seal(value),
            value_index=VAULT.index(value),
            guesses=0,
            created_at=START - timedelta(days=9),
            verified_at=START,
        )
        session.add(row)
        session.flush()
        return row.id


def robot(county: County, unit: str, url: str, channel: str = "dingtalk", secret: str = "SEC") -> int:
    """Adds a group bot for a unit."""
    with county.write() as session:
        row = Robot(
            unit_id=county.units[unit],
            channel=channel,
            value_sealed=VAULT.seal(json.dumps([url, secret])),
            value_index=VAULT.index(url),
            created_at=START,
            created_by_id=county.people["admin"].user_id,
        )
        session.add(row)
        session.flush()
        return row.id


def send(county: County, channel: Channel, at: Any, me: str = "me") -> Delivered:
    """Runs the worker's delivery job once, at a moment."""
    clock = at if callable(at) else lambda: at
    return deliver(partial(in_transaction, county.engine), channel, clock, me, VAULT.open)
