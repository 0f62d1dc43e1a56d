"""Pages of matters and households, with forms sent without JavaScript."""

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, func, select

from models import Evidence
from tests.support.factories import day, settle_county
from tests.support.households import change
from tests.support.http_clients import Api
from tests.support.persons import id_number, move_in

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def site(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_county(engine)
    made = Api(county, database_url, tmp_path / "files")
    with county.write() as session:
        for number, (code, name) in enumerate((("A1", "单国华"), ("A2", "李四"), ("B1", "王五")), start=1):
            move_in(session, made.app.extensions["xiaohao"].vault, code, number, name)
    return made


def ask(site: Api, who: str, method: str, path: str, **form: Any) -> Any:
    return site.client.open(path, method=method, data=form, headers={"Authorization": f"Bearer {site.tokens[who]}"})


def text(site: Api, who: str, path: str) -> str:
    page = ask(site, who, "GET", path)
    assert page.status_code == 200, path
    return " ".join(page.get_data(as_text=True).split())


def boxes(page: str) -> list[str]:
    return re.findall(r'name="t" value="([^"]+)"', page)


def test_a_pump_from_its_first_ticket_to_one_resolution(site: Api) -> None:
    first, second = site.file(household="A1"), site.file(household="A2")
    assert f"/matters/new?ticket={first}" in text(site, "town", f"/tickets/{first}")
    assert "/matters/new" not in text(site, "village", f"/tickets/{first}")
    form = text(site, "town", f"/matters/new?ticket={first}")
    assert boxes(form) == [first, second]
    untitled = ask(site, "town", "POST", "/matters/new", ticket=first, t=[second])
    assert (untitled.status_code, "checked" in untitled.get_data(as_text=True)) == (422, True)
    made = ask(site, "town", "POST", "/matters/new", ticket=first, t=boxes(form), title="水泵坏了")
    where = made.headers["Location"]
    assert "水泵坏了" in text(site, "village", f"/tickets/{second}")

    offered = boxes(text(site, "water", where))
    assert offered.count(f"{first}:1") == offered.count(f"{second}:1") == 2
    assert ask(site, "water", "POST", f"{where}/accept", t=[f"{first}:1", f"{second}:1"]).status_code == 302
    bare = ask(site, "water", "POST", f"{where}/resolve", t=[f"{first}:2", f"{second}:2"], note="换了新泵")
    assert (bare.status_code, "换了新泵" in bare.get_data(as_text=True)) == (422, True)
    done = ask(
        site,
        "water",
        "POST",
        f"{where}/resolve",
        t=[f"{first}:2", f"{second}:2"],
        note="换了新泵",
        file=(io.BytesIO(b"new pump"), "pump.txt"),
    )
    assert done.status_code == 302
    with site.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 2
    for number in (first, second):
        view = site.call("town", "GET", f"/tickets/{number}").json
        assert (view["state"], len(view["evidence"])) == ("resolved", 1)
    stale = ask(site, "water", "POST", f"{where}/resolve", t=[f"{first}:2"], file=(io.BytesIO(b"again"), "again.txt"))
    assert (stale.status_code, f"{first}：" in stale.get_data(as_text=True)) == (409, True)
    assert ask(site, "town", "POST", f"{where}/split", ticket=second).status_code == 302
    assert "水泵坏了" not in text(site, "village", f"/tickets/{second}")
    assert ask(site, "power", "GET", where).status_code == 404


def test_the_search_box_takes_everything_and_no_number_stands_in_an_address(site: Api) -> None:
    typed = ask(site, "town", "POST", "/households", q="sgh", status="pre_exit")
    assert (typed.status_code, typed.headers["Location"]) == (303, "/households?q=sgh&status=pre_exit")
    assert "单国华" in text(site, "town", typed.headers["Location"])
    by_number = ask(site, "town", "POST", "/households", q=id_number(11))
    page = by_number.get_data(as_text=True)
    assert (by_number.status_code, "单国华" in page, id_number(11) in page) == (200, True, False)
    assert "王五" not in ask(site, "town", "POST", "/households", q=id_number(31)).get_data(as_text=True)
    assert ask(site, "admin", "GET", "/households").status_code == 403
    assert ask(site, "admin", "POST", "/households", q=id_number(11)).status_code == 403
    assert ask(site, "town", "GET", "/households?days=x").status_code == 422


def test_a_name_is_found_with_a_space_where_it_has_a_dot_or_nothing(site: Api) -> None:
    change(site.county, "A2", head_name="阿卜杜拉·买买提")
    for typed in ("阿卜杜拉 买买提", "阿卜杜拉·买买提", "阿卜杜拉•买买提", "杜拉 买", "阿卜杜拉"):
        assert "阿卜杜拉·买买提" in text(site, "town", f"/households?q={quote(typed)}"), typed
    assert "单国华" in text(site, "town", f"/households?q={quote('单 国华')}")
    assert "阿卜杜拉·买买提" not in text(site, "town", f"/households?q={quote('买买提 阿卜杜拉')}")


def test_a_look_at_full_numbers_needs_a_ground_and_is_shown_once(site: Api) -> None:
    refused = ask(site, "town", "POST", "/households/A1/people", ground="")
    assert (refused.status_code, id_number(11) in refused.get_data(as_text=True)) == (422, False)
    for ground, note in (("other", " "), ("", "与社保名单核对"), ("papers", f"核对{id_number(11)}")):
        again = ask(site, "town", "POST", "/households/A1/people", ground=ground, note=note)
        kept = again.get_data(as_text=True)
        at = "ground" if not ground else "note"
        assert (again.status_code, f'id="people-{at}-wrong"' in kept, kept.count("alert-danger")) == (422, True, 0)
        assert (f'value="{ground}" selected' in kept, "与社保名单核对" in kept) == (ground != "", "与社保" in note)
    shown = ask(site, "town", "POST", "/households/A1/people", ground="papers")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert id_number(11) in shown.get_data(as_text=True)
    assert ask(site, "town", "GET", "/households/A1/people").status_code in (404, 405)
    assert ask(site, "village", "POST", "/households/A1/people", ground="papers").status_code == 403
    assert ask(site, "other_town", "POST", "/households/A1/people", ground="papers").status_code == 404


def test_the_preview_of_the_api_names_what_is_open_nearby(site: Api) -> None:
    number = site.file(household="A2")
    near = site.post("town", "/route", {"household": "A1", "kind": "water"}).json["nearby"]
    assert [(one["number"], one["household"], one["matter"]) for one in near] == [(number, "A2", None)]


def test_matters_over_the_api_refuse_what_is_not_theirs(site: Api) -> None:
    site.now = day(0)
    first, second = site.file(household="A1"), site.file(household="A2")
    cases = [
        ("town", "/matters", {"tickets": first, "title": "泵"}, 422),
        ("town", "/matters", {"tickets": [first], "title": "泵"}, 422),
        ("town", "/matters", {"tickets": [first, second]}, 422),
        ("power", "/matters", {"tickets": [first, second], "title": "泵"}, 404),
        ("village", "/matters", {"tickets": [first, second], "title": "泵"}, 403),
        ("town", "/matters", {"tickets": [first, second], "title": "泵"}, 201),
        ("town", "/matters/1/accept", {"versions": {first: 1}}, 403),
        ("water", "/matters/1/accept", {"versions": {first: 9}}, 409),
        ("water", "/matters/1/accept", {"versions": [first]}, 422),
        ("water", "/matters/1/fly", {"versions": {first: 1}}, 404),
        ("water", "/matters/2/accept", {"versions": {first: 1}}, 404),
        ("water", "/matters/1/accept", {"versions": {first: 1, second: 1}}, 200),
        ("water", "/matters/1/split", {"ticket": second}, 200),
        ("water", "/matters/1/split", {"ticket": second}, 422),
        ("water", "/matters/1/join", {"tickets": [second]}, 200),
    ]
    for who, path, body, status in cases:
        answer = site.post(who, path, body)
        assert answer.status_code == status, (path, body, answer.json)
    odd = [
        ("/matters", {"tickets": first, "title": "泵"}, "tickets", "工单编号列表"),
        ("/matters/1/join", {"tickets": [{}]}, "tickets", "工单编号列表"),
        ("/matters/1/split", {"ticket": {}}, "ticket", "“工单”"),
        ("/matters/1/split", {"ticket": [second]}, "ticket", "“工单”"),
        ("/matters/1/split", {}, "ticket", "“工单”"),
        ("/matters/1/accept", {"versions": [first]}, "versions", "版本号"),
        ("/matters/1/resolve", {"versions": {first: 2}, "evidence": [{}]}, "evidence", "佐证材料"),
        ("/households/A1/checkups", {"seen_on": "2018-11-20", "file": "water"}, "file", "“file”"),
    ]
    for path, body, field, said in odd:
        answer = site.post("water", path, body)
        assert (answer.status_code, answer.json["field"], said in answer.json["detail"]) == (422, field, True), (
            answer.json
        )
    assert [m["open"] for m in site.call("village", "GET", "/matters").json["items"]] == [2]
    assert site.call("power", "GET", "/matters").json["items"] == []


DOUBTFUL = (
    id_number(11)[:-1] + ("1" if id_number(11)[-1] != "1" else "2"),
    f"单国华 {id_number(11)}",
    "单国华13807530001",
)


@pytest.mark.parametrize("typed", DOUBTFUL, ids=["a wrong digit", "a name beside it", "a name before a phone"])
def test_a_number_mistyped_or_among_words_comes_into_no_address(site: Api, typed: str) -> None:
    for who in ("office", "town", "leaders"):
        answer = ask(site, who, "POST", "/households", q=typed)
        assert (answer.status_code, answer.headers.get("Location")) == (422, None), who
        assert "请逐位核对" in answer.get_data(as_text=True)
        for path in ("/tickets", "/households"):
            found = ask(site, who, "GET", f"{path}?q={quote(typed)}")
            assert found.status_code == 422 or typed not in found.headers.get("Location", typed), (who, path)
            assert quote(typed) not in found.get_data(as_text=True), (who, path)
    for path in ("/tickets", "/households"):
        answer = site.client.get(
            f"/api/v1{path}?q={quote(typed)}", headers={"Authorization": f"Bearer {site.tokens['office']}"}
        )
        assert (answer.status_code, answer.get_json()["code"]) == (422, "number_in_text"), path
