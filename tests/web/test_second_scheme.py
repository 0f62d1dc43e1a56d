"""Pages under each scheme file: they show its words, and none of another policy."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import staged
from tests.support.pages import open_pages
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.policy.scheme.exit_rules import Wording
from workflow.policy.scheme.parts import Text


def called(words: Wording) -> tuple[Text, ...]:
    """What is a scheme's own words alone."""
    return (words.haves, words.gate, words.leave, words.work, words.exit, *words.statuses.values())


# Texts of pages do not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_pages_speak_the_words_of_the_scheme(engine: Engine, database_url: str, tmp_path: Path, path: Path) -> None:
    ours, others = shipped_scheme(path).words, [shipped_scheme(other).words for other in SCHEMES if other != path]
    with staged(path), open_pages(engine, database_url, tmp_path) as pages:
        shown = {
            page: pages.get("town", page)
            for page in (
                "/households",
                "/households/A1",
                "/households/A1/exit",
                "/households/A1/checkup",
                "/file?household=A1",
                "/rankings",
                "/visits",
            )
        }
        office = {page: pages.get("office", page) for page in ("/board", "/tickets", "/households/A1", "/schemes")}
        # Seen: the leaders' page of the monitoring was headed 脱贫攻坚工作一览 and counted 脱贫退出.
        leaders = pages.get("leaders", "/board")
    assert {page: got.status_code for page, got in [*shown.items(), *office.items()] if got.status_code != 200} == {}
    words = [ours.haves.zh, ours.status("pre_exit").zh, ours.gate.zh]
    assert [word for word in words if word not in shown["/households/A1"].text] == []
    assert ours.haves.zh in shown["/file?household=A1"].text
    assert ours.gate.zh in shown["/households/A1/exit"].text
    assert [text.zh for text in (ours.work, ours.exit) if text.zh not in leaders.text] == []
    foreign = {text.zh for words in others for text in called(words)}
    ours_too = {text.zh for text in called(ours)}
    every = "".join(got.text for got in [*shown.values(), *office.values(), leaders])
    assert [word for word in foreign - ours_too if word in every] == []
