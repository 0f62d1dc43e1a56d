"""Dispatch: each event becomes messages exactly once, with any number of dispatchers killed at any moment."""

import multiprocessing
import os
import random
import signal
import time

import pytest
from sqlalchemy import Engine, func, select, update

import worker
from models import Event, Message, Outbox, User
from models.delivery import MOST_TRIES
from models.engine import make_engine, writing
from notifications import failed_deliveries, inbox
from notifications.dispatch import dispatch
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County, day, settle_county
from tests.support.many_tickets import file_many
from workflow.history import event_log

pytestmark = pytest.mark.both_databases


def _tell(url: str) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    while True:
        with writing(engine) as session:
            if not dispatch(session, day(1), batch=3):
                return


def test_three_dispatchers_killed_at_any_moment_tell_everything_once(engine: Engine, database_url: str) -> None:
    county = settle_county(engine, households=70)
    file_many(
        county,
        [
            (who, f"{letter}{number}", kind)
            for letter, who in (("A", "town"), ("B", "other_town"))
            for number in range(1, 71)
            for kind in ("water", "power")
        ],
    )
    engine.dispose()
    context, rng, killed = multiprocessing.get_context("fork"), random.Random(5), 0
    for _ in range(12):
        processes = [context.Process(target=_tell, args=(database_url,)) for _ in range(3)]
        for process in processes:
            process.start()
        time.sleep(rng.uniform(0.02, 0.12))
        for process in rng.sample(processes, 3):
            if process.is_alive():
                os.kill(process.pid or 0, signal.SIGKILL)
                killed += 1
        for process in processes:
            process.join()
    last = [context.Process(target=_tell, args=(database_url,)) for _ in range(3)]
    for process in last:
        process.start()
    for process in last:
        process.join()
    assert [process.exitcode for process in last] == [0, 0, 0]
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == 0
        filed = set(session.scalars(select(Event.id).where(Event.action == "file")))
        received = session.execute(
            select(Message.event_id, User.name).join(User, User.id == Message.recipient_id)
        ).all()
    assert len(filed) == 280
    assert sorted(event for event, _ in received) == sorted(filed)
    assert {name for _, name in received} == {"water", "power"}
    assert killed > 0


def test_what_was_told_once_is_not_told_again(engine: Engine) -> None:
    county = settle_county(engine)
    county.file()
    with county.write() as session:
        assert dispatch(session, day(1)) == 2
        assert dispatch(session, day(1)) == 0


def boxes(engine: Engine) -> County:
    """The messages of the water bureau and of the power bureau."""
    county = settle_county(engine)
    for household in ("A1", "A2", "A3"):
        county.file(household=household)
    county.file(household="A1", kind="power")
    with county.write() as session:
        dispatch(session, day(0))
    return county


def own(county: County, who: str) -> int:
    user_id = county.people[who].user_id
    assert user_id is not None
    return user_id


def test_the_inbox_shows_and_counts_only_ones_own(engine: Engine) -> None:
    county = boxes(engine)
    with county.read() as session:
        for who, kind, count in (("water", "water", 3), ("power", "power", 1), ("town", "", 0)):
            rows = inbox.messages(session, own(county, who))
            assert [ticket.kind for _, _, ticket, _ in rows] == [kind] * count
            assert inbox.unread(session, own(county, who)) == count


def test_marking_read_marks_only_ones_own_and_only_what_was_seen(engine: Engine) -> None:
    county = boxes(engine)
    with county.read() as session:
        seen = inbox.messages(session, own(county, "water"))[1][0].id
    with county.write() as session:
        inbox.mark_read(session, own(county, "water"), day(1), seen)
    with county.read() as session:
        assert inbox.unread(session, own(county, "water")) == 1
        assert inbox.unread(session, own(county, "power")) == 1
    with county.write() as session:
        inbox.mark_read(session, own(county, "water"), day(1), 10**400)
    with county.read() as session:
        assert (inbox.unread(session, own(county, "water")), inbox.unread(session, own(county, "power"))) == (0, 1)


def test_the_inbox_is_paged_by_the_last_message_seen(engine: Engine) -> None:
    county = boxes(engine)
    with county.read() as session:
        first = inbox.messages(session, own(county, "water"), limit=2)
        rest = inbox.messages(session, own(county, "water"), before=first[-1][0].id, limit=2)
        assert [len(first), len(rest)] == [2, 1]
        assert len({message.id for message, *_ in [*first, *rest]}) == 3
        assert inbox.messages(session, own(county, "water"), before=-(10**400)) == []


def test_an_event_that_cannot_be_told_stops_no_other_and_stays_where_it_is_seen(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    county = settle_county(engine)
    county.file(household="A1")
    with county.write() as session:
        # An event of a missing ticket: it has no recipients.
        bad = event_log.of(session, ("ticket", 999), county.people["town"], START).append("endorse")
    county.file(household="A2")
    worker.dispatch_events(engine, lambda: day(1))
    with county.read() as session:
        assert session.scalars(select(Outbox.event_id)).all() == [bad]
        assert session.scalar(select(func.count()).select_from(Message)) == 2
    assert f"event {bad} cannot be told" in caplog.text
    county.file(household="A3")
    with county.write() as session:
        failed: set[int] = set()
        assert [dispatch(session, day(1), batch=1, failed=failed) for _ in range(3)] == [1, 1, 0]
        assert failed == {bad}


@pytest.mark.one_database
def test_an_event_that_cannot_be_told_is_set_aside_until_a_person_has_it_tried_again(engine: Engine) -> None:
    county = settle_county(engine)
    with county.write() as session:
        bad = event_log.of(session, ("ticket", 999), county.people["town"], START).append("endorse")
    for shown in ([], [bad]):
        with county.read() as session:
            assert [event.id for event in failed_deliveries.set_aside(session)] == shown
        for _ in range(MOST_TRIES):
            worker.dispatch_events(engine, lambda: day(1))
    with county.write() as session:
        assert session.scalars(select(Outbox.tries)).all() == [MOST_TRIES]
        assert failed_deliveries.count_stuck(session) == 1
        assert failed_deliveries.try_again(session, bad)
        assert not failed_deliveries.try_again(session, bad)
        assert dispatch(session, day(1)) == 1


@pytest.mark.one_database("sqlite")
def test_what_nobody_can_be_notified_of_is_one_line_and_no_error_without_accounts(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    county = settle_county(engine)

    def lines() -> list[tuple[str, str]]:
        caplog.clear()
        with caplog.at_level("INFO", "xiaohao.notifications"):
            worker.dispatch_events(engine, lambda: day(1))
        return [(line.levelname, line.getMessage()) for line in caplog.records if line.name == "xiaohao.notifications"]

    def leave(*roles: str) -> None:
        with county.write() as session:
            session.execute(update(User).where(User.role.in_(roles)).values(active=False))

    county.file(household="A1")
    county.file(household="A2")
    leave("bureau", "office", "leaders", "inspectorate", "admin")
    ((level, said),) = lines()
    assert (level, "of 2 events" in said) == ("ERROR", True)
    county.file(household="A3")
    leave("town", "village")
    assert lines() == [("INFO", "events without a recipient: 1; the county has no accounts yet")]
