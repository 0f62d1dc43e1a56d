"""The dossier of a case in words: who held the ticket and how long, what was asked, answered and granted, and its proof.

Office hours are 08:30–12:00 and 14:30–17:30; every figure below was counted by hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import Engine, select

from models import Paper, User
from tests.support.apps import app_on
from tests.support.cases import act, offices_own, overdue, raised
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.posts import appoint
from tests.support.reforms import actor, reform
from web.words import dossiers
from workflow.accountability import paper_actions, sweep
from workflow.accountability.cases import case_desk, case_views
from workflow.actors import acting, actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.history import sealing
from workflow.policy.worktime import local_date
from workflow.tickets import participation
from workflow.tickets.custody import downtime

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


@pytest.fixture
def read(county: County, database_url: str, tmp_path: Path) -> Any:
    """How a case reads to the office, in a language."""
    app = app_on(database_url, FILES=tmp_path, TESTING=True)

    @contextmanager
    def reading(case: int, at: datetime, language: str = "en") -> Iterator[Any]:
        with county.read() as session, app.test_request_context(), force_locale(language):
            yield case_views.case_view(session, county.people["office"], case, at)

    return reading


def lived(county: County) -> int:
    """A ticket that was declined, upheld, suspended, and is late; and the case that was opened on it and notified."""
    with county.write() as session:
        appoint(session, session.get_one(User, county.people["water"].user_id), "leader", START)
    ticket = county.file()
    with county.write() as session:
        downtime.record(session, day(0, 11), day(0, 12))
    county.do("water", "decline", ticket, day(0, 15), ground="not_ours", cited_duty="三定方案")
    county.do("office", "uphold", ticket, day(1), reason="职责所在")
    county.do("water", "accept", ticket, day(1, 11))
    with county.write() as session:
        participation.comment(session, county.people["town"], ticket, "张三家断水已久", day(2))
    county.do("office", "suspend", ticket, day(3), ground="flood", until="2018-11-26")
    county.do("office", "resume", ticket, day(6), note="水已退")
    with county.write() as session:
        sealing.seal_all(session, day(7))
    sweep.run(county.read, county.write, day(27, 18))
    with county.write() as session:
        sealing.seal_all(session, day(27, 19))
    case = raised(county, ticket, at=day(28), custody=6)
    act(county, "office", case, "notify", at=day(28))
    return case


def test_a_dossier_tells_every_stretch_with_its_time_its_lateness_and_its_leader(county: County, read: Any) -> None:
    with read(lived(county), day(28)) as view:
        told = dossiers.composed(view)
        lanes = dossiers.paper(view)["lanes"]
    names = ("seq", "unit", "stage", "began", "ended", "due", "held", "minutes", "late", "leader", "complained")
    assert [tuple(line[name] for name in names) for line in told["custodies"]] == [
        (
            "1",
            "water",
            "acceptance",
            "2018-11-20 10:00",
            "2018-11-20 15:00",
            "2018-11-22 17:30",
            "2 h 30 min",
            "150 working minutes",
            "",
            "water",
            False,
        ),
        (
            "2",
            "office",
            "ruling",
            "2018-11-20 15:00",
            "2018-11-21 10:00",
            "2018-11-23 17:30",
            "4 h",
            "240 working minutes",
            "",
            "office",
            False,
        ),
        (
            "3",
            "water",
            "acceptance",
            "2018-11-21 10:00",
            "2018-11-21 11:00",
            "2018-11-23 15:00",
            "1 h",
            "60 working minutes",
            "",
            "water",
            False,
        ),
        (
            "4",
            "water",
            "resolution",
            "2018-11-21 11:00",
            "2018-11-23 10:00",
            "2018-12-07 15:00",
            "1 working day 5 h 30 min",
            "720 working minutes",
            "",
            "water",
            False,
        ),
        (
            "5",
            "office",
            "clock stopped",
            "2018-11-23 10:00",
            "2018-11-26 10:00",
            "2018-11-26 17:30",
            "1 working day",
            "390 working minutes",
            "",
            "office",
            False,
        ),
        (
            "6",
            "water",
            "resolution",
            "2018-11-26 10:00",
            "still held",
            "2018-12-10 15:00",
            "16 working days",
            "6240 working minutes",
            "5 working days 4 h",
            "water",
            True,
        ),
    ]
    assert told["totals"] == [
        ("water", "18 working days 2 h 30 min", "5 working days 4 h", "–"),
        ("office", "4 h", "–", "1 working day"),
    ]
    assert told["downtime"] == ["Custody 1: 1 h"]
    assert told["charges"] == ["Custody 2: 4 h charged to water, time taken by the ruling"]
    # Of 28 days: five hours are 7 of 1000, seven days and sixteen hours past the tenth are 278.
    assert [[(bar["x"], bar["width"], bar["late"], bar["stopped"]) for bar in lane["bars"]] for lane in lanes] == [
        [(0, 7, 0, False), (36, 3, 0, False), (37, 70, 0, False), (214, 786, 278, False)],
        [(7, 29, 0, False), (107, 107, 0, True)],
    ]


def test_a_dossier_tells_what_was_asked_answered_and_granted_by_whom_and_in_which_words(
    county: County, read: Any
) -> None:
    case = lived(county)
    with read(case, day(28)) as view:
        told = dossiers.composed(view)
    said = {
        part: [(line["at"], line["what"], line["who"], line["words"]) for line in told[part]]
        for part in ("asked", "answered", "granted", "course")
    }
    assert said == {
        "asked": [
            ("2018-11-21 10:00", "Uphold", "office office", "职责所在"),
            ("2018-11-22 10:00", "Comment", "town-a town", "张*家断水已久"),
            ("2018-12-17 15:00", "summon proposed", "the system", ""),
        ],
        "answered": [
            ("2018-11-20 15:00", "Decline", "water water", "不属于本单位职责; 三定方案"),
            ("2018-11-21 11:00", "Accept", "water water", ""),
        ],
        "granted": [
            ("2018-11-23 10:00", "Suspend", "office office", "until 2018-11-26 Mon; 洪涝"),
            ("2018-11-26 10:00", "Resume", "office office", "水已退"),
        ],
        "course": [
            (
                "2018-12-18 10:00",
                "Case proposed",
                "office office",
                "Item 1: 减贫 — delays in the item; open 1, overdue 1; 八有未达标，影响当期减贫人数",
            ),
            (
                "2018-12-18 10:00",
                "Open the case",
                "office office2",
                "Item 1: 减贫 — delays in the item; open 1, overdue 1; 八有未达标，影响当期减贫人数",
            ),
            ("2018-12-18 10:00", "Notify the unit", "office office", ""),
        ],
    }
    assert [line["to"] for line in told["course"]] == ["case proposed", "case opened", "awaiting a statement"]
    with read(case, day(28), "zh_Hans") as view:
        told = dossiers.composed(view)
        assert told["granted"][0]["words"] == "截止日期 11月26日（星期一）；洪涝"
        assert told["course"][1]["words"].endswith("；八有未达标，影响当期减贫人数")


def test_a_dossier_is_proved_by_the_chains_of_ticket_and_case_and_the_block_before(county: County, read: Any) -> None:
    case = lived(county)
    with read(case, day(28)) as view:
        hashes = dossiers.composed(view)["hashes"]
        course = dossiers.composed(view)["course"]
        ticket, block = view.content["facts"]["ticket"], view.content["facts"]["block"]
    assert hashes == [
        ("Chain of the ticket, event 8", ticket["hash"]),
        ("Chain of the case, event 3", course[-1]["hash"]),
        ("Last block sealed before, number 2", block["hash"]),
        ("This dossier", view.dossier.hash),
    ]
    assert [line["hash"] for line in course] == [view.events[seq] for seq in (1, 2, 3)]


def test_the_facts_of_a_case_say_what_it_has_come_to(county: County, read: Any) -> None:
    case = raised(county, overdue(county))

    def facts() -> dict[str, str]:
        with read(case, day(4)) as view:
            return dict(dossiers.composed(view)["facts"])

    plain = {
        "Unit held to account": "water",
        "Leader in post": "the post was vacant",
        "Ticket": "2018-000001 饮水",
        "Custody complained of": "Custody 2 resolution 16 working days",
        "Assessment item": "Item 1: 减贫",
        "Result harmed": "delays in the item",
        "As the system counted it": "open 1, overdue 1",
        "Opened by": "office",
        "Decided by": "leaders",
    }
    assert facts() == plain
    act(county, "office", case, "notify", at=day(2))
    plain |= {"Custody complained of": "Custody 2 resolution 17 working days"}
    assert facts() == plain | {"Statement due": "2018-11-29 17:30"}
    act(county, "water", case, "respond", at=day(3))
    assert facts() == plain
    act(county, "office", case, "hear", at=day(3), heard_on="2018-11-23")
    act(county, "leaders", case, "decide", at=day(3))
    act(county, "office", case, "serve", at=day(3))
    decided = {"Outcome": "Reminder talk"}
    assert facts() == plain | decided | {"Appeal until": "2018-12-07 17:30"}
    act(county, "water", case, "appeal", at=day(4))
    plain |= {"Custody complained of": "Custody 2 resolution 18 working days 5 h"}
    assert facts() == plain | {"Appeal": "lodged; a second appeal is not possible"}


def test_the_facts_of_a_case_against_the_office_name_the_level_above_and_a_missing_statement(
    county: County, read: Any
) -> None:
    case = offices_own(county)
    act(county, "leaders", case, "notify")
    act(county, "leaders", case, "hear", at=day(20))
    with read(case, day(20)) as view:
        found = dict(dossiers.composed(view)["facts"])
    assert (found["Opened by"], found["Decided by"]) == ("leaders", "the leading group of the level above")
    assert found["Statement"] == "none received in time"


def test_the_dossier_names_the_deputy_and_in_whose_stead_the_act_was(county: County, read: Any) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    with county.write() as session:
        for name, called in (("li", "李四"), ("wang", "王五")):
            new = NewUser(name=name, role="bureau", unit="water", display_name=called)
            user = accounts.create_user(session, system(), START, new)
            county.people[name] = actor_of(user)
        appoint(session, session.get_one(User, county.people["li"].user_id), "duty", START)
        deputy, last = session.get_one(User, county.people["wang"].user_id), local_date(day(40)).isoformat()
        appoint(session, deputy, "deputy", day(20), stands_for="li", until_day=last)
    sweep.run(county.read, county.write, day(21))
    with county.write() as session:
        wang = acting(session, session.get_one(User, county.people["wang"].user_id), day(21))
        paper_actions.answer(session, wang, day(21), session.scalars(select(Paper.number)).one(), "已约施工队进场")
    case = raised(county, ticket, at=day(22))
    act(county, "office", case, "notify", at=day(22))
    with county.write() as session:
        wang = acting(session, session.get_one(User, county.people["wang"].user_id), day(23))
        case_desk.perform(session, wang, case, "respond", day(23), statement="材料迟到，已另行采购")
    with read(case, day(24), "zh_Hans") as view:
        told = dossiers.composed(view)
    assert [line["who"] for line in told["answered"] if line["words"]] == ["县水务局 王五代李四"]
    assert told["course"][-1]["who"] == "县水务局 王五代李四"


def test_a_dossier_names_who_goes_on_for_a_unit_that_ended_since(county: County, read: Any) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    with read(case, day(1), "zh_Hans") as view:
        assert dossiers.composed(view)["facts"][0] == ("被问责单位", "县水务局")
    reform(county, day(1, 15), sources=["water", "power"], name="县水电局", from_day="2018-11-21")
    # The frozen dossier stays as it was on its day; the next one names the successor.
    actor(county, "water")
    act(county, "water", case, "respond", at=day(2))
    with read(case, day(2), "zh_Hans") as view:
        told = dossiers.composed(view)["facts"][0][1]
    assert told == "县水务局（已于2018年11月21日撤并，由县水电局承接）"
