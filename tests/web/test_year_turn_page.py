"""Turn of the year on pages and by command: reminded of on the office's board, previewed, and done once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models import SchemeAdoption
from tests.support.factories import day
from tests.support.http_clients import Api, Visitor
from tests.support.pages import hidden
from web.cli.year import turn_year
from workflow.policy.worktime import SHANGHAI

pytestmark = pytest.mark.one_database("sqlite")
PAGE = "/schemes/year"
REMINDED = "2019年度尚未准备"


def waiting(api: Api) -> list[str]:
    with api.county.read() as session:
        rows = session.scalars(select(SchemeAdoption).where(SchemeAdoption.state == "waiting"))
        return [row.from_day.isoformat() for row in rows]


def test_the_office_is_reminded_reads_the_preview_and_prepares_the_year_once(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    assert REMINDED not in visit("office").get("/board").get_data(as_text=True)
    api.now = day(20).astimezone(SHANGHAI)
    office, leaders = visit("office"), visit("leaders")
    assert (
        REMINDED in office.get("/board").get_data(as_text=True),
        REMINDED in leaders.get("/board").get_data(as_text=True),
    ) == (True, False)
    shown = office.get(PAGE).get_data(as_text=True)
    for words in ("2019年1月1日", "2019年的文件从1号起编号", "准备2019年度"):
        assert words in shown, words
    assert "准备2019年度" not in leaders.get(PAGE).get_data(as_text=True)
    form = {"act": "turn", "seen": hidden(shown)["seen"]}
    assert leaders.post(PAGE, form, page=PAGE).status_code == 403
    assert office.post(PAGE, form | {"seen": "other"}, page=PAGE).status_code == 409
    assert waiting(api) == []
    assert office.post(PAGE, form, page=PAGE).status_code == 302
    assert office.post(PAGE, form, page=PAGE).status_code == 409
    assert waiting(api) == ["2019-01-01"]
    assert "2019年度已准备" in office.get(PAGE).get_data(as_text=True)
    assert REMINDED not in office.get("/board").get_data(as_text=True)


def test_the_command_shows_prepares_and_says_that_it_is_done(api: Api) -> None:
    api.now = day(20).astimezone(SHANGHAI)
    run = api.app.test_cli_runner().invoke
    looked = run(turn_year, ["--by", "office", "--dry-run"])
    assert (looked.exit_code, "2019" in looked.output, waiting(api)) == (0, True, [])
    done, again = (run(turn_year, ["--by", "office"]) for _ in range(2))
    assert (done.exit_code, done.output.splitlines()[-1], waiting(api)) == (0, "2019 2019-01-01", ["2019-01-01"])
    assert (again.exit_code, "2019" in again.output, waiting(api)) == (0, True, ["2019-01-01"])
    assert run(turn_year, ["--by", "water"]).exit_code == 1
