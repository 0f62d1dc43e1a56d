"""Delivery storm: 10,000 events while three mails in ten are refused, one group bot hangs and one answers 200 with an
error.

The tests assert the same with a hundred events, on both databases.
"""

import json
import multiprocessing
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import Engine, func, insert, select

from bench.report import Line
from models import Delivery, Event, Message, Outbox, User
from models.engine import in_transaction, reading, writing
from notifications.channels import Channel
from notifications.delivery import deliver
from notifications.dispatch import dispatch
from notifications.group_bots import GroupRobot
from notifications.outbound import Outbound
from notifications.smtp import Smtp
from tests.support.factories import START, County
from tests.support.sinks import HOUSE, VAULT, mail_server, robot

#: Events added between two runs of the worker's channels.
AT_ONCE = 500


def storm(engine: Engine, county: County, ticket: int, people: Sequence[str], count: int) -> list[Line]:
    """Delivers the storm: most events notify one person by mail, one in fifty a unit with two group bots; asserts that
    no delivery is lost.
    """
    with reading(engine) as session:
        ids = list(session.scalars(select(User.id).where(User.name.in_(people)).order_by(User.id)))
        before = session.scalar(select(func.max(Delivery.id))) or 0
    with mail_server_elsewhere(0.3) as sink, robots_elsewhere() as where:
        robot(county, "power", f"{where}/hangs", "wecom")
        robot(county, "power", f"{where}/lies")
        way = Outbound([where], ["127.0.0.0/8"], timeout=0.2)
        bots = [GroupRobot(name, way, HOUSE, lambda: START) for name in ("wecom", "dingtalk")]
        channels: list[Channel] = [Smtp(sink, HOUSE), *bots]
        began, now, dispatched = time.perf_counter(), START + timedelta(hours=2), 0
        while dispatched < count:
            _add_events(engine, county, ticket, ids, dispatched, min(AT_ONCE, count - dispatched))
            dispatched += AT_ONCE
            while in_transaction(engine, lambda session: dispatch(session, START)):
                pass
            for channel in channels:
                deliver(partial(in_transaction, engine), channel, partial(_moment, now), "bench", VAULT.open)
            now += timedelta(minutes=30)
        for _ in range(60):
            for channel in channels:
                deliver(partial(in_transaction, engine), channel, partial(_moment, now), "bench", VAULT.open)
            now += timedelta(minutes=30)
        seconds = time.perf_counter() - began
        taken = mails_taken(sink)
    created, became = _judge(engine, before, taken)
    said = ", ".join(f"{channel} {status} {n:,}" for (channel, status), n in sorted(became.items()))
    return [
        (
            f"{count:,} events in a storm, {created:,} deliveries: {said}",
            f"{created / seconds:.0f} a second",
            "",
            "",
            "",
            "",
        )
    ]


def _moment(at: datetime) -> datetime:
    return at


def _add_events(engine: Engine, county: County, ticket: int, people: Sequence[int], after: int, count: int) -> None:
    """Adds events, each for its handler; every fiftieth is for the power bureau, every hundredth is a paper."""
    with writing(engine) as session:
        last = session.execute(
            select(func.coalesce(func.max(Event.seq), 0)).where(
                Event.subject_type == "ticket", Event.subject_id == ticket
            )
        ).scalar_one()
        town, rows = county.people["town"], []
        for n in range(after, after + count):
            action = "handler"
            given: dict[str, Any] = {"user": people[n % len(people)]}
            if n % 100 == 0:
                action, given = "issue_rung", {"rung": 4, "unit": county.units["power"], "paper": f"2018:4:{n}"}
            elif n % 50 == 0:
                action, given = "assist", {"unit": "power"}
            rows.append(
                {
                    "subject_type": "ticket",
                    "subject_id": ticket,
                    "seq": last + 1 + n - after,
                    "at": START,
                    "effective_at": START,
                    "actor_id": town.user_id,
                    "actor_role": "town",
                    "actor_unit_id": town.unit_id,
                    "action": action,
                    "given": given,
                    "effect": {},
                    "prev_hash": "0" * 64,
                    "hash": "0" * 64,
                }
            )
        session.execute(insert(Event.__table__), rows)
        fresh = select(Event.id).where(Event.subject_id == ticket, Event.seq > last, Event.subject_type == "ticket")
        session.execute(insert(Outbox.__table__).from_select(["event_id"], fresh))


def _judge(engine: Engine, before: int, taken: list[str]) -> tuple[int, dict[tuple[str, str], int]]:
    """Asserts created = sent + pending + dead + unknown, one message per recipient, one id per mail. Raises SystemExit."""
    fresh = Delivery.id > before
    with reading(engine) as session:
        rows = session.execute(
            select(Delivery.channel, Delivery.status, func.count())
            .where(fresh)
            .group_by(Delivery.channel, Delivery.status)
        )
        became = {(row[0], row[1]): row[2] for row in rows}
        total = session.scalar(select(func.count()).where(fresh)) or 0
        twice = session.execute(
            select(func.count(Message.id))
            .group_by(Message.event_id, Message.recipient_id, Message.channel)
            .having(func.count() > 1)
        ).all()
        letters = session.scalar(
            select(func.count()).where(
                fresh, Delivery.channel == "email", Delivery.status == "sent", Delivery.lead_id.is_(None)
            )
        )
        waits = session.scalar(select(func.count()).select_from(Outbox))
    ends = {"sent", "pending", "dead", "unknown"}
    if {status for _, status in became} - ends or sum(became.values()) != total or twice or waits:
        raise SystemExit(f"lost or told twice: {became}")
    # The sink takes what it does not refuse: one id a letter, and each letter that is marked sent has arrived once.
    if len(set(taken)) != len(taken) or len(taken) != letters:
        raise SystemExit(f"{len(taken)} mails under {len(set(taken))} ids for {letters} that are marked sent")
    return total, became


class _Robots(BaseHTTPRequestHandler):
    """Group bots: /hangs answers in time only now and then; /lies answers 200, every other time with an error in it."""

    rng = random.Random(2)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/hangs") and self.rng.random() < 0.3:
            time.sleep(0.5)
        code = self.rng.choice((0, 0, 130101, 310000)) if self.path.startswith("/lies") else 0
        body = json.dumps({"errcode": code}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Logs nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            """Who waited no longer has hung up."""


class robots_elsewhere:
    """Serves the group bots in a process of their own."""

    def __enter__(self) -> str:
        mine, theirs = multiprocessing.get_context("fork").Pipe()
        self._process = multiprocessing.get_context("fork").Process(target=_serve_robots, args=(theirs,), daemon=True)
        self._process.start()
        return f"http://127.0.0.1:{mine.recv()}"

    def __exit__(self, *_: Any) -> None:
        self._process.terminate()
        self._process.join()


def _serve_robots(pipe: Any) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Robots)
    pipe.send(server.server_port)
    server.serve_forever()


class mail_server_elsewhere:
    """Serves the mail sink in a process of its own, so its processor time is not counted; `failing` is the share it
    refuses.
    """

    def __init__(self, failing: float = 0) -> None:
        self._failing = failing

    def __enter__(self) -> str:
        context = multiprocessing.get_context("fork")
        mine, theirs = context.Pipe()
        self._pipe = mine
        _PIPES.clear()
        self._process = context.Process(target=_serve, args=(theirs, self._failing))
        self._process.start()
        url = str(mine.recv())
        _PIPES[url] = mine
        return url

    def __exit__(self, *_: Any) -> None:
        self._pipe.send("end")
        self._process.join()


def _serve(pipe: Any, failing: float) -> None:
    rng = random.Random(1)
    with mail_server() as server:
        server.data = lambda said: "451 later" if rng.random() < failing else None
        pipe.send(server.url)
        while pipe.recv() == "ids":
            pipe.send(server.ids)


_PIPES: dict[str, Any] = {}


def mails_taken(sink: str) -> list[str]:
    """The Message-IDs of all mails the sink accepted."""
    _PIPES[sink].send("ids")
    mails: list[str] = _PIPES[sink].recv()
    return mails
