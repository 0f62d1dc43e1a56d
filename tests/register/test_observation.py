"""Observation: a scheme may require that everything has held for so many days, and may keep households without labour
force.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from models import ExitDossier, Household
from tests.support.factories import START, County, day, settle_county
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.county.context import county_context
from workflow.errors import ExitRefused
from workflow.register import checkups, exit_gate
from workflow.register.checkup_input import CheckupInput, Found
from workflow.register.income import judge_household
from workflow.register.observation import Observed

MONITORING = next(shipped_scheme(path) for path in SCHEMES if shipped_scheme(path).exit.observe_days)
TODAY = START.date()
DAYS = MONITORING.exit.observe_days or 0


@pytest.fixture
def county(engine: Engine) -> County:
    """A county under the real scheme with its own days; household A1 earns well above the line."""
    stage = next(path for path in SCHEMES if path.stem == MONITORING.code)
    county = settle_county(engine, stage=stage)
    with county.write() as session:
        for home in session.scalars(select(Household)):
            home.income_fen, home.income_year = 90_000_00, MONITORING.exit.income.averages[0].year  # type: ignore[union-attr]
            home.labour = "none" if home.code == "A2" else "partly"
    return county


def visit(county: County, n: float, household: str = "A1", **unmet: str) -> None:
    rule = MONITORING.exit.income
    findings = {have.code: Found("met") for have in MONITORING.haves if rule is None or have.code != rule.have}
    findings |= {have: Found("unmet", cause) for have, cause in unmet.items()}
    with county.write() as session:
        checkups.record(
            session, county.people["town"], day(n), household, CheckupInput(seen_on=day(n).date(), findings=findings)
        )


def observed(county: County, n: float, household: str = "A1") -> Observed:
    with county.read() as session:
        home = session.scalars(select(Household).where(Household.code == household)).one()
        seen = exit_gate.examine(session, county_context(session), home, day(n))
        assert seen.observed is not None
        return seen.observed


def leave(county: County, n: float, household: str = "A1") -> str:
    try:
        with county.write() as session:
            exit_gate.exit_household(session, county.people["town"], day(n), household)
    except ExitRefused:
        return "refused"
    return "left"


def test_it_counts_from_the_day_everything_was_seen_met_and_starts_anew_after_a_break(county: County) -> None:
    assert observed(county, 0).since is None
    drinking = next(kind.have for kind in MONITORING.kinds if kind.have and "village" in kind.subjects)
    assert drinking is not None
    visit(county, 0)
    assert observed(county, 1) == Observed(TODAY, TODAY + timedelta(days=DAYS), DAYS, False)
    visit(county, 10, **{drinking: ""})
    assert observed(county, 10).since is None
    visit(county, 20)
    visit(county, 60)
    assert observed(county, 60).since == date(2018, 12, 10)
    # A ticket breaks it on its day, and its confirmation on the spot begins the next stretch.
    ticket = county.file("town", at=day(70))
    assert observed(county, 71).since is None
    county.do("water", "accept", ticket, day(71))
    county.resolve(ticket, day(72))
    county.confirm(ticket, day(73))
    assert observed(county, 74).since == day(73).date()
    visit(county, 73 + DAYS - 1)
    assert leave(county, 73 + DAYS - 1) == "refused"
    assert leave(county, 73 + DAYS) == "left"
    with county.read() as session:
        content = session.scalars(select(ExitDossier.content)).one()
    assert content["observed_since"] == day(73).date().isoformat()


def test_who_has_no_labour_force_is_kept_however_long_it_held(county: County) -> None:
    for n in (0, DAYS):
        visit(county, n, "A2")
    assert observed(county, DAYS, "A2").long_enough
    assert leave(county, DAYS, "A2") == "refused"
    # Only that stood in the way: one partly able passes on the same evidence.
    for n in (0, DAYS):
        visit(county, n, "A3")
    assert leave(county, DAYS, "A3") == "left"


def test_the_income_alone_decides_where_no_allowance_stands_in_for_it(county: County) -> None:
    with county.write() as session:
        home = session.scalars(select(Household).where(Household.code == "A1")).one()
        setting = county_context(session)
        line = setting.scheme.average_income(home.income_year or 0)
        assert line is not None
        for fen, result in ((int(line.yuan * 100), "met"), (int(line.yuan * 100) - 1, "unmet")):
            home.income_fen = fen
            judgement = judge_household(session, setting, home, START.date())
            assert judgement is not None
            assert (judgement.result, judgement.threshold_fen) == (result, int(line.yuan * 100))
        home.labour, home.income_fen, home.income_year = "unknown", None, None
        judgement = judge_household(session, setting, home, START.date())
        assert judgement is not None
        assert [reason.code for reason in judgement.reasons] == ["income_unknown"]
