"""Odd page and command input: answered with a sentence, never with a server error."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from models import Event
from tests.support.factories import START, day
from tests.support.http_clients import Api, Visitor
from tests.support.texts import SENTENCE

Visit = Callable[..., Visitor]
HUGE = "9" * 20


def refusal(answer: Any) -> str:
    """The sentence of a refusal; fails on a server error."""
    assert 400 <= answer.status_code < 500, (answer.request.path, answer.status_code)
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("office", "/tickets?q=%00"),
        ("office", "/tickets?kind=a%00b"),
        ("office", "/tickets?owner=%00"),
        ("office", "/tickets?town=%00"),
        ("office", "/tickets?cursor=%00"),
        ("office", "/tickets/2018-%00"),
        ("office", "/tickets/2018-999999999999"),
        ("office", "/matters/99999999999999999999"),
        ("office", "/imports/99999999999999999999"),
        ("office", "/imports/99999999999999999999/refused.xlsx?ground=work"),
        ("office", "/api/v1/matters/99999999999999999999"),
        ("office", "/tickets/2018-999999999999999"),
        ("office", "/papers/2018:3:%00"),
        ("office", "/papers/2018:3:99999999999999999999/pdf"),
        ("office", "/papers?rung=%00"),
        ("office", "/papers?unit=%00"),
        ("office", "/papers?cursor=%00"),
        ("office", "/api/v1/papers/%00"),
        ("office", f"/evidence/{HUGE}"),
        ("office", "/evidence/2147483648"),
        ("town", "/file?household=%00"),
        ("town", "/file?village=%00"),
        ("town", "/file?q=%00"),
        ("admin", "/users?q=%00"),
        ("admin", "/users?after=%00"),
    ],
)
def test_an_odd_address_is_refused_in_a_sentence(api: Api, visit: Visit, who: str, path: str) -> None:
    assert re.search("[\u4e00-\u9fff]{4}", refusal(visit(who).get(path)))


def test_a_search_text_that_is_too_long_is_refused_and_never_cut(api: Api, visit: Visit) -> None:
    office, town, admin = visit("office"), visit("town"), visit("admin")
    for sign, length in (("a", 65), ("%", 60_000)):
        text = sign * length
        for visitor, path in ((office, "/tickets"), (office, "/households"), (town, "/file"), (admin, "/users")):
            answer = visitor.client.get(path, query_string={"q": text})
            assert (answer.status_code, "“查找内容”过长" in refusal(answer)) == (422, True), (path, sign)
        for path in ("/tickets.xlsx", "/households.xlsx"):
            assert office.client.get(path, query_string={"q": text, "ground": "work"}).status_code == 422, (path, sign)
        for path in ("/tickets", "/households"):
            answer = api.call("water", "GET", f"{path}?q={quote(text)}")
            assert (answer.status_code, answer.json["code"]) == (422, "too_long"), (path, sign)
        for path in ("/tickets?owner=", "/tickets?town=", "/households?village=", "/visits?town=", "/tickets?kind="):
            assert office.client.get(path + quote(text)).status_code in (200, 422), (path, sign)
    sought = town.post("/households", {"q": "水" * 65}, page="/households")
    assert (sought.status_code, "过长" in refusal(sought)) == (422, True)
    # A number with one digit wrong, or with a name beside it, belongs in no address either.
    for typed in ("441424197001013339", "张三 13807530001"):
        sought = town.post("/households", {"q": typed}, page="/households")
        assert (sought.status_code, "逐位核对" in refusal(sought), typed in sought.text) == (422, True, False)
        assert office.client.get("/households", query_string={"q": typed}).headers["Location"] == "/households"
    assert office.client.get("/tickets", query_string={"q": f" {'a' * 30}  {'b' * 33} "}).status_code == 200


def test_the_inbox_may_be_asked_from_anywhere(api: Api, visit: Visit) -> None:
    for before in (HUGE, "-1", "²", "x"):
        assert visit("town").get(f"/inbox?before={before}").status_code == 200


def test_odd_forms_are_refused_in_a_sentence(api: Api, visit: Visit) -> None:
    number = api.file()
    office, admin, town = visit("office"), visit("admin"), visit("town")
    refusal(office.post(f"/tickets/{number}/assist", {"unit": "a\x00"}, page="/tickets"))
    refusal(office.post(f"/tickets/{number}/cancel", {"reason": "a\x00"}, page="/tickets"))
    refusal(town.post("/file", {"household": "a\x00", "kind": "water", "send": "1"}, page="/tickets"))
    refusal(admin.post(f"/users/{HUGE}/open", page="/users"))
    refusal(admin.post("/users", {"name": "n" * 65, "role": "office"}, page="/users"))
    refusal(admin.post("/users", {"name": "long", "role": "office", "display_name": "长" * 500}, page="/users"))
    refusal(admin.post("/users", {"name": "a\x00", "role": "office"}, page="/users"))
    refusal(visit().enter("a\x00"))
    visit("water").post(f"/tickets/{number}/accept", page="/tickets")
    evidence = {"evidence": "999999999999", "note": SENTENCE}
    refusal(visit("water").post(f"/tickets/{number}/resolve", evidence, page="/tickets"))
    assert api.county.ticket(1).state == "in_progress"


def test_a_clock_that_ran_back_refuses_the_move(api: Api) -> None:
    api.now = day(1)
    number = api.file()
    api.now = day(0)
    answer = api.post("water", f"/tickets/{number}/accept")
    assert (answer.status_code, answer.json["code"]) == (409, "clock_ran_back")
    api.now = day(1)
    assert api.post("water", f"/tickets/{number}/accept").status_code == 200


def run(api: Api, *words: str) -> Any:
    return api.app.test_cli_runner().invoke(args=list(words))


@pytest.mark.parametrize(
    "words",
    [
        ("due", "2018-11-20T10:00", "²"),
        ("due", "2018-11-20T10:00", "9" * 30),
        ("due", "2018-11-20T10:00", "2000000000"),
        ("due", "²", "1"),
        ("user", "add", "a\udcff", "--role", "office"),
        ("user", "add", "x", "--role", "office", "--display-name", "长" * 500),
        ("village", "add", "新村", "--town", "nowhere"),
        ("village", "add", "town-a-v1村", "--town", "town-a"),
        ("village", "add", "新村", "--town", "water"),
        ("village", "add", "town-a-v1", "--town", "town-a"),
        ("token", "nobody"),
    ],
)
def test_an_odd_command_is_refused_in_one_sentence(api: Api, words: tuple[str, ...]) -> None:
    done = run(api, *words)
    assert (done.exit_code, done.stdout, done.exception.__class__) == (1, "", SystemExit), done.output
    assert re.fullmatch("[^\n]*[\u4e00-\u9fff]{4}[^\n]*\n", done.stderr)


def test_a_village_is_added_and_somebody_of_it_files(api: Api) -> None:
    done = run(api, "village", "add", "新村", "--town", "甲镇")
    assert (done.exit_code, done.stdout) == (0, "town-a-v03\n"), done.output
    assert run(api, "user", "add", "new", "--role", "village", "--village", "新村").exit_code == 0
    api.tokens["new"] = run(api, "token", "new").stdout.strip()
    answer = api.post("new", "/tickets", {"village": "town-a-v03", "kind": "water"})
    assert answer.status_code == 201, answer.json
    assert run(api, "verify").exit_code == 0


def test_before_init_a_command_says_what_to_do(tmp_path: Path) -> None:
    from web.app import create_app

    app = create_app(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}", CLOCK=lambda: START)
    done = app.test_cli_runner().invoke(args=["user", "add", "x", "--role", "office"])
    app.extensions["xiaohao"].engine.dispose()
    assert (done.exit_code, "init" in done.stderr, done.stderr.count("\n")) == (1, True, 1), done.output


def test_a_number_searched_for_is_kept_nowhere(api: Api, visit: Visit) -> None:
    """Not in a redirect's address, on the page, or in the history of exported lists."""
    number, office = "441424197001013338", visit("office")
    assert number not in office.get(f"/tickets?q={number}").headers["Location"]
    for path in ("/tickets.xlsx", "/households.xlsx", "/api/v1/tickets", "/api/v1/households"):
        answer = office.get(f"{path}?q={number}&ground=work")
        assert (path, answer.status_code) == (path, 422)
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Event).where(Event.action == "export")) == 0
