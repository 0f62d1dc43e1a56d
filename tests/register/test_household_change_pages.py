"""Acts on whole households over HTTP: chosen, previewed with all that goes along, then recorded; the same over the API."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Member, User
from tests.support.factories import day
from tests.support.households import change, people, settle_register
from tests.support.http_clients import Api
from tests.support.lives import home, living

pytestmark = pytest.mark.one_database("sqlite")
ON = "2018-11-22"


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    made = Api(settle_register(engine), database_url, tmp_path / "files")
    people(made.county, {"labour": "none"}, {"labour": "none"}, {"labour": "with"})
    change(made.county, people=3, head_name="人1", cadre_name="李包户")
    people(made.county, {"labour": "none"}, household="B1")
    change(made.county, "B1", people=1, head_name="乙1")
    made.now = day(2)
    return made


def ids(api: Api) -> dict[str, int]:
    with api.county.read() as session:
        return {row.name: row.id for row in session.scalars(select(Member).where(Member.household_id == 1))}


def page(api: Api, who: str, method: str, path: str, **form: Any) -> Any:
    return api.client.open(path, method=method, data=form, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def hidden(shown: str) -> dict[str, Any]:
    """The fields that a preview carries to the recording."""
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown):
        fields.setdefault(name, []).append(value)
    return {name: values for name, values in fields.items() if name != "csrf_token"}


def test_a_split_is_chosen_previewed_and_recorded(api: Api) -> None:
    number = api.file("village", household="A1", kind="water")
    who = ids(api)
    assert "/household-changes/split?code=A1" in text(page(api, "town", "GET", "/households/A1/family"))
    form = text(page(api, "town", "GET", "/household-changes/split?code=A1"))
    assert f'name="members" value="{who["人2"]}"' in form
    assert f'name="members" value="{who["人1"]}"' not in form
    assert number in form
    # A link of an import says who heads the household that splits off.
    led = text(page(api, "town", "GET", f"/household-changes/split?code=A1&head={who['人2']}"))
    assert f'<option value="{who["人2"]}" selected' in led
    fields = {"code": "A1", "members": who["人2"], "tickets": number, "on": ON, "to": "N-7", "reason": "分户另居"}
    shown = text(page(api, "town", "POST", "/household-changes/split", **fields))
    assert all(word in shown for word in ("人2", "N-7", number, "李包户"))
    assert living(api.county) == ["人1", "人2", "人3"], "nothing is written by a preview"
    answer = page(api, "town", "POST", "/household-changes/split", act="record", **hidden(shown))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/households/N-7")
    assert living(api.county, "N-7") == ["人2"]


def test_a_preview_marks_the_cadre_whose_account_is_closed(api: Api) -> None:
    user = api.county.people["town"].user_id
    change(api.county, cadre_id=user)
    fields = {"code": "A1", "members": ids(api)["人2"], "on": ON, "to": "N-7", "reason": "分户另居"}
    marks = []
    for active in (True, False):
        with api.county.write() as session:
            session.get_one(User, user).active = active
        marks.append("李包户（已停用）" in text(page(api, "office", "POST", "/household-changes/split", **fields)))
    assert marks == [False, True]


def test_a_refusal_is_at_its_field_and_nothing_typed_is_lost(api: Api) -> None:
    fields = {"code": "A1", "on": ON, "to": "", "address": "新村 3 号", "reason": "易地搬迁入住"}
    answer = page(api, "town", "POST", "/household-changes/relocated", **fields)
    shown = text(answer)
    assert answer.status_code == 422
    assert "to-wrong" in shown
    assert "新村 3 号" in shown
    assert "易地搬迁入住" in shown


def test_what_changed_since_the_preview_is_shown_once_more(api: Api) -> None:
    fields = {"code": "A1", "on": ON, "to": "town-a-v2"}
    shown = text(page(api, "town", "POST", "/household-changes/relocated", **fields))
    number = api.file("village", household="A1", kind="water")
    answer = page(api, "town", "POST", "/household-changes/relocated", act="record", **hidden(shown))
    assert answer.status_code == 409
    again = text(answer)
    assert number in again
    assert page(api, "town", "POST", "/household-changes/relocated", act="record", **hidden(again)).status_code == 302


def test_the_receiving_town_names_code_and_head_and_reads_no_names(api: Api) -> None:
    number = api.file("village", household="A1", kind="water")
    form = text(page(api, "other_town", "GET", "/household-changes/relocated?code=A1"))
    assert 'name="head_name"' in form
    assert "人1" not in form
    fields = {"code": "A1", "head_name": "人1", "on": ON, "to": "town-b-v1"}
    wrong = page(api, "other_town", "POST", "/household-changes/relocated", **(fields | {"head_name": "李四"}))
    assert wrong.status_code == 422
    shown = text(page(api, "other_town", "POST", "/household-changes/relocated", **fields))
    assert "人2" not in shown
    assert number in shown
    made = page(api, "other_town", "POST", "/household-changes/relocated", act="record", **hidden(shown))
    assert made.headers["Location"] == "/households/A1"
    assert page(api, "other_town", "GET", f"/tickets/{number}").status_code == 200
    assert page(api, "far_village", "GET", "/households/A1").status_code == 200
    assert page(api, "village", "GET", "/households/A1").status_code == 404


def test_others_do_not_see_the_form(api: Api) -> None:
    for who in ("village", "water", "leaders", "inspectorate"):
        assert page(api, who, "GET", "/household-changes/split?code=A1").status_code == 403, who
    assert page(api, "town", "GET", "/household-changes/undone?code=A1").status_code == 403
    assert page(api, "office", "GET", "/household-changes/fly?code=A1").status_code == 404
    assert "/household-changes/" not in text(page(api, "village", "GET", "/households/A1/family"))


def test_the_page_of_a_merged_household_is_read_and_leads_to_the_other(api: Api) -> None:
    made = api.post("office", "/households/A1/events", {"kind": "merged", "on": ON, "to": "B1"})
    assert made.status_code == 201, made.json
    shown = text(page(api, "office", "GET", "/households/A1"))
    assert 'href="/households/B1"' in shown
    assert 'href="/households/A1"' in text(page(api, "office", "GET", "/households/B1"))


def test_the_api_records_each_kind(api: Api) -> None:
    number, who = api.file("village", household="A1", kind="water"), ids(api)
    body = {"kind": "split", "on": ON, "members": [who["人2"], who["人3"]], "head": who["人3"], "to": "N-7"}
    made = api.post("town", "/households/A1/events", body | {"tickets": [number]})
    assert (made.status_code, made.json["other"], made.json["went_along"]) == (201, "N-7", [number])
    made = api.post("town", "/households/A1/events", {"kind": "relocated", "on": ON, "to": "town-b-v2"})
    assert (made.status_code, made.json["ended"], home(api.county).village_id) == (201, False, 4)
    made = api.post("office", "/households/N-7/events", {"kind": "merged", "on": ON, "to": "A1"})
    assert (made.status_code, made.json["ended"], made.json["went_along"]) == (201, True, [number])
    made = api.post("office", "/households/A1/events", {"kind": "undone", "on": ON, "reason": "整户误录，实为邻县户"})
    assert (made.status_code, made.json["ended"], len(made.json["cancelled"])) == (201, True, 1)
    past = api.call("office", "GET", "/households/A1/events").json["items"]
    assert [one["kind"] for one in past] == ["undone", "merged_in", "relocated", "split"]
    assert api.post("town", "/households/B1/events", {"kind": "split", "on": ON}).status_code == 404


def test_the_api_shows_before_what_each_kind_will_do_and_records_only_that(api: Api) -> None:
    number, other, who = (
        api.file("village", household="A1", kind="water"),
        api.file(household="A1", kind="power"),
        ids(api),
    )
    split = {"kind": "split", "on": ON, "members": [who["人2"], who["人3"]], "head": who["人3"], "tickets": [number]}
    before = home(api.county).version

    def seen(who: str, **asked: object) -> dict[str, object]:
        answer = api.post(who, "/households/A1/events/preview", {"on": ON, **asked})
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    first = seen("town", **split)
    assert (first["went_along"], first["stay"], first["members"]) == ([number], [other], [who["人3"], who["人2"]])
    assert str(first["other"]).startswith("A1")
    assert not first["ended"]
    merged = seen("office", kind="merged", to="B1")
    assert (merged["other"], merged["ended"], merged["went_along"]) == ("B1", True, sorted([number, other]))
    assert merged["village_before"] != merged["village_after"]
    moved = seen("office", kind="relocated", to="town-b-v2")
    assert (moved["village_before"], moved["ended"]) == (merged["village_before"], False)
    # The town that receives it learns of no person.
    assert seen("other_town", kind="relocated", to="town-b-v2", head_name="人1")["members"] == []
    undone = seen("office", kind="undone")
    assert (undone["cancelled"], undone["ended"], undone["went_along"]) == (sorted([number, other]), True, [])
    assert seen("town", kind="code_corrected", to="GB-7")["other"] == "GB-7"
    everybody = seen("town", kind="died", members=list(who.values()))
    assert (everybody["ended"], everybody["office_only"], everybody["cancelled"]) == (
        True,
        True,
        sorted([number, other]),
    )
    head = seen("village", kind="died", members=[who["人1"]])
    assert (head["heads"], head["ended"], head["seen"]) == ([who["人2"], who["人3"]], False, None)
    assert seen("village", kind="born")["members"] == []
    assert home(api.county).version == before
    assert living(api.county) == ["人1", "人2", "人3"]
    for who_, asked, status in (
        ("village", split, 403),
        ("water", split, 403),
        ("village", {"kind": "died", "on": ON, "members": [987]}, 422),
        ("town", {"kind": "undone", "on": ON}, 403),
        ("town", {"on": ON}, 422),
    ):
        refused = api.post(who_, "/households/A1/events/preview", asked)
        assert refused.status_code == status, refused.json
    api.file("village", household="A1", kind="school")
    stale = api.post("town", "/households/A1/events", {**split, "seen": first["seen"]})
    assert (stale.status_code, stale.json["code"]) == (409, "household_changed")
    again = api.post("town", "/households/A1/events", {**split, "seen": seen("town", **split)["seen"]})
    assert (again.status_code, again.json["went_along"]) == (201, [number])


def test_a_code_is_corrected_and_every_page_of_the_former_one_leads_to_it(api: Api) -> None:
    assert "/household-changes/code_corrected?code=A1" in text(page(api, "office", "GET", "/households/A1/family"))
    led = text(page(api, "town", "GET", "/household-changes/code_corrected?code=A1&to=GB-7"))
    assert 'value="GB-7"' in led
    fields = {"code": "A1", "on": ON, "to": "B1", "reason": "按国家系统更正"}
    refusal = page(api, "town", "POST", "/household-changes/code_corrected", **fields)
    assert (refusal.status_code, "“B1”" in text(refusal), "按国家系统更正" in text(refusal)) == (422, True, True)
    shown = text(page(api, "town", "POST", "/household-changes/code_corrected", **{**fields, "to": "GB-7"}))
    assert "A1 → GB-7" in shown
    answer = page(api, "town", "POST", "/household-changes/code_corrected", act="record", **hidden(shown))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/households/GB-7")
    for path in ("/households/{}", "/households/{}/family", "/households/{}/exit"):
        moved = page(api, "office", "GET", path.format("A1"))
        assert (moved.status_code, moved.headers["Location"]) == (302, path.format("GB-7")), path
    assert "A1 → GB-7" in text(page(api, "office", "GET", "/households/GB-7/family"))
    assert page(api, "other_town", "GET", "/households/A1").status_code == 404
    assert api.call("office", "GET", "/households/A1").json["code"] == "GB-7"
    back = api.post("office", "/households/A1/events", {"kind": "code_corrected", "on": ON, "to": "A1"})
    assert (back.status_code, api.call("office", "GET", "/households/GB-7").json["code"]) == (201, "A1")
