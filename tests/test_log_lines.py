"""Log lines: each is one JSON object that names its request or its job; no line and no pattern of a route names a person."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import Engine

import log_lines
from pacing import calm
from tests.support.factories import settle_county
from tests.support.http_clients import Api
from web.request_log import HEADER

pytestmark = pytest.mark.one_database("sqlite")

Lines = Callable[[], list[dict[str, Any]]]


@contextmanager
def logged(form: Literal["json", "text"]) -> Iterator[io.StringIO]:
    """What is logged meanwhile; afterwards the process logs as before."""
    root, quiet, said = logging.getLogger(), logging.getLogger(log_lines.REQUESTS), io.StringIO()
    before, levels = list(root.handlers), (root.level, quiet.level)
    log_lines.begin(form, said)
    try:
        yield said
    finally:
        root.handlers[:] = before
        root.setLevel(levels[0])
        quiet.setLevel(levels[1])


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What has been logged so far."""
    with logged("json") as said:
        yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_county(engine), database_url, tmp_path / "files")


def requests(lines: Lines) -> list[dict[str, Any]]:
    return [line for line in lines() if line["logger"] == log_lines.REQUESTS]


def test_an_answered_request_is_one_line_with_its_account_and_the_pattern_of_its_route(api: Api, lines: Lines) -> None:
    answer = api.call("village", "GET", "/households/A1?q=欧阳秋菊")
    (line,) = requests(lines)
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["route"] == "/api/v1/households/<code>"
    assert line["account"] == api.county.people["village"].user_id
    assert line["request"] == answer.headers[HEADER]
    assert "欧阳" not in json.dumps(line, ensure_ascii=False)
    assert "A1" not in json.dumps(line)
    logging.getLogger("xiaohao.web").info("between two requests")
    assert "request" not in lines()[-1]


def test_a_request_without_an_account_names_none(api: Api, lines: Lines) -> None:
    assert api.client.get("/sign-in").status_code == 200
    assert [line["account"] for line in requests(lines)] == [None]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("0af7651916cd43dd8448eb211c80319c", True), ("a-proxys-own_number", True), ("short", False), ("x" * 65, False)],
)
def test_a_proxys_number_of_a_request_is_kept_and_any_other_text_is_not(api: Api, given: str, kept: bool) -> None:
    answer = api.client.get("/sign-in", headers={HEADER: given})
    assert (answer.headers[HEADER] == given) == kept
    assert len(answer.headers[HEADER]) >= 8


def test_what_is_logged_in_a_request_bears_its_number_and_a_server_error_tells_it(
    api: Api, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setitem(api.app.view_functions, "pages.sign_in", fails)
    monkeypatch.setitem(api.app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = api.client.get("/sign-in")
    assert answer.status_code == 500
    number = answer.headers[HEADER]
    assert f"本次请求编号：{number}。" in answer.get_data(as_text=True)
    fault = next(line for line in lines() if line["event"] == "unexpected")
    assert (fault["level"], fault["request"]) == ("error", number)
    assert "RuntimeError: a fault" in fault["exception"]


def test_what_watches_the_machine_is_not_among_the_lines(api: Api, lines: Lines) -> None:
    api.client.get("/healthz")
    assert requests(lines) == []


def test_a_line_of_a_job_names_the_job_and_the_next_line_does_not(lines: Lines) -> None:
    log = logging.getLogger("xiaohao.worker")

    def seal_blocks() -> None:
        log.info("sealed")

    calm(seal_blocks)()
    log.info("idle")
    assert [(line["event"], line.get("job")) for line in lines()] == [("sealed", "seal_blocks"), ("idle", None)]


def test_at_a_terminal_ordinary_requests_are_not_shown(api: Api) -> None:
    with logged("text") as said:
        api.client.get("/sign-in")
        logging.getLogger("xiaohao.worker").warning("late")
    assert "late" in said.getvalue()
    assert "sign-in" not in said.getvalue()
