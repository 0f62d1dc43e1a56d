"""API: a ticket's life over HTTP, refusals with a sentence, idempotency."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from models import Ticket, User
from tests.support.factories import day
from tests.support.http_clients import Api
from web.api.idempotency import Asked, once
from workflow.errors import Conflict


def test_a_whole_life_through_the_api(api: Api) -> None:
    number = api.file("village", description="水管断了")
    assert api.post("town", f"/tickets/{number}/endorse").json["state"] == "assigned"
    held = api.post("water", f"/tickets/{number}/accept", {"version": 2}).json
    assert (held["state"], held["owner"], held["version"]) == ("in_progress", "县水务局", 3)
    assert held["due_at"].endswith("+08:00")
    assert "resolve" in held["actions"]
    api.now = day(3)
    photo = api.bring("water", number)
    resolved = api.post("water", f"/tickets/{number}/resolve", {"note": "修好了", "evidence": [photo]})
    assert resolved.json["owner"] == "甲镇"
    api.now = day(4)
    seen = api.bring("town", number)
    closed = api.post(
        "town", f"/tickets/{number}/confirm", {"visited_on": "2018-11-24", "note": "通水", "evidence": [seen]}
    )
    assert (closed.status_code, closed.json["state"], closed.json["owner"]) == (200, "closed", None)
    assert [c["stage"] for c in closed.json["custodies"]] == ["vet", "accept", "mend", "confirm"]
    events = api.call("inspectorate", "GET", f"/tickets/{number}/history").json["items"]
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))


def test_every_refusal_has_its_status_and_a_sentence(api: Api) -> None:
    number = api.file()
    cases = [
        (None, "POST", f"/tickets/{number}/accept", None, 401),
        ("power", "POST", f"/tickets/{number}/accept", None, 404),
        ("town", "POST", f"/tickets/{number}/accept", None, 403),
        ("water", "POST", f"/tickets/{number}/accept", {"version": 9}, 409),
        ("water", "POST", f"/tickets/{number}/resolve", {}, 409),
        ("water", "POST", f"/tickets/{number}/decline", {}, 422),
        ("water", "POST", f"/tickets/{number}/accept", {"colour": 1}, 422),
        ("water", "POST", f"/tickets/{number}/fly", None, 404),
        ("bureau-that-is-not", "GET", "/tickets", None, 0),
        ("town", "POST", "/tickets", {"household": "A1", "kind": "water"}, 409),
        ("town", "POST", "/tickets", {"household": "A1"}, 422),
        ("town", "POST", "/tickets", {"household": "B1", "kind": "water"}, 404),
        ("town", "POST", "/tickets", {"household": "A1", "kind": "gold"}, 422),
        ("water", "POST", "/tickets", {"household": "A1", "kind": "water"}, 403),
        ("town", "GET", "/tickets?limit=0", None, 422),
        ("town", "GET", "/tickets?state=lost", None, 422),
        ("town", "GET", "/tickets?cursor=zzz", None, 422),
        ("town", "GET", "/nowhere", None, 404),
    ]
    for who, method, path, body, status in cases:
        if status == 0:
            continue
        answer = api.call(who, method, path, body)
        assert answer.status_code == status, (path, answer.json)
        assert answer.content_type == "application/problem+json", path
        assert len(answer.json["detail"]) > 3


def test_the_same_key_and_body_get_the_same_answer_and_another_body_is_refused(api: Api) -> None:
    body = {"household": "A1", "kind": "water"}
    first = api.post("town", "/tickets", body, **{"Idempotency-Key": "k1"})
    again = api.post("town", "/tickets", body, **{"Idempotency-Key": "k1"})
    other = api.post("town", "/tickets", {"household": "A2", "kind": "water"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json == again.json
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_a_key_sent_again_with_the_same_body_to_another_path_swallows_nothing(api: Api) -> None:
    first, second = api.file(), api.file(household="A2")
    key = {"Idempotency-Key": "k1"}
    assert api.post("water", f"/tickets/{first}/accept", {"version": 1}, **key).status_code == 200
    for path in (f"/tickets/{second}/accept", f"/tickets/{first}/resolve"):
        answer = api.post("water", path, {"version": 1}, **key)
        assert (answer.status_code, answer.json["code"]) == (409, "idempotency_conflict"), path
    assert [api.county.ticket(ticket).state for ticket in (1, 2)] == ["in_progress", "assigned"]
    # With a key of its own the second act is done, and the first answer is repeated unchanged.
    assert (
        api.post("water", f"/tickets/{second}/accept", {"version": 1}, **{"Idempotency-Key": "k2"}).status_code == 200
    )
    again = api.post("water", f"/tickets/{first}/accept", {"version": 1}, **key)
    assert (again.status_code, again.json["number"], again.json["state"]) == (200, first, "in_progress")
    assert [api.county.ticket(ticket).state for ticket in (1, 2)] == ["in_progress"] * 2


def test_a_key_is_bound_to_method_and_path_as_well_as_to_the_body(api: Api) -> None:
    def sent(method: str, path: str) -> Any:
        headers = {"Idempotency-Key": "k", "Authorization": f"Bearer {api.tokens['town']}"}
        with api.app.test_request_context(f"/api/v1{path}", method=method, data=b"{}", headers=headers):
            asked = Asked(lambda session: {"did": f"{method} {path}"}, dict, lambda session, kept: kept)
            return json.loads(once(asked).get_data(as_text=True))

    assert sent("POST", "/a") == sent("POST", "/a") == {"did": "POST /a"}
    for method, path in (("PUT", "/a"), ("DELETE", "/a"), ("POST", "/b"), ("POST", "/a/a")):
        with pytest.raises(Conflict) as refusal:
            sent(method, path)
        assert (refusal.value.code, refusal.value.field) == ("idempotency_conflict", "Idempotency-Key"), (method, path)


def test_the_preview_says_what_filing_then_does(api: Api) -> None:
    shown = api.post("town", "/route", {"household": "A1", "kind": "water"}).json
    filed = api.post("town", "/tickets", {"household": "A1", "kind": "water"}).json
    assert (shown["unit"], shown["due_at"]) == (filed["owner"], filed["due_at"])
    assert shown["explanation"] == filed["custodies"][0]["explanation"]


def test_lists_show_each_only_what_is_theirs_and_page_by_key(api: Api) -> None:
    numbers = {api.file(household=h, kind=k) for h in ("A1", "A2", "A3") for k in ("water", "power")}
    seen: set[str] = set()
    cursor = ""
    while True:
        page = api.call("office", "GET", f"/tickets?limit=2{cursor}").json
        seen |= {item["number"] for item in page["items"]}
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == numbers
    assert len(api.call("water", "GET", "/tickets").json["items"]) == 3
    assert api.call("other_town", "GET", "/tickets").json["items"] == []
    assert api.call("admin", "GET", "/tickets").json["items"] == []
    assert api.call("leaders", "GET", "/tickets").json["items"][0]["name"] == "张*"


def test_the_description_of_the_api_names_every_action(api: Api) -> None:
    document = api.call(None, "GET", "/openapi.json").json
    assert document["openapi"].startswith("3.1")
    for action in ("accept", "decline", "uphold", "reassign", "resolve", "confirm", "reject", "suspend", "cancel"):
        assert f"/tickets/{{number}}/{action}" in document["paths"]


def test_the_description_lists_the_codes_of_the_scheme_in_force(api: Api) -> None:
    schemas = api.call(None, "GET", "/openapi.json").json["components"]["schemas"]
    listed = {name: set(schemas[f"{name}Listed"]["enum"]) for name in ("Kind", "Cause", "Town", "Unit", "Outcome")}
    assert listed["Kind"] == {"water", "power", "file", "house"}
    assert listed["Cause"] == {"", "quota", "other"}
    assert listed["Town"] == {"town-a", "town-b", "甲镇", "乙镇"}
    assert listed["Unit"] >= {"water", "县水务局", "水务局", "inspectorate", "县委督查室"}
    assert {"honest_error", "容错免责", "Reminder talk"} <= listed["Outcome"]
    assert "inspectorate" not in schemas["BoardUnitListed"]["enum"]
    assert set(schemas["DutyUnitListed"]["enum"]) & {"inspectorate", "leaders"} == set()
    # Nothing was drawn, and the small scheme has no haves: any text, and the domain refuses it.
    assert schemas["MonthListed"] == schemas["HaveListed"] == {"type": "string"}


def test_the_page_of_a_ticket_draws_who_held_it(api: Api) -> None:
    number = api.file()
    for who, drawn in (("water", True), ("town", True), ("office", True)):
        page = as_person(api, who, "GET", f"/tickets/{number}").get_data(as_text=True)
        assert ('class="x-lanes"' in page) == drawn, who
    lanes = as_person(api, "office", "GET", f"/tickets/{number}").get_data(as_text=True).split('class="x-lanes"')[1]
    assert "县水务局" in lanes.split("</svg>")[0]


def test_a_page_tells_a_person_what_they_may_press(api: Api) -> None:
    number = api.file()
    with api.client as client:
        page = client.get(f"/tickets/{number}", headers={"Authorization": f"Bearer {api.tokens['water']}"})
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "受理" in text
    assert "期限逐日说明" in text
    for path in ("/tickets", "/tickets?mine=1", "/inbox", "/file"):
        assert client.get(path, headers={"Authorization": f"Bearer {api.tokens['town']}"}).status_code == 200
    assert client.get("/board", headers={"Authorization": f"Bearer {api.tokens['office']}"}).status_code == 200


def as_person(api: Api, who: str, method: str, path: str, **form: str) -> Any:
    return api.client.open(path, method=method, data=form, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def test_the_administrator_keeps_accounts_and_nobody_else_does(api: Api) -> None:
    assert as_person(api, "office", "GET", "/users").status_code == 403
    made = as_person(api, "admin", "POST", "/users", name="li", role="bureau", unit="water")
    assert made.status_code == 302
    again = as_person(api, "admin", "POST", "/users", name="li", role="bureau", unit="water")
    assert (again.status_code, "已被使用" in again.get_data(as_text=True)) == (409, True)
    with api.county.read() as session:
        user = session.scalars(select(User).where(User.name == "li")).one()
    assert (user.role, user.unit_id, user.active) == ("bureau", api.county.units["water"], True)
    # Who leads a unit is a post, which the office enters.
    assert as_person(api, "admin", "POST", "/posts", user="li", post="leader").status_code == 403


def test_a_handler_is_named_and_a_unit_invited_without_touching_the_clock(api: Api) -> None:
    number = api.file()
    before = api.call("water", "GET", f"/tickets/{number}").json
    assert as_person(api, "water", "POST", f"/tickets/{number}/handler", handler="water").status_code == 302
    assert as_person(api, "water", "POST", f"/tickets/{number}/assist", unit="power").status_code == 302
    after = api.call("power", "GET", f"/tickets/{number}").json
    assert (after["due_at"], after["version"]) == (before["due_at"], before["version"])
    assert after["assisting"] == ["县供电局"]
    assert api.call("water", "GET", f"/tickets/{number}").json["custodies"][-1]["handler"] == "water"


def test_a_page_keeps_what_was_typed_when_it_refuses(api: Api) -> None:
    number = api.file()
    page = as_person(api, "water", "POST", f"/tickets/{number}/decline", note="三定方案没有这一条")
    assert page.status_code == 422
    assert "三定方案没有这一条" in page.get_data(as_text=True)


def test_signing_out_ends_the_session_on_the_server(api: Api) -> None:
    from web.auth import HASHER

    with api.county.write() as session:
        user = session.scalars(select(User).where(User.name == "office")).one()
        user.password_hash = HASHER.hash("correct horse")
    client = api.app.test_client()

    def send(path: str, **form: str) -> int:
        page = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        return client.post(path, data={**form, "csrf_token": token[1] if token else ""}).status_code

    assert send("/sign-in", name="office", password="wrong") == 422
    assert send("/sign-in", name="office", password="correct horse") == 302
    kept = client.get_cookie("xiaohao")
    assert client.get("/tickets").status_code == 200
    send("/sign-out")
    assert kept is not None
    client.set_cookie("xiaohao", kept.value)
    assert client.get("/tickets").status_code == 302


def test_the_answer_to_a_filing_is_the_ticket_as_it_is_shown_afterwards(api: Api) -> None:
    for who in ("village", "town"):
        filed = api.post(who, "/tickets", {"household": "A2", "kind": {"village": "water", "town": "power"}[who]}).json
        assert filed == api.call(who, "GET", f"/tickets/{filed['number']}").json
