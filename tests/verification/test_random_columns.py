"""Tampering with random checks: each column of draws, checks and results, altered alone, gives exactly these findings."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import County
from tests.support.random_checks import SEEN, check_of, draw, look, settle, tend
from tests.support.tampering import Expected, columns, every_column
from tests.support.verify import findings_after

pytestmark = pytest.mark.one_database("sqlite")
_DRAW = "random_draw_differs random checks of 2018-11"
_SAMPLE = "random_sample_differs random checks of 2018-11"
_SEED = "random_seed_differs random checks of 2018-11"
_LIST = "random_population_differs random checks of 2018-11"
_STRAY = "random_check_differs random check still open"
_AGAIN = "random_check_differs random check again"
_RESULT = "random_result_differs random check made"
_CHECK_COLUMNS = [
    "draw_id",
    "household_id",
    "standing",
    "town_id",
    "passed_by_unit_id",
    "checker_unit_id",
    "repeats_id",
    "given_at",
    "due_at",
]
EXPECTED: Expected = {
    "random_draw": (
        "drawn > 0",
        {
            "scheme_version_id": f"{_DRAW}; {_SAMPLE}",
            "period": "random_draw_differs random checks of forged; random_sample_differs random checks of forged",
            "drawn_at": _DRAW,
            "algorithm": f"{_DRAW}; {_SEED}",
            "block_number": f"block_missing block 1001, named by random draw 1; {_DRAW}; {_SEED}",
            "block_hash": f"block_missing block 1, named by random draw 1; {_DRAW}; {_SEED}",
            "seed": f"{_DRAW}; {_SAMPLE}; {_SEED}",
            "population": f"{_DRAW}; {_LIST}",
            "population_hash": f"{_DRAW}; {_LIST}",
            "households": _SAMPLE,
            "drawn": f"{_DRAW}; {_SAMPLE}",
        },
    ),
    "random_check": (
        "household_id = 2",
        {
            "draw_id": f"{_STRAY}; {_DRAW}; {_SAMPLE}",
            "household_id": f"{_DRAW}; {_SAMPLE}",
            "standing": f"{_DRAW}; {_SAMPLE}",
            "town_id": _DRAW,
            "passed_by_unit_id": _DRAW,
            "checker_unit_id": f"{_DRAW}; {_SAMPLE}",
            "repeats_id": f"{_STRAY}; {_DRAW}; {_SAMPLE}",
            "given_at": _DRAW,
            "due_at": _DRAW,
        },
    ),
    "random_result": (
        "household_id = 1",
        {
            "check_id": "random_result_differs random check forged; random_result_missing random check made",
            **dict.fromkeys(["household_id", "result", "at", "by_id", "unit_id", "visited_on", "checkup_id"], _RESULT),
        },
    ),
}


@pytest.fixture
def county(engine: Engine) -> County:
    """A draw with a check that failed and its recheck, and others still open."""
    county = settle(engine)
    draw(county)
    ticket = look(county, water="dry").recorded.filed[0].id
    county.do("water", "accept", ticket, SEEN)
    county.resolve(ticket, SEEN + timedelta(hours=1))
    county.confirm(ticket, SEEN + timedelta(hours=2))
    assert tend(county, SEEN + timedelta(hours=3)) == 1
    return county


def names(county: County) -> dict[str, str]:
    """Which household was drawn first depends on the seed."""
    again, still_open = check_of(county), check_of(county, "A2").id
    made = again.repeats_id or 0
    return {
        f"check {again.id}": "check again",
        f"check {made}": "check made",
        f"check {still_open}": "check still open",
        f"check {made + 1000}": "check forged",
    }


def test_whatever_column_of_a_random_check_is_altered_is_found_and_nothing_else(
    county: County, engine: Engine, tmp_path: Path
) -> None:
    assert every_column(engine, tmp_path, EXPECTED, names=names(county)) == columns(EXPECTED)
    recheck: Expected = {"random_check": ("repeats_id IS NOT NULL", dict.fromkeys(_CHECK_COLUMNS, _AGAIN))}
    assert every_column(engine, tmp_path, recheck, names=names(county)) == columns(recheck)


def test_a_row_that_is_deleted_or_slipped_in_is_found(county: County, engine: Engine, tmp_path: Path) -> None:
    # PostgreSQL keeps JSON as a type of its own.
    as_text, as_json = ("::text", "::json") if engine.dialect.name == "postgresql" else ("", "")
    copied = "draw_id, household_id, standing, town_id, passed_by_unit_id, checker_unit_id"
    for statement, code in (
        ("DELETE FROM random_result", "random_result_missing"),
        ("DELETE FROM random_check WHERE repeats_id IS NOT NULL", "random_check_missing"),
        ("DELETE FROM random_check WHERE household_id = 2", "random_sample_differs"),
        ("DELETE FROM random_draw", "random_draw_missing"),
        ("UPDATE finding SET result = 'met', cause = '' WHERE result = 'unmet'", "random_result_differs"),
        (
            f"UPDATE random_draw SET households = replace(households{as_text}, '\"leaving\"', '\"exited\"'){as_json}",
            "random_population_differs",
        ),
        (
            f"INSERT INTO random_check ({copied}, repeats_id, given_at, due_at) SELECT {copied}, id, given_at, due_at"
            " FROM random_check WHERE household_id = 2",
            "random_check_differs",
        ),
    ):
        assert code in findings_after(engine, tmp_path, [statement]), statement
