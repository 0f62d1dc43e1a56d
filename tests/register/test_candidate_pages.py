"""Families that are not registered over HTTP: reported and judged in a few taps, and the same over the API."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Base, Evidence, HeldFile, IdempotencyKey, Unit, Village
from tests.support.camera import photo
from tests.support.candidates import FAMILY, PERSONAL, candidate, candidate_scheme, report, seen
from tests.support.factories import day, settle_county
from tests.support.http_clients import Api
from tests.support.lives import home
from tests.support.persons import id_number
from workflow.register.candidates import erasure

pytestmark = pytest.mark.one_database("sqlite")
FORM = {
    "village": "town-a-v1",
    "name": PERSONAL[0],
    "id_number": str(FAMILY[0]["id_number"]),
    "name_3": PERSONAL[1],
    "relation_3": "之子",
    "rows": "2",
    "address": PERSONAL[2],
    "seen": "屋顶漏雨，全家靠打零工度日",
    "consent_by": PERSONAL[0],
    "consent_on": "2018-11-21",
    "consent_how": "written",
}


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    made = Api(settle_county(engine, candidate_scheme()), database_url, tmp_path / "files")
    made.now = day(1)
    return made


def page(api: Api, who: str, method: str, path: str, **form: Any) -> Any:
    return api.client.open(path, method=method, data=form, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def everything(api: Api) -> str:
    with api.county.read() as session:
        return "\n".join(
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(table.select())
        )


def test_a_family_is_three_taps_from_the_first_page(api: Api) -> None:
    assert '/candidates"' in text(page(api, "village", "GET", "/tickets"))
    assert "/candidates/new" in text(page(api, "village", "GET", "/candidates"))
    assert "/candidates/new" in text(page(api, "village", "GET", "/file"))
    form = text(page(api, "village", "GET", "/candidates/new"))
    assert 'name="consent_by"' in form
    answer = page(api, "village", "POST", "/candidates/new", **FORM)
    assert answer.status_code == 302
    shown = text(page(api, "town", "GET", answer.location))
    assert PERSONAL[0] in shown
    assert PERSONAL[1] in shown
    assert f">{FAMILY[0]['id_number']!s}" not in shown
    listed = text(page(api, "town", "GET", "/candidates?state=open"))
    assert PERSONAL[0] in listed
    assert PERSONAL[0] not in text(page(api, "other_town", "GET", "/candidates"))
    assert PERSONAL[0] not in text(page(api, "leaders", "GET", "/candidates"))
    assert PERSONAL[0] in text(page(api, "town", "GET", "/tickets?q=欧阳"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"id_number": "441424196504120010"}, "id_number"),
        ({"name_3": "王5"}, "name_3"),
        ({"id_number_3": "1"}, "id_number_3"),
        ({"seen": "好"}, "seen"),
        ({"consent_by": ""}, "consent_by"),
        ({"consent_on": "2018-12-31"}, "consent_on"),
        ({"consent_how": "x"}, "consent_how"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(api: Api, change: dict[str, str], field: str) -> None:
    answer = page(api, "village", "POST", "/candidates/new", **(FORM | change))
    shown = text(answer)
    assert answer.status_code == 422, shown
    assert f'id="{field}-wrong"' in shown
    for name in ({"address", "seen", "name_3"} - {field}) - change.keys():
        assert FORM[name] in shown


def test_a_refused_form_keeps_its_file_for_its_own_sender_alone(api: Api) -> None:
    """The file waits under its own bytes' name; nobody else can name it."""
    shown = text(
        page(api, "village", "POST", "/candidates/new", **FORM | {"seen": ""}, file=(BytesIO(photo()), "授权书.jpg"))
    )
    held = re.search(r'name="held"\s+value="([^"]+)" checked', shown)
    assert held is not None
    other = page(api, "town", "POST", "/candidates/new", **FORM, held=[held[1]])
    assert (other.status_code, "没有传到" in text(other)) == (422, True)
    again = page(api, "village", "POST", "/candidates/new", **FORM, held=[held[1]])
    assert again.status_code == 302
    with api.county.read() as session:
        assert [row.filename for row in session.scalars(select(Evidence))] == ["授权书.jpg"]
        assert session.scalars(select(HeldFile)).all() == []


def test_a_family_that_is_known_leads_to_where_it_is(api: Api) -> None:
    first = page(api, "village", "POST", "/candidates/new", **FORM).location
    shown = page(api, "village", "POST", "/candidates/new", **FORM)
    assert shown.status_code == 409
    assert f'href="{first}"' in text(shown)
    same = {**FORM, "name": "张三", "id_number": "", "name_3": "", "relation_3": ""}
    assert 'href="/households/A1"' in text(page(api, "village", "POST", "/candidates/new", **same))


def test_more_rows_lose_nothing(api: Api) -> None:
    shown = text(page(api, "village", "POST", "/candidates/new", **FORM, more="1"))
    assert 'name="name_6"' in shown
    assert PERSONAL[1] in shown


def test_the_office_judges_on_the_page_of_the_ticket(api: Api) -> None:
    ticket = report(api.county, at=day(1)).ticket
    seen(api.county, ticket.id, day(1))
    shown = text(page(api, "office", "GET", f"/tickets/{ticket.number}"))
    assert 'name="code"' in shown
    assert 'value="not_eligible"' in shown
    answer = page(api, "office", "POST", f"/tickets/{ticket.number}/register", code="N-9")
    assert answer.status_code == 302
    assert home(api.county, "N-9").head_name == PERSONAL[0]
    shown = text(page(api, "office", "GET", "/households/N-9"))
    assert (ticket.number in shown, "入户核实后建档" in shown, "建档以来未变更" in shown) == (True, True, False)
    assert '/households/N-9"' in text(page(api, "office", "GET", f"/tickets/{ticket.number}"))
    family = text(page(api, "office", "GET", "/households/N-9/family"))
    assert PERSONAL[1] in family


def test_the_town_records_the_consent_of_a_family_found_in_a_list(api: Api) -> None:
    nothing = {"consent_by": "", "consent_on": "", "consent_how": ""}
    answer = page(api, "poverty", "POST", "/candidates/new", **(FORM | nothing), source="masses")
    assert answer.status_code == 302
    given = {"consent_by": PERSONAL[0], "consent_on": "2018-11-21", "consent_how": "spoken"}
    assert page(api, "town", "POST", f"{answer.location}/consent", **(given | {"consent_by": ""})).status_code == 422
    assert page(api, "town", "POST", f"{answer.location}/consent", **given).status_code == 302
    assert candidate(api.county, 1).consent_how == "spoken"


@pytest.mark.parametrize(("who", "chooses"), [("village", False), ("town", False), ("poverty", True), ("office", True)])
def test_whoever_learns_of_families_in_several_ways_chooses_the_source(api: Api, who: str, chooses: bool) -> None:
    """No source stands there by default that may be untrue."""
    empty = '<option value=""></option>' in text(page(api, who, "GET", "/candidates/new")).partition('name="source"')[2]
    assert empty == chooses
    answer = page(api, who, "POST", "/candidates/new", **FORM, source="")
    assert (answer.status_code, 'id="source-wrong"' in text(answer)) == ((422, True) if chooses else (302, False))
    people = [{"name": "吴三"}]
    answer = api.call(who, "POST", "/candidates", body(people=people))
    assert (answer.status_code, answer.json.get("field")) == ((422, "source") if chooses else (201, None)), answer.json
    assert api.call(who, "POST", "/candidates", body(people=people, source="masses")).status_code == (
        201 if chooses else 409
    )


def test_the_api_takes_a_village_by_code_or_name_where_the_caller_reports(api: Api) -> None:
    with api.county.write() as session:
        names = {row.code: row.name for row in session.scalars(select(Village))}
        other = session.scalars(select(Village).where(Village.code == "town-b-v1")).one()
        town = session.scalars(select(Unit.name).where(Unit.id == other.town_id)).one()
        # The same name in two towns.
        other.name = names["town-a-v1"]
    same = names["town-a-v1"]

    def told(who: str, village: str, name: str) -> tuple[int, str]:
        source = "masses" if who == "office" else None
        answer = api.call(who, "POST", "/candidates", body(people=[{"name": name}], village=village, source=source))
        return answer.status_code, answer.json.get("village") or answer.json["code"]

    assert told("village", same, "吴一") == (201, same)
    assert told("town", f" {same}", "吴二") == (201, same)
    assert told("other_town", same, "吴四") == (201, same)
    assert told("office", f"{town}{same}", "吴五") == (201, same)
    assert told("office", same, "吴六") == (422, "village_of_several")
    assert told("town", f"{town}{same}", "吴七") == (404, "no_such_subject")
    assert told("office", "没有村", "吴八") == (404, "no_such_subject")


def body(**more: Any) -> dict[str, Any]:
    people = [{"name": PERSONAL[0], "id_number": FAMILY[0]["id_number"]}, {"name": PERSONAL[1], "relation": "之子"}]
    consent = {"consent_by": PERSONAL[0], "consent_on": "2018-11-21", "consent_how": "written"}
    return {"village": "town-a-v1", "people": people, "seen": "屋顶漏雨，靠打零工度日", **consent, **more}


def test_the_api_reports_lists_and_judges(api: Api) -> None:
    made = api.post("village", "/candidates", body()).json
    number = made["number"]
    assert (made["state"], made["ticket_state"], made["name"]) == ("open", "assigned", PERSONAL[0])
    assert made["people"][0]["id_number"].startswith("4414****")
    assert [item["number"] for item in api.call("town", "GET", "/candidates").json["items"]] == [number]
    assert api.call("other_town", "GET", "/candidates").json["items"] == []
    seen(api.county, 1, day(1))
    judged = api.post("office", f"/candidates/{number}/verdicts", {"verdict": "registered", "code": "N-3"}).json
    assert (judged["state"], judged["household"]) == ("registered", "N-3")


def test_an_erased_family_is_in_no_stored_answer(api: Api) -> None:
    sent = {"Idempotency-Key": "one", "Authorization": f"Bearer {api.tokens['village']}"}
    answer = api.client.post("/api/v1/candidates", json=body(), headers=sent)
    assert answer.status_code == 201
    assert answer.json is not None
    number = answer.json["number"]
    sent["Idempotency-Key"] = "two"
    assert api.client.post(f"/api/v1/tickets/{number}/withdraw", json={"reason": "农户不同意上报"}, headers=sent).json
    with api.county.read() as session:
        assert [row.answer for row in session.scalars(select(IdempotencyKey))] == [{"number": number}, {}]
    assert PERSONAL[0] in everything(api)
    with api.county.write() as session:
        assert erasure.erase_due(session, day(40)) == 1
    left = everything(api)
    assert [word for word in (*PERSONAL, id_number(901)) if word in left] == []
    shown = api.call("village", "GET", f"/candidates/{number}").json
    assert (shown["name"], shown["people"], shown["state"]) == (None, [], "withdrawn")
    assert page(api, "village", "GET", f"/tickets/{number}").status_code == 200
    assert page(api, "office", "GET", "/candidates").status_code == 200


def test_the_board_counts_the_families_in_sight_and_opens_their_list(api: Api) -> None:
    report(api.county, at=day(1))
    figure = re.compile(r'href="/candidates\?state=open"> <strong class="" data-figure="candidates.open">(\d+)<')
    for who, count in (("office", "1"), ("town", "1"), ("village", "1"), ("other_town", "0")):
        assert figure.findall(text(page(api, who, "GET", "/board"))) == [count], who
    assert "candidates.open" not in text(page(api, "office", "GET", "/board?unit=town-a"))


def test_the_list_is_exported_and_forgets_an_erased_family(api: Api) -> None:
    ticket = report(api.county, at=day(1)).ticket
    for path in ("/candidates.xlsx?ground=work", f"/tickets.xlsx?q={PERSONAL[0]}&ground=work"):
        answer = page(api, "town", "GET", path)
        assert answer.status_code == 200
        answer.close()
    api.county.do("village", "withdraw", ticket.id, day(1), reason="农户不同意上报")
    assert f"'q': '{PERSONAL[0]}'" in everything(api)
    with api.county.write() as session:
        assert erasure.erase_due(session, day(40)) == 1
    assert PERSONAL[0] not in everything(api)


def test_neighbours_named_in_the_report_are_veiled_from_readers_of_masked_names(api: Api) -> None:
    neighbour = home(api.county, "A1").head_name
    seen_text = f"屋顶漏雨，与{neighbour}家共用水井，由堂兄欧阳大山代办"
    ticket = report(api.county, at=day(1), seen=seen_text, consent_by="欧阳大山", consent_how="guardian").ticket
    for who, shown in (("town", True), ("office", True), ("leaders", False), ("inspectorate", False)):
        page_text = text(page(api, who, "GET", f"/tickets/{ticket.number}"))
        assert "共用水井" in page_text, who
        assert (neighbour in page_text, "欧阳大山" in page_text) == (shown, shown), who
