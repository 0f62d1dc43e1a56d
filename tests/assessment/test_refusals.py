"""Refusals around rankings, reports and duties: who may, by what code others are refused, and each edge to the second.

One county is settled for a test and every line is tried on it; nothing of a line stays.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Ranking, Report, Unit
from tests.support.duties import at, duty_county, enter, hand_in, open_by, tickets
from tests.support.factories import County, settle_county
from tests.support.outcomes import refusal
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme, report
from tests.support.signing import lead
from tests.support.texts import SENTENCE
from workflow.actors import Actor
from workflow.assessment import duty_calendar, entries, figure_import, figure_sheets
from workflow.assessment.entries import EntryInput
from workflow.assessment.figure_bounds import Assent
from workflow.assessment.ranking import figure_sources, ledger, objections, rankings, responses, written_reports
from workflow.county.context import county_context
from workflow.policy.worktime import SHANGHAI
from workflow.register.spreadsheets.sheet import UNCOMPUTED

pytestmark = pytest.mark.one_database("sqlite")

SECOND = timedelta(seconds=1)
EVERYBODY = {"village", "town", "other_town", "water", "power", "poverty", "office", "leaders", "inspectorate", "admin"}
COUNTY_WIDE = {"office", "leaders", "inspectorate"}
UNTIL = datetime(2018, 12, 5, 17, 30, tzinfo=SHANGHAI)

Does = Callable[[Session, Actor], Any]


def tried(county: County, who: str, does: Does) -> str:
    return refusal(county.engine, lambda session: does(session, county.people[who]))


def allowed(county: County, does: Does) -> dict[str, set[str]]:
    """Who gets which outcome."""
    found: dict[str, set[str]] = {}
    for who in sorted(EVERYBODY):
        found.setdefault(tried(county, who, does), set()).add(who)
    return found


@pytest.fixture
def ranked(engine: Engine) -> County:
    """A county with the ranking of 30 November, drafted by the water bureau and objected to by the first town.

    The bureaus of water and power have leaders, the bureau of poverty has none.
    """
    county = settle_county(engine, ranked_scheme())
    lead(county, "water", "power")
    make_ranking(county)
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        responses.sign(session, county.people["water"], HOUR, row, "本期重点是饮水工程")
        objections.object_to(session, county.people["town"], HOUR, row, "haves", "该两户已入户核查")
    return county


def on_ranking(act: Callable[..., Any], moment: datetime, *given: Any, edition: int = 1) -> Does:
    def does(session: Session, actor: Actor) -> Any:
        row = session.scalars(select(Ranking).where(Ranking.edition == edition)).one()
        return act(session, actor, moment, row, *given)

    return does


def test_bureaus_sign_towns_object_and_the_office_answers_each_once(ranked: County) -> None:
    signed = allowed(ranked, on_ranking(responses.sign, HOUR, SENTENCE))
    # The housing bureau and the poverty bureau have items here; the office ranks nobody.
    assert signed == {
        "Duplicate signed_already": {"water"},
        "done": {"power", "poverty"},
        "NotAllowed signature_not_yours": EVERYBODY - {"water", "power", "poverty"},
    }
    assert allowed(ranked, on_ranking(objections.object_to, HOUR, "haves", SENTENCE)) == {
        "Duplicate objected_already measure": {"town"},
        "done": {"other_town"},
        "NotAllowed objection_not_yours": EVERYBODY - {"town", "other_town"},
    }
    for measure, reason, said in (
        ("time", SENTENCE, "done"),
        ("nothing", SENTENCE, "BadInput unknown_measure measure"),
        ("time", "", "BadInput missing reason"),
    ):
        assert tried(ranked, "town", on_ranking(objections.object_to, HOUR, measure, reason)) == said
    for moment, said in ((UNTIL, "done"), (UNTIL + SECOND, "WrongState objection_too_late")):
        assert tried(ranked, "town", on_ranking(objections.object_to, moment, "time", SENTENCE)) == said

    def answer(objection: int, reason: str = "已入户核对属实") -> Does:
        return lambda session, actor: objections.answer(session, actor, HOUR, objection, True, reason)

    assert allowed(ranked, answer(1)) == {"done": {"office"}, "NotAllowed answer_not_yours": EVERYBODY - {"office"}}
    assert tried(ranked, "office", answer(1, "")) == "BadInput missing reason"
    for objection in (0, -1, 2, 2**70):
        assert tried(ranked, "office", answer(objection)) == "NotFound no_such_objection"
    with ranked.write() as session:
        objections.answer(session, ranked.people["office"], HOUR, 1, False, "不属实")
    assert tried(ranked, "office", answer(1)) == "Duplicate objection_answered"


def test_nobody_signs_objects_to_or_reports_on_an_edition_that_was_replaced(ranked: County) -> None:
    report(ranked, HOUR + timedelta(hours=1), 90)
    with ranked.write() as session:
        rankings.correct(session, ranked.people["office"], HOUR + timedelta(hours=2), ON, "补报")
    later = HOUR + timedelta(hours=3)
    for edition, said in ((1, "WrongState edition_replaced"), (2, "done")):
        assert tried(ranked, "power", on_ranking(responses.sign, later, SENTENCE, edition=edition)) == said
        assert tried(ranked, "town", on_ranking(objections.object_to, later, "time", SENTENCE, edition=edition)) == said
    assert tried(ranked, "water", on_ranking(written_reports.issue, later)) == "WrongState edition_replaced"
    # The new edition is signed anew.
    again = on_ranking(written_reports.issue, later, edition=2)
    assert tried(ranked, "water", again) == "WrongState report_not_signed"
    # Objections to any edition of the day stand with it.
    with ranked.read() as session:
        row = session.scalars(select(Ranking).where(Ranking.edition == 2)).one()
        assert [objection.measure for objection, _ in objections.on_day(session, row)] == ["haves"]
        assert responses.signatures(session, row) == {}


def test_a_report_is_issued_by_who_ranks_once_and_received_by_the_leading_group_once(ranked: County) -> None:
    assert allowed(ranked, on_ranking(written_reports.issue, HOUR)) == {
        "done": {"water", "office"},
        "WrongState report_not_signed": {"power"},
        "NotAllowed signer_only": {"poverty"},
        "NotAllowed report_not_yours": EVERYBODY - {"water", "power", "poverty", "office"},
    }

    def read(code: str) -> Does:
        def does(session: Session, actor: Actor) -> Any:
            row = session.scalars(select(Ranking)).one()
            return written_reports.to_read(session, actor, county_context(session), row, code, HOUR)

        return does

    assert allowed(ranked, read("water")) == {
        "done": {"water", "office"},
        "NotAllowed draft_not_yours": EVERYBODY - {"water", "office"},
    }
    for code in ("town-a", "leaders", "nobody"):
        assert tried(ranked, "office", read(code)) == "NotFound no_such_report"
    with ranked.write() as session:
        row = session.scalars(select(Ranking)).one()
        written_reports.issue(session, ranked.people["water"], HOUR, row)
    assert tried(ranked, "water", on_ranking(written_reports.issue, HOUR)) == "Duplicate report_issued"
    assert allowed(ranked, read("water")) == {
        "done": EVERYBODY - {"admin"},
        "NotAllowed draft_not_yours": {"admin"},
    }

    def receive(number: int) -> Does:
        return lambda session, actor: written_reports.receive(session, actor, HOUR, number)

    with ranked.read() as session:
        number = session.scalars(select(Report.id)).one()
    assert allowed(ranked, receive(number)) == {
        "done": {"leaders"},
        "NotAllowed receipt_not_yours": EVERYBODY - {"leaders"},
    }
    for wrong in (0, -1, number + 1, 2**70):
        assert tried(ranked, "leaders", receive(wrong)) == "NotFound no_such_report"
    with ranked.write() as session:
        written_reports.receive(session, ranked.people["leaders"], HOUR, number)
    assert tried(ranked, "leaders", receive(number)) == "Duplicate report_received"


def test_a_report_is_late_from_the_second_after_it_was_due(ranked: County) -> None:
    with ranked.read() as session:
        setting, row = county_context(session), session.scalars(select(Ranking)).one()
        due = written_reports.due_at(setting, row)
        late = {
            moment: {line.unit.code for line in written_reports.standing(session, setting, row, moment) if line.late}
            for moment in (due, due + SECOND)
        }
        called = [written_reports.to_call(session, moment) for moment in (due, due + SECOND)]
    assert [len(units) for units in late.values()] == [0, 5]
    assert called == [[], [row.id]]
    with ranked.write() as session:
        row = session.scalars(select(Ranking)).one()
        written_reports.issue(session, ranked.people["water"], due, row)
        made = written_reports.call_roll(session, due + SECOND, row.id)
        named = {session.get_one(Unit, unit).code for unit in made.late}
    assert named == {"power", "housing", "poverty", "office"}
    assert tried(ranked, "office", lambda session, _: written_reports.call_roll(session, due + SECOND, 1)) == (
        "Conflict roll_called"
    )
    with ranked.read() as session:
        assert written_reports.to_call(session, due + SECOND) == []


def test_a_ranking_is_made_and_read_by_whom_it_is_for(ranked: County) -> None:
    def make(on: date, moment: datetime) -> Does:
        return lambda session, actor: rankings.make(session, actor, moment, on)

    def correct(reason: str = SENTENCE, on: date = ON) -> Does:
        return lambda session, actor: rankings.correct(session, actor, HOUR, on, reason)

    tenth = datetime(2018, 12, 10, 17, 0, tzinfo=SHANGHAI)
    mine = {"done": {"office"}, "NotAllowed ranking_not_yours": EVERYBODY - {"office"}}
    assert allowed(ranked, make(tenth.date(), tenth)) == mine
    assert tried(ranked, "office", make(tenth.date(), tenth - SECOND)) == "BadInput ranking_ahead date"
    assert (
        tried(ranked, "office", make(date(2018, 12, 11), tenth + timedelta(days=2))) == "BadInput no_ranking_day date"
    )
    assert allowed(ranked, correct()) == {
        "Conflict ranking_unchanged": {"office"},
        "NotAllowed ranking_not_yours": EVERYBODY - {"office"},
    }
    assert tried(ranked, "office", correct("")) == "BadInput missing reason"
    assert tried(ranked, "office", correct(on=date(2018, 11, 20))) == "NotFound no_such_ranking"
    readers = {"done": EVERYBODY - {"admin"}, "NotAllowed ranking_not_yours": {"admin"}}
    assert allowed(ranked, lambda session, actor: rankings.find(session, actor, ON)) == readers
    assert allowed(ranked, lambda session, actor: list(rankings.past(session, actor))) == readers
    for edition, said in ((1, "done"), (2, "NotFound no_such_ranking")):
        assert tried(ranked, "office", lambda s, actor, e=edition: rankings.find(s, actor, ON, e)) == said


def test_the_ledger_of_a_unit_is_its_own(ranked: County) -> None:
    def opened(code: str | None) -> Does:
        def does(session: Session, actor: Actor) -> Any:
            setting, row = county_context(session), session.scalars(select(Ranking)).one()
            return ledger.entries(session, actor, setting, row, setting.by_code[code] if code else None)

        return does

    for code, own in ((None, set()), ("town-a", {"town"}), ("water", {"water"})):
        readers = COUNTY_WIDE | own
        assert allowed(ranked, opened(code)) == {
            "done": readers,
            "NotAllowed ledger_not_yours": EVERYBODY - readers,
        }

    def behind(code: str, town: str) -> Does:
        def does(session: Session, actor: Actor) -> Any:
            return figure_sources.behind(session, actor, session.scalars(select(Ranking)).one(), code, town)

        return does

    readers = COUNTY_WIDE | {"town", "water", "power"}
    assert allowed(ranked, behind("haves", "town-a")) == {
        "done": readers,
        "NotAllowed figure_not_yours": EVERYBODY - readers,
    }
    for code, town, said in (
        ("haves", "water", "BadInput unit_unknown town"),
        ("haves", "nobody", "BadInput unit_unknown town"),
        ("nothing", "town-a", "BadInput unknown_measure measure"),
    ):
        assert tried(ranked, "office", behind(code, town)) == said


HEADINGS = ("指标", "镇", "截至日期", "分子", "分母", "来源")


def judged(county: County, *rows: Sequence[str], who: str = "power", reason: str = "") -> list[str]:
    """What becomes of each row of a file of figures: its standing, or the code of its fault."""
    lines = "\n".join(",".join(row) for row in (HEADINGS, *rows))
    with county.read() as session:
        found = figure_import.judge(
            session,
            county.people[who],
            county_context(session),
            HOUR,
            figure_sheets.read_figures(BytesIO(lines.encode())).rows,
            Assent(reason, True),
            lambda code: {},
        )
        return [row.fault.code if row.fault else row.standing for row in found]


def test_each_row_of_a_file_of_figures_is_judged_by_itself(ranked: County) -> None:
    good = ("参保率", "甲镇", "2018-11-28", "1", "2", "参保系统")
    report(ranked, HOUR - timedelta(days=1), 90)
    assert judged(ranked, good, (good[0], "乙镇", *good[2:])) == ["figure_corrected_why"] * 2
    assert judged(ranked, good, good, reason="更正") == ["corrects", "figure_twice"]
    unlike = (*good[:3], "2", "2", good[5])
    # Which of the two is right is not guessed; a third row that agrees with one of them settles nothing.
    assert judged(ranked, good, unlike, good, reason="更正") == ["figure_differs", "figure_differs", "figure_twice"]
    other = (*good[:2], "2018-11-27", *good[3:])
    assert judged(ranked, other) == ["new"]
    assert judged(ranked, (*other[:3], UNCOMPUTED, *other[4:])) == ["cell_uncomputed"]
    for place, value, said in (
        (0, "达标率", "counted_from_rows"),
        (0, "没有的", "figure_measure"),
        (1, "县水务局", "unit_unknown"),
        (2, "昨天", "not_a_date"),
        (2, "20181127", "new"),
        (2, "2018-13-01", "not_a_date"),
        (2, "2018-11-30", "new"),
        (2, "2018-12-01", "figure_day"),
        (3, "x", "not_a_number"),
        (3, "-1", "not_a_number"),
        (3, "999999999", "figure_share"),
        (3, "1000000000", "not_a_number"),
        (3, "3", "figure_share"),
        (3, "2", "new"),
        (5, "", "missing"),
    ):
        row = list(other)
        row[place] = value
        assert judged(ranked, row) == [said], (place, value)
    same = ("参保率", "甲镇", "2018-11-28", "90", "100", "参保系统")
    assert judged(ranked, same) == ["same"]
    assert tried(ranked, "water", lambda session, actor: judged(ranked, good, who="water")) == (
        "NotAllowed figure_of_another_unit"
    )
    for lines, said in (
        (",".join(HEADINGS), "BadInput sheet_empty file"),
        ("指标,镇\nx,y", "BadInput figures_columns file"),
    ):
        assert (
            refusal(ranked.engine, lambda _, text=lines: figure_sheets.read_figures(BytesIO(text.encode())).rows)
            == said
        )


def test_an_entry_of_a_duty_is_its_units_while_it_is_in_progress(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    study, meeting, walk = (
        made["water", "study", "2018"],
        made["office", "meeting", "2018-Q4"],
        made["town-a", "walk", "2018"],
    )
    first = enter(county, "water", study, "2018-11-20", fields={"head": "first"})
    piece = county.bring("water", study.id, at("2018-12-03"), b"x")

    def entered(ticket: int = study.id, on: Any = "2018-11-21", **given: Any) -> Does:
        asked = {"fields": {"head": "first"}, "evidence": [piece]} | given
        return lambda session, actor: entries.enter(
            session, actor, ticket, at("2018-12-03"), EntryInput(on=on, **asked)
        )

    def withdrawn(entry: int, reason: str | None = SENTENCE) -> Does:
        return lambda session, actor: entries.withdraw(session, actor, study.id, at("2018-12-03"), entry, reason)

    for does in (entered(), withdrawn(first)):
        found = allowed(county, does)
        assert found["done"] == {"water"}
        assert found["NotAllowed entries_not_yours"] == COUNTY_WIDE
        assert found["NotFound no_such_ticket"] == EVERYBODY - {"water"} - COUNTY_WIDE
    for given, said in (
        ({"on": None}, "BadInput missing on"),
        ({"on": "2018-12-03"}, "done"),
        ({"on": "2018-12-04"}, "BadInput date_in_future on"),
        ({"on": "2018-08-01"}, "done"),
        ({"on": "2018-07-31"}, "BadInput outside_period on"),
        ({"evidence": []}, "BadInput missing evidence"),
        ({"corrects": first}, "BadInput missing reason"),
        ({"corrects": first, "reason": SENTENCE}, "done"),
        ({"corrects": first + 1, "reason": SENTENCE}, "NotFound no_such_entry entry"),
    ):
        assert tried(county, "water", entered(**given)) == said, given
    assert tried(county, "office", entered(meeting.id)) == "BadInput counts_no_entries fields"
    assert tried(county, "town", entered(walk.id)) == "BadInput counts_no_entries fields"
    assert tried(county, "water", withdrawn(first, None)) == "BadInput missing reason"
    with county.write() as session:
        void = withdrawn(first)(session, county.people["water"]).id
    assert tried(county, "water", withdrawn(first)) == "Duplicate entry_corrected entry"
    assert tried(county, "water", withdrawn(void)) == "NotFound no_such_entry entry"
    hand_in(county, "water", study, at("2018-12-04"), missing="尚缺")
    assert tried(county, "water", entered()) == "WrongState entries_closed"


def test_an_entry_sent_twice_with_one_token_is_one(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    study, other = made["water", "study", "2018"], made["power", "study", "2018"]
    ids = [
        enter(county, who, ticket, "2018-11-20", fields={"head": "first"}, once=once)
        for who, ticket, once in (
            ("water", study, "a"),
            ("water", study, "a"),
            ("water", study, "b"),
            ("power", other, "a"),
            ("water", study, None),
            ("water", study, None),
        )
    ]
    assert ids == [1, 1, 2, 3, 4, 5]


def test_a_unit_reads_its_own_duties_and_those_who_oversee_the_county_any(engine: Engine) -> None:
    county = duty_county(engine)

    def read(named: str | None) -> dict[str, str]:
        found = {}
        for who in sorted(EVERYBODY):
            with county.read() as session:
                setting = county_context(session)
                asked = tried(
                    county,
                    who,
                    lambda s, actor: duty_calendar.unit_of(s, actor, setting, named),  # noqa: B023
                )
                unit = duty_calendar.unit_of(session, county.people[who], setting, named) if asked == "done" else None
                found[who] = asked if asked != "done" else unit.code if unit else "all"
        return found

    nobody = {"village": "NotAllowed duties_not_yours", "admin": "NotAllowed duties_not_yours"}
    own = {"town": "town-a", "other_town": "town-b", "water": "water", "power": "power", "poverty": "poverty"}
    assert read(None) == nobody | own | dict.fromkeys(COUNTY_WIDE, "all")
    others = dict.fromkeys(own, "NotAllowed duties_of_another")
    assert read("water") == nobody | others | {"water": "water"} | dict.fromkeys(COUNTY_WIDE, "water")
    nothing = dict.fromkeys(COUNTY_WIDE, "BadInput unit_owes_nothing unit")
    assert read("leaders") == nobody | others | nothing
