"""That a paper is carried out is said by its issuer: answers with evidence and commitments, returns, checks, and talks."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select, text

from models import Escalation, Paper, PaperAct, PaperCommitment
from notifications.county_clock import county_clock
from notifications.due_items import items
from reports import papers
from tests.support.factories import START, County, day, settle_county
from tests.support.signing import TALK
from tests.support.texts import SENTENCE
from workflow.accountability import paper_actions, paper_timeline, paper_views, pending_decisions, proposals, sweep
from workflow.accountability.paper_views import PaperFilters
from workflow.errors import BadInput, NotAllowed, WorkflowError, WrongState
from workflow.verification.full_check import verify

SUPERVISE, SUMMON = "2018:华扶办:1", "2018:华扶办:2"
RECORD = {"held_at": "2018-12-17T09:30", "came": "钟局长、陈副局长", "minutes": "已说明施工队未进场，表态限期整改"}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=6)


def late(county: County) -> int:
    """A ticket of the water bureau so late that a 督办 paper is out."""
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    sweep.run(county.read, county.write, day(21, 8.5))
    return ticket


def summoned(county: County, **talk: Any) -> int:
    """The same, and a 约谈 issued on Friday 14 December for Monday the 17th."""
    ticket = late(county)
    sweep.run(county.read, county.write, day(24, 8.5))
    with county.write() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.rung == 4)).one()
        given = TALK | {"meet_at": "2018-12-17T09:00"} | talk
        proposals.answer(session, county.people["office"], day(24, 9), ticket, rung, True, "屡催不办", **given)
    return ticket


def do(county: County, act: Any, who: str, at: datetime, number: str, *given: Any) -> None:
    with county.write() as session:
        act(session, county.people[who], at, number, *given)


def standing(county: County, number: str) -> str:
    with county.read() as session:
        return paper_views.paper_view(session, county.people["office"], number).standing


def may(county: County, who: str, number: str, at: datetime) -> tuple[str, ...]:
    with county.read() as session:
        view = paper_views.paper_view(session, county.people[who], number)
        return paper_actions.open_to(county.people[who], view.paper, view.ticket, view.acts, at)


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"]


def test_the_word_good_carries_nothing_out(county: County) -> None:
    ticket = summoned(county)
    # It is no answer at all; and what is one is carried out only when the issuer has seen it.
    with pytest.raises(BadInput, match="says_nothing"):
        do(county, paper_actions.answer, "water", day(24, 10), SUMMON, "好")
    do(county, paper_actions.answer, "water", day(24, 10), SUMMON, "好，本周内修复管网")
    assert standing(county, SUMMON) == "answered"
    with county.read() as session:
        of_it = select(PaperAct.act).join(Paper, Paper.id == PaperAct.paper_id).where(Paper.number == SUMMON)
        assert session.scalars(of_it.order_by(PaperAct.id)).all() == ["receipt", "answer"]
        waits = pending_decisions.waiting(session, county.people["office"], day(24, 11)).undecided
        assert ("answer", SUMMON) in {(one.what, one.ref) for one in waits}
    # Only the issuer says so, and only on an answer; of a talk only once its record is in.
    for who, refusal in (("water", NotAllowed), ("leaders", NotAllowed), ("town", NotAllowed)):
        with pytest.raises(refusal):
            do(county, paper_actions.check, who, day(24, 11), SUMMON, True, "已入户核对属实")
    with pytest.raises(WrongState, match="talk_not_recorded"):
        do(county, paper_actions.check, "office", day(24, 11), SUMMON, True, "已入户核对属实")
    do(county, paper_actions.record_talk, "office", day(27, 10), SUMMON, RECORD)
    # Nor by coming alone, while the work still lies with the unit.
    with pytest.raises(WrongState, match="paper_work_open"):
        do(county, paper_actions.check, "office", day(27, 11), SUMMON, True, "已到会说明")
    county.resolve(ticket, day(27, 10))
    with pytest.raises(BadInput):
        do(county, paper_actions.check, "office", day(27, 11), SUMMON, True, "")
    do(county, paper_actions.check, "office", day(27, 11), SUMMON, True, "现场核实已通水")
    assert standing(county, SUMMON) == "verified"
    assert may(county, "water", SUMMON, day(27, 12)) == ()
    assert sound(county) == []


def test_a_returned_answer_is_given_again_and_again_until_it_holds(county: County) -> None:
    ticket = late(county)
    with pytest.raises(WrongState, match="paper_not_answered"):
        do(county, paper_actions.check, "office", day(21, 9), SUPERVISE, False, "未答复")
    for turn in (1, 2):
        do(county, paper_actions.answer, "water", day(21 + turn, 9), SUPERVISE, f"第{turn}次答复：管道已挖开")
        assert may(county, "water", SUPERVISE, day(21 + turn, 9)) == ()
        do(county, paper_actions.check, "office", day(21 + turn, 11), SUPERVISE, False, "措施不实")
        assert standing(county, SUPERVISE) == "returned"
        with pytest.raises(WrongState, match="paper_not_answered"):
            do(county, paper_actions.check, "office", day(21 + turn, 12), SUPERVISE, True, SENTENCE)
    do(county, paper_actions.answer, "water", day(24, 9), SUPERVISE, "已全部通水")
    # Whatever it writes: while the bureau still holds the work, nothing is carried out.
    assert "verify" not in may(county, "office", SUPERVISE, day(24, 9))
    with pytest.raises(WrongState, match="paper_work_open"):
        do(county, paper_actions.check, "office", day(24, 10), SUPERVISE, True, "抽查3户均已通水")
    county.resolve(ticket, day(24, 9))
    assert "verify" in may(county, "office", SUPERVISE, day(24, 10))
    do(county, paper_actions.check, "office", day(24, 10), SUPERVISE, True, "抽查3户均已通水")
    with county.read() as session:
        rows = session.scalars(select(PaperAct).order_by(PaperAct.id)).all()
        assert [(row.act, row.round) for row in rows if row.act in ("answer", "return")] == [
            ("answer", 1),
            ("return", 1),
            ("answer", 2),
            ("return", 2),
            ("answer", 3),
        ]
    assert sound(county) == []


def test_what_ends_with_its_ticket_is_called_so(county: County) -> None:
    ticket = late(county)
    with pytest.raises(WrongState, match="paper_without_talk"):
        do(county, paper_actions.record_talk, "office", day(21, 9), SUPERVISE, RECORD)
    county.resolve(ticket, day(22))
    county.confirm(ticket, day(23))
    assert standing(county, SUPERVISE) == "concluded"
    assert sound(county) == []


def test_a_talk_stays_open_until_its_record_is_in_whatever_becomes_of_ticket_and_ladder(county: County) -> None:
    ticket = summoned(county)
    sweep.run(county.read, county.write, day(31, 8.5))
    with county.write() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.rung == 5)).one()
        proposals.answer(session, county.people["office"], day(31, 9), ticket, rung, True, "屡催不办")
    assert standing(county, SUMMON) in ("issued", "received")
    county.resolve(ticket, day(31, 10))
    county.confirm(ticket, day(31, 11))
    assert standing(county, SUMMON) in ("issued", "received")
    with county.read() as session:
        waits = pending_decisions.waiting(session, county.people["office"], day(31, 12)).undecided
        assert ("talk", SUMMON) in {(one.what, one.ref) for one in waits}
        page = paper_views.list_papers(session, county.people["office"], day(31, 12), PaperFilters(which="open"))
        assert SUMMON in {line.paper.number for line in page.items}
    do(county, paper_actions.record_talk, "office", day(31, 15), SUMMON, RECORD)
    do(county, paper_actions.answer, "water", day(31, 16), SUMMON, "已更换水管二十米")
    do(county, paper_actions.check, "office", day(31, 17), SUMMON, True, "已入户核对属实")
    assert standing(county, SUMMON) == "verified"
    assert sound(county) == []


def test_the_record_says_when_who_and_what_and_is_taken_once_by_the_issuer(county: County) -> None:
    summoned(county)
    promised = {"commitments": [{"words": "12月24日前通水", "due_on": "2018-12-24"}]}
    for who, at, given, refusal in (
        ("water", day(27, 10), RECORD, NotAllowed),
        ("office", day(27, 9), RECORD, BadInput),
        ("office", day(27, 10), RECORD | {"came": ""}, BadInput),
        ("office", day(27, 10), RECORD | {"came": "无"}, BadInput),
        ("office", day(27, 10), RECORD | {"came": "\u200b、。"}, BadInput),
        ("office", day(27, 10), RECORD | {"minutes": " "}, BadInput),
        ("office", day(27, 10), RECORD | {"held_at": "yesterday"}, BadInput),
    ):
        with pytest.raises(refusal):
            do(county, paper_actions.record_talk, who, at, SUMMON, given)
    do(county, paper_actions.record_talk, "office", day(27, 10), SUMMON, RECORD | promised)
    with pytest.raises(WrongState, match="talk_recorded"):
        do(county, paper_actions.record_talk, "office", day(27, 11), SUMMON, RECORD)
    with county.read() as session:
        row = session.scalars(select(PaperAct).where(PaperAct.act == "record")).one()
        assert row.details["came"] == ["钟局长", "陈副局长"]
        assert [(c.words, c.due_at) for c in session.scalars(select(PaperCommitment))] == [
            ("12月24日前通水", day(34, 17.5))
        ]
    assert sound(county) == []


@pytest.mark.parametrize("field", ["meet_at", "place", "presider", "attendees"])
def test_a_talk_is_not_issued_without_time_place_presider_and_who_must_come(county: County, field: str) -> None:
    with pytest.raises(BadInput) as told:
        summoned(county, **{field: ""})
    assert told.value.field == field


def test_a_talk_is_not_recorded_as_held_before_it_was_appointed(county: County) -> None:
    summoned(county)
    with pytest.raises(BadInput, match="talk_before_paper") as refusal:
        do(county, paper_actions.record_talk, "office", day(27, 10), SUMMON, RECORD | {"held_at": "2018-12-13T09:30"})
    assert refusal.value.field == "held_at"
    do(county, paper_actions.record_talk, "office", day(27, 10), SUMMON, RECORD)


def test_a_talk_is_not_appointed_for_the_past(county: County) -> None:
    with pytest.raises(BadInput, match="talk_in_the_past"):
        summoned(county, meet_at="2018-12-14T08:00")


def test_an_answer_takes_evidence_of_the_own_unit_and_commitments_that_fall_due(county: County) -> None:
    ticket = late(county)
    own, others = county.bring("water", ticket, day(21)), county.bring("town", ticket, day(21), b"other")
    promises = [{"words": "周五前换管", "due_on": "2018-12-14"}, {"words": "", "due_on": ""}]
    refused: tuple[tuple[list[int], Any, type[WorkflowError]], ...] = (
        ([others], promises, BadInput),
        ([999], promises, BadInput),
        ([own], [{"words": "换管", "due_on": ""}], BadInput),
        ([own], [{"words": "换管", "due_on": "2018-12-01"}], BadInput),
        ([own], "soon", BadInput),
    )
    for evidence, said, refusal in refused:
        with pytest.raises(refusal):
            do(county, paper_actions.answer, "water", day(21, 11), SUPERVISE, "在办，尚缺水泵", evidence, said)
    do(county, paper_actions.answer, "water", day(21, 11), SUPERVISE, "在办，尚缺水泵", [own], promises)
    with county.read() as session:
        view = paper_views.paper_view(session, county.people["office"], SUPERVISE)
        assert view.acts["answer"].evidence == [own]
        assert [(row.words, row.due_at) for row in view.commitments] == [("周五前换管", day(24, 17.5))]
        due = [entry.path for entry in items(session, county_clock(session), county.units["water"], day(24, 18))]
        assert due.count(f"/papers/{quote(SUPERVISE, safe=':')}") == len(due) == 1
        late_then = paper_views.list_papers(session, county.people["office"], day(24, 18), PaperFilters(which="late"))
        assert [line.paper.number for line in late_then.items] == [SUPERVISE]
    assert sound(county) == []


def test_a_unit_that_let_go_of_the_ticket_still_attaches_to_its_answer(county: County) -> None:
    ticket = summoned(county)
    county.do("water", "reclassify", ticket, day(24, 10), kind="power", reason="实为用电")
    county.do("office", "reassign", ticket, day(24, 11), unit="power", reason="电力故障，转供电局")
    with county.write() as session:
        kept: dict[str, Any] = {"filename": "说明.txt", "sha256": "0" * 64, "size": 3, "media_type": "text/plain"}
        row = paper_actions.bring(session, county.people["water"], day(24, 15), SUMMON, **kept)
        paper_actions.answer(session, county.people["water"], day(24, 15), SUMMON, "管道已挖开，情况见说明", [row.id])
    with pytest.raises(NotAllowed), county.write() as session:
        paper_actions.bring(session, county.people["town"], day(24, 15), SUMMON, **kept)
    assert sound(county) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE paper_commitment SET words = 'x'", "commitments_differ"),
        ("UPDATE paper_commitment SET due_at = (SELECT max(at) FROM event)", "commitments_differ"),
        ("UPDATE paper_act SET evidence = '[]' WHERE act = 'answer'", "paper_act_altered"),
        ("UPDATE paper_act SET details = '{}' WHERE act = 'record'", "paper_act_altered"),
        ("DELETE FROM paper_commitment", "commitments_differ"),
    ],
)
def test_what_is_altered_of_a_reply_is_found(county: County, change: str, code: str) -> None:
    ticket = summoned(county)
    own = county.bring("water", ticket, day(24, 10))
    promises = [{"words": "限期整改", "due_on": "2018-12-20"}]
    do(county, paper_actions.answer, "water", day(24, 10), SUMMON, "在办，尚缺水泵", [own], promises)
    do(county, paper_actions.record_talk, "office", day(27, 10), SUMMON, RECORD)
    assert sound(county) == []
    with county.engine.begin() as connection:
        table = change.split()[1] if change.startswith("UPDATE") else change.split()[2]
        verb = "update" if change.startswith("UPDATE") else "delete"
        on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER {table}_refuse_{verb}{on}"))
        connection.execute(text(change))
    assert sound(county) == [code]
    with county.read() as session:
        assert session.scalars(select(Paper.number)).first() == SUPERVISE


def test_what_a_talk_demands_in_writing_follows_the_talk_and_its_paper_is_received_before(county: County) -> None:
    summoned(county)
    with county.read() as session:
        paper = session.scalars(select(Paper).where(Paper.rung == 4)).one()
    # The talk is on Monday at nine: three working days after it end on Thursday.
    assert paper.demand_due_at == day(30, 17.5)
    # Two working days for the receipt would end on Tuesday, after the talk.
    assert paper.deemed_at == day(27, 9)
    said = papers.figures(paper)
    assert list(said["headings"].values()) == ["一、约谈事由", "二、约谈安排", "三、有关要求", "四、签收"]
    # The reason comes before the decision that rests on it.
    assert said["why"][1] == "屡催不办。鉴于上述情况，决定对你单位予以summon。"
    assert said["talk"] == [
        "时间：2018年12月17日9时",
        "地点：县政府三楼会议室",
        "主持人：领导小组副组长",
        "参加人员：单位主要负责人、分管负责人。请按时到会，不得缺席。",
    ]
    assert said["demand"] == "说明。书面材料请于summon后3个工作日内（2018年12月20日下班前）报送。"
    assert "书面答复" not in said["receipt"]
    assert sound(county) == []


def test_the_sheet_of_a_talk_says_when_it_was_held_who_came_and_what_was_promised(county: County) -> None:
    """Seen: it had the minutes alone."""
    summoned(county)
    promise = {"words": "更换水管3处", "due_on": "2018-12-21"}
    do(county, paper_actions.answer, "water", day(24, 10), SUMMON, "管网老化，21日前更换", (), [promise])
    held = {"held_at": "2018-12-17T09:00", "came": ["钟局长", "李股长"], "minutes": "单位说明配件未到。"}
    again = promise | {"words": "每周五报进度"}
    do(county, paper_actions.record_talk, "office", day(27, 10), SUMMON, held | {"commitments": [again]})
    with county.read() as session:
        course = paper_timeline.course(session, county.people["office"], SUMMON)
    rows = {row[1]: row[3].split("\n") for row in papers.course_sheet(course).sections[1].tables[0].rows}
    assert rows["书面答复"] == ["管网老化，21日前更换", "承诺于2018年12月21日下班前完成：更换水管3处"]
    assert rows["约谈记录"] == [
        "单位说明配件未到。",
        "2018年12月17日9时进行，到会：钟局长、李股长",
        "承诺于2018年12月21日下班前完成：每周五报进度",
    ]
