"""Rates: what costs is bounded by person and by address, on the county's clock, and nobody is held up by others."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from settings import settings
from tests.support.http_clients import PASSWORD, Api, Visitor
from tests.support.pages import token
from web.api.operations import OPERATIONS
from web.rates import AN_ADDRESS, BY_ENDPOINT, Rate, kind_of

pytestmark = pytest.mark.one_database("sqlite")
FEW = {kind: Rate(2, 10) for kind in ("sign_in", "search", "exports", "papers", "verify")}
#: What sends bytes as they are kept, at the cost of a page.
KEPT = {"pages.download", "pages.thumbnail", "pages.figure_file", "pages.brought_file", "api.get_figure_file"}


def test_every_route_that_makes_a_file_is_bounded(api: Api) -> None:
    makes = ("send_file(", "paper_files.", "handed_over(", "form_files.sent")
    rules = {rule.endpoint: rule.rule for rule in api.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    rules |= dict.fromkeys(BY_ENDPOINT, "")
    files = {f"api.{each.id}" for each in OPERATIONS if each.files}
    for endpoint, view in api.app.view_functions.items():
        source = inspect.getsource(inspect.unwrap(view)) if endpoint.startswith("pages.") else ""
        if any(call in source for call in makes):
            files.add(endpoint)
    loose = {each for each in files - KEPT if each in rules and not kind_of(each, rules[each], {"kind": "pdf"})}
    assert len(files) > 15
    assert loose == set()


def test_a_person_is_bounded_by_kind_and_nobody_else_is(api: Api, visit: Callable[..., Visitor]) -> None:
    api.app.config["RATES"] = FEW
    office, town = visit("office", "10.0.0.1"), visit("town", "10.0.0.2")
    for _ in range(2):
        assert office.get("/tickets.xlsx", buffered=True).status_code == 200
    refused = office.get("/register.xlsx", buffered=True)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert "请于600秒后重试" in refused.text
    # The same person's programs count with them; other kinds and other people do not.
    for path, kind in (("/tickets?q=water", "search"), ("/tickets", "")):
        statuses = [api.call("office", "GET", path).status_code for _ in range(3)]
        assert statuses == [200, 200, 429 if kind else 200], path
    program = api.call("office", "GET", "/tickets?q=water")
    assert (program.json["code"], program.headers["Retry-After"]) == ("asked_too_often", "600")
    assert town.get("/tickets.xlsx", buffered=True).status_code == 200
    api.now += timedelta(minutes=9, seconds=50)
    assert office.get("/tickets.xlsx", buffered=True).headers["Retry-After"] == "10"
    api.now += timedelta(seconds=10)
    assert office.get("/tickets.xlsx", buffered=True).status_code == 200


def test_a_refused_form_keeps_what_was_typed(api: Api, visit: Callable[..., Visitor]) -> None:
    api.app.config["RATES"] = FEW
    inspector = visit("inspectorate")
    form = {"ground": "other", "note": "年度检查需要的清单", "kind": "csv"}
    statuses = []
    for _ in range(3):
        secret = token(inspector.client, "/password")
        answer: Any = inspector.client.post(
            "/trail/export", data={**form, "csrf_token": secret}, headers={"Origin": "http://localhost"}
        )
        statuses.append(answer.status_code)
    assert (statuses[-1], form["note"] in answer.text, "Retry-After" in answer.headers) == (429, True, True), statuses


def test_a_known_browser_signs_in_while_strangers_of_its_address_are_bounded(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    known = visit("office", "10.0.0.9")
    known.post("/sign-out", page="/password")
    api.app.config["RATES"] = FEW
    stranger = Visitor(api, "10.0.0.9")
    assert [stranger.enter("nobody", PASSWORD).status_code for _ in range(3)] == [422, 422, 429]
    assert known.enter("office").status_code == 302
    # An address as a whole is bounded too, whatever it calls itself.
    statuses = []
    for _ in range(2 * AN_ADDRESS):
        api.app.extensions["rates"].storage.clear("LIMITS:LIMITER/sign_in address 10.0.0.9/global/2/10/minute")
        statuses.append(stranger.enter("nobody", PASSWORD).status_code)
    assert statuses[-1] == 429


def test_the_setting_says_how_often() -> None:
    assert settings().rates == "sign_in=120/1,search=120/1,exports=60/10,papers=200/10,verify=6/60"
    for wrong in ("search", "search=0/1", "search=5", "guesses=5/1", "search=5/x"):
        with pytest.raises(ValueError):
            type(settings())(rates=wrong)
    assert type(settings())(rates="none").rates == "none"
