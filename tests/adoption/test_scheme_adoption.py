"""Scheme adoption: in force from a day on; open tickets keep their version until they are moved over."""

import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from models import County as CountyRow
from models import Custody, Escalation, Event, SchemeAdoption, SchemeVersion, Tenure
from models.engine import in_transaction
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.requests import answer, ask, mending
from tests.support.schemes import adopt, close, scheme
from workflow.accountability import sweep, sweep_watch
from workflow.adoption import scheme_adoption, ticket_migration
from workflow.adoption.scheme_storing import install
from workflow.adoption.ticket_migration import Selection
from workflow.county import in_force as county_in_force
from workflow.county.context import county_context
from workflow.county.unfilled_roles import vacancies
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, Stale
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def in_force(county: County, at: datetime | None = None) -> int:
    """Working days to resolve under the version in force, as recorded or as of a moment."""
    with county.read() as session:
        return county_context(session, at=at).scheme.limits.normal.mend


def states(county: County) -> list[tuple[str, str]]:
    with county.read() as session:
        return [
            (r.from_day.isoformat(), r.state)
            for r in session.scalars(select(SchemeAdoption).order_by(SchemeAdoption.id))
        ]


def sound(county: County, now: datetime) -> None:
    """Asserts that folding the history gives the rows, and that the auditor agrees after a sweep."""
    sweep.run(county.read, county.write, now)
    with county.read() as session:
        assert [f for f in verify(session, Path("nowhere")) if f.code != "bytes_missing"] == []
        report = sweep_watch.audit(session, now)
        assert (report["missing"], report["unfounded"]) == ([], [])


def migrate(county: County, now: datetime, seen: str | None = None, **chosen: Any) -> ticket_migration.Outcome:
    with county.write() as session:
        return ticket_migration.apply(session, county.people["office"], now, Selection(**chosen), seen=seen)


def test_what_is_filed_from_the_day_on_is_filed_under_what_was_adopted_for_it(county: County) -> None:
    adopt(county, scheme(mend=5), date(2018, 11, 22))
    before = county.file(at=day(1))
    assert (in_force(county), in_force(county, day(1)), in_force(county, day(2))) == (10, 10, 5)
    # No one has acted since midnight: the first filing records that it is in force, as of its day.
    late = county.file(household="A2", at=day(2))
    assert in_force(county) == 5
    assert county.ticket(before).scheme_version_id != county.ticket(late).scheme_version_id
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "in_force")).one()
        assert event.effective_at == datetime(2018, 11, 22, tzinfo=SHANGHAI)
        assert (event.at, event.actor_id) == (day(2), None)
    county.do("water", "accept", before, day(2))
    county.do("water", "accept", late, day(2))
    # Each by its own: 12 working days from the 20th's morrow, 7 from the 23rd.
    assert county.ticket(before).due_at == close("2018-12-07")
    assert county.ticket(late).due_at == close("2018-12-03")
    assert states(county)[-1] == ("2018-11-22", "in_force")
    sound(county, day(2, 12))


def test_one_adoption_waits_for_a_day_and_may_be_revoked_until_then(county: County) -> None:
    first = adopt(county, scheme(mend=5), date(2018, 12, 1))
    second = adopt(county, scheme(mend=6), date(2018, 12, 1))
    third = adopt(county, scheme(mend=7), date(2018, 12, 10))
    assert states(county)[1:] == [("2018-12-01", "superseded"), ("2018-12-01", "waiting"), ("2018-12-10", "waiting")]
    with county.write() as session:
        office = county.people["office"]
        scheme_adoption.revoke(session, office, day(1), third.id)
        for settled in (first.id, third.id):
            with pytest.raises(Conflict, match="adoption_settled"):
                scheme_adoption.revoke(session, office, day(1), settled)
        with pytest.raises(NotFound):
            scheme_adoption.revoke(session, office, day(1), 999)
    # Its day has come, though no act has recorded it yet.
    with pytest.raises(Conflict, match="adoption_settled"), county.write() as session:
        scheme_adoption.revoke(session, office, day(11), second.id)
    with county.write() as session:
        assert county_in_force.settle(session, day(30)) == 1
        assert county_in_force.settle(session, day(30)) == 0
    assert in_force(county) == 6
    assert states(county)[1:] == [("2018-12-01", "superseded"), ("2018-12-01", "in_force"), ("2018-12-10", "revoked")]
    sound(county, day(30))


def test_two_that_came_due_while_nobody_looked_come_in_their_order(county: County) -> None:
    adopt(county, scheme(mend=7), date(2018, 12, 10))
    adopt(county, scheme(mend=5), date(2018, 12, 1))
    assert in_force(county, day(40)) == 7
    ticket = county.file(at=day(40))
    assert in_force(county) == 7
    with county.read() as session:
        moments = session.scalars(select(Event.effective_at).where(Event.action == "in_force").order_by(Event.id)).all()
    assert [at.astimezone(SHANGHAI).day for at in moments] == [1, 10]
    assert ticket
    sound(county, day(40))


def test_what_cannot_be_adopted_is_refused_and_says_why(county: County) -> None:
    today = START.date()
    for who in ("town", "water", "leaders", "inspectorate", "admin"):
        with pytest.raises(NotAllowed):
            adopt(county, scheme(mend=5), today, who=who)
    for wrong in (date(2018, 11, 19), date(2020, 11, 20)):
        with pytest.raises(BadInput, match="adoption_day"):
            adopt(county, scheme(mend=5), wrong)
    with pytest.raises(Conflict, match="scheme_unchanged"):
        adopt(county, scheme(), today)
    content = scheme(mend=5).model_dump(mode="json")
    other = content["county"] | {"code": "other"}
    with pytest.raises(BadInput, match="scheme_of_another_county"):
        adopt(county, Scheme.model_validate(content | {"county": other}), today)
    for units in (
        [unit | ({"type": "town"} if unit["code"] == "water" else {}) for unit in content["units"]],
        [unit | ({"code": "water-2"} if unit["code"] == "water" else {}) for unit in content["units"]],
    ):
        with pytest.raises(BadInput, match="scheme_unit_collides"):
            adopt(county, Scheme.model_validate(content | {"units": units}), today)
        # `init` with the scheme of another policy, whose units have other codes.
        with pytest.raises(BadInput, match="scheme_unit_collides"), county.write() as session:
            install(session, Scheme.model_validate(content | {"units": units}), 2018, START)
    assert states(county) == [("2018-10-21", "in_force")]


def test_repeating_init_never_brings_back_the_file_over_what_was_adopted_since(county: County) -> None:
    adopt(county, scheme(mend=5), START.date())

    def init(made: Scheme, now: datetime, year: int = 2018) -> int:
        with county.write() as session:
            install(session, made, year, now)
        return in_force(county)

    assert init(small_scheme(), day(1)) == 5
    assert init(small_scheme(), day(60), 2019) == 5
    # A file that says something new is taken in, as ever; and so is the old one, put back on purpose.
    assert init(scheme(mend=8), day(61)) == 8
    assert init(scheme(mend=8), day(62)) == 8
    assert init(small_scheme(), day(63)) == 10
    # The same file in another year is that year's version.
    assert init(small_scheme(), day(64), 2019) == 10
    with county.read() as session:
        assert county_context(session).year == 2019
    sound(county, day(64))


def test_filing_and_adopting_at_once_leave_every_ticket_under_what_was_in_force(county: County) -> None:
    barrier, failed = threading.Barrier(3), list[BaseException]()

    def at_once(work: Any) -> threading.Thread:
        def run() -> None:
            try:
                barrier.wait()
                in_transaction(county.engine, work, tries=20)
            except BaseException as error:
                failed.append(error)

        return threading.Thread(target=run)

    def adopted(session: Any) -> None:
        scheme_adoption.adopt(session, county.people["office"], START, scheme(mend=5), 2018, START.date())

    def filed(household: str) -> Any:
        return lambda session: filing.file_ticket(
            session, county.people["town"], START, Deficiency(household=household, kind="water")
        )

    threads = [at_once(adopted), at_once(filed("A1")), at_once(filed("A2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with county.read() as session:
        came = session.scalars(select(Event.id).where(Event.action == "in_force")).one()
        new = session.scalars(select(CountyRow.scheme_version_id)).one()
        for event in session.scalars(select(Event).where(Event.action == "file")):
            if county.engine.dialect.name == "sqlite":
                # Writers stand in line there, so that the order of events is the order of transactions.
                assert (event.effect["ticket"]["scheme_version_id"] == new) == (event.id > came)
    sound(county, START)


def test_open_tickets_move_over_as_one_act_with_an_event_each_and_the_dates_that_were_shown(county: County) -> None:
    accepting, mending = county.file(), county.file(household="A2")
    county.do("water", "accept", mending, day(1))
    held = county.file(household="A3", kind="power")
    county.do("power", "accept", held, day(1))
    county.do("office", "suspend", held, day(1), ground="flood", until="2018-11-28")
    adopt(county, scheme(mend=8, accept=3), date(2018, 11, 21), day(0))
    with county.read() as session:
        looked = ticket_migration.preview(session, county.people["office"], day(1, 12), Selection())
    assert {m.ticket_id: (m.due_at, m.becomes) for m in looked.moving} == {
        # Acceptance a day longer; resolution 11 instead of 12 days from dispatch; the suspension ends on its day.
        accepting: (close("2018-11-22"), close("2018-11-23")),
        mending: (close("2018-12-06"), close("2018-12-05")),
        held: (close("2018-11-28"), close("2018-11-28")),
    }
    done = migrate(county, day(1, 12), looked.seen)
    assert done == looked
    with county.read() as session:
        version = county_context(session).scheme_version_id
        act = session.scalars(select(Event).where(Event.action == "migration")).one()
        assert (act.effect, act.actor_id) == ({"tickets": 3, "moved": 2}, county.people["office"].user_id)
        assert {e.subject_id for e in session.scalars(select(Event).where(Event.action == "migrate"))} == {
            accepting,
            mending,
            held,
        }
    for ticket in (accepting, mending, held):
        assert county.ticket(ticket).scheme_version_id == version
    sound(county, day(1, 13))
    county.do("water", "accept", accepting, day(2))
    assert county.ticket(accepting).due_at == close("2018-12-05")
    # What waits for the end of a suspension goes on by the new limits: a working day less is left.
    sweep.run(county.read, county.write, day(9))
    # 4980 minutes, 390 used by the 21st at 10:00 and 390 less: ten days and 300 minutes from the 29th.
    assert county.ticket(held).due_at == datetime(2018, 12, 13, 16, 0, tzinfo=SHANGHAI)
    sound(county, day(9, 12))
    with pytest.raises(BadInput, match="nothing_to_migrate"):
        migrate(county, day(9, 12))


def test_nothing_becomes_overdue_by_being_moved_over_and_no_verdict_changes(county: County) -> None:
    late, running = county.file(), county.file(household="A2", at=day(10))
    # Accepted a working day late, on Friday the 23rd, and worked on from then; both due dates lie before them.
    county.do("water", "accept", late, day(3))
    county.do("water", "accept", running, day(10))
    with county.read() as session:
        frozen = session.execute(select(Custody.__table__).where(Custody.ended_at.is_not(None))).all()
    # On 5 December the first is due on the 6th, the second on the 18th; five days would have ended before today.
    adopt(county, scheme(mend=1, accept=1), day(15).date(), day(14))
    migrate(county, day(15))
    assert county.ticket(late).due_at == close("2018-12-06")
    assert county.ticket(running).due_at == close("2018-12-06")
    sound(county, day(15))
    with county.read() as session:
        assert session.execute(select(Custody.__table__).where(Custody.ended_at.is_not(None))).all() == frozen
    # Overdue already: it stays so, from the same moment.
    sweep.run(county.read, county.write, day(20))
    adopt(county, scheme(mend=2, accept=1), day(20).date(), day(20))
    migrate(county, day(20))
    assert county.ticket(late).due_at == close("2018-12-06")
    sound(county, day(20))
    # And back to the longer limit: again what was counted from dispatch, on the 20th and on the 30th.
    adopt(county, scheme(), day(21).date(), day(21))
    assert [m.becomes for m in migrate(county, day(21)).moving] == [close("2018-12-06"), close("2018-12-18")]
    sound(county, day(21))


def test_a_ticket_that_waits_with_an_extension_keeps_the_day_that_the_office_named(county: County) -> None:
    ticket = mending(county)
    answer(county, ask(county, ticket, day(6), "2018-12-10"), day(6), True)
    county.resolve(ticket, day(10))
    adopt(county, scheme(mend=5), day(10).date(), day(10))
    migrate(county, day(10))
    sound(county, day(10))
    county.do("town", "reject", ticket, day(10), reason="没水")
    assert county.ticket(ticket).due_at == close("2018-12-10")


def test_what_the_new_scheme_does_not_know_is_named_and_stays(county: County) -> None:
    stays = county.file(kind="file")
    house = county.file(household="A2", kind="house", cause="quota")
    goes = county.file(household="A3")
    content = scheme(mend=5).model_dump(mode="json")
    content["kinds"] = [kind for kind in content["kinds"] if kind["code"] != "file"]
    adopt(county, Scheme.model_validate(content), START.date())
    done = migrate(county, START, kind=None)
    assert done.refused == ((county.ticket(stays).number, "kind_gone"),)
    assert {m.ticket_id for m in done.moving} == {house, goes}
    with county.read() as session:
        # A code that only an older version has keeps its name.
        assert county_context(session).called("file").zh != "file"
    with county.write() as session:
        scheme_adoption.adopt(session, county.people["office"], day(1), scheme(mend=6), 2019, day(1).date())
    refused = dict(migrate(county, day(1)).refused)
    assert refused == {county.ticket(house).number: "other_year"}
    sound(county, day(1))


def test_the_office_picks_by_version_kind_and_unit_and_looks_again_when_something_moved(county: County) -> None:
    water, power = county.file(), county.file(household="A2", kind="power")
    adopt(county, scheme(mend=5), START.date())
    with county.read() as session:
        office = county.people["office"]
        seen = ticket_migration.preview(session, office, START, Selection(kind="power"))
        assert [m.ticket_id for m in seen.moving] == [power]
        assert [
            m.ticket_id for m in ticket_migration.preview(session, office, START, Selection(unit="water")).moving
        ] == [water]
        assert ticket_migration.preview(session, office, START, Selection(version=2)).moving == ()
        with pytest.raises(NotAllowed):
            ticket_migration.preview(session, county.people["leaders"], START, Selection())
    county.do("power", "accept", power, START)
    with pytest.raises(Stale, match="migration_stale"):
        migrate(county, START, seen.seen, kind="power")
    assert migrate(county, START, kind="power").moving[0].ticket_id == power
    assert migrate(county, START, version=1).moving[0].ticket_id == water
    sound(county, START)


def test_a_shorter_ladder_after_a_move_fires_what_is_due_and_unsays_nothing(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    sweep.run(county.read, county.write, day(21))
    content = small_scheme().model_dump(mode="json")
    for rung, offset in zip(content["ladder"]["rungs"], (-1, 6, 8, 10, 20), strict=True):
        rung["offset"] = offset
    adopt(county, Scheme.model_validate(content), day(21).date(), day(21))
    migrate(county, day(21))
    with county.read() as session:
        assert sorted(session.scalars(select(Escalation.rung).where(Escalation.ticket_id == ticket))) == [1, 2, 3]
        assert session.scalars(select(Tenure.rung)).one() == 3
    sound(county, day(21))


def test_what_was_changed_behind_the_histories_back_is_found(county: County) -> None:
    ticket = county.file()
    row = adopt(county, scheme(mend=5), date(2018, 12, 1))
    for event, *codes in (
        (f"UPDATE scheme_adoption SET from_day = '2018-12-02' WHERE id = {row.id}", "adoption_differs"),
        (
            f"UPDATE scheme_adoption SET state = 'revoked', settled_at = adopted_at WHERE id = {row.id}",
            "adoption_differs",
            "row_differs",
        ),
        (f"UPDATE ticket SET scheme_version_id = 2 WHERE id = {ticket}", "row_differs"),
        ("UPDATE county SET scheme_version_id = 2", "scheme_not_adopted"),
    ):
        with county.read() as session:
            pass
        with county.write() as session:
            session.execute(text(event))
            session.flush()
            assert [f.code for f in verify(session, Path("nowhere"))] == codes, event
            session.rollback()
    with county.read() as session:
        assert len(session.scalars(select(SchemeVersion)).all()) == 2


def test_roles_nobody_fills_and_rungs_nobody_receives_are_named(county: County) -> None:
    content = small_scheme().model_dump(mode="json")
    tells = (["handler"], ["holder_people"], ["holder_leader"], ["discipline"], ["office", "leaders"])
    for rung, roles in zip(content["ladder"]["rungs"], tells, strict=True):
        rung["tells"] = list(roles)
    content["units"].append({"code": "forestry", "name": "县林业局", "name_en": "forestry", "type": "bureau"})
    content["kinds"][0]["routes"][0]["lead"] = "forestry"
    with county.read() as session:
        vacant = vacancies(session, Scheme.model_validate(content), START)
    empty = {entry.role: (entry.units, entry.known) for entry in vacant.empty}
    assert empty["discipline"] == ((), False)
    assert empty["holder_people"] == (("forestry",), True)
    assert "water" not in empty["holder_leader"][0]
    assert {"forestry", "power", "town-a"} <= set(empty["holder_leader"][0])
    deaf = {entry.rung.code: entry.units for entry in vacant.unheard}
    assert set(deaf) == {"remind", "urge", "supervise", "summon"}
    assert deaf["urge"] == ("forestry",)
