"""Households over HTTP: the API of checkups and the gate, and the pages for a visit."""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from models import Checkup, Evidence, Household, IdempotencyKey, Ticket
from tests.support.camera import photo as photo_bytes
from tests.support.factories import day
from tests.support.households import LINE, change, leave, people, settle_register, status, visit
from tests.support.http_clients import Api
from tests.support.texts import SENTENCE
from web.words.system import unprinted
from workflow.errors import BadInput
from workflow.tickets import attachments

pytestmark = pytest.mark.one_database("postgresql")

ALL_MET = {have: {"result": "met"} for have in ("water", "power", "school")}


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_register(engine), database_url, tmp_path / "files")


def page(api: Api, who: str, method: str, path: str, **form: Any) -> Any:
    return api.client.open(path, method=method, data=form, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def text(answer: Any) -> str:
    """The page's text, with white space as a browser shows it."""
    return " ".join(answer.get_data(as_text=True).split())


def test_a_checkup_through_the_api_files_its_tickets_and_says_what_was_computed(api: Api) -> None:
    body = {
        "seen_on": "2018-11-20",
        "present": "户主",
        "findings": ALL_MET | {"water": {"result": "unmet", "cause": "dry", "note": "井干了"}},
        "file": ["water"],
    }
    answer = api.post("village", "/households/A1/checkups", body, **{"Idempotency-Key": "k"})
    assert answer.status_code == 201
    made = answer.json
    assert made["findings"]["water"] == {"result": "unmet", "cause": "dry", "note": "井干了"}
    assert made["findings"]["income"]["result"] == made["income"]["result"] == "met"
    assert (made["income"]["income_fen"], made["income"]["threshold_fen"]) == (LINE, LINE)
    assert [(one["kind"], one["state"]) for one in made["tickets"]] == [("water", "reported")]
    with api.county.read() as session:
        assert [row.answer for row in session.scalars(select(IdempotencyKey))] == [{"id": made["id"]}]
    assert api.post("village", "/households/A1/checkups", body, **{"Idempotency-Key": "k"}).json == made
    ticket = api.call("village", "GET", f"/tickets/{made['tickets'][0]['number']}").json
    assert (ticket["description"], ticket["cause"]) == ("井干了", "dry")
    again = api.post("village", "/households/A1/checkups", body).json
    assert ([one["number"] for one in again["already_open"]], again["tickets"]) == ([ticket["number"]], [])


def test_a_household_says_its_haves_and_never_a_personal_number(api: Api) -> None:
    people(api.county, {"labour": "with", "id_masked": "4414************12"})
    change(api.county, phone_masked="138****5678")
    visit(api.county, findings={"school": "not_applicable"})
    answer = api.call("town", "GET", "/households/A1")
    body = answer.json
    assert (body["status"], body["labour"], body["income"]["result"]) == ("pre_exit", "with", "met")
    assert [(have["code"], have["result"], have["seen_on"], have["source"]) for have in body["haves"]] == [
        ("water", "met", "2018-11-20", "visit"),
        ("power", "met", "2018-11-20", "visit"),
        ("school", "not_applicable", "2018-11-20", "visit"),
        ("income", "met", "2018-11-20", "visit"),
    ]
    assert "4414" not in text(answer)
    assert "138" not in text(answer)
    shown = text(page(api, "village", "GET", "/households/A1"))
    assert "联系电话" in shown
    # The second factor's word, of the same English one.
    assert "手机动态口令" not in shown


def test_a_bureau_sees_of_a_household_only_what_its_work_needs(api: Api) -> None:
    assert api.call("water", "GET", "/households/A1").status_code == 404
    people(api.county, {"labour": "none", "illness": "风湿"})
    change(api.county, address="坪上路三号", cause="因病")
    number = api.file()
    body = api.call("water", "GET", "/households/A1").json
    assert ([have["code"] for have in body["haves"]], body["income"], body["visited_on"]) == (["water"], None, None)
    shown = text(page(api, "water", "GET", "/households/A1"))
    assert number in shown
    for word in ("风湿", "因病", "人1"):
        assert word not in shown
        assert word in text(page(api, "town", "GET", "/households/A1"))


def test_a_bureau_that_only_once_held_a_ticket_sees_nothing_of_how_things_stand(api: Api) -> None:
    number = api.file()
    api.post("water", f"/tickets/{number}/decline", {"ground": "not_ours", "cited_duty": SENTENCE})
    api.post("office", f"/tickets/{number}/reassign", {"unit": "power", "reason": SENTENCE})
    visit(api.county)
    assert api.call("water", "GET", "/households/A1").status_code == 404
    assert page(api, "water", "GET", "/households/A1").status_code == 404
    assert api.call("power", "GET", "/households/A1").json["name"] == "张三"


def test_a_bureau_does_not_learn_the_income_from_the_answer_to_its_matching(api: Api) -> None:
    body = {"seen_on": "2018-11-20", "findings": {"water": {"result": "met"}}}
    assert api.post("water", "/households/A1/checkups", body).json["income"] is None
    body = {"seen_on": "2018-11-20", "findings": {"income": {"result": "unmet"}}}
    assert api.post("poverty", "/households/A1/checkups", body).json["income"]["result"] == "met"


def test_a_bureau_reads_nothing_by_the_code_of_a_household_it_does_not_work_on(api: Api) -> None:
    change(api.county, labour="none", income_fen=100)
    visit(api.county, findings={"water": "unmet"}, seen_on=date(2018, 11, 19), at=day(0))
    for who in ("water", "poverty"):
        shown = text(page(api, who, "GET", "/households/A1/checkup"))
        assert 'name="result_' in shown, who
        for phrase in ("张", "town-a-v1村", "未达标 ·", "从未核查", "11月19日", "低于"):
            assert phrase not in shown, (who, phrase)
        # Reporting by a code leaves an event, and only then is anything said of it.
        assert page(api, who, "GET", "/households/A1").status_code == 404
    number = api.file()
    known = text(page(api, "water", "GET", "/households/A1/checkup"))
    assert ("张*" in known, "town-a-v1村" in known, number in known) == (True, True, True)
    api.post("office", f"/tickets/{number}/cancel", {"reason": "重复"})
    assert number not in text(page(api, "water", "GET", "/households/A1/checkup"))


def test_who_reads_the_whole_county_sees_names_masked_and_no_address(api: Api) -> None:
    people(api.county, {"labour": "none", "illness": "风湿"})
    change(api.county, address="坪上路三号")
    visit(api.county, present="户主张三", note="张三不在家")
    for who in ("leaders", "inspectorate"):
        shown = text(page(api, who, "GET", "/households/A1")) + text(page(api, who, "GET", "/checkups/1"))
        for word in ("张三", "坪上路", "风湿", "人1"):
            assert word not in shown
        assert "张*" in shown
    assert "坪上路三号" in text(page(api, "town", "GET", "/households/A1"))


def test_the_gate_refuses_with_a_list_and_lets_out_when_nothing_is_missing(api: Api) -> None:
    number = api.file()
    refusal = api.post("town", "/households/A1/exit")
    assert (refusal.status_code, refusal.json["code"]) == (409, "exit_refused")
    missing = {one["have"]: one for one in refusal.json["missing"]}
    assert (missing["water"]["why"], missing["water"]["tickets"]) == ("open_ticket", [number])
    assert missing["power"]["why"] == "never_checked"
    assert api.post("village", "/households/A1/exit").status_code == 403
    assert api.post("other_town", "/households/A1/exit").status_code == 404
    api.post("town", "/households/A2/checkups", {"seen_on": "2018-11-20", "findings": ALL_MET})
    passed = api.post("town", "/households/A2/exit")
    assert (passed.status_code, passed.json["status"], len(passed.json["hash"])) == (200, "exited", 64)
    assert api.post("town", "/households/A2/exit").status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"findings": ALL_MET}, "seen_on"),
        ({"seen_on": "2018-11-20"}, "findings"),
        ({"seen_on": "2018-11-20", "findings": []}, "findings"),
        ({"seen_on": "2018-11-20", "findings": ALL_MET, "file": {}}, "file"),
        ({"seen_on": "2018-11-20", "findings": {"water": {"result": "met"}}}, "findings"),
        ({"seen_on": "2018-11-20", "findings": {"water": "met"}}, "findings"),
        ({"seen_on": "2018-11-20", "findings": {"water": {"result": ["met"]}}}, "findings"),
        ({"seen_on": "2018-11-20", "findings": {"water": {"cause": "dry"}}}, "findings"),
        ({"seen_on": "2018-11-20", "findings": {"roof": {"result": "met"}}}, "findings"),
        ({"seen_on": "2018-11-20", "findings": ALL_MET, "file": "water"}, "file"),
        ({"seen_on": "2018-11-20", "findings": ALL_MET, "file": ["water"]}, "file"),
        ({"seen_on": 5, "findings": ALL_MET}, "seen_on"),
        ({"seen_on": "2018-11-20", "findings": ALL_MET, "who": "me"}, "who"),
    ],
)
def test_a_bad_checkup_is_refused_with_its_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("village", "/households/A1/checkups", body)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert answer.json["detail"]


def test_a_visit_that_says_nothing_is_none_and_is_told_what_is_missing(api: Api) -> None:
    for fields, missing in (({}, "饮水、用电。"), ({"result_power": "met"}, "饮水。")):
        answer = page(api, "village", "POST", "/households/A1/checkup", seen_on="2018-11-20", source="visit", **fields)
        assert answer.status_code == 422
        assert f"还缺：{missing}" in text(answer)
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Checkup)) == 0


def test_a_source_there_is_not_is_answered_about_checkups(api: Api) -> None:
    answer = page(api, "village", "POST", "/households/A1/checkup", seen_on="2018-11-20", source="zzz")
    assert answer.status_code == 422
    assert "没有来源“zzz”" in text(answer)


def test_where_all_is_well_the_form_as_it_comes_is_sent_as_it_is(api: Api) -> None:
    """Three taps: the household in the list, (a photo,) send."""
    listed = text(page(api, "village", "GET", "/visits"))
    assert 'href="/households/A1/checkup"' in listed
    shown = text(page(api, "village", "GET", "/households/A1/checkup"))
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    form |= dict(re.findall(r'type="radio" required name="(\w+)" id="\S+" value="(\w*)" checked', shown))
    form |= {name: day for day, name in re.findall(r'type="date" value="([^"]+)" id="seen_on" name="(\w+)"', shown)}
    assert {name: value for name, value in form.items() if name.startswith("result_")} == {
        "result_water": "met",
        "result_power": "met",
        "result_school": "met",
    }
    for _ in range(2):
        sent = page(api, "village", "POST", "/households/A1/checkup", **form)
        assert (sent.status_code, sent.location) == (302, "/checkups/1")
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Checkup)) == 1
    assert "无需上报工单" in text(page(api, "village", "GET", "/checkups/1"))
    assert 'href="/households/A1/checkup"' not in text(page(api, "village", "GET", "/visits"))


def test_what_was_last_unmet_is_not_ticked_for_the_cadre(api: Api) -> None:
    visit(api.county, findings={"water": "unmet", "school": "not_applicable"})
    shown = text(page(api, "village", "GET", "/households/A1/checkup"))
    ticked = re.findall(r'name="result_(\w+)" id="\S+" value="(\w*)" checked', shown)
    assert ticked == [("power", "met"), ("school", "not_applicable")]


def test_a_checkup_takes_photos_only_and_says_so_at_the_input(api: Api) -> None:
    for content, name in ((b"words", "door.jpg"), (b"%PDF-1.4 x", "door.pdf"), (b"\0\1\2", "door.png")):
        refused = page(
            api,
            "village",
            "POST",
            "/households/A1/checkup",
            source="visit",
            seen_on="2018-11-20",
            note="锁着门",
            result_water="unmet",
            result_power="met",
            result_school="met",
            photo=[(io.BytesIO(content), name)],
        )
        assert (refused.status_code, "锁着门" in text(refused)) == (422, True), name
        assert re.search('id="photo-wrong">[^<]*只能上传照片', text(refused)), name
    assert 'accept="image/jpeg,image/png,image/webp,image/gif"' in text(refused)
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Checkup)) == 0
    kept: Any = {"filename": "a.txt", "sha256": "0" * 64, "size": 1, "media_type": "text/plain"}
    visited = visit(api.county).checkup
    with api.county.write() as session, pytest.raises(BadInput, match="photo_only"):
        attachments.add(session, api.county.people["village"], visited, day(0), **kept)


def test_what_is_not_met_is_filed_with_its_photo_and_shown_with_its_bureau(api: Api) -> None:
    shown = text(page(api, "village", "GET", "/households/A1/checkup"))
    assert "县供电局" in shown
    answer = page(
        api,
        "village",
        "POST",
        "/households/A1/checkup",
        result_water="met",
        result_power="unmet",
        note_power="没电",
        result_school="not_applicable",
        cause_water="dry",
        file=["power", "water"],
        seen_on="2018-11-20",
        once="o",
        photo=[(io.BytesIO(photo_bytes()), "door.jpg")],
    )
    done = text(page(api, "village", "GET", answer.location))
    with api.county.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        photo = session.scalars(select(Evidence)).one()
    assert (ticket.kind, ticket.description, photo.checkup_id) == ("power", "没电", 1)
    assert ticket.number in done
    assert f"/evidence/{photo.id}/thumbnail" in done
    for who, wanted in (("town", 200), ("other_town", 404)):
        fetched = page(api, who, "GET", f"/evidence/{photo.id}")
        assert fetched.status_code == wanted
        fetched.close()


def test_a_refused_checkup_keeps_what_was_typed(api: Api) -> None:
    answer = page(
        api,
        "village",
        "POST",
        "/households/A1/checkup",
        result_water="unmet",
        note_water="井干了",
        cause_water="dirty",
        result_power="met",
        result_school="met",
        seen_on="2019-01-01",
        present="老张",
    )
    shown = text(answer)
    assert answer.status_code == 422
    for kept in ("井干了", 'value="老张"', '<option value="dirty" selected>', 'value="2019-01-01"'):
        assert kept in shown
    assert re.search(r'id="water-unmet" value="unmet" checked', shown)
    assert not re.search(r'name="file" value="water" checked', shown)


def test_a_bureau_has_a_form_of_its_own_haves_with_nothing_ticked(api: Api) -> None:
    shown = text(page(api, "water", "GET", "/households/A1/checkup"))
    assert "result_water" in shown
    assert "result_power" not in shown
    assert "张三" not in shown
    sent = page(
        api,
        "water",
        "POST",
        "/households/A1/checkup",
        result_water="unmet",
        file="water",
        source="matching",
        seen_on="2018-11-20",
    )
    assert sent.status_code == 302
    assert page(api, "water", "GET", sent.location).status_code == 200
    assert page(api, "power", "GET", sent.location).status_code == 404


def test_the_exit_page_lists_what_is_missing_with_links_and_then_opens(api: Api) -> None:
    number = api.file()
    refused = page(api, "town", "POST", "/households/A1/exit")
    assert refused.status_code == 409
    assert f"/tickets/{number}" in text(refused)
    assert "从未核查" in text(refused)
    visit(api.county, household="A2")
    assert "确认退出" in text(page(api, "town", "GET", "/households/A2/exit"))
    assert "确认退出" not in text(page(api, "village", "GET", "/households/A2/exit"))
    # Pressed twice it is out all the same, once.
    assert [page(api, "town", "POST", "/households/A2/exit").status_code for _ in range(2)] == [302, 302]
    assert status(api.county, "A2") == "exited"
    assert "已退出" in text(page(api, "town", "GET", "/households/A2"))
    # Cleared, it offers nothing to be filled in for nothing.
    reason = {"status": "cleared", "reason": "重复建档"}
    assert page(api, "office", "POST", "/households/A1/status", **reason).status_code == 302
    assert page(api, "town", "GET", "/households/A1/checkup").status_code == 409
    assert "/households/A1/checkup" not in text(page(api, "town", "GET", "/households/A1"))
    assert "该户已清退" in text(page(api, "town", "GET", "/file?household=A1"))


def test_an_exited_household_with_an_open_ticket_stays_exited_and_is_listed_until_a_visit_decides(api: Api) -> None:
    visit(api.county)
    leave(api.county, day(1))
    said = "据报仍有短板"
    assert said not in text(page(api, "office", "GET", "/board"))
    api.now = day(2)
    number, matched = api.file(), api.file("village", kind="power")
    other = api.file(kind="file")
    assert status(api.county) == "exited", "a report takes nobody back"
    for who, path in (
        ("office", "/board"),
        ("leaders", "/board"),
        ("office", "/visits"),
        ("town", "/visits"),
        ("village", "/visits"),
        ("town", "/households/A1"),
    ):
        shown = text(page(api, who, "GET", path))
        assert (said in shown, number in shown, matched in shown) == (True, True, True), (who, path)
    assert "张*" in text(page(api, "leaders", "GET", "/board"))
    assert api.call("town", "GET", "/households/A1").json["in_doubt"] == [matched, number]
    assert said not in text(page(api, "other_town", "GET", "/visits"))
    board = text(page(api, "office", "GET", "/board"))
    assert other not in board.split(said)[1].split("</section>")[0], "only what one of the haves is about"
    visit(api.county, at=day(3))
    assert (status(api.county), said in text(page(api, "office", "GET", "/board"))) == ("exited", True)
    visit(api.county, at=day(4), findings={"water": "unmet"})
    assert (status(api.county), said in text(page(api, "office", "GET", "/board"))) == ("in", False)
    assert said not in text(page(api, "town", "GET", "/households/A1"))


def test_a_status_is_changed_on_the_page_with_a_reason(api: Api) -> None:
    refused = page(api, "town", "POST", "/households/A1/status", status="in", reason="")
    assert (refused.status_code, status(api.county)) == (422, "pre_exit")
    assert page(api, "town", "POST", "/households/A1/status", status="in", reason="收入不稳").status_code == 302
    assert "收入不稳" in text(page(api, "town", "GET", "/households/A1"))
    assert "收入不稳" not in text(page(api, "leaders", "GET", "/households/A1"))


def test_everybody_who_may_look_gets_the_pages_and_nobody_else(api: Api) -> None:
    visit(api.county)
    leave(api.county, day(0))
    for who, expected in (("office", 200), ("leaders", 200), ("inspectorate", 200), ("admin", 404), ("power", 404)):
        assert page(api, who, "GET", "/households/A1").status_code == expected, who
    for who, expected in (("village", 200), ("town", 200), ("office", 200), ("leaders", 200), ("water", 403)):
        assert page(api, who, "GET", "/visits").status_code == expected, who
    assert page(api, "office", "GET", "/visits?town=town-a").status_code == 200
    assert page(api, "town", "GET", "/visits?unchecked=1&village=town-a-v1").status_code == 200
    assert page(api, "leaders", "GET", "/households/A1/checkup").status_code == 403


def test_the_description_of_the_api_names_the_checkup_and_the_gate(api: Api) -> None:
    paths = api.call(None, "GET", "/openapi.json").json["paths"]
    body = paths["/households/{code}/checkups"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"seen_on", "source", "present", "note", "findings", "file"}
    assert "post" in paths["/households/{code}/exit"]


def test_the_dossier_of_an_exit_opens_in_words_and_the_gate_is_offered_no_more(api: Api) -> None:
    assert page(api, "town", "GET", "/households/A1/dossier").status_code == 404
    visit(api.county)
    leave(api.county, day(1))
    home = text(page(api, "town", "GET", "/households/A1"))
    assert 'href="/households/A1/dossier"' in home
    assert 'href="/households/A1/exit"' not in home
    kept = api.call("town", "GET", "/households/A1").json["dossiers"]
    shown = text(page(api, "town", "GET", "/households/A1/dossier"))
    for words in (kept[0]["hash"], "饮水", "达标", "入户核查", "4500"):
        assert words in shown
    assert "已于" in text(page(api, "town", "GET", "/households/A1/exit"))
    for who in ("far_village", "other_town"):
        assert page(api, who, "GET", "/households/A1/dossier").status_code == 404
    assert kept[0]["hash"] in text(page(api, "leaders", "GET", "/households/A1/dossier"))


def test_a_change_of_status_that_is_not_open_is_refused_in_words(api: Api) -> None:
    def refusal_text(status: str) -> str:
        return text(page(api, "office", "POST", "/households/A1/status", status=status, reason="经入户核实，情况属实"))

    assert "“pre_exit”" not in refusal_text("pre_exit")
    assert "请填写“状态”" in refusal_text("") or "请填写" in refusal_text("")
    assert "用途" in text(page(api, "town", "POST", "/households/A1/people"))


#: Who gets which answer: a household of the first town on which the water bureau works and the power bureau does not.
OPENS: dict[str, dict[str, int]] = {
    "/households/A1": {
        "village": 200,
        "town": 200,
        "water": 200,
        "office": 200,
        "leaders": 200,
        "inspectorate": 200,
        "other_village": 404,
        "far_village": 404,
        "other_town": 404,
        "power": 404,
        "admin": 404,
    },
    # The gate's answer is shown to those who may use it and their overseers; a bureau reads that the status is not its own,
    # whether it works on the household or not.
    "/households/A1/exit": {
        "village": 200,
        "town": 200,
        "water": 403,
        "office": 200,
        "leaders": 200,
        "inspectorate": 200,
        "other_village": 404,
        "far_village": 404,
        "other_town": 404,
        "power": 403,
        "admin": 404,
    },
    "/households/A1/dossier": dict.fromkeys(
        (
            "village",
            "town",
            "water",
            "office",
            "leaders",
            "inspectorate",
            "other_village",
            "far_village",
            "other_town",
            "power",
            "admin",
        ),
        404,
    ),
    # A bureau records what its data show of any household, and reads no more of it than the code.
    "/households/A1/checkup": {
        "village": 200,
        "town": 200,
        "water": 200,
        "office": 200,
        "leaders": 403,
        "inspectorate": 403,
        "other_village": 404,
        "far_village": 404,
        "other_town": 404,
        "power": 200,
        "admin": 403,
    },
}


@pytest.mark.parametrize("path", OPENS)
def test_who_opens_which_page_of_a_household(api: Api, path: str) -> None:
    api.file()
    assert {who: page(api, who, "GET", path).status_code for who in OPENS[path]} == OPENS[path]


@pytest.mark.parametrize("path", ["/households/A1/exit", "/households/A1/status"])
def test_who_changes_a_household_at_the_pages(api: Api, path: str) -> None:
    api.file()
    answers = {
        who: page(api, who, "POST", path, status="in", reason="经入户核实，情况属实").status_code
        for who in ("village", "water", "leaders", "inspectorate", "other_town", "power", "admin")
    }
    # Roles without the right get 403; those who cannot see the household get 404.
    assert answers == {
        "village": 403,
        "water": 403,
        "leaders": 403,
        "inspectorate": 403,
        "other_town": 404,
        "power": 404,
        "admin": 404,
    }
    assert status(api.county) == "pre_exit"


def test_a_character_that_no_font_has_is_named_beside_the_file_before_it_is_printed(api: Api) -> None:
    assert "U+20BB7" not in text(page(api, "town", "GET", "/households/A1"))
    with api.county.write() as session:
        session.execute(update(Household).where(Household.code == "A1").values(head_name="𠮷䶮龘", address="𪚥村3号㵘"))
    said = text(page(api, "town", "GET", "/households/A1"))
    assert "𠮷（U+20BB7）" in said
    assert "𪚥（U+2A6A5）" in said
    assert "U+4DAE" not in said
    # Of what is masked for a reader nothing is named.
    assert "U+2A6A5" not in text(page(api, "inspectorate", "GET", "/households/A1"))
    assert page(api, "town", "GET", "/households/A1/file.pdf?ground=work").data.startswith(b"%PDF")


def test_a_page_that_offers_a_pdf_names_what_no_font_prints_before_it_is_pressed(api: Api) -> None:
    change(api.county, head_name="陈\ue000")

    def shown(path: str) -> str:
        return str(api.client.get(path, headers={"Authorization": f"Bearer {api.tokens['town']}"}).text)

    assert shown("/households/A1").count("U+E000") == 1
    # A page without a PDF says nothing.
    assert "U+E000" not in shown("/households")
    with api.client.application.test_request_context():
        for link in ("/papers/1/pdf", "/cases/1/dossier.pdf", "/rankings/2018-11-30/formula.pdf?town=a"):
            assert unprinted(f'<a href="{link}">陈\ue000</a>'), link
        assert unprinted('<a href="/papers/1/docx">陈\ue000</a>') == []
