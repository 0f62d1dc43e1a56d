"""Bulk lists through pages, API and messages."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import BulkLine, BulkList, Event, Household, Member, Ticket
from models.engine import in_transaction
from notifications import checking_people, due_items
from notifications.county_clock import county_clock
from tests.register.test_import_pages import get, post
from tests.support.bulk_lists import KIND, line, list_scheme, stream_of, taken, worked
from tests.support.factories import START, day
from tests.support.households import change, people, settle_register, visit
from tests.support.http_clients import Api
from tests.support.messages import notified
from tests.support.spreadsheets import IDS, VAULT, text
from workflow.accountability import sweep_watch

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_register(engine, list_scheme())
    change(county, "A1", head_name="张三")
    people(county, {"id_sealed": VAULT.seal(IDS[0]), "id_index": VAULT.index(IDS[0])}, household="A1")
    with county.write() as session:
        home = select(Household.id).where(Household.code == "A1").scalar_subquery()
        session.scalars(select(Member).where(Member.household_id == home)).one().name = "张三"
    made = Api(county, database_url, tmp_path / "files")
    made.app.extensions["xiaohao"].vault = VAULT
    return made


def page(api: Api, who: str, path: str, status: int = 200) -> str:
    answer = get(api, who, path)
    assert answer.status_code == status, answer.status_code
    return str(answer.get_data(as_text=True))


def lines(api: Api) -> list[tuple[str, str]]:
    with api.county.read() as session:
        return [(row.outcome, row.why) for row in session.scalars(select(BulkLine).order_by(BulkLine.id))]


def test_a_list_is_uploaded_previewed_handed_out_and_its_lines_answered(api: Api, tmp_path: Path) -> None:
    rows = (line("张三", IDS[0]), line("欧阳秋菊", IDS[3]), line("王五", village="没有的村"))
    sent = post(api, "water", "/bulk-lists", kind=KIND, file=(stream_of(*rows), "名单.csv"))
    address = str(sent.headers["Location"])
    preview = page(api, "water", address)
    assert ("下发3行" in preview, IDS[0] in preview, lines(api)) == (True, False, [])
    page(api, "office", address, 404)
    assert post(api, "water", f"{address}/take").status_code == 302
    assert [outcome for outcome, _ in lines(api)] == ["check", "candidate", "asked"]
    assert not [path for path in (tmp_path / "imports").iterdir() if path.name.startswith("list-")]
    own = page(api, "water", address)
    assert ("/households/A1" in own, "张三" in own, "王五" in own, "第2行" in own) == (False, False, False, True)
    seen = page(api, "office", address)
    assert ("张三 A1" in seen, "王五" in seen) == (True, True)
    with api.county.read() as session:
        asked = session.scalars(select(BulkLine.id).where(BulkLine.outcome == "asked")).one()
    refused = post(api, "office", f"{address}/lines/{asked}", answer="left_out", reason="")
    assert refused.status_code == 422
    done = post(api, "office", f"{address}/lines/{asked}", answer="left_out", reason="户籍不在本县，已转出")
    assert (done.status_code, lines(api)[2]) == (302, ("left_out", "list_by_person"))


def test_the_village_sees_whom_to_check_on_its_page_the_households_and_the_form(api: Api) -> None:
    taken(api.county, line("张三", IDS[0]))
    for path in ("/bulk-checks", "/households/A1", "/households/A1/checkup"):
        assert "个人自付金额：32000元" in page(api, "village", path), path
    assert "32000" not in page(api, "water", "/households/A1/checkup")
    page(api, "water", "/bulk-checks", 403)
    page(api, "village", "/bulk-lists", 403)
    assert ('"/bulk-checks"' in page(api, "village", "/tickets"), '"/bulk-lists"' in page(api, "office", "/board")) == (
        True,
        True,
    )
    page(api, "power", "/bulk-lists/1", 404)


def test_a_candidate_leads_to_its_line_and_the_line_to_it(api: Api) -> None:
    number = taken(api.county, line("欧阳秋菊", IDS[3], paid="32000元"))
    with api.county.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.candidate_id.is_not(None))).one().number
    for who in ("office", "water", "town"):
        assert f'href="/tickets/{ticket}' in page(api, who, f"/bulk-lists/{number}"), who
        shown = page(api, who, f"/tickets/{ticket}")
        assert (f'href="/bulk-lists/{number}"' in shown, "第2行" in shown) == (True, True), who
    shown = page(api, "village", f"/tickets/{ticket}")
    assert (f"/bulk-lists/{number}" in shown, "第2行" in shown) == (False, True)


def test_a_file_that_is_no_list_is_refused_at_its_field_and_kept_nowhere(api: Api, tmp_path: Path) -> None:
    answer = post(
        api, "water", "/bulk-lists", kind=KIND, file=(text(("姓名", "身份证号码"), ["张三", IDS[0]]), "x.csv")
    )
    assert (answer.status_code, "个人自付金额" in answer.get_data(as_text=True)) == (422, True)
    with api.county.read() as session:
        assert session.scalars(select(BulkList)).all() == []
    assert post(api, "water", "/bulk-lists", kind=KIND).status_code == 422
    assert post(api, "office", "/bulk-lists", kind=KIND, file=(stream_of(line("张三")), "x.csv")).status_code == 403


def test_the_api_brings_lists_and_answers_lines(api: Api) -> None:
    rows = (line("张三", IDS[0]), line("王五", village="没有的村"))
    answer = api.client.post(
        "/api/v1/bulk-lists",
        data={"kind": KIND, "file": (stream_of(*rows), "名单.csv")},
        headers={"Authorization": f"Bearer {api.tokens['water']}"},
    )
    assert (answer.status_code, answer.json and (answer.json["lines"], answer.json["state"])) == (202, (2, "waiting"))
    worked(api.county)
    (listed,) = api.call("office", "GET", "/bulk-lists").json["items"]
    assert (listed["lines"], listed["open"], listed["asked"], listed["handed_out"]) == (2, 1, 1, True)
    shown: Any = api.call("office", "GET", f"/bulk-lists/{listed['id']}/lines").json["items"]
    assert [(each["row"], each["household"], each["result"]) for each in shown] == [
        ("2", "A1", "open"),
        ("3", None, ""),
    ]
    own: Any = api.call("water", "GET", f"/bulk-lists/{listed['id']}/lines").json["items"]
    assert [each["household"] for each in own] == [None, None]
    said = {"answer": "candidate", "village": "town-a-v1"}
    made = api.post("office", f"/bulk-lists/lines/{shown[1]['id']}", said)
    assert (made.status_code, made.json["outcome"], bool(made.json["ticket"])) == (200, "candidate", True)
    assert api.post("water", f"/bulk-lists/lines/{shown[1]['id']}", said).status_code == 403


def test_the_village_of_a_household_to_be_checked_is_notified(api: Api) -> None:
    notified(api.county)
    taken(api.county, line("张三", IDS[0]))
    assert notified(api.county) == {"village"}


def test_whoever_is_asked_what_a_line_means_is_notified_and_led_to_the_question(api: Api) -> None:
    """A line of a village is its town's question, one of no known village the office's."""
    notified(api.county)
    taken(api.county, line("王五", village="没有的村"))
    assert notified(api.county, "ask_lines") == {"office"}
    number = taken(api.county, line("张三", IDS[3], paid="1元"))
    assert notified(api.county, "ask_lines") == {"town"}
    with api.county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "ask_lines", Event.subject_id == number)).one()
        assert checking_people.path_of(session, event) == f"/bulk-lists/{number}?outcome=asked"
    assert "张三" in page(api, "town", f"/bulk-lists/{number}?outcome=asked")
    for who, names in (("town", ["张三"]), ("office", ["王五"])):
        shown = page(api, who, "/bulk-questions")
        assert [name for name in ("张三", "王五") if name in shown] == names, who
    assert 'href="/bulk-questions"' in page(api, "town", "/tickets?mine=1")
    for who in ("village", "water", "leaders"):
        page(api, who, "/bulk-questions", 403)


def test_the_page_of_a_long_list_shows_how_far_it_is_and_whether_anybody_works(api: Api) -> None:
    rows = [line("张三", IDS[0], paid=f"{n}元") for n in range(60)]
    sent = post(api, "water", "/bulk-lists", kind=KIND, file=(stream_of(*rows), "名单.csv"))
    address = str(sent.headers["Location"])
    assert post(api, "water", f"{address}/take").status_code == 302
    shown = page(api, "water", address)
    assert ("已分派50行，共60行" in shown, "后台程序没有运行" in shown, "http-equiv" in shown) == (True, True, False)
    in_transaction(api.county.engine, lambda session: sweep_watch.heartbeat(session, "w", START, starting=True))
    shown = page(api, "water", address)
    assert ("后台程序没有运行" in shown, 'http-equiv="refresh"' in shown) == (False, True)
    worked(api.county)
    assert "已分派" not in page(api, "water", address)


def test_forged_addresses_lead_nobody_to_lists_or_lines_of_others(api: Api) -> None:
    """Refused or not found for every role that a list is not for, by page and by API, and nothing changes."""
    number = taken(api.county, line("王五", village="没有的村"), line("张三", IDS[3]))
    with api.county.read() as session:
        nowhere, here = session.scalars(select(BulkLine.id).order_by(BulkLine.id)).all()
    before = lines(api)
    said = {"answer": "left_out", "reason": "户籍不在本县，已转出"}
    answers = {
        "village": (403, 403),
        "water": (403, 403),
        "power": (403, 403),
        "leaders": (403, 403),
        "inspectorate": (403, 403),
        "admin": (403, 403),
        "other_town": (404, 404),
        "town": (404, None),
    }
    for who, statuses in answers.items():
        for each, status in zip((nowhere, here), statuses, strict=True):
            if status is None:
                continue
            assert post(api, who, f"/bulk-lists/{number}/lines/{each}", **said).status_code == status, who
            assert api.post(who, f"/bulk-lists/lines/{each}", said).status_code == status, who
    seen = {"village": 403, "power": 404, "other_town": 404, "admin": 403, "leaders": 200, "inspectorate": 200}
    for who, status in seen.items():
        page(api, who, f"/bulk-lists/{number}", status)
        assert api.call(who, "GET", f"/bulk-lists/{number}/lines").status_code == status, who
    for who in ("village", "power", "office", "town", "leaders"):
        assert post(api, who, f"/bulk-lists/{number}/take").status_code in (403, 404), who
    for forged in (0, number + 7, 2**62):
        page(api, "water", f"/bulk-lists/{forged}", 404)
        assert api.post("office", f"/bulk-lists/lines/{forged}", said).status_code in (404, 422)
    assert lines(api) == before


def test_checks_and_questions_stand_in_the_mornings_digest_until_they_are_done(api: Api) -> None:
    taken(api.county, line("张三", IDS[0]), line("张三", IDS[3]), line("王五", village="没有的村"))
    village, town, office = (api.county.people[who] for who in ("village", "town", "office"))
    with api.county.read() as session:
        clock = county_clock(session)

        def units(unit_id: int) -> set[tuple[str, str]]:
            return {
                (item.path, item.what[0])
                for item in due_items.items(session, clock, unit_id, day(60))
                if item.path.startswith("/bulk")
            }

        homes = due_items.village_items(session, village.village_id or 0, day(60))
        assert [(item.path, item.what[0]) for item in homes] == [("/bulk-checks", "部门比对名单待核查农户：1户")]
        assert units(town.own_unit_id) == {
            ("/bulk-checks", "部门比对名单待核查农户：1户"),
            ("/bulk-questions", "部门比对名单待确认条目：1条"),
        }
        assert units(office.own_unit_id) == {("/bulk-questions", "部门比对名单待确认条目：1条")}
    visit(api.county, at=day(1))
    with api.county.read() as session:
        assert due_items.village_items(session, village.village_id or 0, day(60)) == []
