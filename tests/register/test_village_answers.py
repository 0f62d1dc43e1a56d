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
from workflow.register.spreadsheets.sheet_reader import sheets

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
    questions = imported.plan.asked_villages
    assert imported.counts["asked"] == len(questions) == sum(each.n for each in questions)
    return [place.name for each in questions for place in each.asked.near]


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
    assert [(each.town_id, each.asked.written, each.n) for each in imported.plan.asked_villages] == [
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


def twin_county(engine: Engine) -> County:
    """A county with a 联星村 in each of two towns; V49 is registered in that of the second."""
    county = village_county(engine)
    with county.write() as session:
        for town, code in (("town-a", "l-1"), ("town-b", "l-2")):
            session.add(Village(town_id=county.units[town], code=code, name="联星村"))
    assert bring(county, text(HEADS, ["V49", "张三", "乙镇", "联星村", id_number(49)])).four == (1, 0, 0, 0)
    return county


def townless(*codes: int) -> Any:
    heads = tuple(head for head in HEADS if head != "镇")
    return text(heads, *([f"V{n}", "张三", "联星村", id_number(n)] for n in codes))


def homes(county: County) -> list[tuple[str, str]]:
    with county.read() as session:
        found = session.execute(select(Household.code, Village.code).join(Village).order_by(Household.code))
        return [(home, village) for home, village in found]


def test_a_name_of_two_towns_waits_for_one_answer_or_one_for_each_household(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = twin_county(engine)
    line, path, refused = Line(database_url, tmp_path), tmp_path / "register.csv", tmp_path / "refused.xlsx"
    path.write_bytes(townless(49, 50, 51, 52).getvalue())
    told = line.run("import-households", str(path), "--refused", str(refused))
    # Who is registered in one of them lives there; the others are neither refused nor applied.
    counts = json.loads(told.stdout.splitlines()[-1])
    assert (counts["new"], counts["refused"], counts["asked"]) == (0, 0, 3)
    assert "联星村（水寨镇，l-1）、联星村（乙镇，l-2）" in told.stderr
    with refused.open("rb") as stream:
        sheet = next(each for each in sheets(stream) if each.name == "待确认的村")
        rows = [cells for _, cells in sheet.rows()][1:]
    assert [(row[1], row[4]) for row in rows] == [("联星村", f"V{n}") for n in (50, 51, 52)]
    answers = tmp_path / "villages.csv"
    for said, wrong in (
        (("", "联星村", "新增"), True),
        (("", "联星村", "联星村"), True),
        (("", "联星村", "l-1"), False),
    ):
        answers.write_bytes(text(said, ("", "联星村", "乙镇联星村", "", "V51")).getvalue())
        if wrong:
            assert "1" in line.refusal("import-households", str(path), "--villages", str(answers))
    line.said("import-households", str(path), "--villages", str(answers))
    assert homes(county) == [("V49", "l-2"), ("V50", "l-1"), ("V51", "l-2"), ("V52", "l-1")]


def test_page_and_api_offer_the_villages_with_their_towns(engine: Engine, database_url: str, tmp_path: Path) -> None:
    api = Api(twin_county(engine), database_url, tmp_path / "files")
    signed = {"Authorization": f"Bearer {api.tokens['office']}"}

    def post(path: str, **data: Any) -> Any:
        return api.client.post(path, data=data, headers=signed)

    def uploaded(*codes: int) -> str:
        address: str = post("/imports", file=(townless(*codes), f"{codes}.csv")).headers["Location"]
        post(f"{address}/columns")
        return address

    address = uploaded(50, 51)
    page = api.client.get(address, headers=signed).get_data(as_text=True)
    assert page.count('<option value="l-1">联星村') == page.count('<option value="l-2">联星村') == 3
    assert '<option value="+">' not in page
    assert "水寨镇" in page
    assert "乙镇" in page
    said = post(
        f"{address}/villages",
        town=["0", "0", "0"],
        written=["联星村"] * 3,
        household=["", "V50", "V51"],
        village=["l-1", "", "l-2"],
    )
    assert said.status_code == 302
    post(f"{address}/apply")
    assert homes(api.county)[1:] == [("V50", "l-1"), ("V51", "l-2")]

    number = int(uploaded(53).rsplit("/", 1)[1])
    (asked,) = api.call("office", "GET", f"/imports/{number}/villages").json["items"]
    assert (asked["town"], asked["written"], asked["why"], asked["households"]) == (None, "联星村", "several", ["V53"])
    assert [(each["code"], each["town"]) for each in asked["villages"]] == [("l-1", "水寨镇"), ("l-2", "乙镇")]
    strange = {"villages": [{"written": "联星村", "village": "+"}]}
    assert api.post("office", f"/imports/{number}/villages", strange).status_code == 422
    meant = {"villages": [{"written": "联星村", "village": "l-2"}]}
    assert api.post("office", f"/imports/{number}/villages", meant).json["state"] == "reading"
