"""Sessions: how long one lasts by role, which device is remembered, and whose list it stands in."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import User, UserSession
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from workflow.county.sign_ins import sessions
from workflow.county.sign_ins.sessions import Opened, SessionRules

RULES = SessionRules(12, {"admin": 8}, {"admin": 30, "town": 240}, 30)
BEGUN = day(1)


def over(role: str, *, after: timedelta, seen: timedelta = timedelta(0), remembered: bool = False) -> bool:
    """Whether a session of this role is over some time after it was opened, last used at `seen`."""
    row = UserSession(created_at=BEGUN, expires_at=BEGUN + RULES.lasts(role, remembered), remembered=remembered)
    row.seen_at = BEGUN + seen
    return RULES.is_over(role, row, BEGUN + after)


@pytest.mark.parametrize(("role", "hours"), [("admin", 8), ("office", 12), ("town", 12)])
def test_a_session_lasts_the_hours_of_its_role_however_much_it_is_used(role: str, hours: int) -> None:
    last = timedelta(hours=hours) - timedelta(seconds=1)
    assert [over(role, after=at, seen=last) for at in (last, timedelta(hours=hours))] == [False, True]


@pytest.mark.parametrize(("role", "minutes"), [("admin", 30), ("town", 240)])
def test_a_session_ends_after_the_minutes_without_use_of_its_role(role: str, minutes: int) -> None:
    seen = timedelta(minutes=7)
    at = seen + timedelta(minutes=minutes)
    assert [over(role, after=when, seen=seen) for when in (at - timedelta(seconds=1), at)] == [False, True]
    # The office has no such limit here.
    assert not over("office", after=at, seen=seen)


def test_a_remembered_phone_lasts_for_days_without_use_and_only_for_roles_that_do_not_rule() -> None:
    for role in ("village", "town", "bureau"):
        late = timedelta(days=30) - timedelta(seconds=1)
        assert [over(role, after=at, remembered=True) for at in (late, timedelta(days=30))] == [False, True], role
    for role in ("office", "leaders", "inspectorate", "admin"):
        assert over(role, after=timedelta(hours=12), remembered=True), role


def test_who_comes_to_rule_keeps_no_remembered_phone_of_before() -> None:
    row = UserSession(created_at=BEGUN, expires_at=BEGUN + timedelta(days=30), remembered=True, seen_at=BEGUN)
    assert [RULES.is_over(role, row, BEGUN + timedelta(hours=13)) for role in ("town", "office")] == [False, True]
    # Nor anybody once the setting is off.
    assert SessionRules(remembered_days=0).is_over("town", row, BEGUN + timedelta(hours=13))


def opened(county: County, who: str, name: str, remembered: bool = False) -> int:
    with county.write() as session:
        user = county.people[who].account_id
        how = Opened("10.0.0.1", "Mozilla/5.0", remembered)
        return sessions.open_session(session, user, name.ljust(64), BEGUN, RULES, how).id


def test_only_who_may_is_remembered_whatever_the_form_says(engine: Engine) -> None:
    county = settle_county(engine, small_scheme())
    for who in ("town", "office"):
        opened(county, who, who, remembered=True)
    with county.read() as session:
        kept = {row.token_hash.strip(): row.remembered for row in session.scalars(select(UserSession))}
    assert kept == {"town": True, "office": False}


def test_one_ends_only_own_sessions_and_only_once(engine: Engine) -> None:
    county = settle_county(engine, small_scheme())
    mine, other, another = opened(county, "town", "a"), opened(county, "town", "b"), opened(county, "office", "c")

    def end(number: int) -> str:
        return refusal(county.engine, lambda session: sessions.end_one(session, county.people["town"], day(2), number))

    assert [end(number) for number in (another, 10**6, other)] == ["NotFound no_such_session"] * 2 + ["done"]
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
        assert sessions.end_others(session, county.people["town"], day(1, 10), user, mine) == 1
        assert sessions.end_others(session, county.people["town"], day(1, 10), user, mine) == 0
        assert [row.id for row in sessions.live(session, user, BEGUN, RULES)] == [mine]
    assert end(other) == "NotFound no_such_session"
