"""What cannot be true is refused by every door: the page, the API, the spreadsheet, the desk, the command and the worker."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select

import worker
from models import Paper, PaperAct, Ranking, ReportedFigure, Ticket, User
from tests.accountability.test_paper_replies import SUMMON, summoned
from tests.support.command_line import Line
from tests.support.factories import County, day, settle_county
from tests.support.http_clients import Api
from tests.support.rankings import HOUR, ON, ranked_scheme
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty
from tests.web.test_figure_pages import enter, site

# Every door calls the same functions, which are asked on both databases elsewhere.
pytestmark = pytest.mark.one_database("sqlite")
WITHOUT = "没有任何可用于对各镇排名的"
WHY = "省级资金尚未下达"


def has(county: County, model: type[Ranking] | type[ReportedFigure]) -> bool:
    with county.read() as session:
        return session.scalars(select(model)).first() is not None


def test_an_empty_county_is_ranked_by_nobody_and_every_door_says_why(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    api = site(settle_county(engine, ranked_scheme(), households=0), database_url, tmp_path)
    api.now = HOUR + timedelta(hours=1)
    assert worker.rank(engine, lambda: api.now) == 0
    line = Line(database_url, tmp_path)
    line.now = api.now
    assert WITHOUT in line.refusal("rank")
    office = enter(api, "office")
    assert "系统在排名时点未查到任何可用于对各镇排名的" in office.get("/ranking-desk").get_data(as_text=True)
    tried = office.get("/ranking-desk?look=trial").get_data(as_text=True)
    assert WITHOUT in tried
    # No list of towns that looks like a ranking.
    assert "按已有数据0%" not in tried
    answer = office.post(f"/ranking-desk/{ON.isoformat()}", {"act": "make"}, page="/preferences")
    assert (answer.status_code, WITHOUT in answer.get_data(as_text=True)) == (409, True)
    assert not has(api.county, Ranking)


def test_nothing_of_nothing_comes_in_by_no_door(engine: Engine, database_url: str, tmp_path: Path) -> None:
    api = site(settle_county(engine, ranked_scheme()), database_url, tmp_path)
    api.now = HOUR - timedelta(hours=7)
    sent: dict[str, Any] = {"measure": "told", "up_to": "2018-11-28", "source": "参保系统"}
    refused = api.post("power", "/figures", sent | {"figures": [{"town": "甲镇", "numerator": 0, "denominator": 0}]})
    assert (refused.status_code, refused.json["code"]) == (422, "figure_of_nothing")
    power, path = enter(api, "power"), "/figures/told"
    form = {"up_to": "2018-11-28", "source": "参保系统"}
    filled = power.post(path, form | {"act": "fill", "pasted": "甲镇\t0\t0", "into": "both"}, path)
    pasted = {name: "0" for name in ("of-town-a", "to-town-a") if f'name="{name}"' in filled.get_data(as_text=True)}
    sending = power.post(path, form | pasted, path)
    assert (sending.status_code, "分母不能为0" in sending.get_data(as_text=True)) == (422, True)
    sheet = "指标,镇,截至日期,分子,分母,依据\n参保率,甲镇,2018-11-28,0,0,参保系统\n"
    read = power.post("/figures/file", {"file": (BytesIO(sheet.encode()), "数据.csv")}, "/figures/file")
    assert "0条可登记，0条已登记，1条退回" in read.get_data(as_text=True)
    assert "分母不能为0" in read.get_data(as_text=True)
    assert not has(api.county, ReportedFigure)


@pytest.fixture
def shipped(engine: Engine) -> ShippedCounty:
    return ShippedCounty(engine, next(one for one in map(shipped_scheme, SCHEMES) if one.code == "wuhua-2018"))


def test_a_form_over_the_api_is_held_to_its_item(shipped: ShippedCounty, database_url: str, tmp_path: Path) -> None:
    funds, meeting = shipped.owed("funds_in"), shipped.owed("joint_meeting")
    api = Api(shipped.county, database_url, tmp_path / "files")
    api.now = shipped.now
    with shipped.county.read() as session:
        names = {user.unit_id: user.name for user in session.scalars(select(User).order_by(User.id.desc()))}

    def hand_in(ticket: Ticket, missing: str = "", **changed: str) -> Any:
        who = names[ticket.duty_unit_id]
        proof = api.bring(who, ticket.number)
        form = shipped.plausible(shipped.scheme.duty(ticket.kind), shipped.period(ticket), **changed)
        sent = {"evidence": [proof], "form": form, "missing": missing}
        return api.post(who, f"/tickets/{ticket.number}/resolve", sent)

    # 1:1:1 instead of 6:3:1, and more paid out than came in.
    equal = dict.fromkeys(("province", "paired", "local"), "300000")
    assert hand_in(funds, WHY, **equal, paid="999999999").json["code"] == "form_impossible"
    assert hand_in(funds, **equal, paid="900000").json["code"] == "form_not_reached"
    assert hand_in(funds, "好", **equal, paid="900000").json["field"] == "missing"
    assert hand_in(funds, WHY, **equal, paid="900000").status_code == 200
    shown = api.call(names[shipped.units["office"]], "GET", f"/tickets/{funds.number}").json["duty"]
    assert {"province_to_paired", "paired_to_local"} <= set(shown["short"])
    assert shown["missing"] == WHY
    # The meeting of the fourth quarter, held in January of this year or of the next.
    assert hand_in(meeting, WHY, held_on="2018-01-09").json["field"] == "form.held_on"
    api.now += timedelta(days=25)
    assert hand_in(meeting, WHY, held_on="2019-01-09").json["field"] == "form.held_on"


def test_good_is_no_answer_to_a_summons_on_its_page_or_over_the_api(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine, households=6)
    summoned(county)
    api = site(county, database_url, tmp_path)
    api.now = day(24, 10)
    address = f"/papers/{quote(SUMMON, safe=':')}"
    for word in ("好", "好的", "收到", "已落实", "同意"):
        sent = api.post("water", f"{address}/answer", {"answer": word})
        assert (sent.status_code, sent.json["field"]) == (422, "answer"), word
        page = enter(api, "water").post(address, {"act": "answer", "answer": word}, address)
        assert (page.status_code, word in page.get_data(as_text=True)) == (422, True), word
    with county.read() as session:
        answered = select(PaperAct).join(Paper, Paper.id == PaperAct.paper_id).where(Paper.number == SUMMON)
        assert session.scalars(answered).all() == []
