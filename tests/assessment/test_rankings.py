"""Rankings of the 10th, 20th and 30th: computed from the record at the hour, once, never changed, proved from the
history.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from models import Charge, Custody, Event, Household, Ranking, Unit
from models.engine import in_transaction
from tests.support.factories import START, County, settle_county
from tests.support.rankings import HOUR, ON, figures, live_a_month, make_ranking, ranked_scheme, report
from tests.support.texts import SENTENCE
from workflow.assessment import reported_figures
from workflow.assessment.facts import facts_as_of
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import due_days, figure_sources, objections, rankings, responses, snapshot
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, Duplicate, NotAllowed, NotFound, WrongState
from workflow.history import event_log, sealing
from workflow.policy.worktime import SHANGHAI
from workflow.register import household_status
from workflow.tickets.custody import downtime
from workflow.verification.proofs import ranking_proofs


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, ranked_scheme())


def test_towns_are_ranked_on_what_was_on_record_at_the_hour(county: County) -> None:
    live_a_month(county)
    report(county, START + timedelta(days=8), 90)
    row = make_ranking(county)
    # One household of three has water, by the confirmed ticket; the others were not visited.
    assert figures(row, "haves") == {"town-a": (1, 3), "town-b": (0, 3)}
    # Closed, and the town was late with it.
    assert figures(row, "time") == {"town-a": (0, 1), "town-b": (0, 0)}
    assert figures(row, "told") == {"town-a": (90, 100), "town-b": (95, 100)}
    # Item 1: (33.33 + 0)/2 = 16.67, the one ticket being the county's whole share; for town-b, which closed none, its
    # households alone: 0.  Item 9: 90 and 95; item 1 weighs three.
    assert [(line["town"], line["place"], line["score"], line["coverage"]) for line in row.content["county"]] == [
        ("town-a", 1, 3500, 100),
        ("town-b", 2, 2375, 62),
    ]
    # No figure is owed, and of what the system counts nothing can come in.
    assert [(line["best"], line["worst"]) for line in row.content["county"]] == [(1, 1), (2, 2)]
    units = {entry["unit"]: entry for entry in row.content["units"]}
    # The power bureau does not rank by what is the water bureau's; items 10 and 18 have no measure here.
    assert [(line["town"], line["score"]) for line in units["power"]["towns"]] == [("town-a", 4750), ("town-b", 2375)]
    assert units["water"]["items"] == [1]
    assert units["housing"]["towns"] == []


def test_a_bureaus_lateness_is_not_charged_to_the_town(county: County) -> None:
    ticket = county.file("town", "A1", "water", START)
    county.do("water", "accept", ticket, START + timedelta(hours=1))
    # Ten working days and two: long over by January.
    late = datetime(2019, 1, 15, 10, 0, tzinfo=SHANGHAI)
    assert figures(make_ranking(county, late, date(2018, 12, 30)), "time")["town-a"] == (0, 0)
    county.resolve(ticket, late)
    county.confirm(ticket, late + timedelta(days=1))
    row = make_ranking(county, late + timedelta(days=20), date(2019, 1, 20))
    assert figures(row, "time")["town-a"] == (1, 1)


def test_what_nobody_bears_because_the_system_was_down_makes_no_town_late(county: County) -> None:
    # The town confirms a day late, as in the other worlds; but the system was down for the last two days.
    with county.write() as session:
        began = datetime(2018, 11, 26, 9, 0, tzinfo=SHANGHAI)
        downtime.record(session, began, datetime(2018, 11, 28, 9, 0, tzinfo=SHANGHAI))
    ticket = live_a_month(county)
    with county.read() as session:
        held = session.scalars(select(Custody).where(Custody.ticket_id == ticket, Custody.verdict == "late")).one()
        assert session.scalars(select(Charge.unit_id).where(Charge.custody_id == held.id)).all() == [None]
    assert figures(make_ranking(county), "time")["town-a"] == (1, 1)
    # The same folded back from the history, once the ticket has moved on.
    county.do("office", "reopen", ticket, HOUR + timedelta(days=1), reason=SENTENCE)
    with county.read() as session:
        setting = county_context(session)
        assert all(not fact.late for fact in facts_as_of.tickets(session, setting, HOUR) if fact.id == ticket)


def test_made_late_it_sees_what_the_one_made_on_the_hour_saw(county: County) -> None:
    ticket = live_a_month(county)
    open_one = county.file("town", "A2", "water", START)
    report(county, START + timedelta(days=8), 90)
    expected = make_ranking(county).content
    # Much happens afterwards: to the tickets, to the households, to the figures.
    after = HOUR + timedelta(days=5)
    county.resolve(open_one, after)
    county.confirm(open_one, after + timedelta(days=1))
    county.do("town", "reopen", ticket, after, reason="又没水了")
    with county.write() as session:
        home = session.scalars(select(Household).where(Household.code == "B1")).one()
        chain = event_log.of(session, home, county.people["office"], after)
        household_status.set_status(chain, home, "in", action="status", given={})
    report(county, after, 10, "填错")
    with county.read() as session:
        setting = county_context(session)
        late = snapshot.worked_out(session, setting, ON, 1, HOUR, HOUR, HOUR + timedelta(days=9))
    assert late == expected


def test_a_snapshot_is_proved_from_the_history_and_a_rewritten_past_stands_out(county: County) -> None:
    live_a_month(county)
    in_transaction(county.engine, lambda session: sealing.seal_all(session, HOUR - timedelta(minutes=1)))
    report(county, START + timedelta(days=8), 90)
    row = make_ranking(county)
    assert row.content["block"][0] == 1
    later = HOUR + timedelta(days=30)
    county.file("town", "A3", "water", later)
    with county.read() as session:
        proof = rankings.recompute(session, session.get_one(Ranking, row.id))
        assert proof.holds
        assert proof.hash == row.hash
        assert list(ranking_proofs.rankings(session)) == []
    with county.write() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER reported_figure_refuse_update"))
        else:
            session.execute(text("ALTER TABLE reported_figure DISABLE TRIGGER reported_figure_refuse_update"))
        session.execute(text("UPDATE reported_figure SET numerator = 99 WHERE numerator = 90"))
    with county.read() as session:
        proof = rankings.recompute(session, session.get_one(Ranking, row.id))
        assert not proof.holds
        assert "measures" in proof.differs
        assert [(finding.code, finding.subject) for finding in ranking_proofs.rankings(session)] == [
            ("figure_differs", "figure 1")
        ]


def test_there_is_one_a_day_and_nobody_changes_it(county: County) -> None:
    first = make_ranking(county)
    assert make_ranking(county, HOUR + timedelta(days=3)).id == first.id
    with pytest.raises(DBAPIError), county.write() as session:
        session.execute(text("UPDATE ranking SET hash = 'x'"))
    for on, at, code in (
        (date(2018, 11, 29), HOUR, "no_ranking_day"),
        (ON, HOUR - timedelta(minutes=1), "ranking_ahead"),
        (date(2018, 11, 10), HOUR, "no_ranking_day"),
    ):
        with pytest.raises(BadInput) as refusal:
            make_ranking(county, at, on)
        assert refusal.value.code == code
    with pytest.raises(NotAllowed), county.write() as session:
        rankings.make(session, county.people["water"], HOUR, ON)


def test_days_missed_are_made_up_for_in_their_order(county: County) -> None:
    back = datetime(2019, 3, 1, 8, 0, tzinfo=SHANGHAI)
    with county.read() as session:
        missed = due_days.waiting(session, back)
    assert [day.isoformat() for day in missed] == [
        "2018-11-20",
        "2018-11-30",
        "2018-12-10",
        "2018-12-20",
        "2018-12-30",
        "2019-01-10",
        "2019-01-20",
        "2019-01-30",
        "2019-02-10",
        "2019-02-20",
        "2019-02-28",
    ]
    # One made by hand hides none of those before it.
    make_ranking(county, back, missed[4])
    with county.read() as session:
        assert due_days.waiting(session, back) == missed[:4] + missed[5:]
    for day in missed[:4]:
        make_ranking(county, back, day)
    with county.read() as session:
        assert due_days.waiting(session, back) == missed[5:]
    # The trend is of the last three days before.
    last = make_ranking(county, back, missed[5])
    assert [entry["date"] for entry in last.content["trend"]] == ["2018-12-10", "2018-12-20", "2018-12-30"]


def test_a_correction_is_a_new_edition_that_says_what_changed(county: County) -> None:
    report(county, START + timedelta(days=8), 50)
    first = make_ranking(county)
    later = HOUR + timedelta(days=1)
    with pytest.raises(Conflict) as refusal, county.write() as session:
        rankings.correct(session, county.people["office"], later, ON, "核对")
    assert refusal.value.code == "ranking_unchanged"
    with pytest.raises(BadInput) as missing:
        report(county, later, 96)
    assert missing.value.code == "figure_corrected_why"
    report(county, later, 96, "漏计新参保人员")
    with county.write() as session:
        second = rankings.correct(session, county.people["office"], later, ON, "县供电局更正")
    assert second.edition == 2
    assert second.content["changes"] == [{"measure": "told", "town": "town-a", "from": [50, 100], "to": [96, 100]}]
    with county.read() as session:
        assert rankings.find(session, county.people["town"], ON).edition == 2
        assert rankings.find(session, county.people["town"], ON, 1).hash == first.hash
        for edition in (1, 2):
            assert rankings.recompute(session, rankings.find(session, county.people["office"], ON, edition)).holds
        actions = session.scalars(select(Event.action).where(Event.subject_type == "ranking")).all()
    assert actions == ["rank", "rank"]
    # A later ranking sets the places of the corrected edition beside its own, as it was known then.
    third = make_ranking(county, HOUR + timedelta(days=10), date(2018, 12, 10))
    placed = [{line["town"]: line["place"] for line in row.content["county"]} for row in (first, second)]
    assert placed[0] != placed[1]
    assert third.content["trend"] == [{"date": "2018-11-30", "places": placed[1]}]
    with county.read() as session:
        setting = county_context(session)
        known = snapshot.worked_out(session, setting, date(2018, 12, 10), 1, later, later, HOUR)
    assert known["trend"] == [{"date": "2018-11-30", "places": placed[0]}]
    with county.read() as session:
        days = (ON, third.on)
        found = [rankings.find(session, county.people["town"], on).id for on in days]
        assert found == [second.id, third.id]
        with pytest.raises(NotFound):
            rankings.find(session, county.people["town"], ON - timedelta(days=10))
        assert [row.id for row in rankings.past(session, county.people["town"])] == [third.id, second.id]


def test_bureaus_sign_towns_object_and_the_office_answers(county: County) -> None:
    row = make_ranking(county)
    people = county.people
    with county.write() as session:
        row = session.get_one(Ranking, row.id)
        responses.sign(session, people["water"], HOUR, row, "本期重点是饮水工程")
        for who in ("town", "leaders", "admin"):
            with pytest.raises(NotAllowed):
                responses.sign(session, people[who], HOUR, row)
        with pytest.raises(Duplicate):
            responses.sign(session, people["water"], HOUR, row)
        with pytest.raises(NotAllowed):
            objections.object_to(session, people["water"], HOUR, row, "haves", "不对")
        with pytest.raises(BadInput):
            objections.object_to(session, people["town"], HOUR, row, "nothing", "不对")
        with pytest.raises(WrongState) as late:
            # Three working days after Friday 30 November end on Wednesday 5 December.
            objections.object_to(
                session, people["town"], datetime(2018, 12, 5, 17, 31, tzinfo=SHANGHAI), row, "haves", "不对"
            )
        assert late.value.code == "objection_too_late"
        objection = objections.object_to(
            session, people["town"], HOUR + timedelta(days=1), row, "haves", "该两户已入户核查"
        )
        with pytest.raises(NotAllowed):
            objections.answer(session, people["leaders"], HOUR, objection.id, True, "已入户核对属实")
        objections.answer(session, people["office"], HOUR + timedelta(days=2), objection.id, True, "已入户核对属实")
        with pytest.raises(Duplicate):
            objections.answer(session, people["office"], HOUR, objection.id, False, "又不属实")
    with county.read() as session:
        row = session.get_one(Ranking, row.id)
        assert set(responses.signatures(session, row)) == {county.units["water"]}
        assert list(ranking_proofs.rankings(session)) == []
        ((raised, said),) = objections.on_day(session, row)
        assert (raised.measure, said.upheld if said else None) == ("haves", True)
        actions = session.scalars(select(Event.action).where(Event.subject_type == "ranking").order_by(Event.seq)).all()
    assert actions == ["rank", "sign_ranking", "object_ranking", "answer_objection"]


def test_every_figure_opens_into_the_rows_it_came_from(county: County) -> None:
    ticket = live_a_month(county)
    report(county, START + timedelta(days=8), 90)
    row = make_ranking(county)
    county.do("town", "reopen", ticket, HOUR + timedelta(days=1), reason="又没水了")
    with county.read() as session:
        row = session.get_one(Ranking, row.id)
        number = county.ticket(ticket).number
        for measure in row.content["measures"]:
            for line in measure["towns"]:
                origins = figure_sources.behind(session, county.people["office"], row, measure["code"], line["town"])
                for part in ("of", "to"):
                    assert sum(origin.count for origin in origins if origin.part == part) == line[part]
        (_, closed, _) = figure_sources.behind(session, county.people["town"], row, "time", "town-a")
        assert closed.keys == (number,)
        for who, town, sees in (
            ("town", "town-a", True),
            ("other_town", "town-a", False),
            ("power", "town-a", True),
            ("poverty", "town-a", False),
            ("inspectorate", "town-a", True),
            ("admin", "town-a", False),
        ):
            if sees:
                assert figure_sources.behind(session, county.people[who], row, "haves", town)
            else:
                with pytest.raises(NotAllowed):
                    figure_sources.behind(session, county.people[who], row, "haves", town)


def test_a_figure_is_reported_by_its_unit_for_known_towns_and_as_a_share(county: County) -> None:
    at = START + timedelta(days=8)
    with county.write() as session:
        setting = county_context(session)

        def refused(who: str, code: str, day: date, lines: list[Line], source: str = "用电采集系统") -> str:
            with pytest.raises((BadInput, NotAllowed)) as refusal:
                reported_figures.report(session, county.people[who], setting, at, code, day, lines, source, {})
            return str(refusal.value.code)

        good = [Line("甲镇", 1, 2)]
        assert refused("water", "told", date(2018, 11, 28), good) == "figure_of_another_unit"
        assert refused("power", "haves", date(2018, 11, 28), good) == "counted_from_rows"
        assert refused("power", "told", date(2018, 11, 29), good) == "figure_day"
        assert refused("power", "told", date(2018, 11, 28), [Line("甲镇", 3, 2)]) == "figure_share"
        assert refused("power", "told", date(2018, 11, 28), [Line("县水务局", 1, 2)]) == "unit_unknown"
        assert refused("power", "told", date(2018, 11, 28), [Line("甲镇", 0, 0)]) == "figure_of_nothing"
        assert refused("power", "told", date(2018, 11, 28), good, "") == "missing"
        assert refused("power", "nothing", date(2018, 11, 28), good) == "unknown_measure"
    report(county, at, 90)
    report(county, at + timedelta(hours=1), 90)
    with county.read() as session:
        standing_now = reported_figures.latest(session, setting, "told", ON, at)
        assert {session.get_one(Unit, town).code: row.numerator for town, row in standing_now.items()} == {
            "town-a": 90,
            "town-b": 95,
        }


def test_a_figure_is_a_whole_share_of_at_most_ten_million(county: County) -> None:
    at = START + timedelta(days=8)
    with county.write() as session:
        setting = county_context(session)

        def said(numerator: int, denominator: int) -> str:
            lines = [Line("甲镇", numerator, denominator)]
            try:
                day = date(2018, 11, 28)
                reported_figures.report(
                    session,
                    county.people["power"],
                    setting,
                    at,
                    "told",
                    day,
                    lines,
                    "用电采集系统",
                    {},
                    Assent("录入错误"),
                )
            except BadInput as refusal:
                return refusal.code
            return "-"

        most = 10_000_000
        shares = ((0, 1), (most, most), (1, most + 1), (most + 1, most + 1), (-1, 1), (2, 1), (0, 0))
        refused = ["figure_too_large"] * 2 + ["figure_share"] * 2 + ["figure_of_nothing"]
        assert [said(*share) for share in shares] == ["-", "-", *refused]


def test_a_ranking_names_the_last_block_sealed_by_its_hour(county: County) -> None:
    def head() -> list[object]:
        with county.read() as session:
            at = HOUR + timedelta(days=1)
            block: list[object] = snapshot.worked_out(session, county_context(session), ON, 1, HOUR, HOUR, at)["block"]
            return block

    assert head() == [0, event_log.GENESIS]
    for number, at in enumerate((HOUR - timedelta(hours=1), HOUR, HOUR + timedelta(seconds=1)), start=1):
        county.file(household=f"A{number}", at=START)
        in_transaction(county.engine, lambda session, at=at: sealing.seal_all(session, at))
        assert head()[0] == min(number, 2)
