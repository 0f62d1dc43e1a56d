"""Access tokens: made on one's own page for some scopes, shown once, refused beyond their scopes, and withdrawn."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from models import ApiToken, User
from models.people import FULL_SCOPE, SCOPES
from tests.support.browser import PASSWORD
from tests.support.command_line import Line
from tests.support.factories import START
from tests.support.pages import Pages, open_pages
from web.api.operations import BY_ENDPOINT, OPERATIONS
from workflow.county import accounts
from workflow.county.accounts import NewToken, token_hash
from workflow.county.sign_ins import api_tokens
from workflow.tickets.actions.lifecycle import ACTIONS


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def make(pages: Pages, who: str = "town", scopes: tuple[str, ...] = ("read",), **changed: str) -> Any:
    form = {"name": "看板大屏", "days": "30", "password": PASSWORD, **changed}
    client = pages.client(who)
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/tokens").text)
    assert match is not None
    return client.post("/tokens", data={"csrf_token": match[1], "scope": list(scopes), **form})


def shown(page: Any) -> str:
    found = re.search(r"<code>([\w-]{43})</code>", page.text)
    assert found is not None, page.text
    return found[1]


def call(pages: Pages, token: str, path: str, method: str = "GET", **more: Any) -> Any:
    # Of a client of its own, without anybody's cookie.
    client = pages.app.test_client()
    return client.open(f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {token}"}, **more)


def issued(pages: Pages, scopes: str, who: str = "town", **more: Any) -> str:
    with pages.county.write() as session:
        user = accounts.find_user(session, who)
        return accounts.issue_token(session, user, pages.now, NewToken(scopes=scopes, **more))


def test_every_operation_needs_a_scope_and_is_described_with_it(pages: Pages) -> None:
    rules = {rule.endpoint for rule in pages.app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    # The description of the API itself any token may read.
    assert rules - {"api.openapi"} == BY_ENDPOINT.keys()
    assert {operation.scope for operation in OPERATIONS} == set(SCOPES)
    document = call(pages, issued(pages, "trail"), "/openapi.json").json
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        assert described["security"] == [{"bearer": [operation.scope]}], operation.id
    listed = document["components"]["securitySchemes"]["bearer"]["description"]
    assert all(f"`{scope}`: " in listed for scope in (FULL_SCOPE, *SCOPES))


@pytest.mark.one_database("sqlite")
def test_what_its_scopes_do_not_cover_is_refused_by_every_route_and_method(pages: Pages) -> None:
    alone = {scope: issued(pages, scope) for scope in SCOPES}
    without = {scope: issued(pages, " ".join(each for each in SCOPES if each != scope)) for scope in SCOPES}
    urls = pages.app.url_map.bind("localhost")
    for operation in OPERATIONS:
        rule = next(rule for rule in pages.app.url_map.iter_rules(f"api.{operation.id}"))
        path = re.sub(r"<[^>]+>", "1", re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule))
        assert urls.match(path, operation.method)[0] == f"api.{operation.id}"
        path = path.removeprefix("/api/v1")
        refused = call(pages, without[operation.scope], path, operation.method)
        assert (refused.status_code, refused.json["code"]) == (403, "scope_not_covered"), operation.id
        if operation.method == "GET":
            assert call(pages, without[operation.scope], path, "HEAD").status_code == 403, operation.id
        covered = call(pages, alone[operation.scope], path, operation.method)
        assert covered.status_code not in (401, 500), operation.id
        assert not covered.is_json or covered.json.get("code") != "scope_not_covered", operation.id


def test_decisions_on_tickets_need_the_scope_of_rulings() -> None:
    decided = {"uphold", "reassign", "suspend", "extend", "extend_again", "cancel", "register", "refuse"}
    of_actions = {
        name: BY_ENDPOINT[f"api.{name}_ticket"].scope for name in ACTIONS if f"api.{name}_ticket" in BY_ENDPOINT
    }
    assert {name for name, scope in of_actions.items() if scope == "rulings"} == decided
    assert set(of_actions.values()) == {"rulings", "tickets"}


@pytest.mark.one_database("sqlite")
def test_a_refusal_names_the_scope_that_is_missing_and_those_the_token_has(pages: Pages) -> None:
    token = issued(pages, "read figures")
    refused = call(pages, token, "/households")
    assert (refused.status_code, refused.content_type, refused.json["code"]) == (
        403,
        "application/problem+json",
        "scope_not_covered",
    )
    assert "查看和维护贫困户档案，含导入和比对名单" in refused.json["detail"]
    assert "查看工单、看板、排名、文书和问责案件" in refused.json["detail"]
    assert call(pages, token, "/tickets").status_code == 200
    assert call(pages, issued(pages, "register"), "/households").status_code == 200


@pytest.mark.one_database("sqlite")
def test_a_token_is_shown_once_listed_with_its_last_use_and_withdrawn(pages: Pages) -> None:
    page = make(pages, scopes=("tickets", "read"))
    token = shown(page)
    assert page.status_code == 200
    listed = pages.get("town", "/tokens").text
    assert token not in listed
    assert "看板大屏" in listed
    assert "未使用过" in listed
    with pages.county.read() as session:
        row = session.scalars(select(ApiToken)).one()
        assert (row.token_hash, row.scopes) == (token_hash(token), "read tickets")
        assert row.expires_at == pages.now + timedelta(days=30)
        number = row.id
    assert call(pages, token, "/tickets").status_code == 200
    assert "127.0.0.1" in pages.get("town", "/tokens").text
    # Another person finds no such token.
    assert pages.post("water", f"/tokens/{number}").status_code == 404
    assert call(pages, token, "/tickets").status_code == 200
    assert pages.post("town", f"/tokens/{number}").status_code == 302
    assert call(pages, token, "/tickets").status_code == 401
    assert pages.post("town", f"/tokens/{number}").status_code == 404


@pytest.mark.one_database("sqlite")
def test_a_token_is_made_only_with_the_password_a_name_a_scope_and_a_number_of_days(pages: Pages) -> None:
    for name, value in (("password", "guess"), ("name", " "), ("days", "0"), ("days", "367"), ("days", "x")):
        changed: dict[str, Any] = {name: value}
        assert make(pages, **changed).status_code == 422, changed
    assert make(pages, scopes=()).status_code == 422
    assert make(pages, scopes=("read", "all")).status_code == 422
    with pages.county.read() as session:
        assert session.scalars(select(ApiToken)).all() == []
    with pages.county.write() as session:
        user = accounts.find_user(session, "town")
        for _ in range(api_tokens.MOST):
            accounts.issue_token(session, user, pages.now)
    assert make(pages).status_code == 422


def test_the_last_use_is_written_at_most_every_few_minutes(pages: Pages) -> None:
    token, begun = issued(pages, "read"), pages.now
    for minutes, noted in ((0, 0), (4, 0), (5, 5), (9, 5), (10, 10)):
        pages.now = begun + timedelta(minutes=minutes)
        assert call(pages, token, "/tickets").status_code == 200
        with pages.county.read() as session:
            row = session.scalars(select(ApiToken)).one()
            assert (row.used_at, row.used_from) == (begun + timedelta(minutes=noted), "127.0.0.1"), minutes


def test_a_token_ends_at_its_last_moment(pages: Pages) -> None:
    token = issued(pages, "read", expires_at=pages.now + timedelta(days=1))
    pages.now += timedelta(days=1) - timedelta(seconds=1)
    assert call(pages, token, "/tickets").status_code == 200
    pages.now += timedelta(seconds=1)
    assert call(pages, token, "/tickets").status_code == 401


def test_the_database_keeps_no_scope_that_is_none(pages: Pages) -> None:
    values = {"user_id": 1, "created_at": START}
    for number, scopes in enumerate(("", " ", "all", "read all", "reads", "full read", "read  tickets")):
        with pages.county.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(insert(ApiToken).values(token_hash=f"{number:064}", scopes=scopes, **values))
    with pages.county.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(ApiToken).values(token_hash="x" * 64, expires_at=START, **values))


@pytest.mark.one_database("sqlite")
def test_a_token_opens_the_api_alone_and_a_session_beside_it_is_not_borrowed(pages: Pages) -> None:
    token = issued(pages, FULL_SCOPE, "office")
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    stranger = pages.app.test_client()
    for rule in pages.app.url_map.iter_rules():
        if not rule.endpoint.startswith("pages.") or "GET" not in (rule.methods or ()) or rule.arguments:
            continue
        plain = stranger.get(rule.rule)
        # By the environment, since the tests' client signs in whoever sends a token to a page.
        answer = stranger.get(rule.rule, environ_overrides=bearer)
        assert (answer.status_code, answer.location) == (plain.status_code, plain.location), rule.rule
    # A form is no more exempt from its own token, and the person of the page is the one of the session.
    town = pages.client("town")
    assert town.post("/sessions", data={}, environ_overrides=bearer).status_code in (302, 409)
    assert "town" in town.get("/preferences", environ_overrides=bearer).text
    # A token that is none does not fall back on the cookie, which would need no form's token there.
    wrong = town.post("/api/v1/inbox/read", json={"upto": 1}, environ_overrides={"HTTP_AUTHORIZATION": "Bearer none"})
    assert wrong.status_code == 401


@pytest.mark.one_database("sqlite")
def test_commands_list_make_and_withdraw_tokens_and_token_prints_one_of_full_scope(
    pages: Pages, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    full = line.said("token", "water").strip()
    made = line.said("tokens", "add", "water", "大屏", "--scope", "trail", "--scope", "read", "--days", "7").strip()
    lines = [each.split("\t") for each in line.said("tokens", "list", "water").splitlines()]
    assert [each[1:3] for each in lines] == [["大屏", "read trail"], ["", "full"]]
    assert [bool(each[4]) for each in lines] == [True, False]
    assert call(pages, made, "/households").status_code == 403
    assert call(pages, full, "/households").status_code == 200
    line.refusal("tokens", "add", "water", "大屏", "--scope", "all")
    line.refusal("tokens", "add", "water", "大屏")
    line.refusal("tokens", "withdraw", "town", lines[0][0])
    assert line.said("tokens", "withdraw", "water", lines[0][0]) == ""
    line.refusal("tokens", "withdraw", "water", lines[0][0])
    assert call(pages, made, "/tickets").status_code == 401
    assert call(pages, full, "/tickets").status_code == 200
    with pages.county.read() as session:
        assert session.scalars(select(User).where(User.name == "water")).one().password_hash is not None
