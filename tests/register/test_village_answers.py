"""Unknown villages of a file: one with a near name is asked about, and its households wait; one without is new."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import Household, Unit, Village
from tests.support.command_line import Line
from tests.support.factories import County, settle_county
from tests.support.http_clients import Api
from tests.support.persons import id_number
from tests.support.spreadsheets import Imported, bring, text

pytestmark = pytest.mark.one_database("sqlite")
HEADS = ("户编号", "户主姓名", "镇", "村", "身份证号码")


def village_county(engine: Engine) -> County:
    county = settle_county(engine, households=0)
    with county.write() as session:
        session.execute(update(Unit).where(Unit.code == "town-a").values(name="水寨镇"))
        for code, name in (("s-1", "上湖围"), ("s-2", "下沙围"), ("s-3", "下沙寨"), ("s-4", "大坝村")):
            session.add(Village(town_id=county.units["town-a"], code=code, name=name))
    return county


def rows(*villages: str) -> Any:
    return text(HEADS, *([f"V{n}", "张三", "水寨镇", name, id_number(n)] for n, name in enumerate(villages, 50)))


def near(county: County, village: str, who: str = "office") -> list[str]:
    """The villages a name is asked about with; empty for one that is taken."""
    imported = bring(county, rows(village), who, dry_run=True)
    (asked,) = imported.plan.asked_villages or [(0, "", [], 0)]
    assert imported.counts["asked"] == len(imported.plan.asked_villages) == int(asked[3])
    return [place.name for place in asked[2]]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("上胡围", ["上湖围"]),
        ("上湖围村民小组", ["上湖围"]),
        ("上湖为村", ["上湖围"]),
        ("水寨镇上糊围村", ["上湖围"]),
        ("下沙", ["下沙围", "下沙寨"]),
        ("下莎围", ["下沙围"]),
        ("大把村", ["大坝村"]),
        ("上湖圍", []),
        ("水寨镇上湖围村", []),
        ("上沙围", ["上湖围"]),
        ("东沙围", []),
        ("小坝村", []),
        ("东坪岗", []),
    ],
)
def test_a_near_name_is_asked_about_with_the_villages_that_may_be_meant(
    engine: Engine, written: str, expected: list[str]
) -> None:
    assert near(village_county(engine), written) == expected


def test_its_households_are_neither_refused_nor_applied_and_no_village_is_made(engine: Engine) -> None:
    county = village_county(engine)
    imported = bring(county, rows("上胡围", "上湖围", "上胡围", "东坪岗", ""))
    assert imported.four == (2, 0, 0, 1)
    assert (imported.counts["asked"], imported.counts["villages"]) == (2, 1)
    assert [(town, written, n) for town, written, _, n in imported.plan.asked_villages] == [
        (county.units["town-a"], "上胡围", 2)
    ]
    assert imported.faults == {2: ["village_asked"], 4: ["village_asked"], 6: ["village_missing"]}
    with county.read() as session:
        assert session.scalars(select(Village.name).where(Village.name.like("上%围%"))).all() == ["上湖围"]


def answered(county: County, said: str) -> Imported:
    return bring(county, rows("上胡围"), villages={(county.units["town-a"], "上胡围"): said})


def test_the_answer_is_a_village_of_the_town_or_a_new_one(engine: Engine) -> None:
    county = village_county(engine)
    assert answered(county, "town-b-v1").counts["asked"] == 1, "no village of the town is no answer"
    assert answered(county, "s-1").four == (1, 0, 0, 0)
    with county.read() as session:
        assert session.scalars(select(Village.name).join(Household)).all() == ["上湖围"]
    # It lives there by now: another answer is a move, which is asked about.
    moved = answered(county, "+")
    assert (moved.counts["asked"], moved.plan.villages) == (1, [])


def test_a_town_is_refused_as_before(engine: Engine) -> None:
    assert bring(village_county(engine), rows("上胡围"), "town").faults == {2: ["village_not_of_town"]}


def test_on_the_command_line_the_sheet_of_rejected_rows_is_filled_in_and_read(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    village_county(engine)
    line, path, refused = Line(database_url, tmp_path), tmp_path / "register.csv", tmp_path / "refused.xlsx"
    path.write_bytes(rows("上胡围", "下沙", "下沙寨").getvalue())
    told = line.run("import-households", str(path), "--refused", str(refused))
    assert json.loads(told.stdout.splitlines()[-1]) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "asked": 2,
    }
    assert "上湖围" in told.stderr
    answers = tmp_path / "villages.csv"
    answers.write_bytes(
        text(("镇", "文件中的村", "认定的村"), ("水寨镇", "上胡围", "上湖围"), ("水寨镇", "下沙", "新增")).getvalue()
    )
    again = line.said("import-households", str(path), "--villages", str(answers))
    assert json.loads(again.splitlines()[-1]) == {"new": 2, "changed": 0, "unchanged": 1, "refused": 0, "asked": 0}
    answers.write_bytes(text(("水寨镇", "上胡围", "没有这个村")).getvalue())
    assert "1" in line.refusal("import-households", str(path), "--villages", str(answers))


def test_on_the_page_each_is_answered_and_the_file_read_again(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    api = Api(village_county(engine), database_url, tmp_path / "files")
    signed = {"Authorization": f"Bearer {api.tokens['office']}"}

    def post(path: str, **data: Any) -> Any:
        return api.client.post(path, data=data, headers=signed)

    address = post("/imports", file=(rows("上胡围", "下沙", "下沙寨"), "档案.csv")).headers["Location"]
    post(f"{address}/columns")
    page = api.client.get(address, headers=signed).get_data(as_text=True)
    assert page.count('<option value="s-1">上湖围') == 1
    town = api.county.units["town-a"]
    answer = post(f"{address}/villages", town=[town, town], written=["上胡围", "下沙"], village=["s-1", "+"])
    assert answer.status_code == 302
    page = api.client.get(address, headers=signed).get_data(as_text=True)
    assert "village-1" not in page
    # Reading the file again with other columns keeps the answers.
    post(f"{address}/columns")
    post(f"{address}/apply")
    with api.county.read() as session:
        names = session.execute(select(Household.code, Village.name).join(Village).order_by(Household.code)).all()
    assert [tuple(row) for row in names] == [("V50", "上湖围"), ("V51", "下沙"), ("V52", "下沙寨")]
