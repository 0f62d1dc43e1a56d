"""Letters word for word: subject, text, HTML and text message, and what they leave out."""

import re
from typing import Any

from notifications.letters import Letter, mail, short, text
from tests.support.factories import START
from tests.support.sinks import HOUSE, body

SITE = "https://xiaohao.example"
TICKET: dict[str, Any] = {
    "number": "2018-000001",
    "path": "/tickets/2018-000001",
    "what": ["饮水", "Water"],
    "village": ["甲镇一村", "Village 1"],
}
LINE = "[2018-000001] 有新工单待办理 · 饮水 · 甲镇一村"
CLOSING = ["销号 · 系统自动发送，请勿回复。", "调整接收方式"]


def letter(kind: str, params: dict[str, Any], items: int = 0) -> Letter:
    several = tuple((kind, params | {"path": f"/tickets/{number}"}) for number in range(1, items + 1))
    return Letter(1, "1:x", "a@b.example", "", kind, params, "zh_Hans", START, several)


def page(of: Letter) -> list[str]:
    """The texts of the mail's HTML, in order."""
    inner = body(mail(of, HOUSE), "html").partition("<body")[2].partition(">")[2]
    return [part for part in re.split(r"\s*(?:<[^>]+>\s*)+", inner) if part]


def test_a_letter_of_one_ticket_says_what_it_is_about_and_where_to_read_on() -> None:
    of = letter("file", TICKET, items=1)
    link = f"{SITE}/tickets/2018-000001"
    assert text(of, HOUSE).splitlines() == [
        "有新工单待办理",
        "工单号：2018-000001",
        "类别：饮水",
        "村：甲镇一村",
        f"查看：{link}",
    ]
    assert page(of) == [
        "有新工单待办理",
        "工单号",
        "2018-000001",
        "类别",
        "饮水",
        "村",
        "甲镇一村",
        "查看",
        link,
        *CLOSING,
    ]
    assert short(of, HOUSE) == f"【销号】{LINE} {link}"
    assert mail(of, HOUSE)["Subject"] == LINE


def test_a_letter_says_until_when_reports_are_due_and_that_a_post_is_empty() -> None:
    of = letter("rank", {"what": ["排名", "r"], "path": "/rankings/x", "due": "12-01 12:00", "instead_of": "duty"})
    lines = text(of, HOUSE).splitlines()
    # Without a ticket number the line names the subject instead of the kind.
    assert lines[1:4] == ["事项：排名", "书面汇报截止：12月1日 12:00", f"查看：{SITE}/rankings/x"]
    assert len(lines) == 5
    assert len(text(letter("rank", {"what": ["排名", "r"], "path": "/rankings/x"}), HOUSE).splitlines()) == 3


def test_a_letter_that_verifies_an_address_says_how_long_its_code_is_good_and_links_nowhere() -> None:
    of = letter("verify", {"code": "123456"})
    assert text(of, HOUSE).splitlines() == [
        "地址核验码：123456",
        "请在半小时内于“接收方式”页面填写此码。非您本人操作请忽略。",
    ]
    assert short(of, HOUSE) == "【销号】地址核验码：123456"


def test_forty_of_a_bundle_are_listed_and_of_the_rest_it_is_said_how_many_there_are() -> None:
    for items in (2, 40, 41, 43):
        of, rest = letter("file", TICKET, items), max(0, items - 40)
        listed = [f"· {LINE} {SITE}/tickets/{number}" for number in range(1, min(items, 40) + 1)]
        more = [f"另有{rest}项"] if rest else []
        assert text(of, HOUSE).splitlines() == [f"{items}条消息", *listed, *(f"{said} {SITE}/inbox" for said in more)]
        assert page(of) == [f"{items}条消息", *[LINE] * len(listed), *more, *CLOSING]
        assert short(of, HOUSE) == f"{items}条消息 {SITE}/inbox"
        assert mail(of, HOUSE)["Subject"] == f"{items}条消息"
        # A message about several tickets is in no ticket's thread.
        assert mail(of, HOUSE)["References"] is None
    most = text(letter("file", TICKET, 3), HOUSE, most=2).splitlines()
    assert most[-1] == f"另有1项 {SITE}/inbox"


def test_a_morning_letter_has_a_heading_for_each_part_that_has_something_and_says_what_it_leaves_out() -> None:
    ranked: dict[str, Any] = {
        "kind": "rank",
        "what": ["排名", "r"],
        "path": "/rankings/x",
        "due": "12-01 12:00",
        "times": 2,
    }
    of = letter(
        "digest",
        {
            "day": "2018-11-21",
            "late": {
                "count": 3,
                "shown": [
                    TICKET | {"due": "11-20 17:30"},
                    {"what": ["饮水", "Water"], "due": "11-20 17:30", "provisional": True, "path": "/tickets/2"},
                ],
            },
            "today": {"count": 1, "shown": [{"what": ["用电", "Power"]}]},
            "news": {"count": 2, "shown": [ranked, {"kind": "file", "what": ["饮水", "Water"], "path": "/tickets/3"}]},
            "seats": {"count": 1, "shown": [{"unit": ["县水务局", "water"], "seat": "leader"}]},
        },
    )
    late = ["[2018-000001] 饮水 · 甲镇一村 · 期限 11月20日 17:30", "饮水 · 期限 11月20日 17:30（暂定）"]
    published = "各镇排名已公布，请相关单位拟稿并签发书面汇报 · 排名 · 书面汇报截止 12月1日 12:00 ×2"
    assert text(of, HOUSE).splitlines() == [
        "今日待办 2018-11-21",
        "",
        "已逾期 (3)",
        f"· {late[0]} {SITE}/tickets/2018-000001",
        f"· {late[1]} {SITE}/tickets/2",
        "另有1项",
        "",
        "今日到期 (1)",
        "· 用电",
        "",
        "新消息 (2)",
        f"· {published} {SITE}/rankings/x",
        f"· 有新工单待办理 · 饮水 {SITE}/tickets/3",
        "",
        "岗位空缺，转告上一级 (1)",
        "· 县水务局 · 主要领导",
    ]
    assert page(of) == [
        "今日待办 2018-11-21",
        "已逾期 (3)",
        *late,
        "另有1项",
        "今日到期 (1)",
        "用电",
        "新消息 (2)",
        published,
        "有新工单待办理 · 饮水",
        "岗位空缺，转告上一级 (1)",
        "县水务局 · 主要领导",
        *CLOSING,
    ]
    # Only late items are coloured.
    assert body(mail(of, HOUSE), "html").count("color:#a4262c") == 1


def test_a_morning_without_work_says_so() -> None:
    of = letter("digest", {"day": "2018-11-21"})
    assert text(of, HOUSE).splitlines() == ["今日待办 2018-11-21", "今日无待办。"]
    assert page(of) == ["今日待办 2018-11-21", "今日无待办。", *CLOSING]
