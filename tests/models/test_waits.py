"""Waits: nobody waits without bounds for another's lock on PostgreSQL, and filing never waits for the sealer."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, select, text
from sqlalchemy.exc import DBAPIError

from models import Block, County
from models.engine import in_transaction, make_engine, reading, writing
from models.failures import trouble
from models.postgresql import Waits
from settings import DEVELOPMENT_SECRET
from tests.support.factories import day, settle_county
from tests.support.http_clients import Api
from trail_jobs import seal
from workflow.history import sealing

pytestmark = pytest.mark.one_database("postgresql")


@pytest.fixture
def hasty(engine: Engine, database_url: str) -> Iterator[Engine]:
    """An engine that waits for hardly anything."""
    made = make_engine(database_url, DEVELOPMENT_SECRET, Waits(connect=1, lock=0.3, statement=5, idle=0.5))
    yield made
    made.dispose()


def test_an_idle_transaction_leaves_no_filing_without_an_answer(
    engine: Engine, hasty: Engine, database_url: str, tmp_path: Path
) -> None:
    """Seen: with one transaction idle in a lock, none of twelve filings was answered in 45 s."""
    api = Api(settle_county(engine, households=12), database_url, tmp_path)
    api.app.extensions["xiaohao"].engine = hasty
    answers: list[tuple[int, str]] = []

    def file(number: int) -> None:
        client = api.app.test_client()
        answer = client.post(
            "/api/v1/tickets",
            json={"household": f"A{number}", "kind": "water"},
            headers={"Authorization": f"Bearer {api.tokens['town']}"},
        )
        answers.append((answer.status_code, (answer.get_json() or {}).get("detail", "")))

    with engine.connect() as idle:
        idle.execute(select(County.id).with_for_update())
        threads = [threading.Thread(target=file, args=(number,)) for number in range(1, 13)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert [status for status, _ in answers] == [503] * 12
        assert all(len(detail) > 5 for _, detail in answers)
    file(1)
    assert answers[-1][0] == 201


def test_a_transaction_that_pauses_too_long_is_ended_by_the_server(engine: Engine, hasty: Engine) -> None:
    settle_county(engine)
    with hasty.connect() as idle:
        idle.execute(select(County.id).with_for_update())
        # Waits for the row until the server has ended the other.
        with writing(engine) as session:
            assert session.scalar(select(County.id).with_for_update()) == 1
        with pytest.raises(DBAPIError) as ended:
            idle.execute(text("SELECT 1"))
        assert trouble(ended.value) in ("busy", "away")


def test_a_server_that_is_not_there_is_given_up_soon(database_url: str) -> None:
    away = make_engine(str(make_url(database_url).set(query={"host": "/nowhere"})), DEVELOPMENT_SECRET)
    with pytest.raises(DBAPIError) as refused:
        away.connect()
    assert trouble(refused.value) == "away"


def test_filing_does_not_wait_for_the_sealer_and_sealers_take_turns(engine: Engine, hasty: Engine) -> None:
    county = settle_county(engine, households=4)
    county.file()
    with writing(engine) as session:
        sealing.seal(session, day(0))
        # On connections of their own, while the block is not committed: whoever waited would be refused.
        replace(county, engine=hasty).file(household="A2")
        with pytest.raises(DBAPIError) as refused:
            in_transaction(hasty, lambda other: sealing.seal(other, day(0)))
        assert trouble(refused.value) == "busy"
    assert seal(engine, lambda: day(1)) == 1
    with reading(engine) as session:
        assert [block.number for block in session.scalars(select(Block).order_by(Block.number))] == [1, 2]
