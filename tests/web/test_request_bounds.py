"""Request bounds: bodies are bounded by their route, fields are counted before they are parsed, and strangers send no files."""

import ast
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages, token
from tests.support.sources import parsed
from web.request_bounds import MEGABYTES, MOST_FIELDS, MOST_PARAMETERS, TEXT, UPLOADS

pytestmark = pytest.mark.one_database("sqlite")
WEB = Path(__file__).parents[2] / "web" / "pages"
HOME = {"Origin": "http://localhost"}
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path) as opened:
        yield opened


def _names(node: ast.AST) -> set[str]:
    """What a function uses: names, and attributes of names as `module.name`."""
    found = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            found.add(f"{each.value.id}.{each.attr}")
    return found


def _views_that_take_files() -> set[str]:
    """The views of pages that read files, by themselves or through functions of pages, by the source."""
    used: dict[tuple[str, str], set[str]] = {}
    views: set[tuple[str, str]] = set()
    for path in WEB.glob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                used[path.stem, node.name] = _names(node)
                if any(ast.unparse(each).startswith("blueprint.") for each in node.decorator_list):
                    views.add((path.stem, node.name))
    taking = {key for key, names in used.items() if names & {"request.files", "form_files.taken"}}
    while True:
        called = {(module, name) for module, name in taking}
        more = {
            (module, function)
            for (module, function), names in used.items()
            if any((other == module and name in names) or f"{other}.{name}" in names for other, name in called)
        }
        if more <= taking:
            return {f"pages.{function}" for module, function in taking & views}
        taking |= more


def test_every_page_that_takes_files_is_listed_and_no_other() -> None:
    assert _views_that_take_files() == UPLOADS
    assert set(MEGABYTES) <= UPLOADS


def send(pages: Pages, who: str | None, path: str, body: bytes, kind: str, **more: Any) -> Any:
    client = pages.client(who) if who else pages.app.test_client()
    return client.post(path, data=body, content_type=kind, headers={**HOME, **more})


def test_a_form_of_a_million_fields_is_refused_before_it_is_parsed(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client = pages.client("water")
    secret = f"csrf_token={token(client, '/password')}".encode()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    bomb = secret + b"&a" * 900_000
    refused = send(pages, "water", f"/tickets/{number}/comment", bomb, URLENCODED)
    assert (refused.status_code, "条目过多" in refused.text, "返回" in refused.text) == (413, True, True)
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(MOST_FIELDS + 1))
    form = send(pages, "water", f"/tickets/{number}/comment", parts + b"--x--\r\n", "multipart/form-data; boundary=x")
    assert (form.status_code, "条目过多" in form.text) == (413, True)
    assert send(pages, None, "/sign-in", b"a&" * MOST_FIELDS, URLENCODED).status_code == 413
    # As many as an import may ask are no hindrance; the rest of the form is judged as ever.
    many = secret + b"&note=%E5%B7%B2%E6%9F%A5%E7%9C%8B%E6%B0%B4%E7%AE%A1" + b"&a=1" * (MOST_FIELDS - 100)
    assert send(pages, "water", f"/tickets/{number}/comment", many, URLENCODED).status_code == 302


def test_a_body_is_bounded_by_its_route_and_strangers_send_no_files(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    large = b"note=" + b"a" * TEXT
    assert send(pages, "water", f"/tickets/{number}/comment", large, URLENCODED).status_code == 413
    assert send(pages, None, "/sign-in", large, URLENCODED).status_code == 413

    def files(who: str | None, path: str) -> Any:
        client = pages.client(who) if who else pages.app.test_client()
        secret = token(client, "/password" if who else "/sign-in").encode()
        head = b"--x\r\nContent-Disposition: form-data; name="
        field, file = head + b'"csrf_token"\r\n\r\n' + secret, head + b'"file"; filename="a.txt"\r\n\r\n' + large
        body = field + b"\r\n" + file + b"\r\n--x--\r\n"
        return client.post(path, data=body, content_type="multipart/form-data; boundary=x", headers=HOME)

    assert files("water", f"/tickets/{number}/evidence").status_code == 302
    assert files(None, f"/tickets/{number}/evidence").status_code == 413
    assert files("water", "/password").status_code == 413
    assert pages.get("water", "/tickets?" + "q=1&" * MOST_PARAMETERS).status_code == 422


def test_a_program_sends_no_more_than_text_and_nothing_that_is_nested_without_end(api: Api) -> None:
    def post(body: bytes) -> Any:
        headers = {"Authorization": f"Bearer {api.tokens['town']}", "Content-Type": "application/json"}
        return api.client.post("/api/v1/tickets", data=body, headers=headers)

    large = post(json.dumps({"description": "a" * TEXT}).encode())
    assert (large.status_code, large.json["code"], len(large.json["detail"]) > 5) == (413, "http_413", True)
    flat = b'{"household":' + b"[" * 900 + b"]" * 900 + b"}"
    for nested in (b'{"household":' + b"[" * 900_000, flat, b'{"a":' * 300_000):
        refused = post(nested)
        assert (refused.status_code, refused.json["code"] in ("bad_body", "not_text")) == (422, True)
    number = api.file()
    kind = "multipart/form-data; boundary=x"
    assert (
        api.client.post(f"/api/v1/tickets/{number}/evidence", data=b"-" * TEXT + b"-", content_type=kind).status_code
        == 413
    )
