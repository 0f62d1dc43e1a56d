"""A stated “none here this period” on every way in and out: the API, spreadsheets, the ranking, its figures, its papers."""

import html
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select

import worker
from models import Ranking, ReportedFigure
from reports import figures_book, formula_sheet, passages
from tests.support.command_line import Line as CommandLine
from tests.support.factories import settle_county
from tests.support.http_clients import Api
from tests.support.rankings import HOUR, ON, ranked_scheme
from tests.web.test_figure_pages import WHY, enter, site
from workflow.county.context import county_context

UP_TO = "2018-11-28"
DAY = f"/rankings/{ON.isoformat()}"


@pytest.fixture
def told(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    """A county in which the bureau has reported a figure of town A, and of town B over the API that there is none."""
    api = site(settle_county(engine, ranked_scheme()), database_url, tmp_path)
    api.now = HOUR.replace(hour=10)
    figures = [{"town": "甲镇", "numerator": 9, "denominator": 10}, {"town": "乙镇", "none_here": WHY}]
    sent = {"measure": "told", "up_to": UP_TO, "source": "参保系统", "figures": figures}
    assert api.post("power", "/figures", sent).json == {"recorded": 2}
    return api


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"town": "甲镇"}, "numerator"),
        ({"town": "甲镇", "numerator": 1}, "denominator"),
        ({"town": "甲镇", "numerator": 1, "denominator": 2, "none_here": WHY}, "figures"),
        ({"town": "甲镇", "none_here": "无"}, "none_here"),
        ({"town": "甲镇", "none_here": ""}, "numerator"),
    ],
)
def test_the_api_takes_numbers_or_a_statement_that_says_why(told: Api, wrong: dict[str, object], field: str) -> None:
    sent = {"measure": "told", "up_to": UP_TO, "source": "参保系统", "figures": [wrong], "reason": "系统更正"}
    answer = told.post("power", "/figures", sent)
    assert (answer.status_code, answer.json["field"]) == (422, field)


def test_the_ranking_says_it_to_every_reader(told: Api, database_url: str, tmp_path: Path) -> None:
    worker.rank(told.county.engine, lambda: HOUR)
    told.now = HOUR.replace(hour=18)
    body = told.call("office", "GET", DAY).json
    assert body["owed"] == []
    assert body["stated_none"] == [{"unit": "县供电局", "measure": "told", "towns": ["乙镇"]}]
    office = enter(told, "office")
    page = office.get(DAY).get_data(as_text=True)
    missing = page.partition('id="missing"')[2].partition("</details>")[0]
    assert re.search(r"已说明本期无此项：.*县供电局.*参保率（乙镇）", missing, re.DOTALL)
    assert "未填报" not in missing
    cell = re.compile(r">本期无此项</a>")
    assert cell.search(page)
    assert cell.search(office.get(f"{DAY}/items/9/town-b").get_data(as_text=True))
    assert not cell.search(office.get(f"{DAY}/items/9/town-a").get_data(as_text=True))
    behind = office.get(f"{DAY}/told/town-b").get_data(as_text=True)
    assert f"本期无此项：{WHY}" in behind
    assert "已完成户数：本期无此项</h2>" in behind
    assert "本期无此项，不计入" in office.get(f"{DAY}/formula?town=town-b").get_data(as_text=True)
    line = CommandLine(database_url, tmp_path)
    line.now = HOUR.replace(hour=18)
    assert "县供电局说明本期无此项：参保率" in line.said("rank", "--on", ON.isoformat())


def test_the_sources_of_a_figure_say_that_0_is_no_number(told: Api) -> None:
    """Seen: the API counted 0 where none was stated, and the page showed 0 where nothing was reported."""
    worker.rank(told.county.engine, lambda: HOUR)
    told.now = HOUR.replace(hour=18)

    def sources(town: str) -> list[dict[str, object]]:
        terms: list[dict[str, object]] = told.call("office", "GET", f"{DAY}/figures/told/{town}").json["items"]
        return terms

    assert [(each["count"], each["absent"], each["why"]) for each in sources("乙镇")] == [(0, "none_here", WHY)] * 2
    assert [(each["count"], "absent" in each) for each in sources("甲镇")] == [(9, False), (10, False)]


def test_where_nothing_was_reported_the_sources_say_so(engine: Engine, database_url: str, tmp_path: Path) -> None:
    """Seen: both counted 0."""
    api = site(settle_county(engine, ranked_scheme()), database_url, tmp_path)
    api.now = HOUR.replace(hour=10)
    figures = [{"town": "甲镇", "numerator": 9, "denominator": 10}]
    api.post("power", "/figures", {"measure": "told", "up_to": UP_TO, "source": "参保系统", "figures": figures})
    worker.rank(engine, lambda: HOUR)
    api.now = HOUR.replace(hour=18)
    terms = api.call("office", "GET", f"{DAY}/figures/told/乙镇").json["items"]
    assert [(each["absent"], "why" in each) for each in terms] == [("not_reported", False)] * 2
    page = enter(api, "office").get(f"{DAY}/told/town-b").get_data(as_text=True)
    assert "已完成户数：–</h2>" in page


def test_the_papers_say_it_too(told: Api) -> None:
    worker.rank(told.county.engine, lambda: HOUR)
    with told.county.read() as session:
        row = session.scalars(select(Ranking).where(Ranking.on == ON)).one()
        setting = county_context(session, row.scheme_version_id)
        with figures_book.workbook(setting, row, setting.by_code["office"]) as book:
            rows = CalamineWorkbook.from_filelike(book).get_sheet_by_name("指标明细").to_python()
        said = passages.stated_none(setting, row)
        sheet = formula_sheet.formula_sheet(setting, row, setting.by_code["town-b"])
        owed = passages.missing(setting, row)
    at = rows[2].index("乙镇")
    (number,) = {cells[0] for cells in rows if cells[2:4] == ["名次", "参保率（自报）"]}
    cells = {cells[2]: cells[at] for cells in rows if cells[0] == number}
    assert (cells["分子"], cells["分母"]) == ("无此项", "—")
    assert said == ["填报单位说明本期无此项、不计入排名的指标：县供电局的参保率（1个镇）。"]
    assert not [text for text in owed if "未填报" in text]
    (counts,) = sheet.sections[-1].tables
    assert [row[2] for row in counts.rows if row[1] == "参保率（自报）"] == ["本期无此项"]


def test_it_comes_in_by_spreadsheet_and_old_sheets_go_on(told: Api) -> None:
    power, path = enter(told, "power"), "/figures/file"
    head, why = "指标,镇,截至日期,分子,分母,依据,本期无此项说明\n", "参保人员均已迁出，本期没有应参保人员"

    def sent(text: str) -> str:
        return str(power.post(path, {"file": (BytesIO(text.encode()), "数据.csv")}, path).get_data(as_text=True))

    rows = f"参保率,甲镇,{UP_TO},,,参保系统,{why}\n参保率,乙镇,{UP_TO},,,参保系统,{WHY}\n"
    rows += f"参保率,甲镇,2018-11-27,1,2,参保系统,{why}\n参保率,乙镇,2018-11-27,,,参保系统,无\n参保率,乙镇,2018-11-26,,,参保系统,\n"
    page = sent(head + rows)
    assert "1条可登记，1条已登记，3条退回" in page
    assert f"本期无此项：{why}" in page
    # The statement is the reason of the correction; none is asked for beside it.
    assert "更正原因" not in page
    along = html.unescape(re.search(r'name="rows" value="([^"]*)"', page, re.DOTALL)[1])  # type: ignore[index]
    done = power.post(path, {"rows": along, "act": "record"}, path).get_data(as_text=True)
    assert "已登记数据1条" in done
    with told.county.read() as session:
        last = session.scalars(select(ReportedFigure).order_by(ReportedFigure.id.desc()).limit(1)).one()
        assert (last.none_here, last.reason, last.up_to) == (True, why, date.fromisoformat(UP_TO))
        assert last.replaces_id is not None
    # A sheet without the column is read as before.
    old = head.replace(",本期无此项说明", "") + "参保率,甲镇,2018-11-25,1,2,参保系统\n"
    assert "1条可登记，0条已登记，0条退回" in sent(old)
