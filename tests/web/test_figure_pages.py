"""The pages of figures, villages, incomes and the quota: nothing typed is lost, the box at fault is marked and named."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import QuotaHouse, ReportedFigure, User, Village, VillageSurvey
from tests.assessment.test_counted_rows import list_all, rows_scheme, survey
from tests.assessment.test_figure_bounds import bounded_scheme, paid_scheme
from tests.support.factories import START, County, settle_county
from tests.support.households import people
from tests.support.http_clients import PASSWORD, Api, Visitor
from web.auth import HASHER
from web.pages.pasted_columns import fill_in
from workflow.errors import BadInput

DAY = START + timedelta(days=8)


def site(county: County, database_url: str, tmp_path: Path) -> Api:
    api = Api(county, database_url, tmp_path / "files")
    api.now = DAY
    with county.write() as session:
        session.execute(update(User).values(password_hash=HASHER.hash(PASSWORD)))
    return api


@pytest.fixture
def bounded(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_county(engine, bounded_scheme())
    people(county, {"labour": "with", "insured": True}, {"labour": "with", "insured": True}, {"labour": "none"})
    return site(county, database_url, tmp_path)


@pytest.fixture
def counted(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return site(settle_county(engine, rows_scheme()), database_url, tmp_path)


def enter(api: Api, name: str) -> Visitor:
    visitor = Visitor(api)
    assert visitor.enter(name).status_code == 302
    return visitor


def box(page: str, name: str) -> str:
    """The input of this name."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found is not None, name
    return found[0]


FORM = {"up_to": "2018-11-21", "source": "名册", "of-town-a": "3", "to-town-a": "4"}
PATH = "/figures/insured"


def test_a_whole_that_the_register_counts_stands_in_its_box_and_is_not_typed(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine, paid_scheme())
    people(county, {"labour": "with"}, {"labour": "with"}, {"labour": "none"})
    visitor = enter(site(county, database_url, tmp_path), "power")
    shown = box(visitor.get("/figures/paid").get_data(as_text=True), "to-power")
    assert 'value="4"' in shown
    assert "readonly" in shown
    form = {"up_to": "2018-11-21", "source": "财政系统", "of-power": "3"}
    assert visitor.post("/figures/paid", {**form, "to-power": "9"}).status_code == 422
    assert visitor.post("/figures/paid", {**form, "to-power": "4"}).status_code == 302


def test_the_own_count_and_the_last_figure_are_shown_and_the_gap_before_it_is_sent(bounded: Api) -> None:
    power = enter(bounded, "power")
    page = power.get(PATH).get_data(as_text=True)
    assert "台账达标数2" in page
    assert "台账总数3" in page
    page = power.post(PATH, FORM | {"act": "look"}, PATH).get_data(as_text=True)
    own = page.partition('name="of-town-a"')[2]
    first, second, rest = own.partition('name="to-town-a"')
    assert second
    assert "台账达标数2户，多报1户" in first
    assert "台账总数3" not in first
    assert "台账总数3户，多报1户" in rest.partition("</tr>")[0]
    assert 'value="3"' in box(page, "of-town-a")
    with bounded.county.read() as session:
        assert session.scalars(select(ReportedFigure)).all() == []


def test_both_boxes_say_what_they_ask_for_and_in_which_unit(bounded: Api) -> None:
    page = enter(bounded, "power").get(PATH).get_data(as_text=True)
    for text in ("已完成户数（户）", "应完成户数（户）"):
        assert f'<th scope="col">{text}</th>' in page
    assert 'aria-label="甲镇 · 已完成户数（户）"' in box(page, "of-town-a")


def test_what_is_refused_stands_marked_at_its_box_and_nothing_typed_is_lost(bounded: Api) -> None:
    power = enter(bounded, "power")
    answer = power.post(PATH, FORM | {"of-town-b": "1", "to-town-b": "1"}, PATH)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "大于台账数3" in page
    assert "is-invalid" in box(page, "to-town-a")
    assert "autofocus" in box(page, "to-town-a")
    assert 'value="1"' in box(page, "of-town-b")
    assert power.post(PATH, FORM | {"reason": "名册未更新"}, PATH).status_code == 302


def test_the_limits_of_a_figure_stand_beside_its_box_before_anything_is_sent(bounded: Api) -> None:
    power = enter(bounded, "power")

    def beside(code: str) -> list[str]:
        row = power.get(f"/figures/{code}").get_data(as_text=True).split('name="to-town-a"')[1].split("</td>")[0]
        return re.findall(r"<small[^>]*>([^<]*)</small>", row)

    # Three households on the register, three people of them; of a whole without a limit the own count alone.
    assert beside("sample") == ["不得多于3户（在档户数）"]
    assert beside("money") == ["多于300户时须说明原因"]
    assert beside("insured") == ["台账总数3户"]
    assert beside("plain") == []


def test_a_jump_shows_a_box_to_tick_and_is_sent_with_it(bounded: Api) -> None:
    power = enter(bounded, "power")
    assert power.post("/figures/plain", FORM | {"of-town-a": "4"}, PATH).status_code == 302
    bounded.now = DAY + timedelta(days=1)
    power = enter(bounded, "power")
    later = FORM | {"up_to": "2018-11-22", "of-town-a": "1"}
    page = power.post("/figures/plain", later, PATH).get_data(as_text=True)
    assert "变动较大" in page
    assert 'type="checkbox"' in box(page, "sure")
    assert power.post("/figures/plain", later | {"sure": "1"}, PATH).status_code == 302


def test_a_pasted_or_carried_figure_of_another_magnitude_is_asked_as_a_typed_one_is(bounded: Api) -> None:
    power = enter(bounded, "power")
    assert power.post("/figures/plain", FORM | {"of-town-a": "42", "to-town-a": "47"}, PATH).status_code == 302
    bounded.now = DAY + timedelta(days=1)
    power = enter(bounded, "power")
    later = {"up_to": "2018-11-22", "source": "名册"}
    pasted = power.post("/figures/plain", later | {"act": "fill", "pasted": "甲镇 1 1", "into": "both"}, PATH)
    assert 'value="1"' in box(pasted.get_data(as_text=True), "to-town-a")
    answer = power.post("/figures/plain", later | {"of-town-a": "1", "to-town-a": "1"}, PATH)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "甲镇 42/47 → 1/1" in page
    assert "is-invalid" in box(page, "to-town-a")


def test_the_last_figures_are_carried_over_by_one_press(bounded: Api) -> None:
    power = enter(bounded, "power")
    power.post("/figures/plain", FORM, PATH)
    page = power.get("/figures/plain?carry=1").get_data(as_text=True)
    assert 'value="3"' in box(page, "of-town-a")
    assert 'value="4"' in box(page, "to-town-a")
    assert 'value=""' in box(page, "of-town-b")


def test_a_column_is_pasted_into_the_boxes_without_a_script(bounded: Api) -> None:
    power = enter(bounded, "power")
    page = power.post(PATH, {"act": "fill", "pasted": "乙镇\t1\t2\n甲镇 2 3", "into": "both"}, PATH).get_data(
        as_text=True
    )
    assert [re.search(r'value="(\d*)"', box(page, name))[1] for name in ("of-town-a", "to-town-a", "of-town-b")] == [  # type: ignore[index]
        *("2", "3", "1")
    ]
    answer = power.post(PATH, {"act": "fill", "pasted": "1\n2\n3", "into": "of", "source": "名册"}, PATH)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "粘贴了3行" in page
    assert 'value="名册"' in page


def test_a_village_is_named_with_its_town_and_thousands_are_grouped() -> None:
    rows = {"a": ["新村", "甲镇新村", "v1"], "b": ["新村", "乙镇新村", "v2"]}
    assert fill_in("甲镇 新村\t1,200\nv2 1,300", rows, ["income"]) == {"income-a": "1200", "income-b": "1300"}
    assert fill_in("乙镇新村,8,11", rows, ["of", "to"]) == {"of-b": "8", "to-b": "11"}


def test_a_pasted_column_behind_the_numbers_says_why_there_is_none_here(bounded: Api) -> None:
    power = enter(bounded, "power")
    pasted = "甲镇\t\t\t全部迁出，无人应参保\n乙镇\t1\t2\t"
    page = power.post(PATH, {"act": "fill", "pasted": pasted, "into": "both"}, PATH).get_data(as_text=True)
    assert 'value="全部迁出，无人应参保"' in box(page, "none-town-a")
    assert 'value="1"' in box(page, "of-town-b")
    rows = {"a": ["甲镇"], "b": ["乙镇"]}
    # Without names in the order of the rows; beside numbers the form itself refuses the statement.
    assert fill_in("\t\t全部 迁出\n1\t2", rows, ["of", "to"], "none") == {
        "none-a": "全部 迁出",
        "of-b": "1",
        "to-b": "2",
    }
    both = {"of-a": "1", "to-a": "2", "none-a": "迁出"}
    assert fill_in("甲镇\t1\t2\t迁出", rows, ["of", "to"], "none") == both
    for text, stated, code in (
        ("甲镇\t\t\t迁出\n甲镇\t\t\t迁出", "none", "pasted_twice"),
        ("甲镇\t\t\t迁出", "", "pasted_line"),
        ("甲镇\t1\t\t迁出", "none", "pasted_line"),
        ("甲镇\t\t\t", "none", "pasted_line"),
    ):
        with pytest.raises(BadInput) as refusal:
            fill_in(text, rows, ["of", "to"], stated)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "parts", "code"),
    [
        ("", ["of"], "missing"),
        ("甲镇 x", ["of"], "pasted_line"),
        ("丙镇 1", ["of"], "pasted_line"),
        ("1 2\n3", ["of"], "pasted_line"),
        ("甲镇 1\n甲镇 2", ["of"], "pasted_twice"),
        ("新村 1", ["of"], "pasted_ambiguous"),
    ],
)
def test_lines_that_do_not_fit_are_named(text: str, parts: list[str], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        fill_in(text, {"a": ["甲镇", "新村"], "b": ["乙镇", "新村"]}, parts)
    assert (refusal.value.code, refusal.value.field) == (code, "pasted")


def test_the_office_enters_villages_and_all_others_read_them(counted: Api) -> None:
    office = enter(counted, "office")
    form = {
        "listed-town-a-v1": "1",
        "people-town-a-v1": "120",
        "people-town-a-v2": "90",
        "people-town-b-v1": "",
        "people-town-b-v2": "",
    }
    assert office.post("/villages", form, "/villages").status_code == 302
    with counted.county.read() as session:
        rows = {row.code: (row.listed_poor, row.poor_people) for row in session.scalars(select(Village))}
    assert (rows["town-a-v1"], rows["town-a-v2"], rows["town-b-v1"]) == ((True, 120), (False, 90), (False, None))
    answer = office.post("/villages", form | {"people-town-a-v2": "很多"}, "/villages")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "is-invalid" in box(page, "people-town-a-v2")
    assert 'value="120"' in box(page, "people-town-a-v1")
    for wrong in ("-1", "1.5", "1000000000"):
        answer = office.post("/villages", form | {"people-town-a-v2": wrong}, "/villages")
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "town-a-v2村：" in page, "指标值" in page) == (422, True, False), wrong
    struck = {name: text for name, text in form.items() if name != "listed-town-a-v1"}
    answer = office.post("/villages", struck, "/villages")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "请填写原因（网页填在名单下方，工作簿填在“变动原因”栏）" in page) == (422, True)
    assert "is-invalid" in re.search(r'<input[^>]*name="listed-town-a-v1"[^>]*>', page)[0]  # type: ignore[index]
    assert "checked" not in re.search(r'<input[^>]*name="listed-town-a-v1"[^>]*>', page)[0]  # type: ignore[index]
    assert office.post("/villages", struck | {"reason": "省名单调整"}, "/villages").status_code == 302
    page = office.get("/villages").get_data(as_text=True)
    assert page.index("移出名单") < page.index("省名单调整")
    for who in ("town", "water", "leaders", "inspectorate"):
        page = enter(counted, who).get("/villages").get_data(as_text=True)
        assert "120" in page
        assert 'name="people-' not in page
    assert enter(counted, "village").get("/villages").status_code == 403
    assert enter(counted, "town").post("/villages", form, "/villages").status_code == 403


def test_incomes_are_entered_and_held_against_the_line_on_the_page(counted: Api) -> None:
    list_all(counted.county)
    survey(counted.county, town_a_v1=5999)
    poverty = enter(counted, "poverty")
    page = poverty.get("/villages/incomes").get_data(as_text=True)
    assert "6000.00" in page
    assert "全省平均数不是官方公布数" in page
    assert "未达标" in page
    form = {"source": "入户调查", "income-town-b-v1": "6000.5"}
    assert poverty.post("/villages/incomes", form, "/villages/incomes").status_code == 302
    with counted.county.read() as session:
        assert sorted(session.scalars(select(VillageSurvey.income_fen))) == [599900, 600050]
    page = poverty.get("/villages/incomes?carry=1").get_data(as_text=True)
    assert 'value="6000.50"' in box(page, "income-town-b-v1")
    answer = poverty.post("/villages/incomes", form | {"income-town-b-v1": "0"}, "/villages/incomes")
    assert answer.status_code == 422
    assert "is-invalid" in box(answer.get_data(as_text=True), "income-town-b-v1")
    for wrong in ("-1", "x", "1.234"):
        answer = poverty.post("/villages/incomes", form | {"income-town-b-v1": wrong}, "/villages/incomes")
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "town-b-v1村：" in page, "指标值" in page) == (422, True, False), wrong
    assert 'name="income-' not in enter(counted, "water").get("/villages/incomes").get_data(as_text=True)


def test_a_town_keeps_its_list_of_houses(counted: Api) -> None:
    town = enter(counted, "town")
    assert town.post("/quota", {"act": "add", "codes": "A1\nA2"}, "/quota").status_code == 302
    days = {"paid_on-A1": "2018-11-20", "finished_on-A1": "2018-11-21", "paid_on-A2": "", "finished_on-A2": ""}
    assert town.post("/quota", days, "/quota").status_code == 302
    cleared = town.post("/quota", days | {"paid_on-A1": "", "finished_on-A1": ""}, "/quota")
    page = cleared.get_data(as_text=True)
    assert cleared.status_code == 422
    assert "A1：" in page
    assert "请说明原因" in page
    assert "is-invalid" in box(page, "paid_on-A1")
    answer = town.post("/quota", {"act": "add", "codes": "A1"}, "/quota")
    assert (answer.status_code, "A1：已列入名册" in answer.get_data(as_text=True)) == (422, True)
    page = town.get("/quota").get_data(as_text=True)
    assert "任务2户，已列入2户；资金到户1户，其中已确认0户；竣工1户，其中已确认0户" in page
    answer = town.post("/quota", days | {"finished_on-A2": "2019-01-01"}, "/quota")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "is-invalid" in box(page, "finished_on-A2")
    assert 'value="2018-11-20"' in box(page, "paid_on-A1")
    answer = town.post("/quota", {"act": "add", "codes": "A3"}, "/quota")
    assert (answer.status_code, ">A3</textarea>" in answer.get_data(as_text=True)) == (422, True)
    assert town.post("/quota", days | {"finished_on-A1": "", "reason": "尚未验收"}, "/quota").status_code == 302
    page = town.get("/households/A1").get_data(as_text=True)
    assert page.index("尚未验收") < page.index("2018年11月21日")
    assert town.post("/quota", {"act": "drop", "code": "A2", "reason": "重复"}, "/quota").status_code == 302
    with counted.county.read() as session:
        assert sorted(session.scalars(select(QuotaHouse.dropped))) == [False, True]
    assert enter(counted, "water").get("/quota").status_code == 403


def test_the_guiding_bureau_confirms_one_day_all_days_or_returns_them(counted: Api) -> None:
    town, housing = enter(counted, "town"), enter(counted, "housing")
    town.post("/quota", {"act": "add", "codes": "A1\nA2"}, "/quota")
    names = ("paid_on-A1", "finished_on-A1", "paid_on-A2", "finished_on-A2")
    town.post("/quota", dict(zip(names, ("2018-11-20", "2018-11-21", "2018-11-22", ""), strict=True)), "/quota")
    assert "待确认：" not in town.get("/quota").get_data(as_text=True)
    page = housing.get("/quota").get_data(as_text=True)
    # Seen: the guiding bureau was led to households it may not open, since it has no ticket of theirs.
    assert "A1" in page
    assert 'href="/households/' not in page
    assert 'href="/households/A1"' in town.get("/quota").get_data(as_text=True)
    assert "待确认：3项" in page
    # The confirmer's worklist says so, and nobody else's.
    home = housing.get("/", follow_redirects=True).get_data(as_text=True)
    assert re.search(
        r'待本单位确认的危改任务户日期：<a class="" data-figure="quota.waiting" href="/quota#verdicts">3</a>项', home
    )
    assert "quota.waiting" not in town.get("/", follow_redirects=True).get_data(as_text=True)
    answer = housing.post("/quota", {"act": "confirm"}, "/quota")
    assert (answer.status_code, "请至少勾选一项" in answer.get_data(as_text=True)) == (422, True)
    paid = "paid 2018-11-20 A1"
    answer = housing.post("/quota", {"act": "return", "day": paid}, "/quota")
    assert answer.status_code == 422
    kept = answer.get_data(as_text=True)
    assert "checked" in re.search(f'name="day"[^>]*value="{paid}"[^>]*>', kept)[0]  # type: ignore[index]
    assert housing.post("/quota", {"act": "return", "day": paid, "reason": "未附流水"}, "/quota").status_code == 302
    shown = [paid, "finished 2018-11-21 A1", "paid 2018-11-22 A2"]
    assert housing.post("/quota", {"act": "confirm-all", "shown": shown}, "/quota").status_code == 302
    with counted.county.read() as session:
        rows = session.execute(select(QuotaHouse.paid_verdict, QuotaHouse.finished_verdict).order_by(QuotaHouse.id))
        assert rows.all() == [("returned", "confirmed"), ("confirmed", None)]
    page = town.get("/quota").get_data(as_text=True)
    assert "资金到户2户，其中已确认1户；竣工1户，其中已确认1户" in page
    assert "已退回" in page
    assert "未附流水" in town.get("/households/A1").get_data(as_text=True)
    for bad in ("x 2018-11-20 A1", "paid never A1"):
        assert housing.post("/quota", {"act": "confirm", "day": bad}, "/quota").status_code == 422
    assert town.post("/quota", {"act": "confirm", "day": "paid 2018-11-22 A2"}, "/quota").status_code == 403


def test_what_is_counted_from_rows_says_where_they_are_kept(counted: Api) -> None:
    """Seen: the office posting such a figure read that another unit reports it."""
    office = enter(counted, "office")
    for code, where in (("built", "危房改造任务户"), ("income", "村情况")):
        for answer in (office.get(f"/figures/{code}"), office.post(f"/figures/{code}", FORM, "/quota")):
            page = answer.get_data(as_text=True)
            assert answer.status_code == 422
            assert "不需填报" in page
            assert where in page


def test_a_number_that_is_none_is_named_by_its_column(bounded: Api) -> None:
    power = enter(bounded, "power")
    for name, said in (("of-town-a", "分子"), ("to-town-a", "分母")):
        page = power.post(PATH, FORM | {name: "-1"}, PATH).get_data(as_text=True)
        assert f"“{said}”" in page
        assert "is-invalid" in box(page, name)


def test_enter_in_a_box_neither_fills_the_table_nor_confirms(counted: Api) -> None:
    """Enter presses a form's first button: seen, it asked for a pasted column, and the reason of a return confirmed."""
    town, office, housing = (enter(counted, who) for who in ("town", "office", "housing"))
    town.post("/quota", {"act": "add", "codes": "A1"}, "/quota")
    town.post("/quota", {"paid_on-A1": "2018-11-20", "finished_on-A1": ""}, "/quota")
    for reader, path, mark, first in (
        (office, "/villages", 'name="pasted"', "<button hidden"),
        (housing, "/quota", 'id="verdict-reason"', '<button hidden name="act" value="return"'),
    ):
        page = reader.get(path).get_data(as_text=True)
        form = page[page.rindex("<form", 0, page.index(mark)) :]
        assert form[form.index("<button") :].startswith(first), path
    # Bootstrap clears the floating legend with what follows it: a hidden input there squeezed the first line.
    assert not re.search(r"</legend>\s*<input[^>]*hidden", housing.get("/quota").get_data(as_text=True))


WHY = "本期没有发生医疗费用的贫困人口，已与医保系统核对"


def test_where_there_is_none_it_is_stated_with_the_reason_and_shown_with_the_last_figures(bounded: Api) -> None:
    power, path = enter(bounded, "power"), "/figures/plain"
    form = {"up_to": "2018-11-21", "source": "名册", "none-town-a": WHY, "of-town-b": "1", "to-town-b": "2"}
    wrong = power.post(path, form | {"none-town-a": "无"}, path)
    assert wrong.status_code == 422
    assert "is-invalid" in box(wrong.get_data(as_text=True), "none-town-a")
    both = power.post(path, form | {"of-town-a": "1", "to-town-a": "2"}, path).get_data(as_text=True)
    assert "不能同时说明本期无此项" in both
    assert f'value="{WHY}"' in box(both, "none-town-a")
    assert power.post(path, form, path).status_code == 302
    page = power.get(path).get_data(as_text=True)
    assert f"上次填报：本期无此项（{WHY}）" in page
    carried = power.get(f"{path}?carry=1").get_data(as_text=True)
    assert f'value="{WHY}"' in box(carried, "none-town-a")
    assert 'value="2"' in box(carried, "to-town-b")


def test_where_rows_show_some_the_statement_is_refused_at_its_box(bounded: Api) -> None:
    power = enter(bounded, "power")
    form = {"up_to": "2018-11-21", "source": "名册", "none-town-a": WHY}
    answer = power.post(PATH, form, PATH)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "台账数为3" in page
    assert "is-invalid" in box(page, "none-town-a")
