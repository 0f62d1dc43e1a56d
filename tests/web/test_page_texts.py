"""The eye that looks for odd words on pages sees them, and only them."""

import pytest

from tests.support.page_texts import oddities


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("<p>2018年08月5日</p>", "a zero before a month or day"),
        ("<p>11月05日</p>", "a zero before a month or day"),
        ("<td>None</td>", "a missing value"),
        ("<p>剩余%(n)s天</p>", "an unfilled placeholder"),
        ("<p>households.pre_exit</p>", "a code"),
        ("<td>special_meetings</td>", "a code"),
        ("<td>0 / 0</td>", "a share of nothing"),
        ("<p>完成率100%（0件）</p>", "a share of nothing"),
        ("<p>原因: 断电</p>", "a half-width colon after Chinese"),
        ("<p>原因:断电</p>", "a half-width colon after Chinese"),
        ("<p>共3<b>个工单</b></p>", "a wrong measure word"),
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
    ],
)
def test_what_is_as_it_should_be_is_not(page: str) -> None:
    assert oddities(page) == []
