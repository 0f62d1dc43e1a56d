"""Delivery exactly once: channels that fail, hang or answer wrongly, three workers at a time, some of them killed."""

import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine, func, select
from werkzeug import Request, Response

from models import Delivery, Message, Outbox
from models.engine import in_transaction, make_engine
from notifications.channels import Channel
from notifications.claiming import LEASE
from notifications.delivery import deliver
from notifications.dispatch import dispatch
from notifications.group_bots import GroupRobot
from notifications.letters import Letter
from notifications.outbound import Outbound
from notifications.smtp import Smtp
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County, settle_county
from tests.support.sinks import HOUSE, VAULT, MailServer, mail_server, reach, robot, send
from tests.support.thorough import tries
from workflow.history import event_log

pytestmark = pytest.mark.both_databases

PEOPLE = ("water", "power", "housing", "town", "office")


def events(county: County, count: int, weighty: int = 0) -> None:
    """So many events of a few tickets, and so many papers, each with a recipient who has an address."""
    tickets = [county.file("town", kind="water"), county.file("town", kind="power")]
    with county.write() as session:
        for number in range(count):
            given = {"rung": 4, "unit": county.units["water"], "paper": f"2018:4:{number}"} if number < weighty else {}
            event_log.of(session, ("ticket", tickets[number % 2]), county.people["office"], START).append(
                "issue_rung" if number < weighty else "comment", given
            )
    with county.write() as session:
        while dispatch(session, START):
            pass


def count(county: County, *columns: Any) -> Counter[Any]:
    with county.read() as session:
        return Counter(tuple(row) for row in session.execute(select(*columns)))


def test_of_channels_that_fail_hang_and_answer_200_with_an_error_everything_created_is_somewhere(
    engine: Engine, httpserver: HTTPServer
) -> None:
    county = settle_county(engine)
    for who in PEOPLE:
        reach(county, who)
    robot(county, "water", httpserver.url_for("/lies"))
    robot(county, "water", httpserver.url_for("/hangs"), "wecom")
    rng, hung = random.Random(3), [0]

    def lies(_: Request) -> Response:
        return Response(json.dumps({"errcode": rng.choice((0, 0, 130101, 310000))}))

    def hangs(_: Request) -> Response:
        hung[0] += 1
        if hung[0] < 3:
            time.sleep(2)
        return Response(json.dumps({"errcode": 0}))

    httpserver.expect_request("/lies").respond_with_handler(lies)
    httpserver.expect_request("/hangs").respond_with_handler(hangs)
    events(county, 120, weighty=30)
    created = sum(count(county, Delivery.id).values())
    assert created > 150
    with mail_server() as server:
        server.data = lambda said: "451 later" if rng.random() < 0.3 else None
        way = Outbound([httpserver.url_for("")], ["127.0.0.0/8"], timeout=1.5)
        channels: list[Channel] = [
            Smtp(server.url, HOUSE),
            *(GroupRobot(n, way, HOUSE, lambda: START) for n in ("dingtalk", "wecom")),
        ]
        now = START
        for _ in range(60):
            for channel in channels:
                send(county, channel, now)
            now += timedelta(minutes=7)
            with county.read() as session:
                if not session.scalar(select(func.count()).where(Delivery.next_at.is_not(None))):
                    break
        became = count(county, Delivery.status)
        assert set(became) <= {("sent",), ("dead",), ("pending",), ("unknown",)}
        assert sum(became.values()) == created
        # Passing errors pass; only the robot's permanent one gives up, and what was handed over to one that hangs is in
        # doubt where it is a paper.
        assert set(count(county, Delivery.channel, Delivery.status)) - {("dingtalk", "dead")} == {
            ("email", "sent"),
            ("dingtalk", "sent"),
            ("wecom", "sent"),
            ("wecom", "unknown"),
        }
        assert {
            weighty
            for (weighty, status), _ in count(county, Delivery.weighty, Delivery.status).items()
            if status == "unknown"
        } == {True}
        assert len(server.ids) == len(set(server.ids))
    assert max(count(county, Message.event_id, Message.recipient_id, Message.channel).values()) == 1
    assert count(county, Outbox.event_id) == Counter()


class Mortal(Smtp):
    """A channel that sometimes kills its process with -9 before or after handing a letter over."""

    def __init__(self, url: str, rng: random.Random, chance: float) -> None:
        super().__init__(url, HOUSE)
        self._rng, self._chance = rng, chance

    def send(self, letter: Letter) -> None:
        self._perhaps()
        super().send(letter)
        self._perhaps()

    def _perhaps(self) -> None:
        if self._rng.random() < self._chance:
            os.kill(os.getpid(), signal.SIGKILL)


def _work(url: str, mail: str, seed: int, chance: float, now: datetime) -> None:
    engine, rng = make_engine(url, DEVELOPMENT_SECRET), random.Random(seed)

    def write(work: Callable[[Any], Any]) -> Any:
        done = in_transaction(engine, work)
        if rng.random() < chance / 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    deliver(write, Mortal(mail, rng, chance), lambda: now, f"worker {seed}", VAULT.open)
    engine.dispose()


def test_killed_again_and_again_on_each_database_three_workers_at_once_lose_no_mail_and_repeat_no_paper(
    engine: Engine, database_url: str
) -> None:
    county = settle_county(engine)
    for who in PEOPLE:
        reach(county, who)
    events(county, 150, weighty=60)
    papers = {key for (key, weighty), _ in count(county, Delivery.key, Delivery.weighty).items() if weighty}
    assert len(papers) == 60
    engine.dispose()
    context, now, killed, seed = multiprocessing.get_context("fork"), START, 0, 0
    with mail_server() as server:
        while killed < tries(20, 50):
            processes = []
            for _ in range(3):
                seed += 1
                processes.append(context.Process(target=_work, args=(database_url, server.url, seed, 0.4, now)))
            for process in processes:
                process.start()
            for process in processes:
                process.join()
            killed += sum(process.exitcode == -signal.SIGKILL for process in processes)
            assert {process.exitcode for process in processes} <= {0, -signal.SIGKILL}
            now += LEASE + timedelta(hours=1)
            _more_when_idle(county, seed)
        for _ in range(3):
            _work(database_url, server.url, 0, 0, now)
            now += LEASE + timedelta(hours=1)
        _judge(county, server, papers)


def _more_when_idle(county: County, seed: int) -> None:
    """Adds and dispatches 30 events when fewer than 30 deliveries wait, so that living workers never run out."""
    with county.write() as session:
        if (session.scalar(select(func.count()).where(Delivery.next_at.is_not(None))) or 0) < 30:
            for _ in range(30):
                event_log.of(session, ("ticket", 1 + seed % 2), county.people["office"], START).append("comment")
            while dispatch(session, START):
                pass
    county.engine.dispose()


def _judge(county: County, server: MailServer, papers: set[str]) -> None:
    became = count(county, Delivery.weighty, Delivery.status)
    # Ordinary mail has all gone (what the tries of dying workers used up is given up and shown, never lost).
    assert set(became) <= {(False, "sent"), (False, "dead"), (True, "sent"), (True, "unknown")}
    ids = Counter(server.ids)
    keys: dict[str, Delivery] = {}
    with county.read() as session:
        for row in session.scalars(select(Delivery)):
            letter = Letter(row.id, row.key, "", "", row.kind, {}, "", START)
            keys[f"<{letter.stable}@xiaohao.example>"] = row
    assert set(ids) <= set(keys)
    # A paper went out at most once; one that went out and is not marked is in doubt, never sent again unasked.
    assert max(times for sent, times in ids.items() if keys[sent].weighty) == 1
    for sent, row in keys.items():
        lead = row.lead_id is None
        if row.status == "sent" and lead:
            assert ids[sent] >= 1
        if row.weighty and row.status == "sent":
            assert ids[sent] == 1
    assert papers == {row.key for row in keys.values() if row.weighty}


def test_three_workers_at_once_send_everything_exactly_once(engine: Engine, database_url: str) -> None:
    county = settle_county(engine)
    for who in PEOPLE:
        reach(county, who)
    events(county, 60, weighty=50)
    engine.dispose()
    context = multiprocessing.get_context("fork")
    with mail_server() as server:
        processes = [context.Process(target=_work, args=(database_url, server.url, n, 0.0, START)) for n in range(3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0, 0]
        leads = sum(n for (lead,), n in count(county, Delivery.lead_id).items() if lead is None)
        assert len(server.ids) == len(set(server.ids)) == leads > 50
    assert set(count(county, Delivery.status)) == {("sent",)}
