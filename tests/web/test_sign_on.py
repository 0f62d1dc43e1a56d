"""One sign-on: accounts bound by the administrator's link alone, against a real OpenID Connect provider in this process."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread
from sqlalchemy import Engine, select
from webauthn.helpers import bytes_to_base64url

from models import Base, Event, SignOn, SignOnLink, User, UserSession
from tests.support.browser import PASSWORD
from tests.support.factories import day
from tests.support.pages import Pages, open_pages, token
from web.sign_on import oidc
from web.sign_on.oidc import Provider
from workflow.county import accounts
from workflow.county.sign_ins.factors import FactorRules
from workflow.verification.full_check import verify

pytestmark = [
    pytest.mark.one_database("sqlite"),
    # Of the provider itself, which runs in this process.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
#: When the provider says that it took two factors: three minutes before the pages are opened.
TAKEN = int((day(0) - timedelta(minutes=3)).timestamp())
PEOPLE = (
    Person(sub="two-factors", claims={"amr": ["pwd", "otp"], "auth_time": TAKEN}),
    # Without a time of its own the provider states the present, which lies years ahead of the clock of the pages.
    Person(sub="ahead", claims={"amr": ["otp"]}),
    Person(
        sub="one-factor", claims={"amr": ["pwd"], "auth_time": TAKEN, "name": "town", "email": "town@county.example"}
    ),
    Person(sub="", claims={}),
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with run_server_in_thread(user_claims=PEOPLE, require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path, issuer: str) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        provider = Provider(issuer, "xiaohao", "secret", "县统一认证", frozenset({"otp"}))
        opened.app.config.update(SIGN_ONS=("oidc",), OIDC=provider, SITE="http://localhost")
        yield opened


def to_provider(client: FlaskClient, path: str = "/sign-on/oidc?next=/tickets") -> str:
    """The address at the provider to which a start leads."""
    led = client.get(path)
    assert led.status_code == 302, led.text
    return str(led.location)


def at_provider(address: str, who: str) -> str:
    """The way back after somebody has signed in at the provider."""
    answer = httpx.post(address, data={"sub": who})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"].removeprefix("http://localhost")


def sign_on(client: FlaskClient, who: str, path: str = "/sign-on/oidc?next=/tickets") -> Any:
    return client.get(at_provider(to_provider(client, path), who))


def link(pages: Pages, who: str) -> str:
    """The path of a fresh link of the administrator for an account."""
    user = pages.county.people[who].user_id
    page = pages.post("admin", f"/users/{user}/sign-on", link="oidc")
    found = re.search(r"<code>http://localhost(/sign-on/link/[^<]+)</code>", page.text)
    assert found is not None, page.text
    return found[1]


def agree(client: FlaskClient, path: str) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/sign-in") if not signed_in(client) else mine(client)})


def signed_in(client: FlaskClient) -> bool:
    return bool(client.get("/sign-in").status_code == 302)


def mine(client: FlaskClient) -> str:
    return token(client, "/password")


def bound(pages: Pages, who: str, subject: str) -> FlaskClient:
    """The browser of somebody who has signed in with the password and bound the account."""
    client = pages.app.test_client()
    pages.sign_in(client, who)
    assert agree(client, link(pages, who)).status_code == 200
    assert sign_on(client, subject, "/sign-on/oidc?bind=1").location == "/sessions"
    return client


def without_password(pages: Pages, who: str) -> None:
    with pages.county.write() as session:
        user = accounts.find_user(session, who)
        user.password_hash = user.password_set_at = None


def test_an_account_is_bound_by_a_link_of_the_administrator_and_from_then_on_signs_in_through_the_provider(
    pages: Pages, tmp_path: Path
) -> None:
    owner = bound(pages, "town", "zhang")
    assert "县统一认证" in owner.get("/sessions").text
    fresh = pages.app.test_client()
    assert "县统一认证登录" in fresh.get("/sign-in?next=/tickets").text
    assert sign_on(fresh, "zhang").location == "/tickets"
    assert fresh.get("/tickets").status_code == 200
    assert "通过县统一认证登录" in fresh.get("/sessions").text
    # Local sign-in stays.
    assert pages.sign_in(pages.app.test_client(), "town").status_code == 302
    trail = pages.get("inspectorate", "/trail").text
    for said in ("制作统一登录绑定链接", "绑定其他登录方式", "统一身份认证"):
        assert said in trail
    with pages.county.read() as session:
        ways = session.scalars(select(UserSession.way).order_by(UserSession.id)).all()
        assert (ways.count("oidc"), set(ways)) == (1, {"oidc", "password"})
        told = session.scalars(select(Event.given).where(Event.action == "signed_in")).all()
        assert {"way": "oidc"} in told
        (row,) = session.scalars(select(SignOn))
        assert (row.subject, row.used_at, row.issuer) == ("zhang", pages.now, pages.app.config["OIDC"].issuer)
        assert verify(session, tmp_path / "files") == []


def test_tokens_of_the_provider_are_neither_kept_nor_sent_on(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bound(pages, "town", "zhang")
    registered = pages.app.extensions["xiaohao.oidc"][pages.app.config["OIDC"]][0]
    asked, tokens = registered.fetch_access_token, list[str]()

    def fetch(*args: Any, **kwargs: Any) -> Any:
        answer = asked(*args, **kwargs)
        tokens.extend(value for name, value in answer.items() if name.endswith("_token"))
        return answer

    monkeypatch.setattr(registered, "fetch_access_token", fetch)
    fresh = pages.app.test_client()
    sent = [sign_on(fresh, "zhang"), fresh.get("/sessions"), client.get("/sessions")]
    assert len(tokens) > 1
    cookie = fresh.get_cookie(pages.app.config["SESSION_COOKIE_NAME"])
    serializer = SecureCookieSessionInterface().get_signing_serializer(pages.app)
    assert cookie is not None
    assert serializer is not None
    held = [f"{answer.headers} {answer.text}" for answer in sent] + [str(serializer.loads(cookie.value))]
    with pages.county.read() as session:
        held += [str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert not [token for token in tokens for text in held if token in text]


def test_neither_name_nor_mail_address_signs_anybody_in(pages: Pages) -> None:
    client = pages.app.test_client()
    refused = sign_on(client, "one-factor")
    assert (refused.status_code, "尚未绑定" in refused.text) == (422, True)
    assert client.get("/tickets").location.startswith("/sign-in")


def test_the_redirect_asks_for_a_code_with_pkce_nonce_and_state_for_this_site(pages: Pages) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(to_provider(pages.app.test_client())).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid")
    assert asked["redirect_uri"] == "http://localhost/sign-on/oidc/callback"
    assert all(len(asked[name]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked["max_age"] == "900"


def test_an_answer_counts_in_the_browser_that_asked_once_and_within_minutes(pages: Pages) -> None:
    bound(pages, "town", "zhang")
    victim, attacker = pages.app.test_client(), pages.app.test_client()
    # An answer meant for the attacker's browser (login CSRF), without a start here and after one.
    answer = at_provider(to_provider(attacker), "zhang")
    assert "不是在此浏览器中发起" in victim.get(answer).text
    to_provider(victim)
    assert "不是在此浏览器中发起" in victim.get(answer).text
    assert attacker.get(answer).status_code == 302
    assert "不是在此浏览器中发起" in sign_out(attacker).get(answer).text
    # Replayed with the cookie of before: the provider takes a code once.
    before = pages.app.test_client()
    address = to_provider(before)
    kept = before.get_cookie("xiaohao")
    assert kept is not None
    answer = at_provider(address, "zhang")
    assert before.get(answer).status_code == 302
    before.set_cookie("xiaohao", kept.value)
    assert "未能确认您的身份" in before.get(answer).text
    # A start of before, another way, another provider, no code, an error of the provider.
    twice = pages.app.test_client()
    older, newer = to_provider(twice), to_provider(twice)
    assert twice.get(at_provider(older, "zhang")).status_code == 422
    assert twice.get(at_provider(newer, "zhang")).status_code == 422
    for change in ("&iss=https://other.example", "&error=access_denied", "&code=x"):
        client = pages.app.test_client()
        state = parse_qs(urlsplit(to_provider(client)).query)["state"][0]
        refused = client.get(f"/sign-on/oidc/callback?state={state}{change}")
        assert (refused.status_code, "未能确认您的身份" in refused.text) == (422, True), change
    late = pages.app.test_client()
    address = to_provider(late)
    pages.now += timedelta(minutes=10, seconds=1)
    assert late.get(at_provider(address, "zhang")).status_code == 422


def sign_out(client: FlaskClient) -> FlaskClient:
    client.post("/sign-out", data={"csrf_token": mine(client)})
    return client


def test_nobody_is_led_to_another_site_afterwards(pages: Pages) -> None:
    bound(pages, "town", "zhang")
    for following in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"):
        client = pages.app.test_client()
        start = client.get("/sign-on/oidc", query_string={"next": following})
        assert client.get(at_provider(start.location, "zhang")).location == "/"
        assert client.get("/sign-on/oidc", query_string={"next": following}).location == "/"


def test_a_link_is_good_once_for_its_owner_only_and_never_by_an_address_alone(pages: Pages) -> None:
    mallory = pages.app.test_client()
    pages.sign_in(mallory, "water")
    path = link(pages, "town")
    # Another signed-in person; nobody signed in, for an account with a password.
    for client, said in ((mallory, "不是给您当前登录的账号"), (pages.app.test_client(), "请先登录")):
        assert said in client.get(path).text
        assert said in agree(client, path).text
        refused = client.get("/sign-on/oidc?bind=1")
        assert refused.status_code in (302, 422)
        assert not refused.location or not refused.location.startswith("http")
    owner = pages.app.test_client()
    pages.sign_in(owner, "town")
    # To open the page binds nothing, nor does the address that a foreign page could cause.
    assert owner.get(path).status_code == 200
    assert owner.get("/sign-on/oidc?bind=1").location == "/sessions"
    assert "不是在此浏览器中发起" in owner.get("/sessions").text
    assert agree(owner, path).status_code == 200
    address = to_provider(owner, "/sign-on/oidc?bind=1")
    # Meanwhile somebody else signs in at this browser.
    sign_out(owner)
    pages.sign_in(owner, "water")
    assert owner.get(at_provider(address, "wang")).status_code == 302
    with pages.county.read() as session:
        assert session.scalars(select(SignOn)).all() == []
        assert session.scalars(select(SignOnLink.used_at)).all() == [None]
    pages.sign_in(sign_out(owner), "town")
    agree(owner, path)
    assert sign_on(owner, "zhang", "/sign-on/oidc?bind=1").location == "/sessions"
    assert "链接已失效" in owner.get(path).text
    assert agree(owner, path).status_code == 422
    # Replaced by another, too old.
    older, newer = link(pages, "town"), link(pages, "town")
    assert "链接已失效" in owner.get(older).text
    pages.now += timedelta(hours=72)
    assert "链接已失效" in owner.get(newer).text


def test_of_two_who_agreed_to_one_link_the_second_binds_nothing(pages: Pages) -> None:
    without_password(pages, "town")
    path, first, second = link(pages, "town"), pages.app.test_client(), pages.app.test_client()
    for client in (first, second):
        assert agree(client, path).status_code == 200
    assert sign_on(first, "zhang", "/sign-on/oidc?bind=1").location == "/"
    refused = sign_on(second, "li", "/sign-on/oidc?bind=1")
    assert (refused.status_code, "链接已失效" in refused.text) == (422, True)
    assert first.get("/tickets").status_code == 200
    # Nor may the administrator use another link for an account that is signed in with already.
    assert "请先登录" in agree(pages.app.test_client(), link(pages, "town")).text


def test_who_has_no_password_goes_on_by_having_just_signed_on_and_not_later(pages: Pages) -> None:
    without_password(pages, "town")
    owner = pages.app.test_client()
    agree(owner, link(pages, "town"))
    sign_on(owner, "zhang", "/sign-on/oidc?bind=1")
    pages.app.config["REACHES"] = {"email"}
    asked: dict[str, tuple[str, dict[str, Any], int]] = {
        "/factor": ("/factor", {"act": "begin"}, 302),
        "/tokens": ("/tokens", {"name": "figures", "scope": "read", "days": "30"}, 200),
        "/preferences": ("/preferences/email", {"act": "enter", "value": "town@county.example"}, 302),
    }
    for page, (path, given, status) in asked.items():
        assert "current-password" not in owner.get(page).text, page
        done = owner.post(path, data={"csrf_token": mine(owner), **given})
        assert done.status_code == status, (path, done.text)
    assert "current-password" not in owner.get("/password").text
    pages.now += timedelta(minutes=15)
    for path, given in [
        *((path, given) for path, given, _status in asked.values()),
        ("/password", {"new": "Wide-9-rivers"}),
    ]:
        late = owner.post(path, data={"csrf_token": mine(owner), **given})
        assert (late.status_code, "该账号没有密码" in late.text, "current-password" in late.text) == (
            422,
            True,
            False,
        ), path


def test_a_person_there_is_one_account_here_and_an_account_one_person(pages: Pages) -> None:
    bound(pages, "town", "zhang")
    other = pages.app.test_client()
    pages.sign_in(other, "water")
    agree(other, link(pages, "water"))
    sign_on(other, "zhang", "/sign-on/oidc?bind=1")
    assert "已绑定本系统的另一个账号" in other.get("/sessions").text
    # Bound again to another person: the first no longer signs in.
    bound(pages, "town", "li")
    assert sign_on(pages.app.test_client(), "zhang").status_code == 422
    assert sign_on(pages.app.test_client(), "li").status_code == 302
    with pages.county.read() as session:
        rows = session.execute(select(SignOn.subject, SignOn.ended_at.is_(None)).order_by(SignOn.id)).all()
        assert [tuple(row) for row in rows] == [("zhang", False), ("li", True)]


def test_a_binding_ends_with_the_account_and_by_the_administrator_with_its_sessions(pages: Pages) -> None:
    user = pages.county.people["town"].user_id
    owner = bound(pages, "town", "zhang")
    assert pages.post("water", f"/users/{user}/sign-on", unbind="oidc").status_code == 403
    assert "解除县统一认证绑定" in pages.get("admin", "/users?q=town").text
    assert pages.post("admin", f"/users/{user}/sign-on", unbind="oidc").status_code == 302
    assert owner.get("/tickets").location.startswith("/sign-in")
    assert sign_on(pages.app.test_client(), "zhang").status_code == 422
    bound(pages, "town", "zhang")
    with pages.county.write() as session:
        town, admin = session.get_one(User, user), pages.county.people["admin"]
        accounts.set_active(session, admin, town, False, pages.now)
    assert sign_on(pages.app.test_client(), "zhang").status_code == 422
    with pages.county.write() as session:
        accounts.set_active(session, admin, session.get_one(User, user), True, pages.now)
    # Enabled again, it has nothing of before; the person there may be another by now.
    assert sign_on(pages.app.test_client(), "zhang").status_code == 422


def test_the_second_factor_is_the_own_one_unless_the_provider_states_one_that_counts_and_when(pages: Pages) -> None:
    pages.app.config["FACTORS"] = FactorRules(frozenset({"office"}), 15)
    bound_as = {}
    for subject in ("two-factors", "ahead", "one-factor"):
        pages.app.config["FACTORS"] = FactorRules()
        bound(pages, "office", subject)
        pages.app.config["FACTORS"] = FactorRules(frozenset({"office"}), 15)
        client = pages.app.test_client()
        sign_on(client, subject)
        bound_as[subject] = client, client.get("/board").location
    assert [led for _client, led in bound_as.values()] == [None, "/factor", "/factor"]
    with pages.app.app_context():
        provider, at = pages.app.config["OIDC"], {"auth_time": TAKEN}
        counted = [
            oidc._factor_at(provider, claims) for claims in ({"amr": ["otp"]}, {"acr": "otp"} | at, {"amr": 5} | at)
        ]
    assert [each is not None for each in counted] == [False, True, False]
    client, _ = bound_as["two-factors"]
    assert client.get("/tickets.xlsx", buffered=True).status_code == 200
    # The provider's factor opens pages, and acts of weight as long as one's own would.
    pages.now += timedelta(minutes=12)
    assert client.get("/board").status_code == 200
    assert client.get("/tickets.xlsx").location == "/factor"


def test_a_provider_that_is_down_or_is_another_is_a_sentence(pages: Pages, issuer: str) -> None:
    config = pages.app.config
    for elsewhere, said in (
        ("http://localhost:9", "无法连接"),
        (f"{issuer}/", "未能确认"),
        (f"{issuer}/x", "无法连接"),
    ):
        config["OIDC"] = Provider(elsewhere, "xiaohao", "secret")
        refused = pages.app.test_client().get("/sign-on/oidc")
        assert (refused.status_code in (409, 422), said in refused.text) == (True, True), elsewhere
    # Reached at the start, gone at the answer.
    config["OIDC"] = Provider(issuer, "xiaohao", "secret")
    client = pages.app.test_client()
    answer = at_provider(to_provider(client), "zhang")
    kept = pages.app.extensions["xiaohao.oidc"][config["OIDC"]][0]
    described = dict(kept.server_metadata)
    kept.server_metadata["token_endpoint"] = "http://localhost:9/token"
    gone = client.get(answer)
    assert (gone.status_code, "无法连接" in gone.text) == (409, True)
    kept.server_metadata.update(described)


def test_who_signs_in_by_the_provider_alone_is_reset_as_who_has_a_password(pages: Pages) -> None:
    without_password(pages, "office")
    client = pages.app.test_client()
    agree(client, link(pages, "office"))
    assert sign_on(client, "zhang", "/sign-on/oidc?bind=1").location == "/"
    user = pages.county.people["office"].user_id
    assert pages.post("admin", "/users/slips", user=str(user)).status_code == 409


def test_a_token_that_another_key_signed_or_that_is_for_another_signs_nobody_in(pages: Pages) -> None:
    bound(pages, "town", "zhang")
    config = pages.app.config
    described = pages.app.extensions["xiaohao.oidc"][config["OIDC"]][0].server_metadata
    right = httpx.get(described["jwks_uri"]).json()
    other = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n.to_bytes(256, "big")
    described["jwks"] = {"keys": [right["keys"][0] | {"n": bytes_to_base64url(other)}]}
    assert "未能确认" in sign_on(pages.app.test_client(), "zhang").text
    described["jwks"] = right
    # Algorithms without a key pair are not asked about, whatever the provider offers.
    assert described["id_token_signing_alg_values_supported"] == ["RS256"]
    for claim in ("iss", "aud"):
        # What the provider signs is compared with the settings.
        wrong = Provider(
            **{**asdict(config["OIDC"]), {"iss": "issuer", "aud": "client_id"}[claim]: "https://other.example"}
        )
        client = pages.app.test_client()
        address = to_provider(client)
        kept = pages.app.extensions["xiaohao.oidc"]
        kept[wrong] = kept[config["OIDC"]]
        answer, config["OIDC"], right_one = at_provider(address, "zhang"), wrong, config["OIDC"]
        assert "未能确认" in client.get(answer).text, claim
        config["OIDC"] = right_one
    assert sign_on(pages.app.test_client(), "zhang").status_code == 302


def test_a_way_that_is_not_configured_is_not_there(pages: Pages) -> None:
    client = pages.app.test_client()
    for path in ("/sign-on/wecom", "/sign-on/wecom/callback", "/sign-on/password", "/sign-on/x?bind=1"):
        assert client.get(path).status_code == 404, path
    pages.app.config["SIGN_ONS"] = ()
    assert client.get("/sign-on/oidc").status_code == 404
    assert "sign-on" not in client.get("/sign-in").text
    assert pages.sign_in(client, "town", PASSWORD).status_code == 302
