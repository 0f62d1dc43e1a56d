"""Second factors on pages: after the password, before anything of weight, and set up by those whose role needs one."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models import Robot, User
from tests.support.browser import PASSWORD
from tests.support.pages import Pages, open_pages, token
from web import step_up
from workflow.county import accounts
from workflow.county.access.guessing import TRIES
from workflow.county.sign_ins import totp
from workflow.county.sign_ins.factors import FactorRules

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        opened.app.config["FACTORS"] = FactorRules(frozenset({"admin", "office"}), 15)
        yield opened


def signed_in(pages: Pages, who: str) -> FlaskClient:
    client = pages.app.test_client()
    assert pages.sign_in(client, who).status_code == 302
    return client


def post(client: FlaskClient, path: str, page: str = "/factor", **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, page), **form}, buffered=True)


class Phone:
    """An authenticator app with one secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def at(self, moment: datetime) -> str:
        return totp.code_of(self.secret, totp.step_of(moment))


def set_up(pages: Pages, client: FlaskClient) -> tuple[Phone, list[str]]:
    """The phone and the recovery codes of a person who sets up the factor on the page."""
    assert post(client, "/factor", act="begin", password=PASSWORD).status_code == 302
    key = re.search(r"<code>([A-Z2-7]{32})</code>", client.get("/factor").text)
    assert key is not None
    phone = Phone(key[1])
    done = post(client, "/factor", act="confirm", code=phone.at(pages.now))
    assert done.status_code == 200
    return phone, re.findall(r"<code>([0-9A-Z-]{29})</code>", done.text)


def give(pages: Pages, client: FlaskClient, code: str, follow: str = "/users") -> Any:
    return post(client, f"/second-factor?next={follow}", page=f"/second-factor?next={follow}", code=code)


def test_whose_role_needs_a_factor_sets_it_up_before_anything_else_and_nobody_else_is_asked(pages: Pages) -> None:
    admin, town = signed_in(pages, "admin"), signed_in(pages, "town")
    for path in ("/users", "/robots", "/preferences"):
        led = admin.get(path)
        assert (led.status_code, led.location) == (302, "/factor"), path
    assert admin.get("/api/v1/tickets").status_code == 403
    assert "您的岗位须启用二次验证" in admin.get("/factor").text
    assert town.get("/tickets").status_code == 200
    assert town.get("/tickets.xlsx?ground=work", buffered=True).status_code == 200
    wrong = post(admin, "/factor", act="begin", password="not it")
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (422, True)
    _phone, codes = set_up(pages, admin)
    assert len(codes) == 10
    assert admin.get("/users").status_code == 200
    # Shown once.
    assert codes[0] not in admin.get("/factor").text


def test_the_page_shows_a_code_to_scan_and_the_key_to_type(pages: Pages) -> None:
    admin = signed_in(pages, "admin")
    post(admin, "/factor", act="begin", password=PASSWORD)
    page = admin.get("/factor").text
    assert "<svg" in page
    wrong = post(admin, "/factor", act="confirm", code="000000")
    assert (wrong.status_code, 'id="code-wrong"' in wrong.text, "<svg" in wrong.text) == (422, True, True)


def test_after_the_password_comes_the_code_and_without_it_nothing_opens(pages: Pages) -> None:
    phone, codes = set_up(pages, signed_in(pages, "admin"))
    pages.now += timedelta(minutes=5)
    half = signed_in(pages, "admin")
    for path in ("/users", "/password", "/factor", "/sessions"):
        led = half.get(path)
        assert (led.status_code, led.location) == (302, f"/second-factor?next={path}"), path
    assert half.get("/api/v1/tickets").status_code == 403
    assert half.post("/users", data={"csrf_token": token(half, "/second-factor")}).location.startswith("/second-factor")
    wrong = give(pages, half, "000000")
    assert (wrong.status_code, "口令不正确" in wrong.text) == (422, True)
    code = phone.at(pages.now)
    assert give(pages, half, code, "/robots").location == "/robots"
    assert half.get("/robots").status_code == 200
    # The same code does not open a second browser; a recovery code does, once.
    other = signed_in(pages, "admin")
    assert "已使用过" in give(pages, other, code).text
    assert give(pages, other, codes[0]).status_code == 302
    assert give(pages, signed_in(pages, "admin"), codes[0]).status_code == 422


def test_codes_are_guessed_as_seldom_as_passwords_and_by_account(pages: Pages) -> None:
    phone, codes = set_up(pages, signed_in(pages, "admin"))
    pages.now += timedelta(minutes=5)
    clients = [signed_in(pages, "admin") for _ in range(2)]
    for number in range(TRIES):
        assert give(pages, clients[number % 2], "000000").status_code == 422
    for code in (phone.at(pages.now), codes[0]):
        held = give(pages, clients[0], code)
        assert (held.status_code, "Retry-After" in held.headers) == (429, True)


def test_an_act_of_weight_asks_again_after_a_while_and_loses_nothing_typed(pages: Pages) -> None:
    admin = signed_in(pages, "admin")
    phone, _codes = set_up(pages, admin)
    pages.now += timedelta(minutes=15) - timedelta(seconds=1)
    form = {"name": "wang", "display_name": "王小明", "role": "office"}
    assert post(admin, "/users", "/users", **form | {"name": "first"}).status_code == 302
    pages.now += timedelta(seconds=1)
    asked = post(admin, "/users", "/users", **form)
    assert asked.status_code == 403
    for name, value in form.items():
        assert f'name="{name}" value="{value}"' in asked.text
    with pages.county.read() as session:
        assert session.scalars(select(User).where(User.name == "wang")).one_or_none() is None
    wrong = post(admin, "/users", "/factor", **form, factor_code="000000")
    assert (wrong.status_code, "口令不正确" in wrong.text, "王小明" in wrong.text) == (422, True, True)
    assert post(admin, "/users", "/factor", **form, factor_code=phone.at(pages.now)).status_code == 302
    with pages.county.read() as session:
        assert session.scalars(select(User.display_name).where(User.name == "wang")).one() == "王小明"
    # What is not of weight asks nothing.
    pages.now += timedelta(hours=2)
    assert admin.get("/users").status_code == 200


def test_files_of_an_act_of_weight_are_named_to_be_chosen_again(pages: Pages) -> None:
    office = signed_in(pages, "office")
    set_up(pages, office)
    pages.now += timedelta(hours=1)
    form: dict[str, Any] = {"act": "sign", "file": (io.BytesIO(b"x"), "批示.pdf")}
    asked = post(office, "/papers/1", **form)
    assert (asked.status_code, "批示.pdf" in asked.text, 'type="file"' in asked.text) == (403, True, True)


def test_an_export_asks_and_then_leads_on_to_the_file(pages: Pages) -> None:
    office = signed_in(pages, "office")
    phone, _codes = set_up(pages, office)
    assert office.get("/tickets.xlsx?state=closed&ground=work", buffered=True).status_code == 200
    pages.now += timedelta(minutes=15)
    led = office.get("/tickets.xlsx?state=closed&ground=work")
    assert (led.status_code, led.location) == (302, "/second-factor?next=/tickets.xlsx?state%3Dclosed%26ground%3Dwork")
    done = post(office, led.location, led.location, code=phone.at(pages.now))
    assert done.location == "/tickets.xlsx?state=closed&ground=work"
    assert office.get(done.location, buffered=True).status_code == 200


def test_a_program_with_a_token_is_never_asked(pages: Pages) -> None:
    set_up(pages, signed_in(pages, "office"))
    with pages.county.write() as session:
        issued = accounts.issue_token(session, accounts.find_user(session, "office"), pages.now)
    pages.now += timedelta(days=1)
    client = pages.app.test_client()
    assert client.get("/api/v1/tickets", headers={"Authorization": f"Bearer {issued}"}).status_code == 200


def test_a_lost_phone_is_removed_after_the_inspectorate_agreed(pages: Pages) -> None:
    pages.app.config["FACTORS"] = FactorRules(frozenset({"office"}))
    office = signed_in(pages, "office")
    set_up(pages, office)
    user = pages.county.people["office"].user_id
    assert pages.post("admin", f"/users/{user}/drop-factor").status_code == 409
    assert "申请移除二次验证" in pages.get("admin", "/users?q=office").text
    pages.post("admin", f"/users/{user}/ask-factor")
    act = re.search(r"/resets/\d+/agree", pages.get("inspectorate", "/resets").text)
    assert act is not None
    pages.post("inspectorate", act[0])
    assert pages.post("admin", f"/users/{user}/drop-factor").status_code == 302
    assert office.get("/board").location.startswith("/sign-in")
    assert signed_in(pages, "office").get("/board").location == "/factor"
    trail = pages.get("inspectorate", "/trail").text
    for said in ("启用动态口令", "督查同意重置", "移除二次验证"):
        assert said in trail


def test_the_command_line_removes_a_factor_as_the_page_does(pages: Pages) -> None:
    pages.app.config["FACTORS"] = FactorRules()
    set_up(pages, signed_in(pages, "town"))
    set_up(pages, signed_in(pages, "office"))
    run = pages.app.test_cli_runner()
    done = run.invoke(args=["user", "reset", "town", "--factor"])
    assert (done.exit_code, done.stdout) == (0, "")
    asked = run.invoke(args=["user", "reset", "office", "--factor"])
    assert (asked.exit_code, "已提请督查核准" in asked.stderr) == (1, True)


def test_every_act_of_weight_is_an_act_of_the_pages(pages: Pages) -> None:
    endpoints = {rule.endpoint.removeprefix("pages.") for rule in pages.app.url_map.iter_rules()}
    assert {act.split("/")[0] for act in step_up.WEIGHTY} <= endpoints


def test_who_needs_no_factor_may_remove_it_again(pages: Pages) -> None:
    town = signed_in(pages, "town")
    set_up(pages, town)
    assert post(town, "/factor", act="remove").status_code == 302
    assert signed_in(pages, "town").get("/tickets").status_code == 200
    office = signed_in(pages, "office")
    set_up(pages, office)
    refused = post(office, "/factor", act="remove")
    assert (refused.status_code, "只能更换，不能移除" in refused.text) == (403, True)


def test_the_keys_of_a_bot_are_an_act_of_weight(pages: Pages) -> None:
    admin = signed_in(pages, "admin")
    set_up(pages, admin)
    pages.now += timedelta(hours=1)
    assert post(admin, "/robots", channel="wecom", unit="water", url="https://x.example").status_code == 403
    with pages.county.read() as session:
        assert session.scalars(select(Robot)).all() == []
