"""Sweep: every rung exactly once, after any downtime and with any number of workers."""

import multiprocessing
from collections import Counter
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import Engine, select, update

from models import County as CountyRow
from models import Custody, Escalation, Event, Outbox, Tenure, WorkingDayOverride
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County, day, settle_county
from tests.support.many_tickets import file_many
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow import batches
from workflow.accountability import sweep, sweep_watch
from workflow.errors import WorkflowError
from workflow.tickets import desk
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=40)


def swept(county: County, at: datetime) -> batches.Swept:
    return sweep.run(county.read, county.write, at)


def rungs(county: County) -> list[tuple[str, int, str]]:
    with county.read() as session:
        rows = session.execute(select(Escalation.stage, Escalation.rung, Escalation.status).order_by(Escalation.id))
        return [tuple(row) for row in rows]


def test_the_ladder_is_climbed_rung_by_rung(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    # Due Thursday 6 December at the close; a day before it a reminder, at once an urge, after two days supervision.
    for at in (day(15, 18), day(16, 18), day(20, 18), day(23, 18), day(30, 18)):
        swept(county, at)
    assert rungs(county) == [
        ("mend", 1, "issued"),
        ("mend", 2, "issued"),
        # Reached after hours: its paper is issued when the office opens.
        ("mend", 3, "deferred"),
        ("mend", 4, "proposed"),
        ("mend", 5, "proposed"),
    ]


def test_nothing_fires_twice(county: County) -> None:
    county.file()
    assert swept(county, day(3)).done == 1
    assert swept(county, day(3)).done == 0


def test_after_thirty_days_down_one_sweep_brings_every_ticket_to_its_rung_once(county: County) -> None:
    for number in range(1, 41):
        ticket = county.file(household=f"A{number}")
        county.do("water", "accept", ticket, START)
    report = swept(county, day(50))
    assert report.rungs == {5: 40}
    assert report.missed == 160
    assert swept(county, day(50)).done == 0
    assert Counter(status for _, _, status in rungs(county)) == {"missed": 160, "proposed": 40}


def test_a_ticket_deemed_accepted_climbs_no_further_for_not_being_accepted(county: County) -> None:
    county.file()
    swept(county, day(30))
    stages = {(stage, rung) for stage, rung, status in rungs(county) if stage == "accept"}
    assert max(rung for _, rung in stages) == 3
    with county.read() as session:
        assert session.scalars(select(Custody.stage).where(Custody.ended_at.is_(None))).all() == ["mend"]


def test_resolving_on_paper_does_not_reset_the_ladder(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    swept(county, day(20, 18))
    county.resolve(ticket, day(21))
    county.do("town", "reject", ticket, day(21, 11), reason="未通水")
    swept(county, day(21, 12))
    # The rungs it had reached are not fired again, and the next one comes where it would have come.
    assert [rung for stage, rung, status in rungs(county) if stage == "mend"] == [1, 2, 3]


def test_a_dry_run_says_what_a_sweep_would_do_and_writes_nothing(county: County) -> None:
    county.file()
    with county.read() as session:
        plan = sweep.plan(session, day(3))
    assert len(plan) == 1
    assert rungs(county) == []


def test_papers_are_numbered_without_gaps(county: County) -> None:
    for number in range(1, 11):
        ticket = county.file(household=f"A{number}")
        county.do("water", "accept", ticket, START)
    swept(county, day(21, 8.5))
    with county.read() as session:
        papers = [p for p in session.scalars(select(Escalation.paper)) if p]
    assert sorted(int(paper.rsplit(":", 1)[1]) for paper in papers) == list(range(1, 11))


def test_the_auditor_finds_what_did_not_fire(county: County) -> None:
    ticket = county.file()
    with county.read() as session:
        assert sweep_watch.audit(session, day(3))["missing"] == [ticket]
    swept(county, day(3))
    with county.read() as session:
        report = sweep_watch.audit(session, day(3))
        assert (report["open"], report["looked_at"]) == (1, 1)
        assert not any(report[name] for name in ("missing", "unfounded", "again", "beside", "beside_again"))


def test_the_auditor_misses_a_ticket_whose_timer_was_lost(county: County) -> None:
    nobody_accepts, stands_still, mending = (county.file(household=f"A{n}") for n in (1, 2, 3))
    for ticket in (stands_still, mending):
        county.do("water", "accept", ticket, START)
    county.do("office", "suspend", stands_still, START, ground="flood", until="2018-11-23")
    with county.write() as session:
        session.execute(update(Tenure).values(next_at=None, next_what=None))
    assert swept(county, day(25)).done == 0
    with county.read() as session:
        assert sweep_watch.audit(session, day(25))["missing"] == [nobody_accepts, stands_still, mending]


def _sweeper(url: str, at: datetime) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    sweep.run(partial(reading, engine), partial(writing, engine), at)
    engine.dispose()


DUE = 2000


def test_three_sweepers_over_thousands_of_due_tickets_escalate_each_exactly_once(
    engine: Engine, database_url: str
) -> None:
    county = settle_county(engine, households=334)
    homes = [(letter, number) for letter in "AB" for number in range(1, 335)]
    asked = [
        ("town" if letter == "A" else "other_town", f"{letter}{number}", kind)
        for kind in ("water", "power", "file")
        for letter, number in homes
    ]
    assert file_many(county, asked[:DUE]) == DUE
    county.engine.dispose()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_sweeper, args=(database_url, day(2))) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert Counter(rungs(county)) == {("accept", 1, "issued"): DUE}
    with county.read() as session:
        escalated = session.scalars(select(Event.id).where(Event.action == "escalate")).all()
        waiting = set(session.scalars(select(Outbox.event_id)))
    assert len(escalated) == DUE
    assert set(escalated) <= waiting


def _accepter(url: str, ticket: int, who: object, barrier: object, results: object) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    barrier.wait()  # type: ignore[attr-defined]
    try:
        with writing(engine) as session:
            desk.perform(session, who, ticket, "accept", day(1), version=1)  # type: ignore[arg-type]
        results.put("accepted")  # type: ignore[attr-defined]
    except WorkflowError as error:
        results.put(error.code)  # type: ignore[attr-defined]
    engine.dispose()


def test_many_processes_accept_one_ticket_and_exactly_one_succeeds(county: County, database_url: str) -> None:
    ticket = county.file()
    county.engine.dispose()
    context = multiprocessing.get_context("fork")
    many = tries(15, 50)
    barrier, results = context.Barrier(many), context.Queue()
    who = county.people["water"]
    processes = [
        context.Process(target=_accepter, args=(database_url, ticket, who, barrier, results)) for _ in range(many)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=600) for _ in processes)
    for process in processes:
        process.join()
    assert outcomes == {"accepted": 1, "stale": many - 1}


def test_a_life_that_was_lived_verifies(county: County, tmp_path: object) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    swept(county, day(20))
    with county.read() as session:
        assert verify(session, tmp_path) == []  # type: ignore[arg-type]


def test_a_rung_that_nobody_swept_before_the_move_is_recorded_as_missed_by_the_system(county: County) -> None:
    ticket = county.file()
    # Due at the close of Thursday the 22nd; accepted on Friday morning while the worker was down.
    county.do("water", "accept", ticket, day(3))
    assert rungs(county) == [("accept", 1, "missed"), ("accept", 2, "missed")]
    assert swept(county, day(3)).done == 0


def test_a_long_silence_ended_by_a_move_leaves_no_rung_unrecorded(county: County, tmp_path: object) -> None:
    ticket = county.file()
    county.resolve(ticket, day(30))
    assert rungs(county) == [
        *[("accept", n, "missed") for n in (1, 2, 3)],
        *[("mend", n, "missed") for n in (1, 2, 3, 4)],
    ]
    with county.read() as session:
        findings = verify(session, tmp_path)  # type: ignore[arg-type]
        assert {finding.code for finding in findings} <= {"bytes_missing"}
        # The town's own check has reached no rung yet, and missed rungs are not fired later.
        report = sweep_watch.audit(session, day(30, 11))
        assert (report["open"], report["looked_at"]) == (1, 1)
        assert not any(report[name] for name in ("missing", "unfounded", "again"))


def test_the_ladder_goes_by_a_hard_stop_that_lies_before_the_end_of_the_budget(county: County) -> None:
    ticket = county.file(kind="house", cause="quota", at=day(13))
    county.do("town", "accept", ticket, day(13))
    county.do("office", "suspend", ticket, day(14), ground="flood", until="2018-12-14")
    swept(county, day(25))
    # Resumed at the close of the 14th with more time left than there is until the 20th.
    assert county.ticket(ticket).due_at == day(30, 17.5)
    swept(county, day(30, 18))
    assert [rung for stage, rung, _ in rungs(county) if stage == "mend"] == [1, 2]
    swept(county, day(35))
    assert [rung for stage, rung, _ in rungs(county) if stage == "mend"] == [1, 2, 3]


def test_a_bounce_after_the_hard_stop_does_not_bring_back_what_lay_beyond_it(county: County) -> None:
    ticket = county.file(kind="house", cause="quota", at=day(13))
    county.do("town", "accept", ticket, day(13))
    county.do("office", "suspend", ticket, day(14), ground="flood", until="2018-12-14")
    county.resolve(ticket, day(31), who="town")
    county.do("housing", "reject", ticket, day(34), reason="未竣工")
    assert county.ticket(ticket).due_at == day(34)


def test_a_day_off_declared_while_a_sweep_is_due_moves_the_moment_and_stops_nobody(county: County) -> None:
    ticket = county.file()
    swept(county, day(6, 18))
    with county.write() as session:
        off = day(7).date()
        session.add(WorkingDayOverride(day=off, works=False, name="抗洪", source="county"))
        session.execute(update(CountyRow).values(calendar_version=CountyRow.calendar_version + 1))
    # It would have counted as accepted at the close of the 27th, which is now a day off.
    assert swept(county, day(7, 18)).failed == {}
    assert county.ticket(ticket).state == "assigned"
    swept(county, day(8, 18))
    assert county.ticket(ticket).state == "in_progress"


def test_a_timer_without_an_open_custody_is_told_and_holds_nobody_up(county: County) -> None:
    broken, sound = county.file(household="A1"), county.file(household="A2")
    county.do("office", "cancel", broken, START, reason=SENTENCE)
    with county.write() as session:
        session.execute(update(Tenure).where(Tenure.ticket_id == broken).values(next_at=day(1), next_what="rung"))
    report = swept(county, day(3))
    assert list(report.failed) == [broken]
    assert report.rungs == {2: 1}
    assert county.ticket(sound).state == "assigned"


def test_a_due_ticket_with_nothing_to_do_counts_as_failed_the_second_time_it_is_found() -> None:
    swept = batches.Swept()
    sweep._note_idle(swept, {1, 2})
    assert (swept.failed, swept.idle) == ({}, {1, 2})
    sweep._note_idle(swept, {2, 3})
    assert (list(swept.failed), swept.idle) == ([2], {1, 2, 3})
