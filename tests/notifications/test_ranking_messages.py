"""Ranking messages: once to each unit concerned: published, objected to, answered, reported on, received, late."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from models import Delivery, User
from notifications.rules import RULES
from tests.support.factories import County, settle_county
from tests.support.messages import notified, notified_instead
from tests.support.posts import appoint
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from tests.support.signing import authorise, colleague, lead
from tests.support.sinks import reach
from workflow.actors import actor_of, system
from workflow.assessment.ranking import objections, responses, written_reports
from workflow.county import accounts, authorisations
from workflow.county.accounts import NewUser

RANKED = {kind for kind, roles in RULES.items() if {"ranked", "reporter", "late", "objector"} & {*roles}}


def test_each_unit_hears_of_what_concerns_it_once(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    with county.write() as session:
        who = system()
        duty = accounts.create_user(session, who, HOUR, NewUser(name="water-duty", role="bureau", unit="water"))
        appoint(session, duty, "duty", HOUR)
        county.people["water-duty"] = actor_of(duty)
    lead(county, "water", "office")
    notified(county)
    row = make_ranking(county)
    # The towns, and who ranks them: the duty officer where there is one, else the unit's people; no village, no leader.
    assert notified(county) == {"town", "other_town", "water-duty", "power", "housing", "poverty", "office"}

    def act(done: Any, who: str, *given: Any) -> set[str]:
        with county.write() as session:
            done(session, county.people[who], HOUR, *given)
        return notified(county)

    assert act(responses.sign, "water", row) == set()
    assert act(objections.object_to, "town", row, "told", "错了") == {"office"}
    # When upheld, the reporting unit corrects the figure.
    assert act(objections.answer, "office", 1, True, "已入户核对属实") == {"town", "power"}
    act(objections.object_to, "other_town", row, "haves", "错了")
    assert act(objections.answer, "office", 2, False, "经核对台账，数据与填报一致") == {"other_town"}
    # A unit's report notifies no one; the compilation notifies its recipients.
    assert act(written_reports.issue, "water", row) == set()
    assert act(written_reports.issue, "office", row) == {"leaders"}
    assert act(written_reports.receive, "leaders", 1) == {"water-duty"}
    # Messages of a unit without people climb to the office, which is notified of the roll anyway.
    with county.write() as session:
        session.execute(update(User).where(User.name.in_(("housing", "poverty"))).values(active=False))
        written_reports.call_roll(session, HOUR + timedelta(days=9), row.id)
    assert notified(county) == {"power", "office"}
    with county.write() as session:
        session.execute(update(User).where(User.name == "office").values(active=False))
    assert act(objections.object_to, "other_town", row, "told", "错了") == {"leaders"}
    assert notified_instead(county) == {"leaders": "office"}
    assert {"object_ranking", "issue_report", *RANKED} == {
        "rank",
        "object_ranking",
        "answer_objection",
        "issue_report",
        "receive_report",
        "roll_reports",
    }


def test_a_reviewed_draft_waits_for_the_leader_and_for_whom_the_leader_has_authorised(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    lead(county, "water", "power")
    for name in ("deputy", "past", "later", "ended", "writer", "reviewer"):
        colleague(county, name, "water")
    today = HOUR.date().isoformat()
    authorise(county, "water", user="deputy", until_day=today)
    authorise(county, "water", user="past", until_day="2018-11-29")
    authorise(county, "water", user="later", from_day="2018-12-01")
    ended = authorise(county, "water", user="ended")
    with county.write() as session:
        authorisations.end(session, county.people["water"], HOUR - timedelta(days=1), ended.id)
    notified(county)
    row = make_ranking(county)
    notified(county)
    with county.write() as session:
        responses.sign(session, county.people["writer"], HOUR, row)
        responses.review(session, county.people["reviewer"], HOUR, row)
    assert notified(county) == {"water", "deputy"}


def test_when_all_had_reported_nobody_is_told_of_the_roll_and_mail_of_a_ranking_waits_for_the_digest(
    engine: Engine,
) -> None:
    county = settle_county(engine, ranked_scheme())
    lead(county, "water", "power", "housing", "poverty", "office")
    notified(county)
    for who in ("water", "town", "office"):
        reach(county, who)
    notified(county)
    row = make_ranking(county)
    notified(county)
    assert deliveries(county) == []
    for who in ("water", "power", "housing", "poverty", "office"):
        with county.write() as session:
            if who != "office":
                responses.sign(session, county.people[who], HOUR, row)
            written_reports.issue(session, county.people[who], HOUR, row)
    notified(county)
    with county.write() as session:
        assert written_reports.call_roll(session, HOUR + timedelta(days=9), row.id).late == []
    assert notified(county) == set()
    with county.write() as session:
        objections.object_to(session, county.people["town"], HOUR, row, "told", "张三家的数错了")
    notified(county)
    (mail,) = deliveries(county)
    assert mail.params == {"path": "/rankings/2018-11-30", "what": ["2018年11月30日各镇排名", "Ranking of 2018-11-30"]}


def deliveries(county: County) -> list[Delivery]:
    with county.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))
