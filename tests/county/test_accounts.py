"""Accounts, tokens and group bots: what the administrator may enter, and what ends with what.

One county is settled for a test and every line is tried on it; nothing of a line stays.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import ApiToken, Event, Robot, User, UserSession
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from workflow.actors import Actor, system
from workflow.adoption import scheme_storing
from workflow.county import accounts, outgoing_addresses
from workflow.county.accounts import NewUser
from workflow.county.outgoing_addresses import BotAddress
from workflow.county.vault import Vault

pytestmark = pytest.mark.one_database("sqlite")

VAULT = Vault("a key for tests")
HOOK = "https://hooks.example/x"
ROLES = ("village", "town", "water", "office", "leaders", "inspectorate", "admin")
ONLY = {"done": {"admin"}, "NotAllowed only_the_administrator": set(ROLES) - {"admin"}}

Does = Callable[[Session, Actor], Any]


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def tried(county: County, who: str, does: Does) -> str:
    return refusal(county.engine, lambda session: does(session, county.people[who]))


def allowed(county: County, does: Does) -> dict[str, set[str]]:
    """Who gets which outcome."""
    outcomes: dict[str, set[str]] = {}
    for who in ROLES:
        outcomes.setdefault(tried(county, who, does), set()).add(who)
    return outcomes


def person(session: Session, county: County, name: str) -> User:
    return session.get_one(User, county.people[name].user_id)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "done"),
        ({"name": " li "}, "done"),
        ({"name": ""}, "BadInput bad_user_name name"),
        ({"name": "  "}, "BadInput bad_user_name name"),
        ({"name": "li hua"}, "BadInput bad_user_name name"),
        ({"name": "l" * 64}, "done"),
        ({"name": "l" * 65}, "BadInput bad_user_name name"),
        ({"name": "li\x00"}, "BadInput not_text name"),
        ({"display_name": "李\x00"}, "BadInput not_text name"),
        ({"display_name": "李" * 200}, "done"),
        ({"display_name": "李" * 201}, "BadInput too_long display_name"),
        ({"name": "water"}, "Duplicate user_exists name"),
        ({"role": "king"}, "BadInput unknown_role role"),
        ({"role": "town"}, "BadInput role_not_in_unit unit"),
        ({"role": "admin", "unit": None}, "done"),
        ({"role": "office", "unit": None}, "done"),
        ({"role": "leaders", "unit": None}, "done"),
        ({"role": "bureau", "unit": None}, "BadInput unit_needed unit"),
        ({"role": "inspectorate", "unit": None}, "BadInput unit_needed unit"),
        ({"unit": "nobody"}, "BadInput unit_unknown unit"),
        ({"role": "village", "unit": "town-a"}, "BadInput village_for_village_role village"),
        ({"role": "town", "unit": "town-a", "village": "town-a-v1"}, "BadInput village_for_village_role village"),
        ({"role": "village", "unit": "town-a", "village": "town-a-v1"}, "done"),
        ({"role": "village", "unit": None, "village": "town-a-v1村"}, "done"),
        ({"role": "village", "unit": "town-b", "village": "town-a-v1"}, "BadInput village_unknown village"),
        ({"role": "village", "unit": None, "village": "nowhere"}, "BadInput village_unknown village"),
        ({"role": "village", "unit": "water", "village": None}, "BadInput role_not_in_unit unit"),
    ],
    ids=str,
)
def test_an_account_is_of_a_role_that_its_unit_has(county: County, given: dict[str, Any], said: str) -> None:
    asked = {"name": "li", "role": "bureau", "unit": "water"} | given
    assert (
        tried(county, "admin", lambda session, who: accounts.create_user(session, who, START, NewUser(**asked))) == said
    )


def test_the_name_of_a_village_that_two_towns_have_needs_the_town(county: County) -> None:
    with county.write() as session:
        scheme_storing.add_village(
            session, county.people["admin"], town="town-b", code="other", name="town-a-v1村", now=START
        )

    def create(unit: str | None) -> str:
        given: dict[str, Any] = {"name": "li", "role": "village", "unit": unit, "village": "town-a-v1村"}
        return tried(county, "admin", lambda session, who: accounts.create_user(session, who, START, NewUser(**given)))

    assert create(None) == "BadInput village_ambiguous village"
    assert create("town-b") == "done"


def test_only_the_administrator_keeps_accounts_and_bots(county: County) -> None:
    def on_power(act: Callable[..., Any], *given: Any) -> Does:
        return lambda session, actor: act(session, actor, person(session, county, "power"), *given)

    for does in (
        lambda session, actor: accounts.create_user(session, actor, START, NewUser(name="li", role="office")),
        on_power(accounts.revoke_tokens, START),
        on_power(accounts.set_active, False, START),
        lambda session, actor: outgoing_addresses.set_robot(
            session, actor, START, "water", "wecom", BotAddress(HOOK, ""), VAULT
        ),
    ):
        assert allowed(county, does) == ONLY
    mine = lambda session, actor: accounts.set_active(session, actor, person(session, county, "admin"), False, START)  # noqa: E731
    assert tried(county, "admin", mine) == "NotAllowed not_oneself"
    again = lambda session, actor: accounts.set_active(session, actor, person(session, county, "admin"), True, START)  # noqa: E731
    assert tried(county, "admin", again) == "done"


def test_a_closed_account_is_not_found_by_its_name(county: County) -> None:
    with county.write() as session:
        accounts.set_active(session, system(), person(session, county, "water"), False, START)
    with county.read() as session:
        for name, said in (
            ("power", "done"),
            ("water", "BadInput user_unknown name"),
            ("x", "BadInput user_unknown name"),
        ):
            assert refusal(county.engine, lambda s, n=name: accounts.find_user(s, n)) == said
        assert accounts.find_user(session, " power ").name == "power"


def signed_in(session: Session, user: User, token: str) -> None:
    session.add(UserSession(user_id=user.id, token_hash=token.ljust(64), created_at=START, expires_at=day(90)))


def ends(county: County) -> dict[str, Any]:
    """Of every session and token of the county, when it ended."""
    with county.read() as session:
        ended: dict[str, Any] = {row.token_hash.strip(): row.ended_at for row in session.scalars(select(UserSession))}
        return ended | {row.token_hash.strip(): row.revoked_at for row in session.scalars(select(ApiToken))}


def test_a_new_password_ends_sessions_and_tokens_but_the_owners_first_one_no_token(county: County) -> None:
    with county.write() as session:
        for name in ("water", "power"):
            user = person(session, county, name)
            for number in (1, 2):
                signed_in(session, user, f"{name} {number}")
            session.add(ApiToken(user_id=user.id, token_hash=f"{name} token".ljust(64), created_at=START))
        accounts.set_password(
            session, county.people["water"], person(session, county, "water"), "x", day(1), keep="water 1".ljust(64)
        )
    others = dict.fromkeys(("power 1", "power 2", "power token"))
    assert ends(county) == others | {"water 1": None, "water 2": day(1), "water token": None}
    with county.write() as session:
        accounts.set_password(session, county.people["admin"], person(session, county, "water"), "y", day(2))
        assert accounts.revoke_tokens(session, system(), person(session, county, "water"), day(3)) == 0
    assert ends(county) == others | {"water 1": day(2), "water 2": day(1), "water token": day(2)}
    with county.write() as session:
        accounts.set_active(session, county.people["admin"], person(session, county, "power"), False, day(4))
    assert set(ends(county).values()) == {day(1), day(2), day(4)}
    with county.read() as session:
        said = session.execute(select(Event.action, Event.subject_id).where(Event.subject_type == "user"))
        names = {county.people[name].user_id: name for name in ("water", "power")}
        named = [(action, names[subject]) for action, subject in said if subject in names]
    assert named == [
        ("password_set", "water"),
        ("password_set", "water"),
        ("tokens_revoked", "water"),
        ("user_closed", "power"),
        ("tokens_revoked", "power"),
    ]


def test_a_unit_has_one_bot_a_channel_and_an_ended_one_ends_once(county: County) -> None:
    def robot(unit: str = "water", channel: str = "wecom", url: str = HOOK, secret: str = "") -> str:
        return tried(
            county,
            "admin",
            lambda session, who: outgoing_addresses.set_robot(
                session, who, START, unit, channel, BotAddress(url, secret), VAULT
            ),
        )

    assert robot() == "done"
    assert robot("nobody") == "BadInput unit_unknown unit"
    assert robot(channel="pigeon") == "BadInput unknown_channel channel"
    assert robot(url="x" * 500) == "done"
    assert robot(url="x" * 501) == "BadInput too_long url"
    assert robot(secret="x" * 200) == "done"
    assert robot(secret="x" * 201) == "BadInput too_long secret"
    with county.write() as session:
        made = [
            outgoing_addresses.set_robot(
                session, county.people["admin"], at, unit, channel, BotAddress(HOOK, ""), VAULT
            ).id
            for unit, channel, at in (
                ("water", "wecom", day(0)),
                ("water", "dingtalk", day(1)),
                ("power", "wecom", day(1)),
                ("water", "wecom", day(2)),
            )
        ]
        ended = [session.get_one(Robot, number).ended_at for number in made]
    assert ended == [day(2), None, None, None]
    end = lambda number: lambda session, actor: outgoing_addresses.end_robot(session, actor, number, day(3))  # noqa: E731
    assert allowed(county, end(made[3])) == ONLY
    assert tried(county, "admin", end(made[0])) == "NotFound no_such_robot"
    assert tried(county, "admin", end(99)) == "NotFound no_such_robot"


def test_a_village_is_added_once(county: County) -> None:
    def add(town: str = "town-a", code: str = "new", name: str = "新村") -> str:
        return tried(
            county,
            "admin",
            lambda session, who: scheme_storing.add_village(session, who, town=town, code=code, name=name, now=START),
        )

    assert add() == "done"
    assert add(code="town-a-v1") == "Duplicate village_exists name"
    assert add(name="town-a-v1村") == "Duplicate village_exists name"
    assert add(town="town-b", name="town-a-v1村") == "done"
    assert add(town="water") == "BadInput unit_unknown town"
    assert add(name="新塘村委会" * 40) == "done"
    assert add(name="村" * 201) == "BadInput too_long name"
    assert add(code="v" * 64) == "done"
    assert add(code="v" * 65) == "BadInput too_long code"
    with county.write() as session:
        numbered = scheme_storing.add_village(session, county.people["admin"], town="town-a", name="新村", now=START)
    # The town has two villages.
    assert numbered.code == "town-a-v03"
