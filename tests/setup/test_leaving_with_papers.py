"""Talks, commitments and unfinished drafts of a person who leaves: listed, handed on by name, notified, and found again."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select

from models import Escalation, Event, Ranking, User
from notifications.dispatch import dispatch
from tests.assessment.test_report_sections import reporting_scheme
from tests.support.factories import START, County, day, settle_county
from tests.support.pages import Pages
from tests.support.rankings import HOUR, make_ranking
from tests.support.signing import TALK, colleague
from workflow.accountability import paper_actions, proposals, sweep
from workflow.assessment.ranking import responses
from workflow.setup.departures import departure_act, holdings
from workflow.verification.full_check import verify

SUMMON = "2018:华扶办:2"
PROMISE = [{"words": "周五前换管", "due_on": "2018-12-20"}]
RECORD = {"held_at": "2018-12-17T09:30", "came": "li、陈副局长", "minutes": "已说明施工队未进场，表态限期整改"}


@pytest.fixture
def county(engine: Engine) -> County:
    """Li of the water bureau promised under a paper, must come to a talk, and has an unfinished draft."""
    made = settle_county(engine, reporting_scheme(), households=6)
    for name, unit, role in (
        ("li", "water", "bureau"),
        ("wang", "water", "bureau"),
        ("zhao", "water", "bureau"),
        ("chen", "office", "office"),
    ):
        colleague(made, name, unit, role)
    ticket = made.file()
    made.do("water", "accept", ticket, START)
    sweep.run(made.read, made.write, day(21, 8.5))
    sweep.run(made.read, made.write, day(24, 8.5))
    with made.write() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.rung == 4)).one()
        talk = TALK | {"meet_at": "2018-12-17T09:00", "attendees": ["li", "分管负责人"]}
        proposals.answer(session, made.people["office"], day(24, 9), ticket, rung, True, "屡催不办", **talk)
    with made.write() as session:
        paper_actions.answer(session, made.people["li"], day(24, 11), SUMMON, "在办，尚缺水泵", [], PROMISE)
    make_ranking(made)
    with made.write() as session:
        row = session.scalars(select(Ranking)).one()
        responses.save_draft(session, made.people["li"], HOUR, row, "原因分析：管网老化。", 0)
    return made


def held_by(county: County, name: str, at: float) -> dict[str, list[str]]:
    with county.read() as session:
        found: dict[str, list[str]] = {}
        for each in holdings.of_person(session, session.get_one(User, county.people[name].user_id), day(at)):
            found.setdefault(each.kind, []).append(each.about if each.kind in ("commitments", "drafts") else each.ref)
        return found


def leave(county: County, at: float, **to: Any) -> None:
    with county.write() as session:
        departure_act.carry_out(session, county.people["office"], day(at), "li", {"to": to})


def test_talks_commitments_and_drafts_are_handed_on_and_told(county: County, tmp_path: Path) -> None:
    on = HOUR.date().isoformat()
    held = held_by(county, "li", 25)
    assert held == {"talks": [SUMMON], "commitments": [SUMMON], "drafts": [on]}
    leave(county, 25, talks="wang", commitments="zhao", drafts="zhao")
    with county.read() as session:
        told = session.scalars(select(Event).where(Event.action == "took_over")).all()
        assert {event.subject_id: event.given["things"] for event in told} == {
            county.people["wang"].user_id: {"talks": [SUMMON]},
            county.people["zhao"].user_id: {"commitments": [SUMMON], "drafts": [on]},
        }
        assert [finding.code for finding in verify(session, tmp_path)] == []


def test_what_the_office_put_on_record_is_the_promise_of_the_unit_that_made_it(county: County) -> None:
    promised = {"commitments": [{"words": "12月24日前通水", "due_on": "2018-12-24"}]}
    with county.write() as session:
        paper_actions.record_talk(session, county.people["chen"], day(27, 10), SUMMON, RECORD | promised)
    held = held_by(county, "chen", 28)
    assert "commitments" not in held, held


@pytest.mark.one_database("sqlite")
def test_whoever_follows_finds_the_way_to_each(county: County, database_url: str, tmp_path: Path) -> None:
    leave(county, 25, talks="wang", commitments="wang", drafts="wang")
    pages = Pages(county, database_url, tmp_path)
    pages.now = day(25, 15)
    with county.write() as session:
        while dispatch(session, day(25)):
            pass
    assert "接手离任人员事项" in pages.get("wang", "/inbox").text
    text = pages.get("wang", "/taken-over").text
    path = f"/papers/{quote(SUMMON, safe=':')}"
    assert text.count(f'href="{path}"') == 2, "as a talk and as a commitment"
    assert pages.get("wang", path).status_code == 200
    ranking = f"/rankings/{HOUR.date().isoformat()}"
    assert f'href="{ranking}"' in text
    assert pages.get("wang", ranking).status_code == 200
