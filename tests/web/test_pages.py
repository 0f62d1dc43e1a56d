"""Doors and signposts: who may open which page, where one is led, and that a foreign page can lead nobody anywhere."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models import Message, Post, User
from notifications.dispatch import dispatch
from tests.factories import County, day, settle_county
from tests.web.browser import PASSWORD, give_passwords
from web.app import create_app
from workflow import evidence

PEOPLE = ("village", "town", "water", "office", "leaders", "inspectorate", "admin")


class Pages:
    """The pages of a small county, without a browser; every person a client of their own."""

    def __init__(self, county: County, url: str, files: Path) -> None:
        self.county = county
        self.now = day(0)
        self.app = create_app(
            DATABASE_URL=url, FILES=files, CLOCK=lambda: self.now, TESTING=True, SESSION_HOURS=24 * 90
        )
        give_passwords(county.engine)
        self._clients: dict[str, FlaskClient] = {}

    def client(self, who: str) -> FlaskClient:
        if who not in self._clients:
            client = self._clients[who] = self.app.test_client()
            answer = self.sign_in(client, who)
            assert answer.status_code == 302, answer.text
        return self._clients[who]

    def sign_in(self, client: FlaskClient, name: str, password: str = PASSWORD, follow: str = "") -> Any:
        path = f"/sign-in?next={follow}" if follow else "/sign-in"
        return client.post(path, data={"name": name, "password": password, "csrf_token": token(client, "/sign-in")})

    def get(self, who: str, path: str) -> Any:
        return self.client(who).get(path, buffered=True)

    def post(self, who: str, path: str, headers: dict[str, str] | None = None, **form: str) -> Any:
        client = self.client(who)
        return client.post(path, data={"csrf_token": token(client, "/password"), **form}, headers=headers)


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    made = Pages(settle_county(engine), database_url, tmp_path / "files")
    yield made
    found = made.app.extensions.get("xiaohao_engine")
    if found is not None:
        found.dispose()


#: Written by hand: what each page answers to each of PEOPLE, in their order.
DOORS = {
    "/": (302, 302, 302, 302, 302, 302, 302),
    "/tickets": (200, 200, 200, 200, 200, 200, 200),
    "/board": (403, 403, 403, 200, 200, 200, 403),
    "/file": (200, 200, 403, 403, 403, 403, 403),
    "/inbox": (200, 200, 200, 200, 200, 200, 200),
    "/users": (403, 403, 403, 403, 403, 403, 200),
    "/password": (200, 200, 200, 200, 200, 200, 200),
    "/tickets/{number}": (200, 200, 200, 200, 200, 200, 404),
    "/evidence/{evidence}": (200, 200, 200, 200, 200, 200, 404),
    "/tickets/2018-999999": (404, 404, 404, 404, 404, 404, 404),
}


def test_every_page_opens_to_whom_it_is_for_and_to_nobody_else(pages: Pages) -> None:
    ticket = pages.county.file("village")
    pages.county.do("town", "endorse", ticket)
    number = pages.county.ticket(ticket).number
    pages.client("water").post(f"/tickets/{number}/evidence", data={
        "csrf_token": token(pages.client("water"), "/password"), "file": (io.BytesIO(b"seen"), "a.txt")})  # fmt: skip
    for path, wanted in DOORS.items():
        address = path.format(number=number, evidence=1)
        assert tuple(pages.get(who, address).status_code for who in PEOPLE) == wanted, path


def test_without_signing_in_every_page_leads_to_the_sign_in_page(pages: Pages) -> None:
    open_to_all = {"/sign-in"}
    client = pages.app.test_client()
    for rule in pages.app.url_map.iter_rules():
        if not rule.endpoint.startswith("pages.") or "GET" not in (rule.methods or ()) or rule.rule in open_to_all:
            continue
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.location.startswith("/sign-in"), address


def test_every_form_is_refused_without_its_token(pages: Pages) -> None:
    ticket = pages.county.file("town")
    client = pages.client("town")
    for rule in pages.app.url_map.iter_rules():
        if rule.endpoint.startswith("pages.") and "POST" in (rule.methods or ()):
            address = re.sub(r"<[^>]+>", "1", rule.rule)
            answer = client.post(address, data={}, headers={"Authorization": "Basic dG93bjp0b3du"})
            # A foreign page can make a browser send Basic credentials; they do not stand in for the token.
            assert (answer.status_code, answer.location) == (302, "/"), address
    assert pages.county.ticket(ticket).version == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/%09/elsewhere.example",
                  "/%0a/elsewhere.example", "elsewhere"],
)  # fmt: skip
def test_nobody_is_led_to_another_site(pages: Pages, elsewhere: str) -> None:
    assert pages.sign_in(pages.app.test_client(), "town", follow=elsewhere).location == "/"
    assert pages.post("town", "/language", language="en", next=unquote(elsewhere)).location == "/"


def test_a_form_without_token_leads_back_only_within_the_site(pages: Pages) -> None:
    client = pages.client("town")
    foreign = client.post("/tickets/1/accept", headers={"Referer": "https://elsewhere.example/trap"})
    assert foreign.location == "/"
    own = client.post("/tickets/1/accept", headers={"Referer": "http://localhost/tickets?q=a"})
    assert own.location == "/tickets?q=a"


def test_after_signing_in_one_is_where_one_wanted_to_be(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client = pages.app.test_client()
    assert client.get(f"/tickets/{number}?a=b").location == f"/sign-in?next=/tickets/{number}?a%3Db"
    assert pages.sign_in(client, "town", follow=f"/tickets/{number}").location == f"/tickets/{number}"


def test_who_was_signed_out_while_writing_is_told_and_comes_back_to_the_ticket(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client = pages.client("water")
    proof = token(client, f"/tickets/{number}")
    pages.now = day(200)
    answer = client.post(f"/tickets/{number}/accept", data={"csrf_token": proof, "version": "1"})
    assert answer.location == f"/sign-in?next=/tickets/{number}/accept"
    assert "登录已失效，请重新登录后再提交一次。" in client.get(answer.location).text
    signed_in = pages.sign_in(client, "water", follow=f"/tickets/{number}/accept")
    assert client.get(signed_in.location).location == f"/tickets/{number}"


def test_a_part_of_a_page_asked_for_after_signing_out_makes_the_whole_page_go(pages: Pages) -> None:
    answer = pages.app.test_client().get("/tickets?cursor=x", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/tickets?cursor%3Dx")


def test_a_cookie_is_worth_nothing_after_signing_out(pages: Pages) -> None:
    client = pages.client("town")
    cookie = client.get_cookie("xiaohao")
    assert cookie is not None
    pages.post("town", "/sign-out")
    client.set_cookie("xiaohao", cookie.value)
    assert client.get("/tickets").status_code == 302


def test_back_to_the_list_keeps_its_filters(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    pages.get("town", "/tickets?state=assigned&kind=water")
    assert 'href="/tickets?state=assigned&amp;kind=water"' in pages.get("town", f"/tickets/{number}").text


def test_a_refused_form_shows_itself_again_in_the_other_language(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    page = pages.post("water", f"/tickets/{number}/decline", version="1")
    assert page.status_code == 422
    here = re.search(r'name="next" value="([^"]+)"', page.text)
    assert here is not None
    led = pages.post("water", "/language", language="en", next=here[1]).location
    assert pages.get("water", pages.get("water", led).location).status_code == 200


def test_the_language_is_remembered_for_the_next_sign_in(pages: Pages) -> None:
    pages.post("town", "/language", language="en", next="/tickets")
    client = pages.app.test_client()
    pages.sign_in(client, "town")
    assert "Sign out" in client.get("/tickets").text


def test_people_are_told_names_and_not_codes(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    refused = pages.post("town", f"/tickets/{number}/accept", version="1")
    assert "“受理”不由您办理" in refused.text
    pages.county.do("water", "accept", ticket)
    late = pages.post("water", f"/tickets/{number}/accept", version="2")
    assert "工单处于“办理中”状态，不能“受理”" in late.text


def test_a_whole_number_finds_its_ticket_even_when_struck_off(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    pages.county.do("office", "cancel", ticket, reason="重复")
    assert pages.get("town", f"/tickets?mine=1&q={number}").location == f"/tickets/{number}"
    assert pages.get("other_town", f"/tickets?q={number}").status_code == 200


def test_opening_a_ticket_reads_what_the_inbox_says_of_it_and_nothing_else(pages: Pages) -> None:
    with pages.county.write() as session:
        user = session.scalars(select(User).where(User.name == "water")).one()
        session.add(Post(county_id=user.county_id, unit_id=user.unit_id, user_id=user.id, kind="duty", from_at=day(0)))
    tickets = [pages.county.file("town", household) for household in ("A1", "A2")]
    with pages.county.write() as session:
        while dispatch(session, pages.now):
            pass
    assert '收件箱 <span class="x-count">2</span>' in pages.get("water", "/inbox").text
    pages.get("water", f"/tickets/{pages.county.ticket(tickets[0]).number}")
    with pages.county.read() as session:
        mine = select(Message).where(Message.recipient_id == pages.county.people["water"].user_id)
        assert sorted(message.read_at is None for message in session.scalars(mine)) == [False, True]


def test_every_link_leads_somewhere(pages: Pages) -> None:
    county = pages.county
    first = county.file("village")
    county.do("town", "endorse", first)
    county.do("water", "decline", first, day(0, 11), ground="not_ours", cited_duty="三定方案")
    county.do("office", "reassign", first, day(0, 12), unit="power", reason="属供电")
    county.do("power", "accept", first, day(0, 15))
    county.resolve(first, day(1), "power")
    county.confirm(first, day(2))
    for content in (b"photo", b"seen"):
        evidence.keep(pages.app.config["FILES"], content)
    county.file("town", at=day(3))
    county.file("far_village", "B1", "house", day(3), cause="quota")
    pages.now = day(4)
    with county.write() as session:
        while dispatch(session, pages.now):
            pass
    dead = []
    for who in PEOPLE:
        waiting, seen = ["/"], {"/"}
        while waiting:
            path = waiting.pop()
            answer = pages.get(who, path)
            if answer.status_code >= 400:
                dead.append((who, path, answer.status_code))
            links = re.findall(r'href="(/[^"#]*)"', answer.text) if answer.mimetype == "text/html" else []
            links += [answer.location] if answer.location else []
            for link in (link.replace("&amp;", "&") for link in links if not link.startswith("/static/")):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
        assert len(seen) >= 3, who
    assert not dead, "\n".join(map(str, dead))


def test_who_changes_their_password_is_signed_out_everywhere_else(pages: Pages) -> None:
    elsewhere = pages.app.test_client()
    pages.sign_in(elsewhere, "town")
    short = pages.post("town", "/password", old=PASSWORD, new="short")
    assert (short.status_code, "密码至少8位" in short.text) == (422, True)
    wrong = pages.post("town", "/password", old="not it", new="another long one")
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (422, True)
    assert elsewhere.get("/tickets").status_code == 200
    assert pages.post("town", "/password", old=PASSWORD, new="another long one").status_code == 302
    assert pages.get("town", "/tickets").status_code == 200
    assert elsewhere.get("/tickets").status_code == 302
    assert pages.sign_in(pages.app.test_client(), "town").status_code == 422
    assert pages.sign_in(pages.app.test_client(), "town", "another long one").status_code == 302


def test_a_new_password_of_the_administrators_ends_the_sessions_of_the_old(pages: Pages) -> None:
    user = pages.county.people["town"].user_id
    assert pages.get("town", "/tickets").status_code == 200
    answer = pages.post("admin", f"/users/{user}/password")
    given = re.search(r"town的密码（仅显示一次）：(\S+?)<", pages.get("admin", answer.location).text)
    assert given is not None
    assert pages.get("town", "/tickets").status_code == 302
    assert pages.sign_in(pages.app.test_client(), "town", given[1]).status_code == 302


def test_the_administrator_cannot_close_their_own_account(pages: Pages) -> None:
    me, town = (pages.county.people[who].user_id for who in ("admin", "town"))
    assert f"/users/{me}/close" not in pages.get("admin", "/users").text
    refused = pages.post("admin", f"/users/{me}/close")
    assert (refused.status_code, "不能停用自己的账号" in refused.text) == (403, True)
    pages.get("town", "/tickets")
    pages.post("admin", f"/users/{town}/close")
    assert pages.get("town", "/tickets").status_code == 302


def test_a_refused_account_keeps_what_was_typed(pages: Pages) -> None:
    page = pages.post("admin", "/users", name="new one", display_name="李四", role="bureau", unit="water")
    assert page.status_code == 422
    assert 'value="new one"' in page.text
    assert 'value="李四"' in page.text
    assert '<option value="water" selected>' in page.text
