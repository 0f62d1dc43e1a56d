"""The county workbook on the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import User, Village
from tests.setup.test_county_import import FIRST, workbook
from tests.support.command_line import Line
from tests.support.factories import County, settle_county, small_scheme


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


@pytest.fixture
def small(county: County, database_url: str, tmp_path: Path) -> Line:
    """The command line on a settled small county."""
    return Line(database_url, tmp_path)


def test_the_template_is_filled_in_previewed_and_imported(small: Line, county: County, tmp_path: Path) -> None:
    template = tmp_path / "county.xlsx"
    assert small.said("county-template", str(template)) == f"{template}\n"
    last = json.loads(small.said("import-county", str(template)).splitlines()[-1])
    assert list(last) == ["units", "villages", "accounts", "posts", "cadres"]
    assert all((one["new"], one["changed"], one["refused"]) == (0, 0, 0) for one in last.values())
    filled = tmp_path / "filled.xlsx"
    filled.write_bytes(workbook(FIRST).read())
    previewed = json.loads(small.said("import-county", str(filled), "--dry-run").splitlines()[-1])
    assert previewed["accounts"] == {"new": 3, "changed": 0, "unchanged": 1, "refused": 0}
    with county.read() as session:
        assert session.scalar(select(User.id).where(User.name == "tang")) is None
    assert json.loads(small.said("import-county", str(filled)).splitlines()[-1]) == previewed
    with county.read() as session:
        assert session.scalar(select(Village.poor_people).where(Village.name == "新塘村")) == 88


def test_what_is_refused_is_a_sentence_with_sheet_row_column_and_remedy(small: Line, tmp_path: Path) -> None:
    odd = tmp_path / "odd.xlsx"
    rows = [["用户名", "姓名", "单位"], ["x", "某", "没有这个局"], ["y", "好", "县水务局"]]
    odd.write_bytes(workbook({"账号": rows, "别的": [["a"]]}).read())
    result = small.run("import-county", str(odd))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["accounts"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    first, other = result.stderr.splitlines()
    assert first.startswith("工作表“账号”第2行“单位”：")
    assert "没有这个局" in first
    assert "别的" in other
    odd.write_bytes(workbook({"别的": [["a"]]}).read())
    assert "单位、行政村、账号、岗位、包户" in small.refusal("import-county", str(odd))
    assert small.refusal("import-county", str(tmp_path / "none.xlsx"))
