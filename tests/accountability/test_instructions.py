"""Instructions of the leading group: given on a ticket with a day, answered in writing, accepted or returned, pressed when late."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Event, Instruction, InstructionAct
from notifications.county_clock import county_clock
from notifications.due_items import items
from tests.support.factories import County, day, settle_county
from tests.support.pages import Pages
from tests.support.texts import SENTENCE
from tests.support.verify import findings, findings_after_each
from workflow.accountability.instructions import instruction_desk as desk
from workflow.accountability.instructions import instruction_sweep, instruction_views
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState

#: Friday of the week in which tickets are filed; at the close of it the answer is due.
FRIDAY = "2018-11-23"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def do(county: County, act: Any, who: str, at: datetime, *given: Any) -> Instruction:
    with county.write() as session:
        row: Instruction = act(session, county.people[who], at, *given)
        return row


def instructed(county: County, unit: str = "water", due: str = FRIDAY) -> int:
    ticket = county.file()
    return do(county, desk.instruct, "leaders", day(0), ticket, county.code(unit), "限三日内说明断水原因", due).id


def state(county: County, number: int = 1) -> str:
    with county.read() as session:
        return session.get_one(Instruction, number).state


def presses(county: County) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).where(InstructionAct.act == "press")) or 0


def test_the_leading_group_alone_instructs_a_unit_of_the_ticket_for_a_working_day(county: County) -> None:
    ticket = county.file()
    for who in ("office", "water", "town", "inspectorate"):
        with pytest.raises(NotAllowed, match="only_leaders_instruct"):
            do(county, desk.instruct, who, day(0), ticket, county.code("water"), SENTENCE, FRIDAY)
    refusals = {
        "unit_not_on_ticket": ("town-b", SENTENCE, FRIDAY),
        "missing": ("water", " ", FRIDAY),
        "says_nothing": ("water", "已阅", FRIDAY),
        "instruction_day_past": ("water", SENTENCE, "2018-11-19"),
        "day_off": ("water", SENTENCE, "2018-11-24"),
        "instruction_too_far": ("water", SENTENCE, "2020-01-03"),
    }
    for code, given in refusals.items():
        with pytest.raises(BadInput) as refused:
            do(county, desk.instruct, "leaders", day(0), ticket, county.code(given[0]), *given[1:])
        assert refused.value.code == code or code == "day_off", code
    for unit in ("water", "town-a", "office"):
        do(county, desk.instruct, "leaders", day(0), ticket, county.code(unit), SENTENCE, FRIDAY)


def test_an_answer_is_returned_and_given_again_and_ends_when_accepted(county: County) -> None:
    number = instructed(county)
    for who, error in (("town", NotAllowed), ("other_town", NotFound), ("leaders", NotAllowed)):
        with pytest.raises(error):
            do(county, desk.answer, who, day(1), number, SENTENCE)
    with pytest.raises(WrongState, match="instruction_waiting"):
        do(county, desk.accept, "leaders", day(1), number, SENTENCE)
    do(county, desk.answer, "water", day(1), number, SENTENCE)
    do(county, desk.send_back, "leaders", day(2), number, "没有说明何时修复", "2018-11-27")
    assert state(county) == "waiting"
    do(county, desk.answer, "water", day(3), number, SENTENCE)
    do(county, desk.accept, "leaders", day(4), number, SENTENCE)
    with pytest.raises(WrongState, match="instruction_accepted"):
        do(county, desk.withdraw, "leaders", day(4), number, SENTENCE)
    with county.read() as session:
        kinds = select(Event.action).where(Event.action.contains("instruct")).order_by(Event.id)
        assert [kind.split("_")[0] for kind in session.scalars(kinds)] == [
            *("instruct", "answer", "return", "answer", "accept")
        ]


def test_a_former_holder_reads_an_instruction_as_it_was_when_it_let_go(county: County) -> None:
    number = instructed(county, "town-a")
    county.do("water", "decline", 1, day(1), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", 1, day(2), unit=county.code("power"), reason=SENTENCE)
    do(county, desk.answer, "town", day(3), number, SENTENCE)
    with county.read() as session:
        for who, known in (("water", "waiting"), ("power", "answered"), ("town", "answered")):
            view = instruction_views.view(session, county.people[who], number, day(4))
            assert (view.state, len(view.acts)) == (known, known == "answered"), who
            (line,) = instruction_views.of_ticket(session, view.ticket, view.cut_at, day(4))
            assert line.state == known, who
    with pytest.raises(NotAllowed, match="instruction_of_another_unit"):
        do(county, desk.answer, "water", day(4), number, SENTENCE)


@pytest.mark.both_databases
def test_a_late_answer_is_pressed_once_and_again_after_two_working_days(county: County) -> None:
    instructed(county)
    with county.read() as session:
        due = items(session, county_clock(session), county.units["water"], day(9))
        assert "/instructions/1" in [item.path for item in due]
        close = session.get_one(Instruction, 1).due_at
    run = instruction_sweep.run
    # At the deadline itself nothing is late.
    assert run(county.read, county.write, close).lapsed == {}
    assert run(county.read, county.write, day(4)).lapsed == {"press_instruction": 1}
    assert (run(county.read, county.write, day(4)).lapsed, presses(county)) == ({}, 1)
    # Pressed on Saturday: the second working day after it is Tuesday.
    assert (run(county.read, county.write, day(7)).lapsed, presses(county)) == ({}, 1)
    run(county.read, county.write, day(8))
    with county.read() as session:
        assert instruction_views.owed(session, day(8)) == [(county.units["water"], 1, 1)]
    do(county, desk.answer, "water", day(8), 1, SENTENCE)
    run(county.read, county.write, day(60))
    assert (presses(county), state(county)) == (2, "answered")


def test_every_column_of_an_instruction_and_its_acts_is_proved(county: County, tmp_path: Path) -> None:
    number = instructed(county)
    do(county, desk.answer, "water", day(1), number, SENTENCE)
    do(county, desk.send_back, "leaders", day(2), number, "没有说明何时修复", "2018-11-27")
    instruction_sweep.run(county.read, county.write, day(8))
    assert findings(county, tmp_path) == set()
    moment = "'2017-11-05T01:00:00.000000+00:00'"
    values = {
        "ticket_id": "9",
        "unit_id": "unit_id + 1",
        "issuer_id": "issuer_id + 1",
        "by_id": "by_id + 1",
        "at": moment,
        "words": "'x'",
        "due_at": "'2019-11-05T01:00:00.000000+00:00'",
        "state": "'withdrawn', next_press_at = NULL",
        "next_press_at": moment,
    }
    acts = {"act": "'accept', due_at = NULL", "round": "9", "evidence": "'[9]'", "instruction_id": "9"}
    acts |= {column: values[column] for column in ("ticket_id", "by_id", "at", "words", "due_at")}
    done: dict[str, tuple[str, ...]] = {
        f"instruction.{column}": (f"UPDATE instruction SET {column} = {to}",) for column, to in values.items()
    }
    done |= {
        f"act.{column}": (f"UPDATE instruction_act SET {column} = {to} WHERE act = 'return'",)
        for column, to in acts.items()
    }
    done["removed"] = ("DELETE FROM instruction_act", "DELETE FROM instruction")
    expected = {
        what: {"row_missing" if what == "removed" else f"instruction{'_act' if what[0] == 'a' else ''}_differs"}
        for what in done
    }
    assert findings_after_each(county.engine, tmp_path, done) == expected


@pytest.mark.one_database("sqlite")
def test_an_instruction_is_given_on_the_ticket_answered_from_today_and_accepted_from_the_board(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine)
    number = county.ticket(county.file()).number
    pages = Pages(county, database_url, tmp_path / "files")
    form = {"unit": county.code("water"), "words": "限三日内说明断水原因", "due_on": "2018-11-24"}
    refused = pages.post("leaders", f"/tickets/{number}/instruct", **form)
    assert (refused.status_code, "限三日内说明断水原因" in refused.text) == (422, True)
    assert pages.post("leaders", f"/tickets/{number}/instruct", **form | {"due_on": FRIDAY}).status_code == 302
    for who in ("town", "office", "village", "inspectorate"):
        page = pages.get(who, f"/tickets/{number}").text
        assert ("限三日内说明断水原因" in page, "instruct-words" in page) == (True, False), who
    assert "/instructions/1" in pages.get("water", "/").text
    pages.now = day(4)
    assert "逾期" in pages.get("office", f"/instructions?which=late&unit={county.code('water')}").text
    assert f"/instructions?which=late&amp;unit={county.code('water')}" in pages.get("leaders", "/board").text
    refused = pages.post("water", "/instructions/1", act="answer", answer="已阅")
    assert (refused.status_code, "已阅" in refused.text) == (422, True)
    assert pages.post("water", "/instructions/1", act="answer", answer=SENTENCE).status_code == 302
    assert "/instructions/1" not in pages.get("water", "/").text
    assert "/instructions/1" in pages.get("leaders", "/board").text
    assert pages.post("leaders", "/instructions/1", act="accept", reason="原因已说明清楚").status_code == 302
    assert (state(county), SENTENCE in pages.get("town", "/instructions/1").text) == ("accepted", True)
    assert pages.get("other_town", "/instructions/1").status_code == 404
