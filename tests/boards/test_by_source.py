"""By source: boards, rankings and the compilation say how many deficiencies each source put on the ledger."""

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, update

from models import Ranking, Ticket
from reports import analysis
from tests.support.factories import START, County, settle_county, small_scheme
from tests.support.http_clients import Api
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from workflow.assessment.facts.facts_as_of import TicketFact
from workflow.assessment.facts.source_counts import by_source
from workflow.assessment.ranking import rankings
from workflow.boards import board_figures
from workflow.boards.scope import scope_of
from workflow.county.context import county_context


def county_of_sources(engine: Engine) -> County:
    """Two tickets from visits, one closed; two from residents, one of them not yet due; one before sources were kept."""
    county = settle_county(engine, ranked_scheme())
    closed = county.file("town", "A1", "water", START)
    county.do("water", "accept", closed, START + timedelta(hours=1))
    county.resolve(closed, START + timedelta(hours=2))
    county.confirm(closed, START + timedelta(hours=3))
    county.file("town", "A2", "water", START)
    timely, late, bare = (county.file("office", code, "water", START) for code in ("A3", "B1", "B2"))
    with county.write() as session:
        for ticket, source in ((timely, "masses"), (late, "masses"), (bare, "")):
            session.execute(update(Ticket).where(Ticket.id == ticket).values(source=source))
        session.execute(update(Ticket).where(Ticket.id == timely).values(due_at=HOUR + timedelta(minutes=1)))
    return county


def test_a_board_counts_open_tickets_by_source_and_each_figure_opens_them(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = county_of_sources(engine)
    with county.read() as session:
        scope = scope_of(session, county.people["office"], county_context(session))
        found = [(row.source, row.open) for row in board_figures.by_source(session, scope, HOUR)]
        assert found == [("masses", 2), ("visit", 1)], "the closed one and the one without a source are left out"
        water = scope_of(session, county.people["water"], county_context(session))
        assert sum(row.open for row in board_figures.by_source(session, water, HOUR)) == 3
    api = Api(county, database_url, tmp_path / "files")
    page = api.client.get("/board", headers={"Authorization": f"Bearer {api.tokens['office']}"}).text
    panel = page.split('id="sources"')[1].split("</section>")[0]
    assert "群众反映" in panel
    figure = re.search(r'data-figure="tickets.by_source" href="(/tickets\?source=masses[^"]*)">(\d+)<', panel)
    assert figure is not None
    listed = api.client.get(figure[1], headers={"Authorization": f"Bearer {api.tokens['office']}"}).text
    assert len(set(re.findall(r"/tickets/(\d{4}-\d+)", listed))) == int(figure[2]) == 2


def test_a_ranking_freezes_what_each_source_brought_and_the_compilation_prints_it(engine: Engine) -> None:
    county = county_of_sources(engine)
    row = make_ranking(county)
    assert row.content["sources"] == [
        {"source": "visit", "filed": 2, "closed": 1, "open": 1, "overdue": 1},
        {"source": "masses", "filed": 2, "closed": 0, "open": 2, "overdue": 1},
        {"source": "", "filed": 1, "closed": 0, "open": 1, "overdue": 1},
    ]
    with county.read() as session:
        setting = county_context(session)
        words, table = analysis.by_source(setting, session.get_one(Ranking, row.id))
    assert words.startswith("本年度登记问题5件，已销号1件；现有未销号4件，其中逾期3件。")
    # One that was taken back is named, so that the figures add up.
    back = Ranking(content={"sources": [{"source": "visit", "filed": 5, "closed": 2, "open": 2, "overdue": 0}]})
    assert analysis.by_source(setting, back)[0].startswith("本年度登记问题5件，已销号2件，撤回1件；现有未销号2件，")
    assert [line[0] for line in table.rows] == ["入户核查", "群众反映", "未注明来源"]
    # What ends after the hour was open at it.
    county.do("office", "cancel", 2, HOUR + timedelta(hours=1), reason="重复")
    with county.read() as session:
        assert rankings.recompute(session, session.get_one(Ranking, row.id)).holds


def test_what_was_filed_or_closed_before_the_year_counts_only_while_it_is_open() -> None:
    since = START - timedelta(days=30)

    def fact(source: str, filed: timedelta, ended: timedelta | None, duty: str | None = None) -> TicketFact:
        ends = since + ended if ended is not None else None
        state = "closed" if ended is not None else "in_progress"
        return TicketFact(
            1,
            "2018-000001",
            state,
            "water",
            "",
            None,
            START,
            ends,
            None,
            None,
            None,
            None,
            duty,
            since + filed,
            None,
            0,
            None,
            None,
            None,
            source,
        )

    day = timedelta(days=1)
    facts = [
        fact("visit", -day, None),
        fact("visit", -2 * day, -day),
        fact("visit", -day, timedelta()),
        fact("visit", timedelta(), day),
        fact("", day, None, duty="report"),
        fact("masses", -2 * day, -day),
    ]
    found = by_source(small_scheme(), facts, since, START)
    assert found == [{"source": "visit", "filed": 1, "closed": 2, "open": 1, "overdue": 0}], (
        "due at the hour is in time"
    )
