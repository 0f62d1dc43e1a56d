"""Briefing: the leading group reads on one page what needs its word since when, what is worst and whose, and how towns moved."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import START, County, day, settle_county
from tests.support.pages import Pages
from tests.support.rankings import HOUR, live_a_month, make_ranking, ranked_scheme, report
from tests.support.texts import SENTENCE
from workflow.accountability.instructions import instruction_desk
from workflow.boards import briefing
from workflow.boards.briefing import Briefing
from workflow.county.context import county_context
from workflow.errors import NotAllowed

#: The first ranking, ten days before the one of the support module.
EARLIER = date(2018, 11, 20)


def told(county: County, at: datetime, who: str = "leaders") -> Briefing:
    with county.read() as session:
        return briefing.briefing(session, county.people[who], county_context(session), at)


def test_what_is_overdue_for_longest_is_first_with_its_last_step_and_instruction(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine)
    first, second = county.file(at=day(2)), county.file(household="A2", kind="power", at=day(0))
    assert told(county, day(0)).worst == []
    late = told(county, day(20))
    assert [one.line.id for one in late.worst] == [second, first]
    assert [one.step.action for one in late.worst if one.step] == ["file", "file"]
    assert sorted((row.open, row.overdue) for row in late.holders) == [(1, 1), (1, 1)]
    with county.write() as session:
        water = county.people["water"]
        due = day(22).date().isoformat()
        leaders = county.people["leaders"]
        made = instruction_desk.instruct(session, leaders, day(20), first, "water", SENTENCE, due)
        waiting = briefing.briefing(session, leaders, county_context(session), day(20))
        assert [one.instruction.state for one in waiting.worst if one.instruction] == ["waiting"]
        assert waiting.owed == [(county.units["water"], 1, 0)]
        instruction_desk.answer(session, water, day(21), made.id, SENTENCE)
    # It waits for the leading group since the answer, not since it was written.
    assert [(line.row.id, at) for line, at in told(county, day(21)).answered] == [(1, day(21))]
    pages = Pages(county, database_url, tmp_path / "files")
    pages.now = day(21)
    shown = pages.get("leaders", "/briefing").text
    assert ("#instruct" in shown, "/instructions/1" in shown, "查看答复" in shown) == (True, True, True)
    # Others of the county read it, without the buttons.
    assert "#instruct" not in pages.get("office", "/briefing").text
    assert pages.get("leaders", "/").headers["Location"] == "/briefing"
    assert pages.get("town", "/briefing").status_code == 403
    with pytest.raises(NotAllowed, match="board_not_yours"):
        told(county, day(21), "water")


def test_towns_stand_beside_their_place_in_the_ranking_before(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    assert told(county, HOUR).ranked is None
    live_a_month(county)
    make_ranking(county, HOUR - timedelta(days=10), EARLIER)
    only = told(county, HOUR).ranked
    assert only is not None
    assert (only.on, only.before, {town.place_before for town in only.towns}) == (EARLIER, None, {None})
    report(county, START + timedelta(days=8), 90)
    latest = make_ranking(county)
    moved = told(county, HOUR).ranked
    assert moved is not None
    assert (moved.on, moved.before) == (latest.on, EARLIER)
    places = {line["town"]: (line["place"], line["score"]) for line in latest.content["county"]}
    assert {town.town.code: (town.place, town.score) for town in moved.towns} == places
    before = {town.town.code: (town.place, town.score) for town in only.towns}
    assert {town.town.code: (town.place_before, town.score_before) for town in moved.towns} == before
