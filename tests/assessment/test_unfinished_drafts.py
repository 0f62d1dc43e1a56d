"""A report's draft is saved unfinished: nothing of it is judged, and no save overwrites what its writer has not seen."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Event, Ranking, ReportDraft
from tests.assessment.test_report_sections import SECTIONS, reporting_scheme
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, make_ranking
from tests.support.signing import colleague, lead
from workflow.assessment import unit_words
from workflow.assessment.ranking import responses
from workflow.errors import BadInput, Duplicate, NotAllowed, Stale, WrongState

LATER = HOUR + timedelta(hours=1)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, reporting_scheme())
    lead(county, "water")
    colleague(county, "water2", "water")
    make_ranking(county)
    return county


def save(county: County, remark: str, seen: int = 0, who: str = "water", moment: Any = LATER) -> int:
    with county.write() as session:
        row = session.scalars(select(Ranking).order_by(Ranking.edition)).first()
        assert row is not None
        return responses.save_draft(session, county.people[who], moment, row, remark, seen).version


def saved(county: County) -> list[tuple[str, int]]:
    with county.read() as session:
        return [(row.remark, row.version) for row in session.scalars(select(ReportDraft))]


def test_a_draft_without_its_sections_is_saved_and_judged_only_when_handed_on(county: County) -> None:
    """Seen: a draft with one section still open was refused, and could not be kept anywhere."""
    with county.read() as session:
        events = session.scalar(select(func.count()).select_from(Event))
    assert save(county, "原因分析：无") == 1
    assert save(county, "", 1) == 2
    assert save(county, "原因分析：管网老化。", 2, "water2") == 3
    assert saved(county) == [("原因分析：管网老化。", 3)]
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == events
        assert (who := session.scalars(select(ReportDraft.by_id)).one()) == county.people["water2"].user_id, who
    for text in ("原因分析：管网老化。", unit_words.written(SECTIONS, "")):
        with county.write() as session:
            row = session.scalars(select(Ranking)).one()
            if "整改" not in text:
                with pytest.raises(BadInput):
                    responses.sign(session, county.people["water"], LATER, row, text)
            else:
                responses.sign(session, county.people["water"], LATER, row, text)
    # Handed on, it is no draft any more, and there is no way back to one.
    assert saved(county) == []
    with pytest.raises(Duplicate, match="signed_already"):
        save(county, "再改一改")


def test_a_save_over_words_that_were_not_seen_is_refused(county: County) -> None:
    save(county, "第一稿")
    for seen in (0, 2):
        with pytest.raises(Stale, match="draft_saved_since"):
            save(county, "另一稿", seen, "water2")
    assert saved(county) == [("第一稿", 1)]


def test_only_what_no_text_may_hold_is_refused(county: County) -> None:
    with pytest.raises(BadInput) as refusal:
        save(county, "联系人电话13812345678")
    assert (refusal.value.code, refusal.value.field) == ("number_in_text", "remark")
    with pytest.raises(BadInput):
        save(county, "长" * 2001)
    assert saved(county) == []


def test_only_units_that_rank_save_one_and_only_on_the_last_edition(county: County) -> None:
    for who in ("town", "leaders", "inspectorate", "village"):
        with pytest.raises(NotAllowed):
            save(county, "稿", who=who)
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        content = {**row.content, "edition": 2}
        columns = {name: getattr(row, name) for name in ("on", "scheme_version_id", "as_of", "known_at", "made_at")}
        session.add(Ranking(**columns, edition=2, reason="数据更正", content=content, hash="0" * 64))
    with pytest.raises(WrongState, match="edition_replaced"):
        save(county, "稿")
