"""Instructions over the API: given on a ticket, listed, answered with evidence, returned and accepted; repeats and refusals."""

from typing import Any

import pytest

from tests.support.factories import day
from tests.support.http_clients import Api
from tests.support.texts import SENTENCE

pytestmark = pytest.mark.one_database("sqlite")

GIVEN = {"unit": "water", "words": "限三日内说明断水原因", "due_on": "2018-11-23"}
ONE = "/instructions/1"


def codes(answer: Any) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json["code"], answer.json.get("field")


def listed(api: Api, who: str, query: str = "") -> list[tuple[str, bool]]:
    return [(line["state"], line["late"]) for line in api.call(who, "GET", f"/instructions{query}").json["items"]]


def test_an_instruction_runs_its_course_over_the_api(api: Api) -> None:
    number = api.file()
    path, key = f"/tickets/{number}/instructions", {"Idempotency-Key": "i"}
    refusals = (
        ("water", GIVEN, (403, "only_leaders_instruct", None)),
        ("leaders", {**GIVEN, "unit": "town-b"}, (422, "unit_not_on_ticket", "unit")),
        ("leaders", {**GIVEN, "words": "已阅"}, (422, "says_nothing", "words")),
        ("leaders", {**GIVEN, "due_on": "2018-11-24"}, (422, "day_off", "due_on")),
        ("leaders", {"words": SENTENCE}, (422, "missing", "unit")),
    )
    for who, body, expected in refusals:
        assert codes(api.post(who, path, body)) == expected
    made = api.post("leaders", path, GIVEN, **key)
    assert (made.status_code, made.json["ticket"], made.json["actions"]) == (201, number, ["withdraw"])
    # The same request again is the same instruction, as it is by then.
    api.now = day(5)
    assert api.post("leaders", path, GIVEN, **key).json == {**made.json, "late": True}
    assert listed(api, "water", "?state=late") == listed(api, "leaders", "?unit=water") == [("waiting", True)]
    assert listed(api, "leaders", "?state=answered") == listed(api, "town") == []
    assert codes(api.call("village", "GET", "/instructions"))[:2] == (403, "instructions_not_yours")
    assert codes(api.call("other_town", "GET", ONE))[:2] == (404, "no_such_instruction")
    assert codes(api.post("town", f"{ONE}/answer", {"answer": SENTENCE}))[:2] == (403, "instruction_of_another_unit")
    assert codes(api.post("leaders", f"{ONE}/accept", {"reason": SENTENCE}))[:2] == (409, "instruction_waiting")
    photo = api.bring("water", number)
    assert api.post("water", f"{ONE}/answer", {"answer": SENTENCE, "evidence": [photo]}).json["state"] == "answered"
    back = api.post("leaders", f"{ONE}/return", {"reason": "没有说明何时修复", "due_on": "2018-11-30"}).json
    assert (back["state"], back["acts"][0]["evidence"], back["acts"][1]["due_at"]) == (
        "waiting",
        [photo],
        back["due_at"],
    )
    assert api.post("water", f"{ONE}/answer", {"answer": SENTENCE}).json["actions"] == []
    ended = api.post("leaders", f"{ONE}/accept", {"reason": "原因已说明清楚"}).json
    assert (ended["state"], [act["act"] for act in ended["acts"]]) == (
        "accepted",
        ["answer", "return", "answer", "accept"],
    )
    assert codes(api.post("leaders", f"{ONE}/withdraw", {"reason": SENTENCE}))[:2] == (409, "instruction_accepted")


def test_a_list_goes_on_from_its_cursor(api: Api) -> None:
    for household in ("A1", "A2", "A3"):
        number = api.file(household=household)
        assert api.post("leaders", f"/tickets/{number}/instructions", GIVEN).status_code == 201
    first = api.call("leaders", "GET", "/instructions?limit=2").json
    then = api.call("leaders", "GET", f"/instructions?limit=2&cursor={first['next']}").json
    assert [[line["id"] for line in page["items"]] for page in (first, then)] == [[3, 2], [1]]
    assert then["next"] is None
