"""Bulk lists on the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.bulk_lists import KIND, line, list_scheme, stored, stream_of
from tests.support.command_line import Line
from tests.support.factories import County
from tests.support.households import change, settle_register
from tests.support.spreadsheets import IDS, VAULT
from workflow.register.bulk_lists import list_counts

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_register(engine, list_scheme())
    change(made, "A1", head_name="赵大宝")
    return made


@pytest.fixture
def run(county: County, database_url: str, tmp_path: Path) -> Line:
    made = Line(database_url, tmp_path)
    made.app.extensions["xiaohao"].vault = VAULT
    return made


@pytest.fixture
def file(tmp_path: Path) -> str:
    made = tmp_path / "名单.csv"
    rows = (line("赵大宝"), line("欧阳秋菊", IDS[3]), line("王五", village="没有的村"), line("3号病人"))
    made.write_bytes(stream_of(*rows).read())
    return str(made)


def test_a_list_is_tried_then_taken_and_handed_out_once(run: Line, file: str) -> None:
    said = run.said("bulk-list", file, "--kind", KIND, "--by", "water", "--dry-run")
    assert json.loads(said.splitlines()[-1]) == {"check": 1, "unknown": 1, "asked": 1, "left_out": 1}
    done = run.run("bulk-list", file, "--kind", KIND, "--by", "water")
    counts = {"check": 1, "candidate": 1, "asked": 1, "left_out": 1, "waiting": 0}
    assert (done.exit_code, json.loads(done.stdout.splitlines()[-1])) == (0, counts)
    # What is asked or left out says of which row of the file.
    assert ("Row 4: " in done.stderr, "Row 5: " in done.stderr) == (True, True) or (
        "第4行：" in done.stderr and "第5行：" in done.stderr
    )
    assert "1" in run.refusal("bulk-list", file, "--kind", KIND, "--by", "water")


def test_only_the_bureau_whose_list_it_is_takes_it(run: Line, file: str) -> None:
    for who, kind in (("office", KIND), ("power", KIND), ("water", "other")):
        assert len(run.refusal("bulk-list", file, "--kind", kind, "--by", who)) > 3


def test_a_sweep_hands_out_what_waits(run: Line, county: County) -> None:
    stored(county, line("赵大宝"))
    run.said("sweep")
    with county.read() as session:
        counts = list_counts.counts(session, county.people["water"], run.now, [1])[1]
    assert (counts.waiting, counts.open) == (0, 1)
