"""Tampering with spot checks: each column of draws, checks and results, altered alone, gives exactly these findings."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import settle_county
from tests.support.spot_checks import checks, close, draw, look
from tests.support.tampering import NUMBERS, Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
_SEED = "draw_differs spot checks of 2018-11; spot_seed_differs spot checks of 2018-11"
EXPECTED: Expected = {
    "spot_draw": (
        "drawn > 0",
        {
            "scheme_version_id": "draw_differs spot checks of 2018-11; spot_sample_differs spot checks of 2018-11",
            "month": "draw_differs spot checks of forged; spot_sample_differs spot checks of forged",
            "drawn_at": "draw_differs spot checks of 2018-11",
            "algorithm": _SEED,
            "block_number": f"block_missing block 1000, named by spot draw 1; {_SEED}",
            "block_hash": f"block_missing block 0, named by spot draw 1; {_SEED}",
            "seed": _SEED,
            "population": "draw_differs spot checks of 2018-11; spot_population_differs spot checks of 2018-11",
            "population_hash": "draw_differs spot checks of 2018-11; spot_population_differs spot checks of 2018-11",
            "drawn": "draw_differs spot checks of 2018-11; spot_sample_differs spot checks of 2018-11",
        },
    ),
    "spot_check": (
        "ticket_id = 1",
        {
            "draw_id": (
                "draw_differs spot check still open; draw_differs spot checks of 2018-11; "
                "spot_sample_differs spot checks of 2018-11"
            ),
            "ticket_id": "draw_differs spot checks of 2018-11; spot_sample_differs spot checks of 2018-11",
            "episode": "draw_differs spot checks of 2018-11; spot_sample_differs spot checks of 2018-11",
            "town_id": "draw_differs spot checks of 2018-11",
            "resolved_by_unit_id": "draw_differs spot checks of 2018-11",
            "confirmed_by_unit_id": "draw_differs spot checks of 2018-11",
            "checker_unit_id": "draw_differs spot checks of 2018-11; spot_sample_differs spot checks of 2018-11",
            "due_at": (
                "draw_differs spot checks of 2018-11; spot_pending_differs spot check still open; "
                "spot_pending_differs spot check still open"
            ),
            "void": "draw_differs spot checks of 2018-11; spot_pending_differs spot check still open",
        },
    ),
    "spot_pending": (
        "due_at IS NOT NULL",
        {
            "due_at": "spot_pending_differs spot check still open; spot_pending_differs spot check still open",
        },
    ),
    "spot_result": (
        "ticket_id = 2",
        {
            "check_id": (
                "spot_pending_differs spot check made; spot_result_differs ticket 2 spot check 1001; "
                "spot_results_differ ticket 2"
            ),
            "ticket_id": "spot_results_differ ticket 2",
            "result": "spot_result_differs ticket 2 spot check made",
            "at": "spot_result_differs ticket 2 spot check made",
            "by_id": "spot_result_differs ticket 2 spot check made",
            "unit_id": "spot_result_differs ticket 2 spot check made",
            "visited_on": "spot_result_differs ticket 2 spot check made",
            "note": "spot_result_differs ticket 2 spot check made",
            "evidence": "spot_result_differs ticket 2 spot check made",
            "reopened": "spot_result_differs ticket 2 spot check made",
        },
    ),
}
OTHERS = {"spot_result": {"evidence": NUMBERS}}


def test_whatever_column_of_a_spot_check_is_altered_is_found_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    county = settle_county(engine, households=4)
    close(county)
    close(county, "A2", kind="power")
    draw(county)
    still_open, made = sorted(checks(county), key=lambda check: check.ticket_id)
    look(county, "false", check=made.id)
    # Which of the two was drawn first depends on the seed.
    names = {f"spot check {still_open.id}": "spot check still open", f"spot check {made.id}": "spot check made"}
    said = every_column(engine, tmp_path, EXPECTED, OTHERS, names)
    assert said == columns(EXPECTED)
