"""Who gets in: tries are counted exactly, and what was refused is summed up once an hour."""

import threading
from collections import Counter
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from models import Event, EventSecret, Guess, RefusedAccess
from models.engine import in_transaction
from tests.support.browser import give_passwords
from tests.support.factories import County, day, settle_county
from tests.support.http_clients import Api, Visitor
from workflow.county.access import guessing, refused_access
from workflow.county.access.guessing import SPAN, TRIES, Bound
from workflow.errors import TooMany

AT_ONCE = 40


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def test_forty_guesses_at_once_get_no_more_tries_than_one_after_another(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    api = Api(settle_county(engine), database_url, tmp_path)
    give_passwords(engine)
    visitors = [Visitor(api) for _ in range(AT_ONCE)]
    answers: list[int] = []
    begin = threading.Barrier(AT_ONCE)

    def guess(visitor: Visitor, number: int) -> None:
        begin.wait()
        answers.append(visitor.enter("town", f"guess {number}").status_code)

    threads = [threading.Thread(target=guess, args=(each, n)) for n, each in enumerate(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert Counter(answers) == {422: TRIES, 429: AT_ONCE - TRIES}
    with api.county.read() as session:
        refused = select(RefusedAccess.kind, func.sum(RefusedAccess.times)).group_by(RefusedAccess.kind)
        assert dict(session.execute(refused).all()) == {"password": TRIES, "held_up": AT_ONCE - TRIES}


def tries(county: County, *bounds: Bound, at: Any = None) -> int | None:
    """None for a try that was counted, else the seconds to wait."""
    try:
        in_transaction(county.engine, lambda session: guessing.take(session, at or day(0), bounds))
    except TooMany as refused:
        return refused.seconds
    return None


def test_a_try_is_counted_under_every_bound_or_under_none(county: County) -> None:
    wide, narrow = Bound("a", 3), Bound("b", 1)
    assert tries(county, wide, narrow) is None
    assert tries(county, narrow, wide, at=day(0) + timedelta(minutes=5)) == 600
    with county.read() as session:
        assert dict(session.execute(select(Guess.subject, Guess.tries)).all()) == {"a": 1, "b": 1}
    assert tries(county, wide, narrow, at=day(0) + SPAN) is None


def test_a_try_given_back_was_none(county: County) -> None:
    one, two = Bound("a", 2), Bound("b", 9)
    for _ in range(5):
        assert tries(county, one, two) is None
        with county.write() as session:
            guessing.give_back(session, (two, one))
    tries(county, one, two)
    with county.write() as session:
        guessing.forget(session, day(0) + SPAN - timedelta(seconds=1))
        assert len(session.scalars(select(Guess)).all()) == 2
        guessing.forget(session, day(0) + SPAN)
        assert session.scalars(select(Guess)).all() == []


def test_the_database_itself_refuses_a_try_too_many(county: County) -> None:
    with pytest.raises(IntegrityError), county.write() as session:
        session.add(Guess(subject="a", since=day(0), tries=3, most=2))


def refuse(county: County, at: Any, kind: str, name: str, address: str, times: int = 1) -> None:
    with county.write() as session:
        for _ in range(times):
            refused_access.count(session, at, kind, name, address)


def summed(county: County) -> list[tuple[Any, Any]]:
    query = (
        select(Event.given, EventSecret.body)
        .join(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.action == "refused_access")
        .order_by(Event.id)
    )
    with county.read() as session:
        return [(given, words["lines"]) for given, words in session.execute(query)]


def test_refusals_are_summed_by_the_minute_and_told_once_an_hour(county: County) -> None:
    refuse(county, day(0, 10.01), "password", "town", "10.0.0.1", 3)
    refuse(county, day(0, 10.1), "password", "town", "10.0.0.1")
    refuse(county, day(0, 10.5), "account", "nobody", "10.0.0.2", 2)
    refuse(county, day(0, 12), "forbidden", "water", "10.0.0.3")
    for at, hours in ((10.9, 0), (12.5, 1), (12.6, 0), (13, 1)):
        with county.write() as session:
            assert refused_access.settle(session, day(0, at)) == hours, at
    (first, lines), (second, _) = summed(county)
    assert first == {
        "from": day(0, 10).astimezone(UTC).isoformat(),
        "times": {"account": 2, "password": 4},
        "names": 2,
        "addresses": 2,
    }
    assert [line[1:] for line in lines] == [
        ["password", "town", "10.0.0.1", 3],
        ["account", "nobody", "10.0.0.2", 2],
        ["password", "town", "10.0.0.1", 1],
    ]
    assert second["times"] == {"forbidden": 1}
    with county.read() as session:
        assert session.scalars(select(RefusedAccess)).all() == []


def test_an_hour_has_no_more_rows_than_its_bound_and_loses_no_refusal(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_access, "MOST_ROWS", 5)
    monkeypatch.setattr(refused_access, "MOST_LINES", 3)
    for number in range(20):
        refuse(county, day(0, 10.1), "account", f"nobody{number}", "10.0.0.1")
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(RefusedAccess)) == 6
    with county.write() as session:
        refused_access.settle(session, day(0, 11))
    ((given, lines),) = summed(county)
    assert (given["times"], len(lines), lines[0][2:]) == ({"account": 20}, 3, ["", "", 15])
