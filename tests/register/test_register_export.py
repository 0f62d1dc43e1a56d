"""The register goes out under the headings of the monitoring system's export, and the same file comes in unchanged."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Event, Household, Member, User
from reports import register_export
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.http_clients import Api
from tests.support.lives import happen
from tests.support.spreadsheets import IDS, VAULT, Sheet, bring, text, workbook
from workflow.errors import NotAllowed
from workflow.policy.scheme.reader import read_scheme
from workflow.register.cells.monitoring import MONITORING, NOT_EXPORTED
from workflow.register.lives.family_input import NewPerson
from workflow.register.spreadsheets import sheet_reader

HEADS = (
    *("乡(镇)", "行政村", "自然村", "户编号", "户主姓名", "户类型", "家庭人口数", "户联系电话", "家庭住址"),
    *("监测对象类别", "致贫/返贫风险1", "致贫/返贫风险2", "整户无劳动能力兜底保障户", "风险是否已消除"),
    *("识别监测时间", "消除监测时间", "风险消除方式", "工资性收入", "人均纯收入（元）", "收入年度", "合规自付支出"),
    *("姓名", "性别", "证件号码", "与户主关系", "文化程度", "健康状况", "劳动技能"),
    *("是否参加城乡居民基本医疗保险", "享受低保政策情况", "监测联系人"),
)
WORDS = read_scheme(Path(__file__).parents[2] / "schemes" / "fanpin-monitoring.yaml").words


def person(code: str, head: str, name: str, number: str, relation: str, **more: Any) -> list[Any]:
    row = {
        **dict.fromkeys(HEADS, ""),
        "乡(镇)": "甲镇",
        "行政村": "town-a-v1村",
        "自然村": "上屋",
        "户编号": code,
        "户主姓名": head,
        "户类型": "脱贫户",
        "家庭人口数": "2",
        "户联系电话": "13812345678",
        "家庭住址": "上屋3号",
        "监测对象类别": "脱贫不稳定户",
        "致贫/返贫风险1": "因病",
        "致贫/返贫风险2": "因学",
        "风险是否已消除": "否",
        "识别监测时间": "201806",
        "工资性收入": "12000",
        "人均纯收入（元）": "4000.5",
        "收入年度": "2017",
        "合规自付支出": "3000.25",
        "姓名": name,
        "证件号码": number,
        "与户主关系": relation,
        "劳动技能": "普通劳动力",
        "是否参加城乡居民基本医疗保险": "是",
        "享受低保政策情况": "否",
        "监测联系人": "陈干部",
    }
    return list((row | more).values())


FILE = (
    person("M1", "张三", "张三", IDS[0], "户主"),
    person("M1", "张三", "李四", IDS[1], "配偶", 劳动技能="无劳动力"),
    person("M2", "王五", "王五", IDS[2], "户主", 家庭人口数="1", 识别监测时间="2018年3月", 风险是否已消除="是"),
)


def settled(engine: Engine) -> County:
    return settle_county(engine, small_scheme(words=WORDS.model_dump()), households=0)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settled(engine)
    first = bring(made, text(HEADS, *FILE))
    assert (first.four, first.faults) == ((2, 0, 0, 0), {}), first.told
    return made


def exported(county: County, who: str = "town", vault: Any = VAULT) -> list[list[str]]:
    with county.read() as session:
        lines = list(register_export.rows(session, county.people[who], day(2), "五华县", WORDS, vault))
    return [register_export.headings(WORDS), *lines]


def test_what_the_file_has_of_the_monitoring_is_kept_with_months_as_the_system_writes_them(county: County) -> None:
    with county.read() as session:
        rows = {row.code: row.monitoring for row in session.scalars(select(Household))}
    assert rows["M1"] == {
        "hamlet": "上屋",
        "household_type": "脱贫户",
        "monitored_as": "脱贫不稳定户",
        "risk_2": "因学",
        "found_month": "201806",
        "wages": "12000",
        "rigid_expenses": "3000.25",
    }
    assert rows["M2"]["found_month"] == "201803"


@pytest.mark.parametrize("said", ["2021", "上半年", "2021.1", "202113", "209901"])
def test_what_is_no_month_is_left_out_and_named(engine: Engine, said: str) -> None:
    county = settled(engine)
    imported = bring(
        county, text(HEADS, person("M1", "张三", "张三", IDS[0], "户主", 家庭人口数="1", 识别监测时间=said))
    )
    assert imported.notices == ["month_bad"]
    with county.read() as session:
        assert "found_month" not in session.scalars(select(Household)).one().monitoring


def test_the_export_has_the_exact_headings_and_reads_back_unchanged(county: County) -> None:
    table = exported(county)
    head, first = table[0], dict(zip(table[0], table[1], strict=True))
    assert head[:7] == ["县(市、区、旗)", "乡(镇)", "行政村", "自然村", "户编号", "户主姓名", "户类型"]
    assert {kept.heading for kept in MONITORING.values()} <= set(head)
    assert (first["识别监测时间"], first["证件号码"], first["户联系电话"]) == ("201806", IDS[0], "13812345678")
    assert (first["人均纯收入（元）"], first["风险是否已消除"], first["监测联系人"]) == ("4000.50", "否", "陈干部")
    for book in (workbook(Sheet(table)), text(*table, encoding="gb18030")):
        again = bring(county, book)
        assert (again.four, again.faults) == ((0, 0, 2, 0), {}), again.told


def test_columns_left_out_on_purpose_are_named_with_the_reason_and_never_stored(engine: Engine) -> None:
    county = settled(engine)
    more = ("人编号", "民族", "政治面貌", "帮扶措施")
    row = person("M1", "张三", "张三", IDS[0], "户主", 家庭人口数="1")
    first = bring(county, text([*HEADS, *more], [*row, "4400001", "瑶族", "中共党员", "小额信贷"]))
    assert (first.four, first.faults) == ((1, 0, 0, 0), {}), first.told
    assert first.notices == ["columns_unneeded", "columns_numbered", "columns_measures"]
    assert set(NOT_EXPORTED) == set(more)
    with county.read() as session:
        stored = [session.scalars(select(Household)).one(), session.scalars(select(Member)).one()]
        words = str([{column.name: getattr(row, column.name) for column in row.__table__.columns} for row in stored])
    assert not [cell for cell in ("4400001", "瑶族", "中共党员", "小额信贷") if cell in words]
    # A person may give such a column another meaning; then it is read.
    headings = [*HEADS, "人编号"]
    assert bring(county, text(headings, [*row, "x"]), chosen={"人编号": "risk_note"}).notices == []


def test_masked_numbers_and_what_lives_changed_since_read_back_unchanged_too(county: County) -> None:
    happen(county, "died", "张三", household="M1", head="李四")
    happen(county, "born", household="M2", on=day(2).date().isoformat(), person=_child())
    with county.write() as session:
        home = session.scalars(select(Household).where(Household.code == "M2")).one()
        # Whom the register only counts, and a labour force it gives of the household.
        home.people, home.labour, home.status = 4, "with", "pre_exit"
        session.scalars(select(Member).where(Member.name == "王五")).one().labour = "unknown"
    table = exported(county, "office", vault=None)
    assert [row[table[0].index("姓名")] for row in table[1:]] == ["李四", "王五", "王小宝"]
    assert table[1][table[0].index("证件号码")].count("*") > 5
    assert table[2][table[0].index("家庭人口数")] == ""
    again = bring(county, text(*table), at=day(3))
    assert (again.four, again.faults) == ((0, 0, 2, 0), {}), again.told
    assert set(again.notices) == {"number_masked"}


def test_a_cadre_whose_account_is_closed_is_marked_and_the_mark_is_no_part_of_the_name_read_back(
    county: County,
) -> None:
    with county.write() as session:
        home = session.scalars(select(Household).where(Household.code == "M1")).one()
        home.cadre_id = county.people["town"].user_id
        session.get_one(User, home.cadre_id).active = False
    table = exported(county)
    column = table[0].index("监测联系人")
    assert [row[column] for row in table[1:]] == ["陈干部（已停用）", "陈干部（已停用）", "陈干部"]
    for written in ("（已停用）", "(已停用)"):
        lines = [[cell.replace("（已停用）", written) for cell in row] for row in table]
        again = bring(county, text(*lines), at=day(3), who="office")
        assert (again.four, again.faults) == ((0, 0, 2, 0), {}), again.told


def _child() -> NewPerson:
    return NewPerson(name="王小宝")


def test_who_keeps_the_register_exports_it_and_full_numbers_are_a_towns_with_an_event_of_each_household(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settled(engine)
    api = Api(county, database_url, tmp_path / "files")
    bring(county, text(HEADS, *FILE), vault=api.app.extensions["xiaohao"].vault)
    api.now = START

    def ask(who: str, method: str = "GET", **form: Any) -> Any:
        answer = api.client.open(
            "/register.xlsx?ground=work",
            method=method,
            data=form,
            headers={"Authorization": f"Bearer {api.tokens[who]}"},
        )
        answer.get_data()
        answer.close()
        return answer

    for who, status in (("office", 200), ("town", 200), ("village", 403), ("water", 403), ("leaders", 403)):
        assert ask(who).status_code == status, who
    assert ask("office", "POST", ground="matching").status_code == 403
    assert ask("town", "POST", ground="other").status_code == 422
    with county.read() as session:
        assert session.scalars(select(Event).where(Event.action == "reveal")).all() == []
    whole = ask("town", "POST", ground="matching")
    (sheet,) = sheet_reader.sheets(io.BytesIO(whole.data))
    assert IDS[0] in {cell for _, cells in sheet.rows() for cell in cells}
    with county.read() as session:
        told = session.scalars(select(Event).where(Event.action == "reveal")).all()
        lists = session.scalars(select(Event.given).where(Event.action == "export")).all()
    assert [event.given for event in told] == [{"ground": "matching", "list": True}] * 2
    assert {given["list"] for given in lists} == {"register"}
    with pytest.raises(NotAllowed):
        register_export.may_export(county.people["village"])
    other = ask("other_town")
    (sheet,) = sheet_reader.sheets(io.BytesIO(other.data))
    assert len(list(sheet.rows())) == 1, "another town's households are not in it"
