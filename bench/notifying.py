"""Delivery benchmark: dispatch of many events, mails rendered and handed to a local SMTP sink, and a worker's tick
without work.

The floor of the mails is smtplib alone, handing as many mails rendered beforehand to the same sink.
"""

import smtplib
import time
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

import worker
from bench.databases import Databases
from bench.delivery_storm import mail_server_elsewhere, storm
from bench.listing import timed
from bench.report import Line, faster, shorter, table
from models import Delivery, Event, Message, Outbox, User
from models.engine import in_transaction, make_engine, reading, writing
from notifications.channels import Channel
from notifications.delivery import deliver
from notifications.dispatch import BATCH, dispatch
from notifications.letters import Letter, mail
from notifications.smtp import Smtp
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County, settle_county
from tests.support.sinks import HOUSE, VAULT, reach
from workflow.actors import system
from workflow.county import accounts
from workflow.county.accounts import NewUser


def run(made: Databases, quick: bool) -> None:
    """Runs section `tell`."""
    url = made.create()
    engine = make_engine(url, DEVELOPMENT_SECRET)
    county = settle_county(engine)
    ticket = county.file("town")
    people = [f"person-{number}" for number in range(100 if quick else 400)]
    with writing(engine) as session:
        who = system()
        for name in people:
            accounts.create_user(session, who, START, NewUser(name=name, role="bureau", unit="water"))
    _dispatch_all(engine)
    with mail_server_elsewhere() as sink:
        for name in people:
            reach(county, name)
        lines = [_mails(engine, county, ticket, sink, 5)]
    lines += storm(engine, county, ticket, people, 1_000 if quick else 10_000)
    lines += _many(engine, county, ticket, 2_000 if quick else 100_000)
    engine.dispose()
    made.drop(url)
    table(f"Telling people, {made.kind}", lines)


def _dispatch_all(engine: Engine) -> int:
    dispatched = 0
    while taken := in_transaction(engine, lambda session: dispatch(session, START)):
        dispatched += taken
    return dispatched


def _add_comments(engine: Engine, county: County, ticket: int, count: int) -> None:
    """Adds comments on a ticket as rows; the cost of an event is measured by other sections."""
    with writing(engine) as session:
        last = session.execute(
            select(func.coalesce(func.max(Event.seq), 0)).where(
                Event.subject_type == "ticket", Event.subject_id == ticket
            )
        ).scalar_one()
        town = county.people["town"]
        rows: list[dict[str, Any]] = [
            {
                "subject_type": "ticket",
                "subject_id": ticket,
                "seq": last + n,
                "at": START,
                "effective_at": START,
                "actor_id": town.user_id,
                "actor_role": "town",
                "actor_unit_id": town.unit_id,
                "action": "comment",
                "given": {},
                "effect": {},
                "prev_hash": "0" * 64,
                "hash": "0" * 64,
            }
            for n in range(1, count + 1)
        ]
        for start in range(0, count, 5000):
            session.execute(insert(Event.__table__), rows[start : start + 5000])
        fresh = select(Event.id).where(Event.subject_id == ticket, Event.seq > last, Event.subject_type == "ticket")
        session.execute(insert(Outbox.__table__).from_select(["event_id"], fresh))


def _mails(engine: Engine, county: County, ticket: int, sink: str, each: int) -> Line:
    _add_comments(engine, county, ticket, each)
    _dispatch_all(engine)
    channel: Channel = Smtp(sink, HOUSE)
    began = time.perf_counter()
    done = deliver(partial(in_transaction, engine), channel, lambda: START, "bench", VAULT.open)
    product = done.sent / (time.perf_counter() - began)
    params = {"number": "2018-000001", "path": "/tickets/2018-000001", "what": ["饮水", "water"]}
    letters = [Letter(n, f"1:e{n}", "a@b.example", "", "comment", params, "zh_Hans", START) for n in range(done.sent)]
    ready = [mail(letter, HOUSE).as_bytes() for letter in letters]
    host, port = sink.removeprefix("smtp://").split(":")
    began = time.perf_counter()
    with smtplib.SMTP(host, int(port)) as open_:
        for entry in ready:
            open_.sendmail("x@y.example", ["a@b.example"], entry)
    floor = len(ready) / (time.perf_counter() - began)
    return faster(f"{done.sent:,} mails rendered, handed over and marked", [product], [floor], "a second")


def _many(engine: Engine, county: County, ticket: int, count: int) -> list[Line]:
    """Dispatches so many events to the one duty officer of a unit."""
    with writing(engine) as session:
        keep = select(User.id).where(User.name == "person-1")
        session.execute(update(User).where(User.name.like("person-%"), User.name != "person-1").values(active=False))
        session.execute(update(User).where(User.name == "water").values(active=False))
        session.execute(delete(Message).where(Message.recipient_id.not_in(keep)))
        session.execute(update(Delivery).values(status="sent", next_at=None))
    before = _tick(engine)
    _add_comments(engine, county, ticket, count)
    began = time.perf_counter()
    dispatched = _dispatch_all(engine)
    seconds = time.perf_counter() - began
    with writing(engine) as session:
        # Sent long ago: history without a waiting delivery.
        session.execute(update(Delivery).values(status="sent", next_at=None, sent_at=START))
    after = _tick(engine)
    return [
        ("dispatch of " + f"{dispatched:,} events", f"{dispatched / seconds:.0f} a second", "", "", "", ""),
        shorter("a tick with nothing waiting, hardly any history", before, None, 0.002),
        shorter(f"a tick with nothing waiting after {dispatched:,} deliveries", after, None, 0.002),
    ]


class _Nobody:
    name = "email"

    def send(self, letter: Letter) -> None:
        raise SystemExit("something was waiting after all")

    def close(self) -> None:
        """Closes nothing."""


def _tick(engine: Engine) -> list[float]:
    """The worker's work of every five seconds: reads the outbox, and each channel's due deliveries."""

    def tick() -> None:
        if in_transaction(engine, lambda session: dispatch(session, START, BATCH)):
            raise SystemExit("something was waiting after all")
        worker.deliver_channel(engine, lambda: START + timedelta(days=9), _Nobody(), VAULT)

    with reading(engine) as session:
        session.scalar(select(func.count()).select_from(Outbox))
    tick()
    return [timed(tick) for _ in range(50)]
