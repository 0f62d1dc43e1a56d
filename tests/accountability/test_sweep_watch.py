"""Sweep watch: a jump of the clock holds the sweep until a person releases it; units that no message reaches are
listed.
"""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from models import Escalation, Event, RungAnswer, Ticket, User, WorkerHeartbeat
from models.rewriting import rewritable
from tests.support.cases import accepted, act, add_seconds, overdue, raised, row
from tests.support.factories import County, day, settle_county
from tests.support.posts import appoint
from tests.support.texts import SENTENCE
from worker import sweep_once
from workflow.accountability import sweep, sweep_watch
from workflow.accountability.cases import case_sweep
from workflow.county.leaders import leaderless
from workflow.errors import Conflict, NotAllowed
from workflow.history import event_log, sealing
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=3)


def beat(county: County, at: datetime, worker: str = "w", *, starting: bool = False) -> str | None:
    with county.write() as session:
        return sweep_watch.heartbeat(session, worker, at, starting=starting)


def release(county: County, who: str, at: datetime) -> int:
    with county.write() as session:
        return sweep_watch.release(session, county.people[who], at)


@pytest.mark.parametrize(("jump", "why"), [(day(3), "clock_leap"), (day(-1), "clock_backwards")])
def test_a_jump_of_the_clock_holds_the_sweep_until_a_person_releases_it(
    county: County, jump: datetime, why: str
) -> None:
    county.file()
    beat(county, day(0), starting=True)
    assert beat(county, jump) == why
    # Neither a correct clock nor a restart releases the hold: only a person does.
    assert beat(county, day(0, 11)) == why
    assert beat(county, day(0, 11), starting=True) == why
    assert beat(county, day(0, 11), "another", starting=True) == why
    assert sweep_once(county.engine, lambda: day(3)) is None
    assert release(county, "office", day(0, 12)) == 1
    assert beat(county, day(0, 12)) is None


def test_what_was_due_fires_after_the_release_and_not_before(county: County) -> None:
    county.file()
    sweep_once(county.engine, lambda: day(0))
    assert sweep_once(county.engine, lambda: day(3)) is None
    release(county, "office", day(3))
    swept = sweep_once(county.engine, lambda: day(3))
    assert swept is not None
    assert swept.done == 1


def test_a_clock_set_back_while_the_worker_was_down_holds_and_downtime_alone_does_not(county: County) -> None:
    beat(county, day(5), "before", starting=True)
    assert beat(county, day(20), "after", starting=True) is None
    assert beat(county, day(19), "set back", starting=True) == "clock_backwards"


def test_after_a_release_no_beat_of_the_wrong_clock_holds_the_sweep_again(county: County) -> None:
    beat(county, day(300), "ahead", starting=True)
    assert beat(county, day(0), "right", starting=True) == "clock_backwards"
    release(county, "admin", day(0))
    assert beat(county, day(0), "right", starting=True) is None
    assert beat(county, day(0, 11), "third", starting=True) is None


def test_an_alarm_is_not_forgotten_with_a_worker_that_is_gone(county: County) -> None:
    beat(county, day(0))
    beat(county, day(3))
    assert beat(county, day(30), "new", starting=True) == "clock_leap"


def test_a_release_is_an_event_of_the_county_with_what_held(county: County, tmp_path: Path) -> None:
    beat(county, day(0))
    beat(county, day(3))
    release(county, "office", day(3, 11))
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "release")).one()
        assert (event.subject_type, event.actor_id) == ("county", county.people["office"].user_id)
        assert event.given == {"why": "clock_leap"}
        # The moment it stood still from, not that of the release.
        assert event.effect["alarms"] == [["clock_leap", event_log.stamp(day(3))]]
        assert session.scalars(select(WorkerHeartbeat.held_why)).all() == [None]
        assert verify(session, tmp_path) == []


@pytest.mark.parametrize("who", ["village", "town", "water", "leaders", "inspectorate"])
def test_who_neither_oversees_nor_runs_the_system_releases_nothing(county: County, who: str) -> None:
    beat(county, day(0))
    beat(county, day(3))
    with pytest.raises(NotAllowed):
        release(county, who, day(3))
    assert beat(county, day(3)) == "clock_leap"


def test_what_does_not_hold_cannot_be_released(county: County) -> None:
    beat(county, day(0))
    with pytest.raises(Conflict):
        release(county, "office", day(0))
    with county.read() as session:
        assert session.scalars(select(Event).where(Event.action == "release")).all() == []


def test_two_workers_beat_side_by_side_and_a_small_step_back_is_no_alarm(county: County) -> None:
    for at, worker in ((day(1, 10.01), "a"), (day(1, 10), "b"), (day(1, 10.005), "a"), (day(1, 10.02), "b")):
        assert beat(county, at, worker) is None


def test_a_unit_is_without_a_leader_until_one_is_appointed_and_again_when_the_account_is_closed(county: County) -> None:
    county.file()
    water = county.units["water"]
    with county.read() as session:
        vacant = leaderless(session, day(1))
    # Most tickets first; units that only read need no leader.
    assert vacant[0] == (water, 1)
    assert county.units["inspectorate"] not in dict(vacant)
    with county.write() as session:
        user = session.get_one(User, county.people["water"].user_id)
        appoint(session, user, "leader", day(1))
    with county.read() as session:
        assert water not in dict(leaderless(session, day(1)))
    with county.write() as session:
        session.execute(update(User).where(User.name == "water").values(active=False))
    with county.read() as session:
        assert water in dict(leaderless(session, day(1)))


def test_the_auditor_finds_what_papers_and_cases_lack(county: County) -> None:
    add_seconds(county)

    def audited(at: datetime) -> list[list[object]]:
        with county.write() as session:
            result = sweep_watch.audit(session, at)
            sweep_watch.save_report(session, "audit", at, result)
            assert result["beside_again"] == [one for one in result["beside"] if one in before]
            before[:] = result["beside"]
            return [[code, ref] for code, ref in result["beside"]]

    before: list[list[object]] = []
    late, _other, case = accepted(county, "A1"), accepted(county, "A3"), raised(county, overdue(county, "A2"))
    act(county, "office", case, "notify")
    due = row(county, case).statement_due_at
    assert due is not None
    assert audited(due) == []
    assert audited(day(21, 8.5)) == audited(day(20, 18)) == [["lapse_missing", case]]
    case_sweep.run(county.read, county.write, day(21, 8.5))
    sweep.run(county.read, county.write, day(21, 8.5))
    # Both are late by now; each counts as received on Wednesday at the close.
    assert audited(day(22, 17.5)) == []
    assert audited(day(23)) == [["receipt_missing", "2018:华扶办:1"], ["receipt_missing", "2018:华扶办:2"]]
    sweep.run(county.read, county.write, day(31, 8.5))
    assert audited(day(31)) == []
    with county.write() as session:
        rungs = select(Escalation).where(Escalation.ticket_id == late).order_by(Escalation.rung.desc())
        top = session.scalars(rungs).first()
        assert top is not None
        assert top.rung == 5
        # Issued, twice for one ticket, by a hand that wrote the answers and neither a paper nor a case.
        columns = ("ticket_id", "tenure_id", "custody_id", "unit_id", "rung", "due_at", "detected_at", "status")
        other = Escalation(**{name: getattr(top, name) for name in columns}, stage="accept")
        session.add(other)
        session.flush()
        for escalation, paper in ((top, "2018:5:9"), (other, "2018:5:10")):
            session.execute(
                insert(RungAnswer).values(
                    ticket_id=late,
                    escalation_id=escalation.id,
                    issued=True,
                    paper=paper,
                    reason=SENTENCE,
                    at=day(31),
                    by_id=county.people["office"].user_id,
                )
            )
    number = county.ticket(late).number
    assert audited(day(31, 11)) == [["case_missing", number], ["paper_missing", number]]
    # A paper that lapses with its ticket, and is still open.
    with county.write() as session:
        session.execute(
            update(Ticket)
            .where(Ticket.id == late + 1)
            .values(state="withdrawn", ended_at=day(31), holder_unit_id=None, due_at=None)
        )
    assert ["end_missing", "2018:华扶办:2"] in audited(day(31, 12))


@pytest.mark.one_database("sqlite")
def test_a_row_that_cannot_be_read_stops_neither_audit_nor_seal(engine: Engine) -> None:
    county = settle_county(engine)
    torn, owed = county.file(household="A1"), county.file(household="A2")
    with county.write() as session:
        session.execute(text("UPDATE custody SET account = '{' WHERE ticket_id = :ticket"), {"ticket": torn})
        with rewritable(session.connection(), ["event"]):
            session.execute(text("UPDATE event SET given = '{' WHERE id = (SELECT max(id) FROM event)"))
    with county.write() as session:
        report = sweep_watch.audit(session, day(30))
        assert (report["looked_at"], report["unreadable"], report["missing"], report["again"]) == (
            2,
            [torn],
            [owed],
            [],
        )
        sweep_watch.save_report(session, "audit", day(30), report)
        assert sweep_watch.audit(session, day(30))["again"] == sorted([torn, owed])
        assert sealing.seal_all(session, day(30)) == 1
        assert session.scalar(select(func.count()).select_from(Event).where(Event.block_id.is_(None))) == 0
