"""A gap between reported figures and own rows that lasts becomes a ticket of item 18, once; the sweep files it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

import worker
from models import Ranking, Ticket
from tests.support.factories import County, settle_county, words
from tests.support.households import people
from tests.support.pages import Pages
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme
from workflow.assessment import figure_gaps, reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import own_counts, rankings, snapshot
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.policy.scheme.model import Scheme
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.verification.full_check import verify

DAYS = [ON + timedelta(days=10 * n) for n in range(4)]


def gap_scheme() -> Scheme:
    content = ranked_scheme().model_dump(mode="json")
    content["measures"][2]["own"] = {"of": ["people.insured"], "to": ["people.registered"]}
    content["sources"].append(
        {"code": "own_rows", "name": words("比对"), "filers": ["system"], "subjects": ["unit"], "reference": True}
    )
    route = {"code": "own-unit", "lead": "subject", "confirmer": "office", "reason": words("r"), "when": {}}
    content["kinds"].append(
        {
            "code": "figures_differ",
            "name": words("填报与台账不符"),
            "indicator": 18,
            "subjects": ["unit"],
            "sources": ["own_rows"],
            "routes": [route],
        }
    )
    content["figures"] = {"jump": 100, "gap": 5, "gap_periods": 3, "kind": "figures_differ", "source": "own_rows"}
    return Scheme.model_validate(content)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, gap_scheme())
    people(county, *[{"insured": True}] * 20)
    return county


def rank(county: County, number: int, figure: tuple[int, int]) -> Ranking:
    """The ranking of one day, with a figure reported before it."""
    hour = HOUR + timedelta(days=10 * number)
    with county.write() as session:
        setting = county_context(session)
        own = own_counts.own_now(session, setting, "told", hour)
        reported_figures.report(
            session,
            county.people["power"],
            setting,
            hour - timedelta(hours=2),
            "told",
            DAYS[number],
            [Line("甲镇", *figure)],
            "名册",
            own,
            Assent("登记滞后", True),
        )
    return make_ranking(county, hour, DAYS[number])


def sweep(county: County, number: int) -> int:
    filed = figure_gaps.run(county.read, county.write, HOUR + timedelta(days=10 * number, hours=1), None)
    assert filed is not None
    return filed.count


def filed(county: County) -> list[Ticket]:
    with county.read() as session:
        return list(session.scalars(select(Ticket).where(Ticket.kind == "figures_differ")))


def test_a_gap_of_three_rankings_is_a_ticket_about_the_reporting_unit_once(county: County, tmp_path: Path) -> None:
    for number in range(2):
        rank(county, number, (20, 22))
        assert sweep(county, number) == 0
    rank(county, 2, (20, 22))
    assert sweep(county, 2) == 1
    (ticket,) = filed(county)
    assert (ticket.subject_unit_id, ticket.holder_unit_id, ticket.confirmer_unit_id) == (
        county.units["power"],
        county.units["power"],
        county.units["office"],
    )
    assert (ticket.filed_as, ticket.filed_unit_id, ticket.source) == ("system", None, "own_rows")
    assert ticket.source_reference == "told town-a 2018-11-30"
    # Seen: that key, codes and all, on the ticket's page, whose description says it in words.
    page = Pages(county, str(county.engine.url), tmp_path).get("office", f"/tickets/{ticket.number}").text
    assert ("比对" in page, "told town-a" in page) == (True, False)
    assert "连续3期" in ticket.description
    assert "自2018年11月30日起" in ticket.description
    assert "最近一期填报达标数20、总数22；台账达标数20，与填报一致；台账总数20，多报2。" in ticket.description
    # Seen again, and closed meanwhile, it is the same gap.
    assert sweep(county, 2) == 0
    moment = HOUR + timedelta(days=21)
    county.do("power", "accept", ticket.id, moment)
    county.resolve(ticket.id, moment + timedelta(hours=1), "power", note="台账已逐户核对，补报数据")
    county.confirm(ticket.id, moment + timedelta(hours=2), "office")
    rank(county, 3, (20, 22))
    assert sweep(county, 3) == 0
    assert len(filed(county)) == 1
    with county.read() as session:
        assert {finding.code for finding in verify(session, tmp_path)} <= {"bytes_missing"}


@pytest.mark.parametrize("figures", [[(20, 22), (20, 21), (20, 22)], [(20, 21)] * 3, [(20, 22), (20, 22)]])
def test_a_gap_that_closed_or_is_small_or_young_is_none(county: County, figures: list[tuple[int, int]]) -> None:
    for number, figure in enumerate(figures):
        rank(county, number, figure)
    assert sweep(county, len(figures) - 1) == 0
    assert filed(county) == []


def test_one_of_a_few_is_no_gap(engine: Engine) -> None:
    """Seen: one household of 17 was a lasting gap, since a share of so few is soon 5 per cent."""
    content = gap_scheme().model_dump(mode="json")
    content["figures"]["gap_least"] = 3
    county = settle_county(engine, Scheme.model_validate(content))
    people(county, *[{"insured": True}] * 17)
    for number in range(3):
        rank(county, number, (16, 18))
    assert sweep(county, 2) == 0


def test_the_sweep_of_the_worker_files_it(county: County) -> None:
    for number in range(3):
        rank(county, number, (20, 22))
    moment = HOUR + timedelta(days=20, hours=1)
    assert worker.sweep_once(county.engine, lambda: moment) is not None
    assert len(filed(county)) == 1
    # The same ranking is not looked at twice.
    with county.read() as session:
        newest = session.scalars(select(Ranking.id).order_by(Ranking.id.desc())).first()
    assert figure_gaps.run(county.read, county.write, moment, newest) is None


def test_the_database_lets_the_system_file_about_one_gap_once(county: County) -> None:
    for number in range(3):
        rank(county, number, (20, 22))
    sweep(county, 2)
    (ticket,) = filed(county)
    columns: dict[str, Any] = {column.key: getattr(ticket, column.key) for column in Ticket.__table__.columns}
    with pytest.raises(IntegrityError), county.write() as session:
        session.execute(insert(Ticket.__table__).values({**columns, "id": None, "source": "another"}))
    assert isinstance(DAYS[0], date)


def test_nobody_files_for_the_system_and_is_told_where_the_rows_are(county: County) -> None:
    for wanted, field in (("own_rows", "source"), (None, "kind")):
        with pytest.raises(BadInput) as refusal, county.write() as session:
            unit = Deficiency(unit="power", kind="figures_differ", source=wanted, reference="1号", description="不符")
            filing.file_ticket(session, county.people["office"], HOUR, unit)
        assert (refusal.value.code, refusal.value.field) == ("kind_from_rows", field)


def test_nobody_owes_the_figure_of_a_town_that_has_nothing_to_report(county: County) -> None:
    """Seen: a ranking and a bureau's signed report named six towns without any household for not having reported."""
    row = make_ranking(county)
    assert row.content["owed"] == [{"unit": "power", "measure": "told", "towns": ["town-a"]}]
    with county.read() as session:
        setting = county_context(session)
        before = snapshot.figures_of(session, setting, ON, HOUR, HOUR, formula=5)
        assert before["owed"] == [{"unit": "power", "measure": "told", "towns": ["town-a", "town-b"]}]
        assert rankings.recompute(session, row).differs == ()
