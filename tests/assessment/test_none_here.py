"""A unit states of a town that there is none of a figure this period (本期无此项), with the reason: no figure, and none owed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from models import Household, Ranking, ReportedFigure, Village
from tests.support.factories import County, settle_county
from tests.support.households import people
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme
from tests.support.verify import findings, findings_after_each
from workflow.assessment import reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import figure_sources, rankings, snapshot
from workflow.assessment.ranking.own_counts import own_now
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.policy.scheme.model import Scheme

WHY = "本期没有发生医疗费用的贫困人口，已与医保系统核对"
BEFORE = HOUR - timedelta(hours=2)


def stated_scheme() -> Scheme:
    """`told` without own rows, and `held`, of which the register counts the whole."""
    content = ranked_scheme().model_dump(mode="json")
    told = content["measures"][2]
    content["measures"].append(told | {"code": "held", "own": {"to": ["people.registered"]}})
    content["measures"].append(told | {"code": "sampled", "own": {"most": ["households.on_register"]}})
    return Scheme.model_validate(content)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, stated_scheme())
    people(county, *[{"labour": "with"}] * 3)
    return county


def state(county: County, *lines: Line, code: str = "told", at: Any = BEFORE, **assent: Any) -> list[ReportedFigure]:
    """Reports lines up to the day of `at`."""
    with county.write() as session:
        setting = county_context(session)
        own = own_now(session, setting, code, at)
        power, given = county.people["power"], Assent(**assent)
        return reported_figures.report(session, power, setting, at, code, at.date(), lines, "医保结算系统", own, given)


def none(town: str, why: str = WHY) -> Line:
    return Line(town, 0, 0, why)


def towns(row: Ranking) -> dict[str, dict[str, Any]]:
    return {line["town"]: line for line in row.content["county"]}


def test_nobody_owes_what_is_stated_to_be_none_and_the_ranking_says_so(county: County, tmp_path: Path) -> None:
    state(county, Line("甲镇", 90, 100), none("乙镇"))
    row = make_ranking(county)
    assert row.content["formula_version"] == 7
    assert {"unit": "power", "measure": "told", "towns": ["town-b"]} in row.content["stated_none"]
    assert [entry for entry in row.content["owed"] if entry["measure"] == "told"] == []
    told = next(entry for entry in row.content["measures"] if entry["code"] == "told")
    assert [(line["of"], line["to"], line["score"]) for line in told["towns"]] == [(90, 100, 9000), (0, 0, None)]
    assert snapshot.states_none(row.content, "told", "town-b")
    assert not snapshot.states_none(row.content, "told", "town-a")
    with county.read() as session:
        assert rankings.recompute(session, row).differs == ()
        # Whoever opens the figure reads who stated it and why.
        (of, _to) = figure_sources.behind(session, county.people["office"], row, "told", "town-b")
    assert of.figure is not None
    assert (of.figure.none_here, of.figure.reason) == (True, WHY)
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_a_ranking_of_version_6_names_who_did_not_report_it(county: County) -> None:
    state(county, Line("甲镇", 90, 100), none("乙镇"))
    with county.read() as session:
        content = snapshot.figures_of(session, county_context(session), ON, HOUR, HOUR, formula=6)
    assert {"unit": "power", "measure": "told", "towns": ["town-b"]} in content["owed"]
    assert "stated_none" not in content


def test_what_is_stated_to_be_none_widens_no_range(county: County) -> None:
    """The figure of town B could still move it; the statement that there is none cannot."""
    state(county, Line("甲镇", 90, 100))
    open_ = towns(make_ranking(county))
    state(county, none("乙镇"))
    closed = towns(make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10)))
    assert (open_["town-b"]["best"], open_["town-b"]["worst"]) != (closed["town-b"]["best"], closed["town-b"]["worst"])
    # It is no data either: the coverage is that of the town without the figure.
    assert closed["town-b"]["coverage"] == open_["town-b"]["coverage"]


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        (none("甲镇", "无"), "told", "says_nothing"),
        (none("甲镇", "已落实"), "told", "says_nothing"),
        (Line("甲镇", 1, 2, WHY), "told", "figure_none_and_numbers"),
        # Three people on the register, and three households from which a sample can be drawn.
        (none("甲镇"), "held", "figure_none_rows"),
        (none("甲镇"), "sampled", "figure_none_rows"),
        (Line("甲镇", 0, 0), "told", "figure_of_nothing"),
    ],
)
def test_a_statement_says_why_and_stands_against_no_rows(county: County, line: Line, code: str, error: str) -> None:
    with pytest.raises(BadInput) as refusal:
        state(county, line, code=code, reason="名册未更新，已逐户核对")
    assert refusal.value.code == error
    box = "to-town-a" if error == "figure_of_nothing" else "none-town-a"
    assert refusal.value.params["box"] == box


def test_after_a_figure_it_is_asked_once_more_and_on_the_same_day_it_is_a_correction(county: County) -> None:
    state(county, Line("甲镇", 90, 100))
    later = BEFORE + timedelta(days=1)
    with pytest.raises(BadInput) as refusal:
        state(county, none("甲镇"), at=later)
    assert (refusal.value.code, refusal.value.params["box"]) == ("figure_jump", "none-town-a")
    assert refusal.value.params["jumps"] == "甲镇 90/100 → –"
    (first,) = state(county, none("甲镇"), at=later, sure=True)
    # The same again changes nothing; numbers in its place need a reason, and it needs none but its own.
    assert state(county, none("甲镇"), at=later, sure=True) == []
    with pytest.raises(BadInput) as refusal:
        state(county, Line("甲镇", 1, 2), at=later)
    assert refusal.value.code == "figure_corrected_why"
    (second,) = state(county, Line("甲镇", 90, 100), at=later, reason="月底补结一笔费用")
    (third,) = state(county, none("甲镇"), at=later + timedelta(minutes=1), sure=True)
    assert (second.replaces_id, third.replaces_id, third.reason) == (first.id, second.id, WHY)


def test_rows_that_come_later_make_the_figure_owed_again(county: County) -> None:
    """Town B has nobody on the register when it is stated; then it has."""
    state(county, none("乙镇"), code="held")
    assert {"unit": "power", "measure": "held", "towns": ["town-b"]} in make_ranking(county).content["stated_none"]
    with county.write() as session:
        village = session.scalars(select(Village).where(Village.code == "town-b-v1")).one()
        session.scalars(select(Household).where(Household.code == "A1")).one().village_id = village.id
    row = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    owed = {entry["measure"]: entry["towns"] for entry in row.content["owed"]}
    assert "town-b" in owed["held"]
    assert "held" not in {entry["measure"] for entry in row.content["stated_none"]}


def test_the_database_takes_no_statement_without_a_reason_or_beside_numbers(county: County) -> None:
    state(county, Line("甲镇", 90, 100), none("乙镇"))
    with county.read() as session:
        row = session.query(ReportedFigure).filter_by(none_here=True).one()
    for wrong in ({"reason": ""}, {"denominator": 1}):
        values = {
            column.key: getattr(row, column.key) for column in ReportedFigure.__table__.columns if column.key != "id"
        }
        with pytest.raises(IntegrityError, match="none_here"), county.write() as session:
            session.add(ReportedFigure(**(values | wrong)))


def test_verify_finds_a_statement_that_was_put_in_or_taken_out(county: County, engine: Engine, tmp_path: Path) -> None:
    state(county, Line("甲镇", 90, 100), none("乙镇"))
    found = findings_after_each(
        engine,
        tmp_path,
        {
            "taken out": ["UPDATE reported_figure SET none_here = false WHERE none_here"],
            "another reason": ["UPDATE reported_figure SET reason = '无' WHERE none_here"],
        },
    )
    assert set().union(*found.values()) == {"figure_differs"}
    assert all(found.values())


def test_the_county_itself_may_have_none(engine: Engine) -> None:
    content = ranked_scheme().model_dump(mode="json")
    own = {key: value for key, value in content["measures"][2].items() if key in ("name", "item", "of", "reported_by")}
    content["county_measures"] = [own | {"code": "paid", "to": ["people.labourers"], "each": 2}]
    county = settle_county(engine, Scheme.model_validate(content))
    state(county, none("县供电局"), code="paid")
    state(county, Line("甲镇", 90, 100), Line("乙镇", 90, 100))
    row = make_ranking(county)
    assert row.content["stated_none"] == [{"unit": "power", "measure": "paid", "towns": []}]
    assert row.content["owed"] == []
    assert snapshot.states_none(row.content, "paid", None)
    people(county, {"labour": "with", "born_on": date(1980, 1, 1)})
    with pytest.raises(BadInput, match="figure_none_rows"):
        state(county, none("县供电局"), code="paid")
