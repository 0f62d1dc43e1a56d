"""Work apps: WeCom and DingTalk, against a server that answers as their published interfaces do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine, select

from models import SignOn, UserSession
from tests.support.pages import Pages, open_pages
from web import cli
from web.sign_on.work_apps import DingTalk, WeCom
from workflow.county.sign_ins import sign_ons
from workflow.county.sign_ins.sign_ons import Identity

pytestmark = pytest.mark.one_database("sqlite")
WXWORK = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86.0 wxwork/4.1.10 MicroMessenger/7.0.1"
SUBJECTS = {"wecom": "wecom:ww1", "dingtalk": "dingtalk:ding1"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path, httpserver: HTTPServer) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        address = httpserver.url_for("").rstrip("/")
        opened.app.config.update(
            SIGN_ONS=("wecom", "dingtalk"),
            SITE="http://localhost",
            WECOM=WeCom("ww1", "1000002", "secret", address),
            DINGTALK=DingTalk("ding1", "secret", address),
        )
        with opened.county.write() as session:
            for way, issuer in SUBJECTS.items():
                person = opened.county.people["town"]
                values = {"way": way, "issuer": issuer, "subject": "zhang", "bound_at": opened.now}
                session.add(SignOn(user_id=person.account_id, **values))
        opened.app.extensions.pop("xiaohao.wecom", None)
        yield opened


def begun(client: FlaskClient, way: str, **headers: str) -> tuple[str, dict[str, str]]:
    """Where a start leads, and what is asked there."""
    led = client.get(f"/sign-on/{way}?next=/tickets", headers=headers)
    assert led.status_code == 302
    asked = {name: value[0] for name, value in parse_qs(urlsplit(led.location).query).items()}
    assert asked["redirect_uri"] == f"http://localhost/sign-on/{way}/callback"
    return str(led.location), asked


def back(pages: Pages, way: str, code: str = "code1") -> Any:
    client = pages.app.test_client()
    _address, asked = begun(client, way)
    name = "authCode" if way == "dingtalk" else "code"
    return client.get(f"/sign-on/{way}/callback?{name}={code}&state={asked['state']}")


def wecom_token(httpserver: HTTPServer, token: str = "t1", lasts: int = 7200) -> None:
    asked = {"corpid": "ww1", "corpsecret": "secret"}
    answer = {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": lasts}
    httpserver.expect_oneshot_request("/cgi-bin/gettoken", query_string=asked).respond_with_json(answer)


def wecom_member(httpserver: HTTPServer, answer: Any, token: str = "t1", code: str = "code1") -> None:
    asked = {"access_token": token, "code": code}
    httpserver.expect_oneshot_request("/cgi-bin/auth/getuserinfo", query_string=asked).respond_with_json(answer)


def test_a_member_signs_in_from_wecom_and_the_token_is_kept(pages: Pages, httpserver: HTTPServer) -> None:
    member = {"errcode": 0, "errmsg": "ok", "userid": "zhang", "user_ticket": "x", "expires_in": 7200}
    wecom_token(httpserver)
    wecom_member(httpserver, member)
    assert back(pages, "wecom").location == "/tickets"
    # A second person: no second token; and one whose token has expired meanwhile gets another, once.
    wecom_member(httpserver, member, code="code2")
    assert back(pages, "wecom", "code2").location == "/tickets"
    wecom_member(httpserver, {"errcode": 42001, "errmsg": "access_token expired"}, code="code3")
    wecom_token(httpserver, "t2")
    wecom_member(httpserver, member, "t2", "code3")
    assert back(pages, "wecom", "code3").location == "/tickets"
    httpserver.check()
    with pages.county.read() as session:
        assert session.scalars(select(UserSession.way).where(UserSession.way == "wecom")).all() == ["wecom"] * 3


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, 422, "未能确认"),
        ({"errcode": 0, "errmsg": "ok", "openid": "o1", "external_userid": "w1"}, 422, "未能确认"),
        ({"errcode": 0, "errmsg": "ok", "userid": "li"}, 422, "尚未绑定"),
        ({"errcode": 0, "errmsg": "ok", "userid": ""}, 422, "未能确认"),
        ({"errcode": -1, "errmsg": "system busy"}, 422, "未能确认"),
        (["zhang"], 422, "未能确认"),
    ],
)
def test_what_wecom_refuses_or_says_of_a_stranger_signs_nobody_in(
    pages: Pages, httpserver: HTTPServer, answer: Any, status: int, said: str
) -> None:
    wecom_token(httpserver)
    wecom_member(httpserver, answer)
    refused = back(pages, "wecom")
    assert (refused.status_code, said in refused.text) == (status, True)


def test_a_token_that_wecom_does_not_give_or_that_stays_stale_is_a_sentence(
    pages: Pages, httpserver: HTTPServer
) -> None:
    refused = {"errcode": 40001, "errmsg": "invalid credential"}
    httpserver.expect_oneshot_request("/cgi-bin/gettoken").respond_with_json(refused)
    assert back(pages, "wecom").status_code == 422
    httpserver.expect_request("/cgi-bin/gettoken").respond_with_json(
        {"errcode": 0, "errmsg": "ok", "access_token": "t1", "expires_in": 7200}
    )
    httpserver.expect_request("/cgi-bin/auth/getuserinfo").respond_with_json({"errcode": 40014, "errmsg": "invalid"})
    assert back(pages, "wecom").status_code == 422
    pages.app.config["WECOM"] = WeCom("ww1", "1000002", "secret", "http://127.0.0.1:9")
    down = back(pages, "wecom")
    assert (down.status_code, "无法连接" in down.text) == (409, True)


def test_inside_the_app_wecom_asks_nothing_and_elsewhere_shows_a_code_to_scan(pages: Pages) -> None:
    inside, asked = begun(pages.app.test_client(), "wecom", **{"User-Agent": WXWORK})
    assert inside.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert inside.endswith("#wechat_redirect")
    assert (asked["appid"], asked["agentid"], asked["scope"]) == ("ww1", "1000002", "snsapi_base")
    outside, asked = begun(pages.app.test_client(), "wecom")
    assert outside.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")
    assert (asked["login_type"], asked["appid"], asked["agentid"]) == ("CorpApp", "ww1", "1000002")


def dingtalk(httpserver: HTTPServer, answer: Any, status: int = 200) -> None:
    asked = {"clientId": "ding1", "clientSecret": "secret", "code": "code1", "grantType": "authorization_code"}
    given = httpserver.expect_request("/v1.0/oauth2/userAccessToken", method="POST", json=asked)
    given.respond_with_json(answer, status=status)


def test_a_person_signs_in_from_dingtalk(pages: Pages, httpserver: HTTPServer) -> None:
    address, asked = begun(pages.app.test_client(), "dingtalk")
    assert address.startswith("https://login.dingtalk.com/oauth2/auth?")
    assert (asked["client_id"], asked["scope"], asked["prompt"]) == ("ding1", "openid", "consent")
    dingtalk(httpserver, {"accessToken": "t1", "refreshToken": "r1", "expireIn": 7200, "corpId": "c1"})
    me = httpserver.expect_request("/v1.0/contact/users/me", headers={"x-acs-dingtalk-access-token": "t1"})
    me.respond_with_json({"nick": "张三", "unionId": "zhang", "openId": "o1", "mobile": "138", "stateCode": "86"})
    assert back(pages, "dingtalk").location == "/tickets"
    # Another person of the organisation is known there, not here.
    me.respond_with_json({"nick": "town", "unionId": "li", "openId": "o2"})
    assert "尚未绑定" in back(pages, "dingtalk").text


@pytest.mark.parametrize(
    ("answer", "status", "shown"),
    [
        ({"code": "invalidParameter.authCode.notFound", "message": "不存在的authCode", "requestid": "x"}, 400, 422),
        ({"code": "Forbidden.AccessDenied", "message": "no", "requestid": "x"}, 403, 422),
        ({"code": "ServiceUnavailable", "message": "busy"}, 503, 409),
        ({"accessToken": None}, 200, 422),
    ],
)
def test_what_dingtalk_refuses_is_a_sentence(
    pages: Pages, httpserver: HTTPServer, answer: Any, status: int, shown: int
) -> None:
    dingtalk(httpserver, answer, status)
    assert back(pages, "dingtalk").status_code == shown


def test_a_code_of_one_app_is_no_answer_to_another_and_only_the_state_of_this_browser_counts(
    pages: Pages, httpserver: HTTPServer
) -> None:
    client = pages.app.test_client()
    _address, asked = begun(client, "wecom")
    mixed = client.get(f"/sign-on/dingtalk/callback?authCode=code1&state={asked['state']}")
    assert (mixed.status_code, "不是在此浏览器中发起" in mixed.text) == (422, True)
    assert pages.app.test_client().get("/sign-on/wecom/callback?code=c&state=").status_code == 422
    assert httpserver.log == []
    # The same number under another way is somebody else.
    with pages.county.read() as session, pytest.raises(Exception, match="sign_on_unbound"):
        sign_ons.holder(session, pages.now, Identity("oidc", SUBJECTS["wecom"], "zhang"))


def test_the_command_line_makes_links_and_lists_and_ends_bindings(pages: Pages) -> None:
    def run(*words: str) -> Any:
        return pages.app.test_cli_runner().invoke(args=["sign-on", *words])

    made = run("link", "water", "wecom")
    assert (made.exit_code, made.stdout.startswith("http://localhost/sign-on/link/")) == (0, True)
    # The account has a password, so its owner signs in first.
    page = pages.app.test_client().get(urlsplit(made.stdout.strip()).path)
    assert (page.status_code, "/sign-in?next=" in page.text) == (403, True)
    assert [line.split("\t")[0] for line in run("list", "town").stdout.splitlines()] == ["wecom", "dingtalk"]
    assert run("end", "town", "wecom").exit_code == 0
    assert [line.split("\t")[0] for line in run("list", "town").stdout.splitlines()] == ["dingtalk"]
    for refused in (("link", "water", "oidc"), ("link", "nobody", "wecom"), ("end", "town", "wecom")):
        assert (run(*refused).exit_code, len(run(*refused).stderr.splitlines())) == (1, 1), refused


def test_commands_of_libraries_are_not_listed(pages: Pages) -> None:
    def app() -> Any:
        cli.register(pages.app)
        return pages.app

    listed = CliRunner().invoke(FlaskGroup(create_app=app), ["--help"]).output
    assert "sign-on" in listed
    assert not [name for name in cli.FOREIGN if name in listed]
