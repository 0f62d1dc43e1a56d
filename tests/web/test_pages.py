"""Page access: who may open which page, where redirects lead, and that none leaves the site."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine, select

from models import Message, Post, User
from notifications.dispatch import dispatch
from tests.support.factories import day
from tests.support.figure_walk import OF_A_KIND, kind_of
from tests.support.pages import Pages, open_pages, token
from web import stylesheet
from web.pages import ANONYMOUS
from workflow import evidence

pytestmark = pytest.mark.one_database("postgresql")

PEOPLE = ("village", "town", "water", "office", "leaders", "inspectorate", "admin")


#: Where links lead and what a role finds is said by templates and routes; each page is asked for on both elsewhere.
sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


#: Written by hand: what each page answers to each of PEOPLE, in their order.
DOORS = {
    "/": (200, 200, 200, 302, 302, 302, 302),
    "/tickets": (200, 200, 200, 200, 200, 200, 200),
    "/board": (200, 200, 200, 200, 200, 200, 403),
    "/board?unit=water": (403, 403, 200, 200, 200, 200, 403),
    "/board?unit=town-b": (403, 403, 403, 200, 200, 200, 403),
    "/units": (403, 200, 200, 200, 200, 200, 403),
    "/units/water": (403, 403, 200, 200, 200, 200, 403),
    "/signals": (403, 403, 403, 200, 403, 200, 403),
    "/signals/quick/water": (403, 403, 403, 200, 403, 200, 403),
    "/file": (200, 200, 200, 200, 200, 200, 403),
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
    pages.client("water").post(
        f"/tickets/{number}/evidence",
        data={"csrf_token": token(pages.client("water"), "/password"), "file": (io.BytesIO(b"seen"), "a.txt")},
    )
    for path, wanted in DOORS.items():
        address = path.format(number=number, evidence=1)
        assert tuple(pages.get(who, address).status_code for who in PEOPLE) == wanted, path


def test_without_signing_in_every_page_leads_to_the_sign_in_page(pages: Pages) -> None:
    client = pages.app.test_client()
    for rule in pages.app.url_map.iter_rules():
        if not rule.endpoint.startswith("pages.") or "GET" not in (rule.methods or ()) or rule.endpoint in ANONYMOUS:
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
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/%09/elsewhere.example",
        "/%0a/elsewhere.example",
        "/here%0ASet-Cookie: a=b",
        "elsewhere",
    ],
)
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


def test_a_version_that_is_no_number_counts_as_no_word_at_all(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    for odd in ("x", "1.0", "-1", "²", "9" * 30):
        refused = pages.post("water", f"/tickets/{number}/accept", version=odd, note="改日再来")
        assert (refused.status_code, "版本号" in refused.text) == (422, True), odd
    second = pages.county.file("town", household="A2")
    both = {"title": "水泵", "ticket": number, "t": [number, pages.county.ticket(second).number]}
    town = pages.client("town")
    made = town.post("/matters/new", data={"csrf_token": token(town, "/password"), **both})
    refused = pages.post("water", f"{made.location}/accept", t=f"{number}:x")
    assert (refused.status_code, "版本号" in refused.text) == (422, True)
    assert [pages.county.ticket(one).state for one in (ticket, second)] == ["assigned", "assigned"]


def test_a_whole_number_finds_its_ticket_even_when_struck_off(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    pages.county.do("office", "cancel", ticket, reason="重复")
    assert pages.get("town", f"/tickets?mine=1&q={number}").location == f"/tickets/{number}"
    assert pages.get("other_town", f"/tickets?q={number}").status_code == 200


def test_opening_a_ticket_reads_what_the_inbox_says_of_it_and_nothing_else(pages: Pages) -> None:
    with pages.county.write() as session:
        user = session.scalars(select(User).where(User.name == "water")).one()
        session.add(Post(unit_id=user.unit_id, user_id=user.id, kind="duty", from_at=day(0)))
    tickets = [pages.county.file("town", household) for household in ("A1", "A2")]
    with pages.county.write() as session:
        while dispatch(session, pages.now):
            pass
    assert '收件箱 <span class="x-count">2</span>' in pages.get("water", "/inbox").text
    pages.get("water", f"/tickets/{pages.county.ticket(tickets[0]).number}")
    with pages.county.read() as session:
        mine = select(Message).where(Message.recipient_id == pages.county.people["water"].user_id)
        assert sorted(message.read_at is None for message in session.scalars(mine)) == [False, True]


@sqlite_is_enough
def test_every_link_leads_somewhere(pages: Pages) -> None:
    county = pages.county
    first = county.file("village")
    county.do("town", "endorse", first)
    county.do("water", "decline", first, day(0, 11), ground="not_ours", cited_duty="三定方案")
    county.do("office", "reassign", first, day(0, 12), unit="power", reason="属供电")
    county.do("power", "accept", first, day(0, 15))
    county.resolve(first, day(1), "power")
    county.confirm(first, day(2))
    for content in (f"mended {day(1)}".encode(), f"seen {day(2)}".encode()):
        evidence.keep(pages.app.extensions["xiaohao"].files, content)
    county.file("town", at=day(3))
    county.file("far_village", "B1", "house", day(3), cause="quota")
    pages.now = day(4)
    with county.write() as session:
        while dispatch(session, pages.now):
            pass
    dead = []
    for who in PEOPLE:
        waiting, seen, kinds = ["/"], {"/"}, Counter[str]()
        while waiting:
            path = waiting.pop()
            kinds[kind_of(path)] += 1
            if kinds[kind_of(path)] > OF_A_KIND:
                continue
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


def test_the_theme_asks_for_nothing_newer_than_the_county_runs() -> None:
    theme = stylesheet.content().decode()
    # Chrome 86 is what the oldest desks have; each of these came later and would silently be dropped there.
    later = r":has\(|:is\(|:where\(|\binset:|(?<!-)aspect-ratio|@container|@layer|color-mix|oklch|\bd[vh]h\b|accent-color|\{[^}]*&"
    assert re.findall(later, theme) == []


def test_no_script_asks_for_what_the_oldest_browser_lacks() -> None:
    # Each of these came after Chrome 86; a script that names one stops there, or fails at a tap.
    later = (
        r"\.at\(|structuredClone|hasOwn\(|findLast|static \{|AbortSignal\.(?:timeout|any)|randomUUID|fromAsync|groupBy\("
        r"|\.(?:toSorted|toReversed|toSpliced)\(|withResolvers|:has\(|showPicker|\.inert\b|popover|checkVisibility"
        r"|userAgentData|\bcause:|#\w+ in "
    )
    folder = Path(stylesheet.__file__).parents[1] / "static"
    scripts = [path for path in folder.rglob("*.js") if "vendor" not in path.parts]
    assert len(scripts) > 10
    found = {path.name: re.findall(later, path.read_text(encoding="utf-8")) for path in scripts}
    assert {name: what for name, what in found.items() if what} == {}


@sqlite_is_enough
def test_a_role_finds_all_its_rooms_but_no_more_than_six_without_unfolding(pages: Pages) -> None:
    for who in PEOPLE:
        text = pages.client(who).get("/tickets" if who != "admin" else "/users").text
        nav = re.search(r"<nav.*?</nav>", text, re.S)
        assert nav is not None
        # On a phone two of them stand under “More” instead, a second time.
        once = re.sub(r'<a href="[^"]*" class=x-for-thumb[^>]*>', "", nav[0])
        rooms = re.findall(r'href="/([a-z-]*)[^"]*"', once)
        assert len(rooms) == len(set(rooms)), who
        assert len(re.findall("<a ", re.sub(r"<details.*?</details>", "", nav[0], flags=re.S))) <= 6, who
        assert once.count("aria-current=page") == 1, who
        assert all(pages.client(who).get(f"/{room}").status_code == 200 for room in rooms), who
    folded = re.search(r"<details.*?</details>", pages.client("office").get("/calendar").text.split("<nav")[1], re.S)
    assert folded is not None
    # Where one is shows on what is folded away, too.
    assert "x-here" in folded[0]
    assert re.search(r'href="/calendar" aria-current=page', folded[0])
