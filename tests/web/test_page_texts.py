"""The eye that looks for odd words on pages sees them, and only them."""

import pytest

from tests.support.page_texts import oddities


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("<p>2018年08月5日</p>", "a zero before a month or day"),
        ("<p>11月05日</p>", "a zero before a month or day"),
        ("<td>2018-11-20</td>", "a date that is not Chinese"),
        ("<td>期限 11-20 17:30</td>", "a date that is not Chinese"),
        ("<td>None</td>", "a missing value"),
        ("<p>剩余%(n)s天</p>", "an unfilled placeholder"),
        ("<p>households.pre_exit</p>", "a code"),
        ("<td>special_meetings</td>", "a code"),
        ("<p>hedong-03</p>", "a code"),
        ("<td>0 / 0</td>", "a share of nothing"),
        ("<p>完成率100%（0件）</p>", "a share of nothing"),
        ("<p>原因: 断电</p>", "a half-width colon after Chinese"),
        ("<p>原因:断电</p>", "a half-width colon after Chinese"),
        ("<p>共3<b>个工单</b></p>", "a wrong measure word"),
        ("<td>977 / 1236\n <span>10,000 yuan</span></td>", "a unit of many"),
        ("<p>共3\n  <b>个工单</b></p>", "a wrong measure word"),
        ("<th>数据 (户)</th>", "Latin punctuation"),
        ("<p>第1, 10项</p>", "Latin punctuation"),
        ("<small>县住建局,\n  11月10日</small>", "Latin punctuation"),
        ("<p>不再打开。\n  只提示核查。</p>", "a space after a full stop"),
        ("<p>消息：1 条</p>", "a space beside a figure"),
    ],
)
def test_an_odd_word_is_seen(page: str, what: str) -> None:
    assert [line.partition(":")[0] for line in oddities(page)] == [what]


@pytest.mark.parametrize(
    "page",
    [
        "<p>2018年11月5日 08:30</p>",
        "<td>10 / 30</td>",
        "<p>原因：断电，查看：http://localhost</p>",
        "<p>3件工单，2项任务</p>",
        "<code>a_b</code>",
        "<p>100%（3件）</p>",
        "<p>按6:3:1落实</p>",
        "<p>期限 17:30</p>",
        "<small>11月12日 09:10 张志强</small>",
        "<p>已办结。</p> <p>待核验：</p> <b>3件</b>",
        "<p>Closed: 3. Open: 2 (late)</p>",
    ],
)
def test_what_is_as_it_should_be_is_not(page: str) -> None:
    assert oddities(page) == []
