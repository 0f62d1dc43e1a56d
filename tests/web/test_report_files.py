"""Files of a ranking: whose they are by default, how they are called, and what is no such file."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Ranking
from tests.support.contexts import place_of
from tests.support.factories import START, County, settle_county
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from tests.support.texts import SENTENCE
from web import report_files
from workflow.actors import Actor
from workflow.assessment.ranking import responses
from workflow.errors import NotFound, WorkflowError

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def ranked(engine: Engine) -> County:
    """The ranking of 30 November: a ticket of each town was open, one of them with the water bureau."""
    county = settle_county(engine, ranked_scheme())
    county.file(at=START)
    county.file("other_town", "B1", at=START)
    county.do("office", "cancel", 2, START, reason=SENTENCE)
    county.file("other_town", "B2", at=START)
    make_ranking(county)
    with county.write() as session:
        responses.sign(session, county.people["water"], HOUR, session.scalars(select(Ranking)).one(), SENTENCE)
    return county


def taken(county: County, who: str, make: Callable[[Session, Any, Ranking], report_files.Paper]) -> tuple[Any, ...]:
    """What is handed over: what it is, its name and how many rows it has; or the code of the refusal."""
    with county.read() as session:
        try:
            paper = make(session, county.people[who], session.scalars(select(Ranking)).one())
        except WorkflowError as error:
            return (error.code,)
        paper.stream.close()
        return paper.what, paper.name, paper.rows


def ledger(county: County, who: str, asked: str = "", kind: str = "xlsx") -> tuple[Any, ...]:
    return taken(county, who, lambda s, actor, row: report_files.open_ledger(s, actor, row, asked, kind))


def test_a_ledger_is_ones_own_or_the_countys_and_another_ones_only_where_it_is_asked_for(ranked: County) -> None:
    town = ("ledger", "2018-11-30-五华县甲镇.xlsx", 1)
    for who in ("office", "leaders", "inspectorate"):
        assert ledger(ranked, who) == ("ledger", "2018-11-30-五华县.xlsx", 2), who
        assert ledger(ranked, who, "town-a") == town
    assert ledger(ranked, "town") == ledger(ranked, "town", "town-a") == town
    assert ledger(ranked, "water") == ("ledger", "2018-11-30-五华县水务局.xlsx", 2)
    assert ledger(ranked, "power") == ("ledger", "2018-11-30-五华县供电局.xlsx", 0)
    assert ledger(ranked, "office", "office") == ("ledger", "2018-11-30-五华县扶贫开发领导小组办公室.xlsx", 0)
    for who, asked in (("town", "town-b"), ("town", "water"), ("village", ""), ("village", "town-a"), ("admin", "")):
        assert ledger(ranked, who, asked) == ("ledger_not_yours",), who
    for asked in ("leaders", "inspectorate", "nobody"):
        assert ledger(ranked, "office", asked) == ("no_such_report",)
    for kind in ("docx", "exe", ""):
        assert ledger(ranked, "office", kind=kind) == ("no_such_report",)


def test_a_report_is_a_book_a_document_or_a_sheet_under_its_units_name(ranked: County) -> None:
    def report(who: str, unit: str, kind: str) -> tuple[Any, ...]:
        return taken(ranked, who, lambda s, actor, row: report_files.report(s, actor, row, unit, kind, HOUR))

    assert report("water", "water", "xlsx") == ("report", "2018-11-30-县水务局.xlsx", 1)
    assert report("office", "water", "docx") == ("report", "2018-11-30-县水务局.docx", 1)
    assert report("power", "water", "docx") == ("draft_not_yours",)
    assert report("office", "town-a", "docx") == report("water", "water", "exe") == ("no_such_report",)

    def sheet(who: str, unit: str) -> tuple[Any, ...]:
        return taken(ranked, who, lambda s, actor, row: report_files.sheet(s, actor, row, unit))

    assert sheet("town", "town-b") == ("ledger_not_yours",)
    assert sheet("office", "leaders") == ("no_such_report",)
    assert sheet("town", "town-a") == ("sheet", "2018-11-30-甲镇.pdf", 1)


def test_the_worked_example_is_of_the_town_asked_for_else_of_the_readers_own_else_of_none() -> None:
    setting = place_of(ranked_scheme(), 2018)

    def example(own: str | None, asked: str = "") -> str | None:
        unit = setting.by_code[own].id if own else None
        town = report_files.example_town(setting, Actor("office", 1, unit), asked)
        return town.code if town else None

    owns = {own: example(own) for own in ("town-a", "town-b", "water", "office", "leaders", None)}
    assert owns == {"town-a": "town-a", "town-b": "town-b", "water": None, "office": None, "leaders": None, None: None}
    assert [example(own, "town-b") for own in ("town-a", "water", None)] == ["town-b"] * 3
    for asked in ("water", "office", "nobody"):
        with pytest.raises(NotFound) as refusal:
            example("town-a", asked)
        assert refusal.value.code == "no_such_report"


def test_a_unit_that_has_reports_is_a_town_a_bureau_or_the_office() -> None:
    setting = place_of(ranked_scheme(), 2018)
    assert [report_files.unit_of(setting, code).code for code in ("town-a", "water", "office")] == [
        "town-a",
        "water",
        "office",
    ]
    for code in ("leaders", "inspectorate", "nobody", ""):
        with pytest.raises(NotFound):
            report_files.unit_of(setting, code)
