"""Feedback on the system itself: sent from any page, answered once by the office, read by its writer and the office alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from models import Feedback
from tests.support.factories import day
from tests.support.pages import Pages, open_pages
from tests.support.verify import findings

WORDS = "入户表同一内容要填两遍"


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path) as opened:
        yield opened


def test_feedback_is_sent_from_a_page_answered_once_and_shown_to_its_writer(pages: Pages, tmp_path: Path) -> None:
    menu = re.search(r'href="(/feedback\?page=[^"]+)"', pages.get("village", "/visits?village=x").text)
    assert menu is not None
    assert 'name="page" value="/visits"' in pages.get("village", menu[1]).text
    pages.post("village", "/feedback", words=WORDS, page="/visits?q=secret")
    with pages.county.read() as session:
        row = session.scalars(select(Feedback)).one()
        assert (row.page, row.words) == ("/visits", WORDS)
    tile = r'href="/feedback">\s*<strong class="" data-figure="feedback.open">1<'
    assert re.search(tile, pages.get("office", "/board").text)
    assert [WORDS in pages.get(who, "/feedback").text for who in ("village", "office", "town", "admin")] == [
        *(True, True, False, False)
    ]
    pages.now = day(0, 12)
    for who, answer in (("town", "不行"), ("office", "下个版本合并为一处填写"), ("office", "再答一次")):
        pages.post(who, f"/feedback/{row.id}", answer=answer)
    assert "下个版本合并为一处填写" in pages.get("village", "/feedback").text
    assert "再答一次" not in pages.get("village", "/feedback").text
    assert "已答复您对本系统的意见" in pages.get("village", "/").text
    assert findings(pages.county, tmp_path) == set()


def test_what_says_nothing_or_holds_a_personal_number_is_refused_and_kept_in_the_form(pages: Pages) -> None:
    for words in ("", "。。。", "户主44142419800101123X重复填报"):
        refused = pages.post("village", "/feedback", words=words)
        assert refused.status_code == 422
        assert words in refused.text
    with pages.county.read() as session:
        assert session.scalars(select(Feedback)).all() == []


def test_an_answer_has_words_a_moment_and_a_person(pages: Pages) -> None:
    pages.post("village", "/feedback", words=WORDS)
    with pytest.raises(IntegrityError), pages.county.write() as session:
        session.execute(update(Feedback).values(answer="好"))
