"""Family changes over HTTP: three taps on a page that says before what it will do, and the same over the API."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Member
from tests.support.factories import day
from tests.support.households import change, people, settle_register
from tests.support.http_clients import Api
from tests.support.lives import home, living

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    made = Api(settle_register(engine), database_url, tmp_path / "files")
    people(made.county, {"labour": "none", "relation": "户主"}, {"labour": "none", "relation": "配偶"})
    change(made.county, people=2, head_name="人1")
    made.now = day(2)
    return made


def ids(api: Api, household: str = "A1") -> dict[str, int]:
    with api.county.read() as session:
        return {row.name: row.id for row in session.scalars(select(Member))}


def page(api: Api, who: str, method: str, path: str, **form: Any) -> Any:
    return api.client.open(path, method=method, data=form, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_a_death_is_three_taps_away_and_each_page_leads_to_the_next(api: Api) -> None:
    dead = ids(api)["人2"]
    assert "/households/A1/family" in text(page(api, "village", "GET", "/households/A1"))
    listed = text(page(api, "village", "GET", "/households/A1/family"))
    address = f"/households/A1/family/died?members={dead}"
    assert address in listed
    form = text(page(api, "village", "GET", address))
    assert f'name="members" value="{dead}" checked' in form
    assert 'value="2018-11-22"' in form
    answer = page(api, "village", "POST", "/households/A1/family/died", members=dead, on="2018-11-22")
    assert answer.status_code == 302
    seen = text(page(api, "village", "GET", "/households/A1"))
    assert "Former members: 1" in seen or "已不在户内的成员：1人" in seen
    past = text(page(api, "village", "GET", "/households/A1/family"))
    assert "<strong>2018-11-22" in past or "11月22日" in past or "22 Nov" in past


def test_a_head_who_dies_is_asked_who_follows_and_nothing_typed_is_lost(api: Api) -> None:
    who = ids(api)
    form = text(page(api, "town", "GET", f"/households/A1/family/died?members={who['人1']}"))
    assert f'name="head" value="{who["人2"]}"' in form
    led = text(page(api, "town", "GET", f"/households/A1/family/died?members={who['人1']}&head={who['人2']}"))
    assert f'name="head" value="{who["人2"]}" checked' in led
    refused = page(
        api, "town", "POST", "/households/A1/family/died", members=who["人1"], on="2018-11-21", reason="病故"
    )
    assert refused.status_code == 422
    shown = text(refused)
    assert "head-wrong" in shown
    assert "病故" in shown
    assert 'value="2018-11-21"' in shown
    fields = {"members": who["人1"], "head": who["人2"], "on": "2018-11-21", "reason": "病故"}
    assert page(api, "town", "POST", "/households/A1/family/died", **fields).status_code == 302
    assert living(api.county) == ["人2"]


def test_what_ends_the_household_is_shown_and_confirmed_before(api: Api) -> None:
    number = api.file("village", household="A1", kind="water")
    both = list(ids(api).values())
    fields = {"members": both, "on": "2018-11-22", "reason": "全户外迁"}
    query = "&".join(f"members={one}" for one in both)
    for_town = text(page(api, "town", "GET", f"/households/A1/family/moved_away?{query}"))
    assert number in for_town
    assert 'name="ends"' not in for_town
    for_office = text(page(api, "office", "GET", f"/households/A1/family/moved_away?{query}"))
    assert 'name="ends"' in for_office
    assert page(api, "town", "POST", "/households/A1/family/moved_away", ends="1", **fields).status_code == 409
    assert page(api, "office", "POST", "/households/A1/family/moved_away", **fields).status_code == 422
    assert page(api, "office", "POST", "/households/A1/family/moved_away", ends="1", **fields).status_code == 302
    assert home(api.county).status == "ended"


def test_others_neither_see_the_page_nor_record(api: Api) -> None:
    for who in ("leaders", "inspectorate", "water", "other_town"):
        assert page(api, who, "GET", "/households/A1/family").status_code in (403, 404), who
        body = {"kind": "died", "on": "2018-11-22", "members": [ids(api)["人2"]]}
        assert api.post(who, "/households/A1/events", body).status_code in (403, 404), who
    assert page(api, "town", "GET", "/households/A1/family/fly").status_code == 404


def test_the_api_records_a_birth_a_death_and_says_what_it_did(api: Api) -> None:
    born = {"kind": "born", "on": "2018-11-20", "person": {"name": "孙小宝", "sex": "f", "relation": "之孙女"}}
    made = api.post("village", "/households/A1/events", born)
    assert made.status_code == 201, made.json
    assert (made.json["kind"], made.json["ended"]) == ("born", False)
    shown = api.call("village", "GET", "/households/A1").json
    assert [(one["name"], one["begin_reason"], one["begins_on"]) for one in shown["members"]] == [
        ("人1", "registered", None),
        ("人2", "registered", None),
        ("孙小宝", "born", "2018-11-20"),
    ]
    who = {one["name"]: one["id"] for one in shown["members"]}
    died = {"kind": "died", "on": "2018-11-22", "members": [who["人1"]], "reason": "病故"}
    assert api.post("village", "/households/A1/events", died).json["code"] == "head_missing"
    made = api.post("village", "/households/A1/events", died | {"head": who["人2"]})
    assert (made.status_code, made.json["head"]) == (201, who["人2"])
    shown = api.call("leaders", "GET", "/households/A1").json
    assert [(one["name"], one["end_reason"], one["ends_on"]) for one in shown["former_members"]] == [
        ("人*", "died", "2018-11-22")
    ]
    past = api.call("village", "GET", "/households/A1/events").json["items"]
    assert [(one["kind"], one["names"], one["reason"]) for one in past] == [
        ("died", ["人1"], "病故"),
        ("born", ["孙小宝"], None),
    ]
    assert api.post("village", "/households/A1/events", {"kind": "flown", "on": "2018-11-22"}).status_code == 422
