"""Filing about a unit on the page and over the API: the source is chosen, its document named, nothing typed is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import settle_county
from tests.support.http_clients import Api, Visitor
from tests.support.unit_findings import AUDIT, scheme_with_unit_findings

FORM = {"unit": "water", "kind": "funds", "source": "audit", "description": "两年未用"}


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_county(engine, scheme_with_unit_findings()), database_url, tmp_path / "files")


def page(answer: object) -> str:
    return str(answer.get_data(as_text=True))  # type: ignore[attr-defined]


@pytest.mark.one_database("sqlite")
def test_a_bureau_chooses_a_unit_a_source_and_names_its_document(visit: Callable[..., Visitor]) -> None:
    visitor = visit("housing")
    choice = page(visitor.get("/file"))
    assert 'name="unit"' in choice
    assert 'value="water"' in choice
    for hidden in ("housing", "leaders", "inspectorate"):
        assert f'<option value="{hidden}"' not in choice
    assert 'id="q"' not in choice
    asked = page(visitor.get("/file?unit=water"))
    assert re.findall(r'<option value="(\w*)" ?>', asked.split('id="source"')[1].split("</select>")[0])
    shown = page(visitor.post("/file", FORM, "/file"))
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    assert "县水务局" in shown
    # A source that does not go with the kind hides no dates; it is refused when it is sent.
    odd = {**FORM, "source": "visit"}
    assert 'name="seen"' in page(visitor.post("/file", odd, "/file"))
    refused = visitor.post("/file", {**odd, "seen": seen[1], "send": "1"}, "/file")
    assert (refused.status_code, 'aria-describedby="source-wrong"' in page(refused)) == (422, True)
    refused = visitor.post("/file", {**FORM, "seen": seen[1], "send": "1"}, "/file")
    assert refused.status_code == 422
    text = page(refused)
    assert 'aria-describedby="reference-wrong"' in text
    assert "请填写文号：按此来源登记须写明依据。" in text
    # Every source that rests on a number names which, before it is chosen.
    assert "审计（文号）" in text
    assert "两年未用" in text
    sent = visitor.post("/file", {**FORM, "seen": seen[1], "send": "1", "reference": "五审〔2018〕9号"}, "/file")
    assert sent.status_code == 302
    ticket = page(visitor.get(sent.headers["Location"]))
    for words in ("被查单位", "县水务局", "审计", "五审〔2018〕9号"):
        assert words in ticket


@pytest.mark.one_database("sqlite")
def test_the_form_speaks_of_its_subject_and_of_no_other(visit: Callable[..., Visitor]) -> None:
    office = visit("office")
    spoken = {
        "unit=water": ("发现了什么问题？", "换一个单位"),
        "village=town-a-v1": ("缺什么？", "换一个村"),
        "household=A1": ("缺什么？", "换一户"),
    }
    every = {words for both in spoken.values() for words in both}
    for subject, words in spoken.items():
        text = page(office.get(f"/file?{subject}"))
        assert {each for each in every if each in text} == set(words)
        assert ("<optgroup" in text) == (subject != "unit=water")


@pytest.mark.one_database("sqlite")
def test_each_role_is_offered_only_what_it_may_file_about(visit: Callable[..., Visitor]) -> None:
    offered = {}
    for who in ("village", "town", "water", "office", "leaders", "inspectorate"):
        text = page(visit(who).get("/file"))
        offered[who] = [name for name in ("q", "village", "unit") if f'id="{name}"' in text]
    assert offered == {
        "village": ["q", "village"],
        "town": ["q", "village"],
        "water": ["village", "unit"],
        "office": ["q", "village", "unit"],
        "leaders": ["q", "village", "unit"],
        "inspectorate": ["q", "village", "unit"],
    }


@pytest.mark.one_database("sqlite")
def test_the_list_is_filtered_by_source_on_the_page_and_over_the_api(api: Api, visit: Callable[..., Visitor]) -> None:
    api.file()
    made = api.post("housing", "/tickets", {"unit": "town-a", "kind": "funds", **AUDIT})
    assert made.status_code == 201, made.json
    assert (made.json["subject_unit"], made.json["source"]) == ("甲镇", "audit")
    assert made.json["source_reference"] == AUDIT["reference"]
    listed = api.call("office", "GET", "/tickets?source=audit").json["items"]
    assert [(item["number"], item["subject_unit"]) for item in listed] == [(made.json["number"], "甲镇")]
    text = page(visit("office").get("/tickets?source=audit"))
    assert re.findall(r"/tickets/(\d{4}-\d+)", text) == [made.json["number"]]


@pytest.mark.one_database("sqlite")
def test_what_filing_about_a_unit_would_bring_about_is_said_before(api: Api) -> None:
    asked = {"unit": "water", "kind": "funds", "source": "audit"}
    shown = api.post("housing", "/route", asked).json
    assert (shown["unit"], shown["confirmer"]) == ("县水务局", "县扶贫开发领导小组办公室")
    assert [stage["stage"] for stage in shown["stages"]] == ["accept", "mend", "confirm"]
    for wrong, code in (
        ({"unit": "water", "household": "A1"}, 422),
        ({}, 422),
        ({"unit": "leaders"}, 422),
        ({"household": "A1"}, 403),
    ):
        assert api.post("housing", "/route", {"kind": "funds", **wrong}).status_code == code


@pytest.mark.one_database("sqlite")
def test_the_scheme_over_the_api_names_the_sources(api: Api) -> None:
    sources = {each["code"]: each for each in api.call("office", "GET", "/scheme").json["sources"]}
    assert sources["audit"]["reference"] is True
    assert sources["visit"]["reference"] is False
    assert sources["instruction"]["filers"] == ["office", "leaders"]
