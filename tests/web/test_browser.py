"""A ticket's whole life in a real browser: what people see, press and read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import fresh_database
from tests.support.browser import (
    PAPER,
    PHOTO,
    Site,
    act,
    buttons,
    closed,
    file,
    form,
    labelled,
    look,
    open_site,
    press,
    resolved,
    state,
)


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A small county; `request.param` may name the database and switch scripts off."""
    kind, scripts = getattr(request, "param", ("sqlite", True))
    with (
        fresh_database(request, kind) as url,
        open_site(url, tmp_path / "files", browser, scripts) as opened,
    ):
        yield opened


#: A ticket's page has no script of its own, so that what works without works with them; the filing page is tried with both.
without_scripts = pytest.mark.parametrize("site", [("sqlite", False)], indirect=True)


@pytest.mark.parametrize(
    "site",
    [("sqlite", True), ("sqlite", False), ("postgresql", True)],
    indirect=True,
    ids=["sqlite", "sqlite, no scripts", "postgresql"],
)
def test_a_whole_life_from_filing_to_striking_off(site: Site) -> None:
    number = file(site, "village")
    assert state(site.page("village")) == "待镇核实"
    act(site, "town", number, "核实上报")
    water = act(site, "water", number, "受理", 说明="已派人")
    assert state(water) == "办理中"
    site.at(3)
    act(site, "water", number, "办结", files=[PHOTO], 说明="已换水管")
    site.at(4)
    town = look(site, "town", number)
    # What the town must judge is at the top: the bureau's statement.
    expect(town.locator(".x-latest")).to_contain_text("办结：佐证材料1份；已换水管")
    press(town, "核验通过", files=[PHOTO, PAPER], 现场核验日期="2018-11-24", 说明="已通水")
    assert state(town) == "已销号"
    assert town.locator(".x-strip strong").all_inner_texts() == ["甲镇", "县水务局", "县水务局", "甲镇"]
    lines = [line.split("\n")[0] for line in town.locator(".x-history > li").all_inner_texts()]
    assert [line.split(" ")[0] for line in lines] == [
        "核验通过",
        "佐证材料",
        "佐证材料",
        "办结",
        "佐证材料",
        "受理",
        "核实上报",
        "上报",
    ]
    photo = town.request.get(town.locator(".x-photos a").first.get_attribute("href") or "")
    assert (photo.headers["content-type"], photo.body()[:2]) == ("image/jpeg", b"\xff\xd8")
    # Redrawn: the camera's metadata is gone.
    assert b"Exif" not in photo.body()
    assert buttons(look(site, "water", number)) == []


def test_filing_shows_bureau_reason_and_date_before_anything_is_sent(site: Site) -> None:
    page = site.page("town")
    page.goto("/file?household=A1")
    page.get_by_label("缺什么？").select_option(label="用电")
    shown = page.locator(".x-shown")
    expect(shown).to_contain_text("将转县供电局办理。")
    expect(shown).to_contain_text("because of power")
    # Two working days to accept, ten more to resolve, five to confirm.
    assert shown.locator("tbody tr").filter(has_text="县供电局").all_inner_texts() == [
        "受理\t县供电局\t11月22日 17:30",
        "办理\t县供电局\t12月6日 17:30",
    ]
    page.get_by_label("紧急").check()
    expect(shown).to_contain_text("11月21日 17:30")
    page.get_by_label("缺什么？").select_option(label="饮水")
    expect(shown).to_contain_text("将转县水务局办理。")
    page.goto("/tickets")
    assert page.locator(".x-row").count() == 0


def test_a_late_answer_undoes_nothing_that_was_typed_meanwhile(site: Site) -> None:
    page = site.page("town")
    page.goto("/file?household=A1")
    held = []
    page.route(
        "**/file", lambda route: held.append(route) if route.request.headers.get("hx-request") else route.continue_()
    )
    with page.expect_request("**/file"):
        page.get_by_label("缺什么？").select_option(label="用电")
    page.get_by_label("情况说明").fill("电线断了")
    while not held:
        page.evaluate("0")
    held[0].continue_()
    expect(page.locator(".x-shown")).to_contain_text("将转县供电局办理。")
    expect(page.get_by_label("情况说明")).to_have_value("电线断了")


@without_scripts
def test_nobody_files_to_a_bureau_that_was_not_shown(site: Site) -> None:
    page = site.page("town")
    page.goto("/file?household=A1&kind=power")
    page.get_by_label("缺什么？").select_option(label="饮水")
    page.get_by_label("情况说明").fill("没有水")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("承办单位或期限已有变化")
    expect(page.locator(".x-shown")).to_contain_text("将转县水务局办理。")
    expect(page.get_by_label("情况说明")).to_have_value("没有水")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已上报。")).to_be_visible()


@without_scripts
def test_declined_ruled_upon_and_given_to_another(site: Site) -> None:
    number = file(site, "town")
    act(site, "water", number, "退单", 理由="不属于本单位职责", 职责依据="三定方案第二条")
    site.at(0, 11)
    office = look(site, "office", number)
    expect(office.locator(".x-latest")).to_contain_text("退单：不属于本单位职责；三定方案第二条")
    assert "县水务局" not in labelled(form(office, "指定承办单位"), "单位").locator("option").all_inner_texts()
    press(office, "指定承办单位", 单位="县供电局", 理由="属供电范围")
    site.at(1)
    power = act(site, "power", number, "受理")
    assert state(power) == "办理中"
    water = look(site, "water", number)
    expect(water.get_by_text("此后的情况不再显示")).to_be_visible()
    assert buttons(water) == []
    expect(water.locator("body")).not_to_contain_text("县供电局")


@without_scripts
def test_a_rejected_ticket_goes_on_with_the_time_it_had_left(site: Site) -> None:
    number = file(site, "town")
    resolved(site, number)
    site.at(7)
    act(site, "town", number, "核验不通过", 理由="水还是浑的")
    water = look(site, "water", number)
    assert state(water) == "办理中"
    expect(water.locator(".x-latest")).to_contain_text("核验不通过：水还是浑的")
    # It was due on 6 December; the two working days it lay with the town are not the bureau's.
    expect(water.locator(".x-now-line")).to_contain_text("12月10日 17:30")


@without_scripts
def test_sent_back_and_completed_by_the_village(site: Site) -> None:
    number = file(site, "village")
    act(site, "town", number, "退回补充", 理由="请补照片")
    page = site.page("village")
    page.goto("/")
    expect(page.locator("#do-returned")).to_contain_text("1")
    page.get_by_role("link", name=f"补充后再报 {number}").click()
    press(page, "补充后再报", 说明="照片已补")
    assert state(page) == "待镇核实"


@without_scripts
def test_reopened_when_the_closing_was_false(site: Site) -> None:
    number = closed(site)
    site.at(6)
    office = look(site, "office", number)
    form(office, "重新打开").get_by_label("属于虚假办结").check()
    press(office, "重新打开", 理由="抽查发现没有水")
    assert state(office) == "办理中"
    expect(office.locator("dt", has_text="虚假办结次数")).to_be_visible()
    expect(office.get_by_text("第2轮").first).to_be_attached()
    assert "办结" in buttons(look(site, "water", number))


@without_scripts
def test_the_clock_is_stopped_and_started_again(site: Site) -> None:
    number = file(site, "town")
    act(site, "water", number, "受理")
    office = act(site, "office", number, "暂停计时", 理由="洪涝", 截止日期="2018-11-30")
    assert state(office) == "已暂停计时"
    assert buttons(look(site, "water", number)) == []
    site.at(3)
    office = act(site, "office", number, "恢复计时", 说明="水退了")
    assert state(office) == "办理中"
    expect(look(site, "water", number).locator(".x-now-line")).to_contain_text("12月11日 17:30")


@without_scripts
def test_refused_input_is_still_there(site: Site) -> None:
    number = file(site, "town")
    page = look(site, "water", number)
    # Blanks are no duty; a browser lets them pass, so that the refusal is the server's.
    press(page, "退单", 理由="不属于本单位职责", 职责依据="   ", 说明="请看附件")
    block = form(page, "退单")
    expect(block).to_contain_text("请填写“职责依据”。")
    assert labelled(block, "理由").locator("option:checked").inner_text() == "不属于本单位职责"
    expect(labelled(block, "说明")).to_have_value("请看附件")
    expect(labelled(block, "职责依据")).to_have_attribute("aria-invalid", "true")
    # Seen: the page came back at its top and the refusal stood far below.
    expect(labelled(block, "职责依据")).to_be_focused()
    expect(labelled(block, "职责依据")).to_be_in_viewport()
    resolved(site, number)
    site.at(4)
    town = look(site, "town", number)
    town.get_by_label("添加佐证材料").set_input_files([PAPER])
    town.get_by_role("button", name="上传").click()
    block = form(town, "核验通过")
    block.get_by_label("整改说明.txt").check()
    # The page's bounds hold a form back before it is sent; without them the refusal is the server's.
    labelled(block, "现场核验日期").evaluate("box => box.removeAttribute('min')")
    press(town, "核验通过", files=[PHOTO], 现场核验日期="2018-11-20", 说明="已通水")
    block = form(town, "核验通过")
    expect(block).to_contain_text("现场核验不得早于办结日")
    # Chosen before or sent with the refused form: neither has to be uploaded again.
    expect(block.get_by_label("整改说明.txt")).to_be_checked()
    expect(block.get_by_label("现场.jpg")).to_be_checked()
    expect(labelled(block, "现场核验日期")).to_have_value("2018-11-20")
    expect(labelled(block, "说明")).to_have_value("已通水")
    press(town, "核验通过", 现场核验日期="2018-11-24")
    assert state(town) == "已销号"


@without_scripts
def test_who_looked_at_an_older_version_is_told_so(site: Site) -> None:
    number = file(site, "town")
    page = look(site, "water", number)
    second = page.context.new_page()
    second.goto(f"/tickets/{number}")
    press(second, "受理")
    expect(second.get_by_text("已办理。")).to_be_visible()
    press(page, "退单", 理由="不属于本单位职责", 职责依据="三定方案")
    expect(page.get_by_role("alert")).to_contain_text("工单在您查看之后已有变动。请刷新页面。")
    assert buttons(page) == ["办结", "更正类别"]


def test_everything_is_reached_by_keyboard_alone(site: Site) -> None:
    number = file(site, "town")
    page = site.stranger()

    def tab_to(text: str, key: str = "Tab") -> None:
        said = []
        for _ in range(60):
            page.keyboard.press(key)
            said.append(page.evaluate("(document.activeElement.innerText || document.activeElement.id).trim()"))
            if said[-1] == text:
                return
        raise AssertionError(f"no way to {text} by Tab: {said}")

    page.goto(f"/tickets/{number}")
    # The sign-in page puts the cursor where one begins, as soon as it is drawn.
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("water")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough password")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("饮水")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    tab_to("填写说明")
    page.keyboard.press("Enter")
    tab_to("accept-note")
    page.keyboard.type("已派人")
    tab_to("受理", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已办理。")).to_be_visible()
    assert state(page) == "办理中"


#: What each role's navigation begins with, as people read it.
FIRST = {
    "village": "今天 上报问题 入户核查 工单 农户 收件箱 更多",
    "town": "今天 工单 入户核查 上报问题 任务 收件箱 更多",
    "water": "今天 工单 任务 用时 文书 收件箱 更多",
    "office": "总览 工单 用时 排名 任务 收件箱 更多",
    "leaders": "要情 总览 工单 用时 排名 收件箱 更多",
    "inspectorate": "总览 工单 异常信号 审计记录 排名 收件箱 更多",
    "admin": "账号 岗位 县情工作簿 单位名录 机器人",
}


def test_each_role_reaches_its_own_navigation_by_keyboard_alone(site: Site) -> None:
    """Tab finds the links in their order; Enter opens "More", and Tab goes on with every link behind it."""
    focused = "(document.activeElement.closest('nav') && document.activeElement.innerText || '').trim()"
    for who, first in FIRST.items():
        page = site.page(who)
        page.goto("/preferences")
        reached: list[str] = []
        for _ in range(60):
            page.keyboard.press("Tab")
            text = page.evaluate(focused)
            if text == "更多":
                page.keyboard.press("Enter")
            if reached and not text:
                break
            reached += [text] if text else []
        assert " ".join([*reached, ""]).startswith(f"{first} "), who
        assert reached[len(first.split()) :] == page.locator("nav .x-menu a:visible").all_inner_texts(), who
