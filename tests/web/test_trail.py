"""Audit trail: the inspectorate reads changes of rights and verifies the history; no other role sees the trail."""

import io
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, text

from models import User
from notifications.rules import RULES
from tests.support.factories import day
from tests.support.http_clients import Api, Visitor
from trail_jobs import verify_asked
from workflow.actors import actor_of
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.history import sealing
from workflow.history.audit_trail import trail
from workflow.history.trail_search import ACTS, TrailSearch
from workflow.register import reveal
from workflow.register.spreadsheets import sheet_reader

pytestmark = pytest.mark.one_database("postgresql")

Visit = Callable[..., Visitor]


def body(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.get_data(as_text=True))


def test_every_act_on_an_account_is_found_by_one_kind_of_act() -> None:
    named = [action for actions in ACTS.values() for action in actions]
    on_accounts = {kind for kind, roles in RULES.items() if "account" in roles}
    assert on_accounts | {"address_used", "refused_virus", "session_ended"} <= set(named)
    assert len(named) == len(set(named))


@pytest.mark.parametrize("who", ["village", "town", "water", "office", "leaders", "admin"])
def test_the_trail_is_the_inspectorates_alone(api: Api, visit: Visit, who: str) -> None:
    visitor = visit(who)
    page = "/users" if who == "admin" else "/tickets"
    assert visitor.get("/trail").status_code == 403
    assert visitor.get("/trail/verify").status_code == 403
    assert visitor.post("/trail/verify", page=page).status_code == 403
    assert "/trail" not in body(visitor, page)


def test_an_account_the_administrator_gave_itself_is_seen(api: Api, visit: Visit) -> None:
    visit("admin").post("/users", {"name": "shadow", "role": "office", "display_name": "影子"}, page="/users")
    inspector = visit("inspectorate")
    page = body(inspector, "/trail")
    entry = next(part for part in page.split("<li>") if "影子" in part)
    assert "（shadow）" in entry
    assert "admin" in entry
    assert "影子" not in body(inspector, "/trail?person=nobody")
    for query in ("person=shadow", "person=影", "day=2018-11-20"):
        assert "影子" in body(inspector, f"/trail?{query}"), query
    assert "影子" not in body(inspector, "/trail?day=2018-11-19")


def test_the_trail_is_paged_and_leads_to_its_first_event(api: Api, visit: Visit) -> None:
    with api.county.write() as session:
        admin = session.scalars(select(User).where(User.name == "admin")).one()
        for number in range(60):
            accounts.create_user(session, actor_of(admin), day(0), NewUser(name=f"new{number}", role="office"))
    inspector, path, seen = visit("inspectorate"), "/trail", list[str]()
    for _ in range(4):
        page = body(inspector, path)
        seen += re.findall(r"（(new\d+)）", page)
        following = re.search(r'href="(/trail\?before=[^"]+)"', page)
        if following is None:
            break
        path = following[1]
    assert seen == [f"new{number}" for number in reversed(range(60))]


def test_a_day_on_the_trail_begins_and_ends_at_midnight_in_china(api: Api) -> None:
    moments = {"before": day(-1, 23.99), "first": day(0, 0), "last": day(0, 23.99), "after": day(1, 0)}
    with api.county.write() as session:
        admin = session.scalars(select(User).where(User.name == "admin")).one()
        for name, at in moments.items():
            accounts.create_user(session, actor_of(admin), at, NewUser(name=name, role="office", display_name=name))
    with api.county.read() as session:
        lines = trail(session, api.county.people["inspectorate"], TrailSearch(day="2018-11-20"))
    subjects = [(line.subject, line.account) for line in lines if line.action == "user_created"]
    assert subjects == [("last", "last"), ("first", "first")]


def test_a_person_on_the_trail_is_named_whole_or_by_part_of_the_name_and_a_sign_stands_for_itself(api: Api) -> None:
    with api.county.write() as session:
        admin = session.scalars(select(User).where(User.name == "admin")).one()
        for name, called in (("one", "甲%乙"), ("two", "甲_乙"), ("three", "甲x乙")):
            accounts.create_user(
                session, actor_of(admin), day(0), NewUser(name=name, role="office", display_name=called)
            )
    found: dict[str, list[str]] = {}
    with api.county.read() as session:
        for person in ("three", " three ", "thre", "甲", "%", "_", "x", "nobody"):
            lines = trail(session, api.county.people["inspectorate"], TrailSearch(person=person))
            found[person] = [line.subject[:3] for line in lines if line.action == "user_created"]
    assert found == {
        "three": ["甲x乙"],
        " three ": ["甲x乙"],
        "thre": [],
        "甲": ["甲x乙", "甲_乙", "甲%乙"],
        "%": ["甲%乙"],
        "_": ["甲_乙"],
        "x": ["甲x乙"],
        "nobody": [],
    }


@pytest.mark.parametrize("query", ["day=x", "day=0001-01-01", "day=9999-12-31", "person=%00", "person=" + "x" * 200])
def test_odd_questions_are_refused_in_a_sentence(api: Api, visit: Visit, query: str) -> None:
    assert visit("inspectorate").get(f"/trail?{query}").status_code == 422


def test_the_head_block_is_shown_and_verifying_says_what_does_not_hold(api: Api, visit: Visit) -> None:
    api.file()
    with api.county.write() as session:
        block = sealing.seal(session, day(0))
        assert block is not None
        digest = block.hash
    inspector, files = visit("inspectorate"), api.app.extensions["xiaohao"].store
    assert digest in body(inspector, "/trail")
    assert 'href="/trail/verify"' in body(inspector, "/trail")
    assert "http-equiv" not in body(inspector, "/trail/verify")
    assert inspector.post("/trail/verify", page="/trail/verify").status_code == 302
    waiting = body(inspector, "/trail/verify")
    assert ('http-equiv="refresh"' in waiting, 'href="/trail/verify"' in waiting) == (True, True)
    # Asking again is refused while it is at work, also from a page that was loaded before.
    again = inspector.post("/trail/verify", page="/trail")
    assert (again.status_code, "正在核验" in again.get_data(as_text=True)) == (409, True)
    assert verify_asked(api.county.engine, files, lambda: day(1))
    well = body(inspector, "/trail/verify")
    assert ("alert-success" in well, digest in well, "http-equiv" in well) == (True, True, False)
    with api.county.engine.begin() as connection:
        connection.execute(text("UPDATE ticket SET kind = 'power'"))
    inspector.post("/trail/verify", page="/trail/verify")
    verify_asked(api.county.engine, files, lambda: day(1))
    ill = body(inspector, "/trail/verify")
    assert "row_differs" in ill.split("第1次核验")[0]
    assert "核验" in body(inspector, "/trail?act=verifications")


def test_who_saw_full_numbers_and_took_lists_away_is_seen(api: Api, visit: Visit) -> None:
    town = visit("town")
    vault = api.app.extensions["xiaohao"].vault
    with api.county.write() as session:
        reveal.reveal_people(session, api.county.people["town"], vault, "A1", day(0), ground="papers")
    answer = town.get("/households.xlsx?ground=work")
    answer.close()
    assert answer.status_code == 200
    page = body(visit("inspectorate"), "/trail")
    entry = next(part for part in page.split("<li>") if "<strong>查看完整号码" in part)
    assert "A1" in entry
    assert "核对材料" in entry
    assert "导出列表" in page


def test_the_page_is_searched_by_unit_act_and_address_and_says_from_where_it_was_done(api: Api, visit: Visit) -> None:
    there = visit(address="10.1.2.3")
    there.enter("water")
    there.post("/sign-out", page="/tickets")
    inspector = visit("inspectorate")
    for query in ("address=10.1.2.3", "unit=water&act=sign_in", "act=sign_in&day=2018-11-20&address=10.1.2.3"):
        page = body(inspector, f"/trail?{query}")
        assert (page.count("来自10.1.2.3"), "已退出" in page or "退出" in page) == (2, True), query
    assert "来自10.1.2.3" not in body(inspector, "/trail?act=exports")
    for query in ("act=x", "unit=nowhere", "before=x"):
        assert inspector.get(f"/trail?{query}").status_code == 422, query


def test_a_reading_is_on_the_trail_with_what_was_searched_for(api: Api, visit: Visit) -> None:
    inspector = visit("inspectorate")
    for _ in range(3):
        body(inspector, "/trail?person=water&act=sign_in")
    page = body(inspector, "/trail?act=readings")
    entries = [part for part in page.split("<li>") if "<strong>查阅审计记录</strong>" in part]
    assert len(entries) == 1
    assert "登录与退出" in entries[0]
    assert "water" in entries[0]


def test_the_trail_is_taken_as_a_spreadsheet_and_that_is_on_it(api: Api, visit: Visit) -> None:
    with api.county.write() as session:
        admin = session.scalars(select(User).where(User.name == "admin")).one()
        new = NewUser(name="formula", role="office", display_name="=HYPERLINK(1)")
        accounts.create_user(session, actor_of(admin), day(0), new)
    inspector = visit("inspectorate")
    asked = {"kind": "xlsx", "ground": "audit"}
    answer = inspector.post("/trail/export?person=formula", asked, page="/trail")
    assert answer.status_code == 200
    lines = [cells for _, cells in sheet_reader.rows(io.BytesIO(answer.get_data()))][3:]
    answer.close()
    assert [line[1:4] for line in lines] == [["新增账号", "'=HYPERLINK(1)", "formula"]]
    page = body(inspector, "/trail?act=exports")
    assert ("审计记录" in page, "1行" in page, "审计或上级检查" in page) == (True, True, True)
    assert visit("office").post("/trail/export", asked, page="/tickets").status_code == 403


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({}, "请选择导出用途"), ({"ground": "other"}, "说明"), ({"ground": "whim"}, "请选择导出用途")],
)
def test_nothing_is_taken_without_a_ground(api: Api, visit: Visit, given: dict[str, str], sentence: str) -> None:
    inspector = visit("inspectorate")
    refused = inspector.post("/trail/export?act=tokens", {"kind": "csv", **given}, page="/trail")
    text = refused.get_data(as_text=True)
    assert (refused.status_code, sentence in text, 'aria-invalid="true"' in text) == (422, True, True)
    assert re.search(r"<details>\s*<summary>导出本列表", body(inspector, "/trail"))
    assert re.search(r"<details open>\s*<summary>导出本列表", text)
    # What was searched for is kept.
    assert 'action="/trail/export?act=tokens"' in text
    assert api.call("inspectorate", "GET", f"/trail.csv?{urlencode(given)}").status_code == 422
    assert "导出</strong>" not in body(inspector, "/trail?act=exports")


def test_the_trail_is_read_and_taken_over_the_api_with_the_same_rights(api: Api, visit: Visit) -> None:
    for who in ("office", "leaders", "admin", "town"):
        for path in ("/trail", "/trail.csv?ground=audit", "/trail/verifications"):
            assert api.call(who, "GET", path).status_code == 403, (who, path)
        assert api.post(who, "/trail/verifications").status_code == 403
    first = api.call("inspectorate", "GET", "/trail?act=tokens&limit=2").json
    again = api.call("inspectorate", "GET", f"/trail?act=tokens&limit=2&cursor={first['next']}").json
    ids = [each["id"] for each in [*first["items"], *again["items"]]]
    assert (len(ids), ids) == (4, sorted(set(ids), reverse=True))
    assert {each["action"] for each in first["items"]} == {"token_issued"}
    read = api.call("inspectorate", "GET", "/trail?act=readings").json["items"]
    assert [each["actor"] for each in read] == ["inspectorate"]
    assert api.call("inspectorate", "GET", "/trail?unit=nowhere").status_code == 422
    taken = api.call("inspectorate", "GET", "/trail.csv?act=readings&ground=complaint")
    assert (taken.status_code, taken.content_type) == (200, "text/csv; charset=utf-8")
    lines = taken.get_data().decode("utf-8-sig").splitlines()
    # The reading of tokens, and that of readings.
    assert (lines[0].count(","), len(lines)) == (11, 3)
    (export,) = api.call("inspectorate", "GET", "/trail?act=exports").json["items"]
    assert export["given"] == {"list": "trail", "rows": 2, "ground": "complaint"}


def test_a_run_of_verify_is_asked_for_and_looked_at_over_the_api(api: Api) -> None:
    made = api.post("inspectorate", "/trail/verifications")
    assert (made.status_code, made.json["id"], made.json["found"]) == (202, 1, None)
    assert api.post("inspectorate", "/trail/verifications").status_code == 409
    assert verify_asked(api.county.engine, api.app.extensions["xiaohao"].store, lambda: day(1))
    (run,) = api.call("inspectorate", "GET", "/trail/verifications").json["items"]
    assert (run["found"], run["findings"], run["done"] == run["proofs"]) == (0, [], True)


def test_a_run_goes_on_from_the_last_whole_one_unless_all_of_the_history_is_asked_for(api: Api, visit: Visit) -> None:
    inspector, store = visit("inspectorate"), api.app.extensions["xiaohao"].store

    def ended(whole: bool | None = None) -> int | None:
        with api.county.write() as session:
            sealing.seal_all(session, day(1))
        if whole is None:
            assert api.post("inspectorate", "/trail/verifications").status_code == 202
        else:
            sent = {"act": "whole"} if whole else {}
            assert inspector.post("/trail/verify", sent, page="/trail/verify").status_code == 302
        assert verify_asked(api.county.engine, store, lambda: day(1))
        since: int | None = api.call("inspectorate", "GET", "/trail/verifications").json["items"][0]["since"]
        return since

    assert "全面核验（从头）" not in body(inspector, "/trail/verify")
    assert [ended(), ended(), ended(whole=True), ended(whole=False)] == [None, 1, None, 3]
    shown = body(inspector, "/trail/verify")
    assert "全面核验（从头）" in shown
    assert "第3次核验已通读全部历史" in shown
