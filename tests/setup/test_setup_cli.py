"""The county workbook on the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

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


def test_an_applied_workbook_is_looked_at_and_undone(small: Line, county: County, tmp_path: Path) -> None:
    filled = tmp_path / "县情.xlsx"
    filled.write_bytes(workbook(FIRST).read())
    small.said("import-county", str(filled))
    listed = small.said("county-imports").split("\t")
    assert (listed[0], listed[3]) == ("1", "县情.xlsx")
    assert json.loads(listed[4]) == {"new": 10, "changed": 2, "undone": 0}
    rows = small.said("county-imports", "1").splitlines()
    assert len(rows) == 12
    assert "行政村\t2\ttown-a-v1村\t变更\t省定贫困村：否 → 是\t贫困人口：– → 120" in rows
    with county.write() as session:
        session.execute(update(User).where(User.name == "lin").values(password_hash="x"))
    assert small.refusal("undo-county-import", "1", "--reason", "")
    foreseen = small.run("undo-county-import", "1", "--reason", "整本工作簿是邻县的，撤销后重导", "--dry-run")
    assert "账号第2行、lin：" in foreseen.stderr
    assert "本人已设置密码" in foreseen.stderr
    assert json.loads(small.said("county-imports").split("\t")[4])["undone"] == 0
    done = small.run("undo-county-import", "1", "--reason", "整本工作簿是邻县的，撤销后重导")
    assert json.loads(done.stdout) == json.loads(foreseen.stdout)
    assert json.loads(done.stdout)["left"] == {"accounts": 1, "units": 1}
    assert small.refusal("county-imports", "7")
