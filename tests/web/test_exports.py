"""Exported lists: every column of a row says what the list on the page says."""

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from models import Household
from tests.support.factories import day
from tests.support.http_clients import Api
from workflow.register.spreadsheets import sheet_reader

pytestmark = pytest.mark.one_database("sqlite")


def rows(api: Api, who: str, path: str) -> list[list[str]]:
    """The rows below the headings, which stand below a title and who exported it."""
    answer: Any = api.client.get(path, headers={"Authorization": f"Bearer {api.tokens[who]}"})
    assert answer.status_code == 200
    content = answer.get_data()
    answer.close()
    return [cells for _, cells in sheet_reader.rows(io.BytesIO(content))][3:]


def test_a_row_of_the_households_has_every_column(api: Api) -> None:
    with api.county.write() as session:
        visited = {"visited_on": date(2018, 11, 19), "people": 4, "labour": "unknown"}
        session.execute(update(Household).where(Household.code == "A1").values(visited))
    api.file("town", "A1")
    first, second, *_ = rows(api, "office", "/households.xlsx?ground=work")
    assert first == ["A1", "张三", "甲镇", "town-a-v1村", "拟退出", "不清楚", "4", "2018年11月19日", "1"]
    assert second == ["A2", "张三", "甲镇", "town-a-v1村", "拟退出", "有劳动能力", "", "", "0"]


def test_a_row_of_the_tickets_has_every_column(api: Api) -> None:
    number = api.file("town", "A1")
    urgent = api.file("town", "A2", urgent=True)
    api.now = day(1)
    whose = ["饮水", "待受理", "甲镇", "town-a-v1村"]
    due, filed = "2018年11月22日 17:30", "2018年11月20日 10:00"
    assert sorted(rows(api, "office", "/tickets.xlsx?ground=work")) == [
        [number, *whose, "A1", "张三", "", "县水务局", due, filed],
        [urgent, *whose, "A2", "张三", "", "县水务局", "2018年11月21日 17:30", filed, "是"],
    ]
