"""Printed papers: the same bytes at any later time, from frozen content, whatever has changed since."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import Paper, Unit, User
from reports import papers
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.posts import appoint
from workflow.accountability import paper_actions, paper_timeline, sweep
from workflow.actors import actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    scheme = small_scheme(
        county={
            "code": "wuhua",
            "name": {"zh": "五华县", "en": "Wuhua"},
            "region": "441424",
            "copied_to": ["吴晖", "县委督查室"],
        }
    )
    made = settle_county(engine, scheme)
    with made.write() as session:
        who = system()
        chief = accounts.create_user(
            session, who, START, NewUser(name="chief", role="bureau", unit="water", display_name="钟水生")
        )
        appoint(session, chief, "leader", START)
        made.people["second"] = actor_of(
            accounts.create_user(session, who, START, NewUser(name="second", role="office", unit="office"))
        )
    made.do("water", "accept", made.file(), day(1))
    sweep.run(made.read, made.write, day(21, 8.5))
    return made


def one(county: County) -> Paper:
    with county.read() as session:
        return session.scalars(select(Paper)).one()


def test_a_paper_says_to_whom_why_what_and_until_when_in_the_words_of_an_office(county: County) -> None:
    said = papers.figures(one(county))
    assert (said["issuer"], said["number"]) == ("五华县扶贫开发领导小组办公室", "华扶办〔2018〕1号")
    assert said["to"] == "五华县水务局："
    assert said["lines"] == ["关于饮水问题逾期未整改办结的", "supervise通知书"]
    why, authorised = said["why"]
    # The system issued it on the office's leader's standing authorisation, which is named.
    assert authorised == "本通知书依据五扶授〔2018〕1号授权（有效期2018年10月22日至2030年12月31日）由系统印发。"
    assert why.startswith("根据《small》的要求，你单位承办的“饮水”（工单2018-000001，甲镇")
    assert "应于2018年12月6日17时30分前整改办结" in why
    assert "截至2018年12月11日仍未整改办结，已逾期2个工作日" in why
    assert "第1项（减贫），逾期未办影响全县考核成绩" in why
    # Minutes and hash are in the annex only.
    body = "".join([why, said["demand"], said["receipt"], *said["lines"]])
    assert "分钟" not in body
    assert said["hash"] not in body
    assert said["printer"] == said["issuer"]
    assert "期限：2018年12月14日17时30分前（3个工作日内）" in said["demand"]
    assert "至2018年12月12日17时30分未签收的，视为已签收" in said["receipt"]
    assert (said["copied_to"], said["day"]) == ("吴晖、县委督查室", "2018年12月11日")
    # The account runs up to what was used, and its last days are late.
    assert said["rows"][0] == ["11月20日至11月21日", "此前的受理时段", "6:30", "", "6:30"]
    assert said["rows"][-1] == ["12月11日 周二", "工作日", "—", "", "96:00"]
    assert "张三" not in str(said)


def test_it_is_the_same_bytes_after_every_later_act_and_whatever_becomes_of_unit_and_leader(county: County) -> None:
    first = papers.pdf(one(county))
    assert first.startswith(b"%PDF-")
    with county.write() as session:
        paper_actions.answer(session, county.people["water"], day(21), "2018:华扶办:1", "张三家在办")
    with county.read() as session:
        before = papers.course_pdf(paper_timeline.course(session, county.people["office"], "2018:华扶办:1"))
    with county.write() as session:
        paper_actions.ask_revocation(session, county.people["office"], day(21), "2018:华扶办:1", "有误")
    with county.write() as session:
        paper_actions.rule_on_revocation(
            session, county.people["second"], day(21, 11), "2018:华扶办:1", True, "情况属实，同意"
        )
        session.execute(update(Unit).where(Unit.code == "water").values(name="县水利局"))
        session.execute(update(User).where(User.name == "chief").values(display_name="别人"))
    assert papers.pdf(one(county)) == first
    # The later acts are a sheet of its own, the same bytes for the same event.
    with county.read() as session:
        whole = paper_timeline.course(session, county.people["inspectorate"], "2018:华扶办:1")
        answered = paper_timeline.course(session, county.people["water"], "2018:华扶办:1", whole.seq - 2)
    assert papers.course_pdf(answered) == before
    rows = papers.course_sheet(whole).sections[1].tables[0].rows
    assert [row[1] for row in rows] == ["印发", "签收", "书面答复", "申请撤销", "撤销"]
    assert [row[2:] for row in rows[2:]] == [
        ["县水务局 water", "张*家在办"],
        ["县扶贫开发领导小组办公室 office", "有误"],
        ["县扶贫开发领导小组办公室 second", "情况属实，同意"],
    ]
    with county.read() as session:
        assert {finding.code for finding in verify(session, Path("nowhere"))} == set()


def test_words_follow_what_is_to_be_done(county: County) -> None:
    row = one(county)
    content = {**row.content, "work": "report", "kind": {"zh": "半年工作总结（报领导小组）", "en": "summary"}}
    session_less = Paper(
        **{
            name: getattr(row, name)
            for name in ("number", "stage", "issued_at", "reason", "demand_due_at", "deemed_at")
        },
        content=content,
        hash=row.hash,
    )
    said = papers.figures(session_less)
    assert said["title"] == "关于逾期未报送半年工作总结的supervise通知书"
    assert "仍未报送" in said["why"][0]
    assert "整改" not in said["title"] + said["why"][0]
    # A paper from before there was one series keeps its number.
    session_less.number = "2018:3:7"
    assert papers.number(session_less) == "supervise〔2018〕第7号"
