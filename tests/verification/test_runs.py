"""Runs of `verify` in the background: one at a time, proof by proof, whoever dies meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models import Block, Event, Message, User
from models.engine import writing
from notifications.dispatch import dispatch
from tests.support.factories import County, day
from tests.support.lived_county import lived_county
from tests.support.sinks import mail_server, reach, send
from tests.support.verify import findings
from trail_jobs import verify_asked
from workflow.errors import Conflict, NotAllowed
from workflow.evidence import FolderStore
from workflow.history import sealing
from workflow.verification import runs
from workflow.verification.proofs.findings import PROGRESS, Progress
from workflow.verification.registry import PROOFS
from workflow.verification.runs import CLAIM, RunView

ASKED = day(60)


@pytest.fixture
def county(engine: Engine, tmp_path: Path) -> County:
    return lived_county(engine, tmp_path)


def ask(county: County, who: str = "inspectorate") -> int:
    with county.write() as session:
        return runs.ask(session, county.people[who], ASKED)


def claim(county: County, token: str, at: datetime = ASKED) -> int | None:
    # As the worker does: no act, so nothing is recorded of it.
    with writing(county.engine) as session:
        return runs.claim(session, at, token)


def work(
    county: County, files: Path, token: str, run: int, at: datetime = ASKED, **more: Callable[..., object]
) -> bool:
    return runs.work(county.read, more.get("writing", county.write), FolderStore(files), lambda: at, run, token)  # type: ignore[arg-type]


def last(county: County) -> RunView:
    with county.read() as session:
        return runs.latest(session, county.people["inspectorate"], 1)[0]


def dying_after(county: County, commits: int) -> Callable[[], AbstractContextManager[Session]]:
    """Transactions of a worker that is killed after so many."""
    left = iter(range(commits))

    @contextmanager
    def writing() -> Iterator[Session]:
        if next(left, None) is None:
            raise SystemExit("killed")
        with county.write() as session:
            yield session

    return writing


def test_a_run_ends_with_what_it_covered_and_is_on_record(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        head = sealing.seal(session, ASKED)
        assert head is not None
        number, digest = head.number, head.hash
    run = ask(county)
    assert verify_asked(county.engine, FolderStore(tmp_path), lambda: ASKED + timedelta(minutes=1))
    said = last(county)
    assert (said.id, said.by, said.ended_at) == (run, "inspectorate", ASKED + timedelta(minutes=1))
    assert (said.found, said.done, said.proofs, said.failed_in) == (0, len(PROOFS), len(PROOFS), None)
    assert (said.block, said.block_hash) == (number, digest)
    assert not verify_asked(county.engine, FolderStore(tmp_path), lambda: ASKED)
    with county.read() as session:
        told = session.execute(
            select(Event.action, Event.given).order_by(Event.id.desc()).where(Event.action != "rows")
        )
        assert [action for action, _ in told.fetchmany(2)] == ["verified", "ask_verification"]
        # Nothing was sealed on the way.
        assert session.scalar(select(func.count()).select_from(Block)) == number
    assert findings(county, tmp_path) == set()


def test_how_many_events_were_read_is_seen_from_outside(county: County, tmp_path: Path) -> None:
    run, progress = ask(county), Progress()
    claim(county, "a")
    PROGRESS.set(progress)
    assert work(county, tmp_path, "a", run)
    # All there were when it began.
    assert progress.events == last(county).events


def test_one_run_is_open_at_a_time_and_the_inspectorate_alone_asks(county: County) -> None:
    ask(county)
    with pytest.raises(Conflict) as refusal:
        ask(county)
    assert refusal.value.code == "verification_at_work"
    for who in ("office", "leaders", "admin", "town"):
        with pytest.raises(NotAllowed):
            ask(county, who)
        with county.read() as session, pytest.raises(NotAllowed):
            runs.latest(session, county.people[who])


def test_what_does_not_hold_is_counted_and_the_first_of_it_kept(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "KEPT", 2)
    with county.write() as session:
        session.execute(text("UPDATE household SET address = 'forged'"))
        session.execute(text("UPDATE ticket SET urgent = true WHERE id = 1"))
    run = ask(county)
    assert claim(county, "a") == run
    assert work(county, tmp_path, "a", run)
    said = last(county)
    assert said.findings[0] == ("row_differs", "ticket 1 urgent")
    assert (len(said.findings), said.found > 3) == (2, True)
    assert "row_differs" in findings(county, tmp_path)


def test_the_run_of_a_killed_worker_goes_on_where_it_was_and_never_twice(county: County, tmp_path: Path) -> None:
    run = ask(county)
    assert claim(county, "a") == run
    with pytest.raises(SystemExit):
        # Two write the lots of the first proof.
        work(county, tmp_path, "a", run, writing=dying_after(county, 5))
    assert last(county).done == 3
    assert claim(county, "b", ASKED + CLAIM) is None
    later = ASKED + CLAIM + timedelta(seconds=1)
    assert claim(county, "b", later) == run
    assert last(county).done == 3
    # The first was not dead after all: what it still finds is not kept.
    assert not work(county, tmp_path, "a", run, later)
    assert last(county).done == 3
    assert work(county, tmp_path, "b", run, later)
    assert (last(county).found, last(county).done) == (0, len(PROOFS))


def test_a_claim_is_renewed_by_its_worker_alone(county: County) -> None:
    run = ask(county)
    assert claim(county, "a") == run
    with county.write() as session:
        assert runs.renew(session, ASKED + CLAIM, run, "a", 70)
        assert not runs.renew(session, ASKED + CLAIM, run, "b", 80)
    assert (last(county).read, last(county).done) == (70, 0)
    assert claim(county, "b", ASKED + CLAIM + timedelta(seconds=1)) is None


def test_a_proof_that_cannot_be_made_ends_the_run_and_is_named(county: County, tmp_path: Path) -> None:
    class Away:
        def __getattr__(self, name: str) -> object:
            raise OSError("the store is away")

    run = ask(county)
    claim(county, "a")
    with pytest.raises(OSError, match="away"):
        runs.work(county.read, county.write, Away(), lambda: ASKED, run, "a")  # type: ignore[arg-type]
    said = last(county)
    assert (said.failed_in, said.ended_at, said.found) == ("evidence", ASKED, 0)
    assert ask(county) == run + 1


def test_a_run_that_finds_something_or_cannot_be_made_notifies_inspectorate_and_administrator_once(
    county: County, tmp_path: Path
) -> None:
    for who in ("inspectorate", "admin"):
        reach(county, who)

    def told() -> list[tuple[str, str, int]]:
        with county.write() as session:
            dispatch(session, day(5))
            query = select(User.role, Message.kind, Message.params).join(User, User.id == Message.recipient_id)
            rows = session.execute(
                query.where(Message.kind.in_(("verified", "verification_failed"))).order_by(Message.id)
            )
            return [(role, kind, params["count"]) for role, kind, params in rows]

    run = ask(county)
    assert claim(county, "a") == run
    assert work(county, tmp_path, "a", run)
    assert told() == []
    with county.write() as session:
        session.execute(text("UPDATE ticket SET urgent = true WHERE id = 1"))
    run = ask(county)
    claim(county, "b")
    assert work(county, tmp_path, "b", run)
    found = last(county).found
    assert sorted(told()) == sorted(told()) == [("admin", "verified", found), ("inspectorate", "verified", found)]
    with mail_server() as server:
        assert send(county, server.channel(), day(5)).sent == 2
    assert f"{found}处不符" in str(server.mails[0]["Subject"])
