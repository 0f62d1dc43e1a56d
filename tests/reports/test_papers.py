"""Printed papers: the same bytes at any later time, from frozen content, whatever has changed since."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import Paper, Unit, User
from reports import papers
from tests.support.factories import START, County, day, settle_county, small_scheme
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
        accounts.appoint(session, who, chief, "leader", START)
        made.people["second"] = actor_of(
            accounts.create_user(session, who, START, NewUser(name="second", role="office", unit="office"))
        )
    made.do("water", "accept", made.file(), day(1))
    sweep.run(made.read, made.write, day(20, 18))
    return made


def one(county: County) -> Paper:
    with county.read() as session:
        return session.scalars(select(Paper)).one()


def test_a_paper_says_to_whom_why_what_and_until_when_in_the_words_of_an_office(county: County) -> None:
    said = papers.figures(one(county))
    assert (said["issuer"], said["number"]) == ("五华县扶贫开发领导小组办公室", "supervise〔2018〕第1号")
    assert said["to"] == "县水务局（主要负责人：钟水生）："
    (why,) = said["why"]
    assert "应于2018年12月6日17时30分前完成整改办结" in why
    assert "截至2018年12月10日18时00分，已逾期2个工作日" in why
    assert "期限：2018年12月13日17时30分前（3个工作日内）" in said["demand"]
    assert "至2018年12月11日17时30分未签收的，视为已签收" in said["receipt"]
    assert (said["copied_to"], said["day"]) == ("吴晖、县委督查室", "2018年12月10日")
    # The account runs up to what was used, and its last days are late.
    assert said["rows"][0] == ["11月20日至11月21日", "此前的受理时段", "6:30", "", "6:30"]
    assert said["rows"][-1] == ["12月10日 周一", "工作日", "6:30", "6:30", "96:00"]
    assert "张三" not in str(said)


def test_it_is_the_same_bytes_after_every_later_act_and_whatever_becomes_of_unit_and_leader(county: County) -> None:
    first = papers.pdf(one(county))
    assert first.startswith(b"%PDF-")
    with county.write() as session:
        paper_actions.answer(session, county.people["water"], day(21), "2018:3:1", "张三家在办")
    with county.read() as session:
        before = papers.course_pdf(paper_timeline.course(session, county.people["office"], "2018:3:1"))
    with county.write() as session:
        paper_actions.ask_revocation(session, county.people["office"], day(21), "2018:3:1", "有误")
    with county.write() as session:
        paper_actions.rule_on_revocation(session, county.people["second"], day(21, 11), "2018:3:1", True, "同意")
        session.execute(update(Unit).where(Unit.code == "water").values(name="县水利局"))
        session.execute(update(User).where(User.name == "chief").values(display_name="别人"))
    assert papers.pdf(one(county)) == first
    # The later acts are a sheet of its own, the same bytes for the same event.
    with county.read() as session:
        whole = paper_timeline.course(session, county.people["inspectorate"], "2018:3:1")
        answered = paper_timeline.course(session, county.people["water"], "2018:3:1", whole.seq - 2)
    assert papers.course_pdf(answered) == before
    rows = papers.course_sheet(whole).sections[1].tables[0].rows
    assert [row[1] for row in rows] == ["印发", "签收", "书面答复", "申请撤销", "撤销"]
    assert [row[2:] for row in rows[2:]] == [
        ["县水务局 water", "张*家在办"],
        ["县扶贫开发领导小组办公室 office", "有误"],
        ["县扶贫开发领导小组办公室 second", "同意"],
    ]
    with county.read() as session:
        assert {finding.code for finding in verify(session, Path("nowhere"))} == set()
