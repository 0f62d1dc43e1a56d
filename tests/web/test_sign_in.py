"""Sign-in: password guessing is slowed down without affecting others; sessions end when they should."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import request
from sqlalchemy import select, update

from models import ApiToken, Guess, RefusedAccess, User
from tests.support.factories import day
from tests.support.http_clients import PASSWORD, Api, Visitor
from web.app import create_app
from web.refusals import address_of
from workflow.county import accounts
from workflow.county.access import guessing
from workflow.county.access.guessing import SPAN, TRIES, TRIES_OF_NAME
from workflow.errors import BadInput, NotAllowed

pytestmark = pytest.mark.one_database("sqlite")

Visit = Callable[..., Visitor]


def test_who_guesses_a_password_is_held_up_even_with_the_right_one_until_the_span_is_over(
    api: Api, visit: Visit
) -> None:
    thief = visit(address="10.0.0.1")
    for number in range(TRIES):
        assert thief.enter("town", f"guess {number}").status_code == 422
    api.now += timedelta(minutes=5)
    held = thief.enter("town")
    assert (held.status_code, held.headers["Retry-After"], "请10分钟后再试" in held.text) == (429, "600", True)
    assert visit(address="10.0.0.2").enter("town").status_code == 302
    api.now = day(0, 10.3)
    assert thief.enter("town").status_code == 302


def test_a_browser_that_has_signed_in_before_is_not_held_up_by_the_guesses_of_others(api: Api, visit: Visit) -> None:
    owner, elsewhere = visit(address="10.0.0.7"), visit(address="10.0.0.8")
    assert owner.enter("town").status_code == 302
    owner.post("/sign-out", page="/tickets")
    for number in range(TRIES_OF_NAME):
        assert visit(address=f"10.1.0.{number}").enter("town", "guess").status_code == 422
    assert visit(address="10.0.0.9").enter("town").status_code == 429
    assert elsewhere.enter("water").status_code == 302
    elsewhere.post("/sign-out", page="/tickets")
    # Of another account the browser knows nothing.
    assert elsewhere.enter("town").status_code == 429
    assert owner.enter("town").status_code == 302
    owner.post("/sign-out", page="/tickets")
    for _ in range(TRIES):
        assert owner.enter("town", "guess").status_code == 422
    assert owner.enter("town").status_code == 429


def test_right_passwords_are_no_guesses(api: Api, visit: Visit) -> None:
    owner = visit()
    for _ in range(TRIES + 1):
        assert owner.enter("town").status_code == 302
        owner.post("/sign-out", page="/tickets")
    with api.county.read() as session:
        assert session.scalars(select(Guess)).all() == []


def test_the_password_asked_again_is_not_guessed_either(api: Api, visit: Visit) -> None:
    thief, owner = visit("town"), visit("water")
    for number in range(TRIES):
        form = {"old": f"guess {number}", "new": "another password"}
        assert thief.post("/password", form, page="/password").status_code == 422
    held = thief.post("/password", {"old": PASSWORD, "new": "another password"}, page="/password")
    assert (held.status_code, held.headers["Retry-After"]) == (429, "900")
    assert owner.post("/password", {"old": PASSWORD, "new": "another password"}, page="/password").status_code == 302


def test_invented_names_from_one_address_hold_up_nobody_else_there(api: Api, visit: Visit) -> None:
    stranger = visit(address="10.0.0.1")
    for number in range(TRIES + 1):
        stranger.enter(f"nobody{number}", "x")
    assert visit(address="10.0.0.1").enter("town").status_code == 302


@pytest.mark.parametrize("bound", [-2, -1])
def test_an_address_or_a_county_that_only_fails_is_held_up_in_the_end(api: Api, visit: Visit, bound: int) -> None:
    full = guessing.of_sign_in("", "10.0.0.1")[bound]
    with api.county.write() as session:
        session.add(Guess(subject=full.subject, since=api.now, tries=full.most, most=full.most))
    assert visit(address="10.0.0.1").enter("town").status_code == 429
    elsewhere = visit(address="10.0.0.2").enter("town").status_code
    assert elsewhere == (302 if bound == -2 else 429)


def test_behind_a_trusted_proxy_the_address_is_the_readers_own(
    api: Api, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from settings import settings
    from web import auth

    monkeypatch.setenv("XIAOHAO_TRUSTED_PROXIES", "1")
    settings.cache_clear()
    known = api.app.extensions["xiaohao"]
    api.app = create_app(DATABASE_URL=known.database_url, FILES=known.files, CLOCK=known.clock, TESTING=True)
    seen: list[str] = []

    def refuse(name: str, password: str, hours: int) -> None:
        seen.append(address_of(request))
        raise BadInput("sign_in_wrong")

    monkeypatch.setattr(auth, "sign_in", refuse)
    visitor = Visitor(api, "10.9.9.9")
    page = visitor.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    visitor.client.post(
        "/sign-in", data={"csrf_token": token[1], "name": "x"}, headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.7"}
    )
    api.app.extensions["xiaohao"].engine.dispose()
    settings.cache_clear()
    assert seen == ["10.0.0.7"]


@pytest.mark.parametrize("target", ["//evil.com", "/%09/evil.com", "/%0a/evil.com", "/%5Cevil.com", "https://evil.com"])
def test_signing_in_leads_nowhere_else(api: Api, visit: Visit, target: str) -> None:
    answer = visit().enter("town", to=f"/sign-in?next={target}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_form_that_has_grown_old_leads_back_to_a_page_of_this_site_only(api: Api, visit: Visit) -> None:
    for referrer, where in (("https://evil.com/x", "/"), ("http://localhost/tickets?q=x", "/tickets?q=x")):
        answer = visit().client.post("/language", data={}, headers={"Referer": referrer})
        assert (answer.status_code, answer.headers["Location"]) == (302, where)


def change(api: Api, name: str, act: str) -> None:
    with api.county.write() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        admin = api.county.people["admin"]
        if act == "password":
            accounts.set_password(session, admin, user, user.password_hash or "", api.now)
        elif act == "tokens":
            accounts.revoke_tokens(session, admin, user, api.now)
        else:
            accounts.set_active(session, admin, user, act == "open", api.now)


def test_a_password_set_by_the_administrator_ends_sessions_and_tokens(api: Api, visit: Visit) -> None:
    town = visit("town")
    change(api, "town", "password")
    assert town.get("/tickets").status_code == 302
    assert api.call("town", "GET", "/tickets").status_code == 401
    assert api.call("water", "GET", "/tickets").status_code == 200


def test_an_account_that_is_opened_again_has_to_sign_in_anew(api: Api, visit: Visit) -> None:
    town = visit("town")
    change(api, "town", "close")
    change(api, "town", "open")
    assert town.get("/tickets").status_code == 302
    assert api.call("town", "GET", "/tickets").status_code == 401
    assert town.enter("town").status_code == 302


def test_ones_own_new_password_leaves_the_session_and_ends_the_programs(api: Api, visit: Visit) -> None:
    town, elsewhere = visit("town"), visit("town")
    form = {"old": PASSWORD, "new": "another password"}
    assert town.post("/password", form, page="/password").status_code == 302
    assert (town.get("/tickets").status_code, elsewhere.get("/tickets").status_code) == (200, 302)
    assert api.call("town", "GET", "/tickets").status_code == 401


def test_tokens_are_withdrawn_from_the_page_and_the_command_line_and_verify(api: Api, visit: Visit) -> None:
    with api.county.read() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
    visit("admin").post(f"/users/{user.id}/tokens", page="/users")
    assert api.call("town", "GET", "/tickets").status_code == 401
    runner = api.app.test_cli_runner()
    assert runner.invoke(args=["token", "water", "--revoke"]).exit_code == 0
    assert api.call("water", "GET", "/tickets").status_code == 401
    with api.county.read() as session:
        assert session.scalars(select(ApiToken).where(ApiToken.revoked_at.is_not(None))).all()
    assert runner.invoke(args=["verify"]).exit_code == 0
    with pytest.raises(NotAllowed), api.county.write() as session:
        accounts.revoke_tokens(session, api.county.people["office"], user, api.now)


def test_the_administrator_does_not_close_itself(api: Api, visit: Visit) -> None:
    with api.county.read() as session:
        user = session.scalars(select(User).where(User.name == "admin")).one()
    admin = visit("admin")
    assert admin.post(f"/users/{user.id}/leave", page="/users").status_code == 403
    assert admin.get("/users").status_code == 200


def test_a_village_cadre_takes_no_post_of_the_town(api: Api, visit: Visit) -> None:
    with api.county.write() as session:
        cadre = session.scalars(select(User).where(User.name == "village")).one()
        gone = session.scalars(select(User).where(User.name == "water")).one()
        session.execute(update(User).where(User.id == gone.id).values(active=False))
        names = (cadre.name, gone.name)
    office = visit("office")
    for name in names:
        for post in ("leader", "duty"):
            given = {"user": name, "kind": post, "from_day": "2018-11-20", "document": "五组任〔2018〕12号"}
            assert office.post("/posts", given, page="/posts").status_code == 422


def test_a_failed_attempt_is_counted_however_long_the_name_is_and_no_longer_than_it_fits(
    api: Api, visit: Visit
) -> None:
    for _ in range(TRIES):
        assert visit(address="f" * 100).enter("n" * 300, "x").status_code == 422
    with api.county.read() as session:
        refused = session.scalars(select(RefusedAccess)).one()
    assert (len(refused.name), len(refused.address), refused.times, refused.kind) == (200, 64, TRIES, "account")
    # Cut as they are kept, the name and the address are known again.
    assert visit(address="f" * 100).enter("n" * 300, "x").status_code == 429


def test_attempts_count_for_a_quarter_of_an_hour_and_a_session_for_its_hours(api: Api, visit: Visit) -> None:
    guest = visit()
    for number in range(TRIES):
        guest.enter("town", f"guess {number}")
    begun = api.now
    api.now = begun + SPAN - timedelta(seconds=1)
    assert guest.enter("town").status_code == 429
    api.now = begun + SPAN
    assert guest.enter("town").status_code == 302
    hours = timedelta(hours=api.app.config["SESSIONS"].hours)
    for at, status in ((hours - timedelta(seconds=1), 200), (hours, 302)):
        api.now = begun + SPAN + at
        assert guest.get("/tickets").status_code == status
