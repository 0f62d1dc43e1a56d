"""Sign-in: password guessing is slowed down without affecting others; sessions end when they should."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models import ApiToken, SignInFailure, User
from tests.support.factories import day
from tests.support.http_clients import PASSWORD, Api, Visitor
from web.app import create_app
from web.auth import FAILURES, FAILURES_OF_ADDRESS, SPAN
from workflow.county import accounts
from workflow.errors import NotAllowed

pytestmark = pytest.mark.one_database("sqlite")

Visit = Callable[..., Visitor]


def test_who_guesses_a_password_is_held_up_even_with_the_right_one_until_the_span_is_over(
    api: Api, visit: Visit
) -> None:
    thief = visit(address="10.0.0.1")
    for number in range(FAILURES):
        assert thief.enter("town", f"guess {number}").status_code == 422
    assert thief.enter("town").status_code == 422
    assert visit(address="10.0.0.2").enter("town").status_code == 302
    api.now = day(0, 10.3)
    assert thief.enter("town").status_code == 302


def test_invented_names_from_one_address_hold_up_nobody_else_there(api: Api, visit: Visit) -> None:
    stranger = visit(address="10.0.0.1")
    for number in range(FAILURES + 1):
        stranger.enter(f"nobody{number}", "x")
    assert visit(address="10.0.0.1").enter("town").status_code == 302


def test_an_address_that_only_fails_is_held_up_in_the_end(api: Api, visit: Visit) -> None:
    with api.county.write() as session:
        session.add_all(
            SignInFailure(name=f"nobody{n}", address="10.0.0.1", at=api.now) for n in range(FAILURES_OF_ADDRESS)
        )
    assert visit(address="10.0.0.1").enter("town").status_code == 422


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

    def refuse(name: str, password: str, address: str, hours: int) -> str:
        seen.append(address)
        return "wrong"

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


def test_ones_own_new_password_leaves_the_session_and_the_programs(api: Api, visit: Visit) -> None:
    town, elsewhere = visit("town"), visit("town")
    form = {"old": PASSWORD, "new": "another password"}
    assert town.post("/password", form, page="/password").status_code == 302
    assert (town.get("/tickets").status_code, elsewhere.get("/tickets").status_code) == (200, 302)
    assert api.call("town", "GET", "/tickets").status_code == 200


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


def test_a_failed_attempt_is_written_down_however_long_the_name_is_and_no_longer_than_it_fits(
    api: Api, visit: Visit
) -> None:
    assert visit(address="f" * 100).enter("n" * 300, "x").status_code == 422
    with api.county.read() as session:
        failed = session.scalars(select(SignInFailure)).one()
    assert (len(failed.name), len(failed.address)) == (200, 64)
    # Cut as they are kept, the name and the address are known again.
    for _ in range(FAILURES - 1):
        visit(address="f" * 100).enter("n" * 300, "x")
    assert "十五分钟" in visit(address="f" * 100).enter("n" * 300, "x").text


def test_attempts_count_for_a_quarter_of_an_hour_and_a_session_for_its_hours(api: Api, visit: Visit) -> None:
    guest = visit()
    for number in range(FAILURES):
        guest.enter("town", f"guess {number}")
    begun = api.now
    api.now = begun + SPAN - timedelta(seconds=1)
    assert guest.enter("town").status_code == 422
    api.now = begun + SPAN
    assert guest.enter("town").status_code == 302
    hours = timedelta(hours=api.app.config["SESSION_HOURS"])
    for at, status in ((hours - timedelta(seconds=1), 200), (hours, 302)):
        api.now = begun + SPAN + at
        assert guest.get("/tickets").status_code == status
