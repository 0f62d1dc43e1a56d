"""Figure checks (数据抽查核实): figures that rest on a unit's own word are drawn, checked by another unit, and become a ticket
where they are untrue.
"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from models import FigureCheck, Ranking, Ticket
from tests.support.factories import County, settle_county
from tests.support.figure_checks import checked_scheme, ranked
from tests.support.rankings import HOUR
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.verify import findings, findings_after
from workflow.assessment.checking import figure_checks
from workflow.assessment.checking.figure_checks import CheckInput
from workflow.assessment.ranking import rankings
from workflow.errors import BadInput, Duplicate, NotAllowed, WorkflowError
from workflow.policy import sampling

LATER = HOUR + timedelta(days=3)
SEEN = "县供电局缴费台账和银行回单"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, checked_scheme())


def check(county: County, who: str, figure: str, of: int | None, to: int | None = 100, note: str = "") -> FigureCheck:
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        given = CheckInput(figure, of, to, SEEN, note)
        return figure_checks.record(session, county.people[who], LATER, row, given)


def refused(county: County, who: str, figure: str, of: int | None, to: int | None = 100, note: str = "") -> str:
    with pytest.raises(WorkflowError) as refusal:
        check(county, who, figure, of, to, note)
    return refusal.value.code


def test_a_true_figure_is_recorded_and_an_untrue_one_becomes_a_ticket_to_who_reported_it(
    county: County, tmp_path: Path
) -> None:
    ranking = ranked(county)
    assert check(county, "office", "told town-b", 95).ticket_id is None
    made = check(county, "office", "told town-a", 80, 100, "缴费凭证只有80户，多报10户。")
    with county.read() as session:
        ticket = session.get_one(Ticket, made.ticket_id or 0)
        setting = rankings.setting_of(session, session.get_one(Ranking, ranking))
        named = (setting.unit(ticket.subject_unit_id or 0).code, setting.unit(ticket.lead_unit_id or 0).code)
        assert (ticket.kind, *named, ticket.state) == ("figures_differ", "power", "power", "assigned")
        assert ticket.filed_by_id == county.people["office"].user_id
        assert "填报90" in ticket.description
        assert "抽查核实为80" in ticket.description
        # What was published stays, and is still proved.
        assert rankings.recompute(session, session.get_one(Ranking, ranking)).holds
    assert findings(county, tmp_path) == set()
    assert refused(county, "office", "told town-a", 90) == "figure_checked_already"


def test_a_check_needs_its_numbers_what_was_looked_at_and_why_it_is_untrue(county: County) -> None:
    ranked(county)
    with pytest.raises(BadInput) as refusal:
        check(county, "office", "told town-a", 80)
    assert (refusal.value.code, refusal.value.field) == ("missing", "note")
    assert refused(county, "office", "told town-a", 101) == "found_beyond_whole"
    assert refused(county, "office", "told town-a", None) == "missing"
    assert refused(county, "office", "haves town-a", 1) == "figure_not_drawn"
    with county.read() as session:
        assert session.scalars(select(FigureCheck)).all() == []
        assert session.scalars(select(Ticket).where(Ticket.subject_unit_id.is_not(None))).all() == []


def test_nobody_checks_the_own_word_and_no_unit_is_told_what_is_drawn(county: County) -> None:
    ranking = ranked(county)
    for who in ("power", "town", "water", "village", "inspectorate"):
        with pytest.raises(NotAllowed):
            check(county, who, "told town-a", 90)
    assert refused(county, "leaders", "told town-a", 90) == "figure_check_of_another"

    def seen(who: str) -> list[tuple[str, bool, bool]]:
        with county.read() as session:
            row = session.get_one(Ranking, ranking)
            lines = figure_checks.lines(session, county.people[who], row, LATER + timedelta(days=9))
            return sorted((line.figure.name, line.mine, line.late) for line in lines)

    assert seen("office") == [("told town-a", True, True), ("told town-b", True, True)]
    assert [name for name, mine, _ in seen("inspectorate") if not mine] == ["told town-a", "told town-b"]
    assert (seen("power"), seen("town")) == ([], [])
    check(county, "office", "told town-a", 90)
    assert (seen("power"), seen("town"), seen("water")) == ([("told town-a", False, False)],) * 2 + ([],)


@pytest.mark.parametrize(("reporter", "confirmer"), [("office", "leaders"), ("poverty", "office")])
def test_a_figure_of_the_office_or_of_a_bureau_that_leads_it_is_checked_by_the_leading_group(
    engine: Engine, reporter: str, confirmer: str
) -> None:
    county = settle_county(engine, checked_scheme(reporter))
    ranking = ranked(county, reporter)
    assert refused(county, "office", "told town-a", 90) == "figure_check_of_another"
    with county.read() as session:
        row = session.get_one(Ranking, ranking)
        lines = figure_checks.lines(session, county.people["leaders"], row, LATER)
        assert {(line.checker.code, line.mine) for line in lines} == {("leaders", True)}
    made = check(county, "leaders", "told town-a", 80, 100, "缴费凭证只有80户，多报10户。")
    with county.read() as session:
        ticket, own = session.get_one(Ticket, made.ticket_id or 0), county.people[reporter].own_unit_id
        assert (ticket.subject_unit_id, ticket.lead_unit_id) == (own, own)
        assert ticket.confirmer_unit_id == county.people[confirmer].own_unit_id


def test_a_person_who_reported_a_figure_does_not_check_it_from_another_unit(county: County) -> None:
    """An account moves with its person: unit and unit differ, the hand does not."""
    ranked(county)
    reporter, office = county.people["power"], county.people["office"]
    county.people["office"] = replace(office, user_id=reporter.user_id)
    assert refused(county, "office", "told town-a", 90) == "figure_check_own_hand"


def test_the_database_keeps_the_own_word_apart_and_an_untrue_figure_with_its_ticket(county: County) -> None:
    ranked(county)
    made = check(county, "office", "told town-b", 95)
    columns: dict[str, Any] = {column.key: getattr(made, column.key) for column in FigureCheck.__table__.columns}
    kept = columns | {"id": None}
    broken = (
        kept,
        kept | {"measure": "other", "checker_unit_id": made.reporter_unit_id},
        kept | {"measure": "other", "checker_unit_id": made.town_id},
        kept | {"measure": "other", "found_of": 94},
        kept | {"measure": "other", "found_of": 101},
        kept | {"measure": "other", "source": ""},
    )
    for values in broken:
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(insert(FigureCheck.__table__).values(values))
    with pytest.raises(Duplicate):
        check(county, "office", "told town-b", 95)


def test_figures_are_drawn_by_the_snapshot_alone_and_of_the_months_last_ranking(county: County) -> None:
    ranking = ranked(county)
    with county.read() as session:
        row = session.get_one(Ranking, ranking)
        scheme = rankings.setting_of(session, row).scheme
        both = sampling.drawn_figures(scheme, row.on, 1, row.hash, row.content)
        assert {(one.name, one.reporter, one.said) for one in both} == {
            ("told town-a", "power", (90, 100)),
            ("told town-b", "power", (95, 100)),
        }
        # Fewer are drawn where the scheme says so: the first of the same order, which another hash changes.
        rule = scheme.figures.checks
        assert rule is not None
        one = scheme.model_copy(
            update={"figures": scheme.figures.model_copy(update={"checks": rule.model_copy(update={"most": 1})})}
        )
        assert sampling.drawn_figures(one, row.on, 1, row.hash, row.content) == both[:1]
        orders = {sampling.drawn_figures(one, row.on, 1, f"{n:064}", row.content)[0].town for n in range(20)}
        assert orders == {"town-a", "town-b"}
        for on, edition in ((date(2018, 11, 20), 1), (row.on, 2)):
            assert sampling.drawn_figures(scheme, on, edition, row.hash, row.content) == []


def test_a_forged_result_is_found_and_so_is_one_of_a_figure_that_was_never_drawn(
    county: County, tmp_path: Path
) -> None:
    ranked(county)
    check(county, "office", "told town-a", 80, 100, "缴费凭证只有80户，多报10户。")
    never = {"said_of", "measure", "town_id", "reporter_unit_id", "ranking_id"}
    forged = {
        **dict.fromkeys(("found_of", "found_to", "said_of"), 99),
        "town_id": 2,
        "reporter_unit_id": 3,
        "checker_unit_id": 3,
        "by_id": 2,
        "ticket_id": 1,
        "measure": "'haves'",
        "source": "'另一本台账'",
        "note": "'另有说法'",
        "at": "'2018-12-09 00:00:00+00:00'",
    }
    for column, value in forged.items():
        after = findings_after(county.engine, tmp_path, [f"UPDATE figure_check SET {column} = {value}"])
        assert "figure_check_differs" in after, column
        assert ("figure_check_not_drawn" in after) is (column in never), column
    assert findings_after(county.engine, tmp_path, ["DELETE FROM figure_check"]) == {"row_missing"}
    assert findings(county, tmp_path) == set()


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_shipped_scheme_that_ranks_on_a_units_own_word_draws_it(path: Any) -> None:
    scheme = shipped_scheme(path)
    marked = [measure for measure in scheme.measures if measure.self_reported or measure.provisional]
    assert (scheme.figures.checks is not None) == (scheme.code == "wuhua-2018")
    if scheme.figures.checks is not None:
        assert marked
