"""Second factors: a code is good once and for its half minute, recovery codes once, and a lost factor is removed by two."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Event, FactorUse, RecoveryCode, SecondFactor, User, UserSession
from settings import DEVELOPMENT_SECRET
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.sinks import VAULT
from tests.support.verify import findings_after_each
from workflow.actors import system
from workflow.county import vault
from workflow.county.sign_ins import factors, resets, totp
from workflow.county.sign_ins.factors import PROPOSED_FOR, FactorRules
from workflow.county.sign_ins.recovery_codes import RECOVERY_CODES
from workflow.county.vault import Vault
from workflow.verification.full_check import verify

BEGUN = day(1)
STEP = timedelta(seconds=30)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def at(secret: str, moment: datetime) -> str:
    return totp.code_of(secret, totp.step_of(moment))


def enrolled(county: County, who: str = "town") -> tuple[str, list[str]]:
    """The secret and the recovery codes of a person who has just set up a factor."""
    with county.write() as session:
        secret = factors.propose(session, county.people[who], BEGUN, VAULT)
        return secret, factors.confirm(session, county.people[who], BEGUN, at(secret, BEGUN), VAULT)


def given(county: County, code: str, moment: datetime, who: str = "town") -> str:
    """The outcome of giving a code, which stays if it was right."""
    try:
        with county.write() as session:
            factors.give(session, county.people[who], moment, code, VAULT)
    except Exception as error:
        return getattr(error, "code", repr(error))
    return "done"


def test_a_factor_is_in_use_once_a_code_of_it_came_back_and_not_too_late(county: County) -> None:
    me = county.people["town"]
    with county.write() as session:
        secret = factors.propose(session, me, BEGUN, VAULT)
        assert secret not in session.scalars(select(SecondFactor.secret_sealed)).one()
        assert factors.in_use(session, me.account_id) is None
        assert factors.proposed(session, me.account_id, BEGUN, VAULT) == secret

    def confirm(code: str, moment: datetime) -> str:
        return refusal(county.engine, lambda session: factors.confirm(session, me, moment, code, VAULT))

    wrong = f"{(int(at(secret, BEGUN)) + 1) % 10**6:06d}"
    late = BEGUN + PROPOSED_FOR
    assert [confirm(wrong, BEGUN), confirm(at(secret, late), late)] == [
        "BadInput factor_wrong code",
        "NotFound no_factor_proposed",
    ]
    assert confirm(at(secret, BEGUN), BEGUN) == "done"


def test_a_code_is_good_a_half_minute_on_either_side_and_once(county: County) -> None:
    secret, _codes = enrolled(county)
    now = BEGUN + timedelta(hours=1)
    assert given(county, at(secret, now - 2 * STEP), now) == "factor_wrong"
    assert given(county, at(secret, now + 2 * STEP), now) == "factor_wrong"
    code = at(secret, now)
    # As a phone writes it, with a space, or in full-width digits.
    assert given(county, f"{code[:3]} {code[3:]}", now) == "done"
    assert given(county, code, now + STEP) == "factor_used"
    assert (
        given(county, at(secret, now + STEP).translate(str.maketrans("0123456789", "０１２３４５６７８９")), now)
        == "done"
    )
    for odd in ("", "abc", "１２", "٠١٢٣٤٥", "0" * 300):
        assert given(county, odd, now) == "factor_wrong", odd


def test_no_code_is_used_twice_by_the_database(county: County) -> None:
    enrolled(county)
    with pytest.raises(IntegrityError), county.write() as session:
        row = session.scalars(select(FactorUse)).one()
        session.execute(insert(FactorUse).values(factor_id=row.factor_id, step=row.step, used_at=BEGUN))
    with county.write() as session:
        factors.forget_uses(session, BEGUN + timedelta(minutes=9))
        assert len(session.scalars(select(FactorUse)).all()) == 1
        factors.forget_uses(session, BEGUN + timedelta(minutes=10))
        assert session.scalars(select(FactorUse)).all() == []


def test_a_recovery_code_stands_in_once_and_new_ones_end_those_of_before(county: County) -> None:
    _secret, codes = enrolled(county)
    assert len(set(codes)) == RECOVERY_CODES
    # 112 bits or more of base 32, so that a plain digest keeps them.
    assert {len(code.replace("-", "")) * 5 >= 112 for code in codes} == {True}
    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert [given(county, typed, day(2)), given(county, codes[0], day(2))] == ["done", "factor_wrong"]
    with county.write() as session:
        renewed = factors.renew_codes(session, county.people["town"], day(2))
        kept = "".join(session.scalars(select(RecoveryCode.code_hash)))
    assert codes[1].replace("-", "") not in kept
    assert [given(county, codes[1], day(3)), given(county, renewed[1], day(3))] == ["factor_wrong", "done"]
    # Another's codes are not mine.
    _other, others = enrolled(county, "water")
    assert given(county, others[0], day(3)) == "factor_wrong"


def test_another_phone_takes_the_place_of_the_first_only_with_its_own_code(county: County) -> None:
    first, codes = enrolled(county)
    now = day(2)
    with county.write() as session:
        second = factors.propose(session, county.people["town"], now, VAULT)
    assert given(county, at(first, now), now) == "done"
    with county.write() as session:
        factors.confirm(session, county.people["town"], now, at(second, now), VAULT)
    later = now + timedelta(minutes=5)
    assert [given(county, at(first, later), later), given(county, at(second, later), later)] == ["factor_wrong", "done"]
    assert given(county, codes[0], later) == "factor_wrong"


def remove(county: County, by: Any, whose: str, rules: FactorRules | None = None, **more: str) -> str:
    def work(session: Session) -> None:
        user = session.scalars(select(User).where(User.name == whose)).one()
        factors.remove(session, by, day(3), user, rules or FactorRules(), **more)

    return refusal(county.engine, work)


def test_a_lost_factor_is_removed_by_the_administrator_and_of_rulers_after_the_inspectorate_agreed(
    county: County,
) -> None:
    people = county.people
    for who in ("town", "office"):
        enrolled(county, who)
    assert remove(county, people["water"], "town") == "NotAllowed only_the_administrator"
    assert remove(county, people["admin"], "water") == "NotFound no_factor"
    assert remove(county, people["admin"], "town") == "done"
    assert remove(county, people["admin"], "office") == "Conflict reset_not_agreed"
    with county.write() as session:
        office = session.scalars(select(User).where(User.name == "office")).one()
        # The agreement to another reset does not count.
        for what in ("password", "factor"):
            asked = resets.ask(session, people["admin"], day(2), office, what)
            assert remove_within(session, people["admin"], office) == "reset_not_agreed"
            resets.decide(session, people["inspectorate"], day(2), asked.id, True)
        session.add(UserSession(user_id=office.id, token_hash="x" * 64, created_at=day(1), expires_at=day(90)))
        factors.remove(session, people["admin"], day(3), office, FactorRules())
        assert session.scalars(select(UserSession.ended_at).where(UserSession.user_id == office.id)).one() == day(3)
        assert factors.in_use(session, office.id) is None
    reason = "督查唯一账号手机损坏，县委督查室来函要求移除"
    assert remove(county, system(), "town", emergency=reason) == "done"


def remove_within(session: Session, by: Any, user: User) -> str:
    with pytest.raises(Exception) as refused, session.begin_nested():
        factors.remove(session, by, day(3), user, FactorRules())
    return str(getattr(refused.value, "code", refused.value))


def test_ones_own_factor_is_removed_only_where_none_is_required(county: County) -> None:
    enrolled(county)
    me = county.people["town"]
    assert remove(county, me, "town", FactorRules(frozenset({"town"}))) == "NotAllowed factor_required"
    assert remove(county, me, "town", FactorRules(frozenset({"office"}))) == "done"


def test_what_becomes_of_a_factor_is_told_and_the_secret_goes_with_the_key(county: County, tmp_path: Path) -> None:
    secret, codes = enrolled(county)
    given(county, codes[0], day(2))
    newer = Vault("another key of a county, long enough," + DEVELOPMENT_SECRET)
    with county.write() as session:
        assert vault.rotate(session, system(), newer, day(3)) >= 1
    with county.read() as session:
        told = session.scalars(select(Event.action).where(Event.subject_type == "user").order_by(Event.id)).all()
        assert [one for one in told if "factor" in one or "recovery" in one] == [
            *("factor_proposed", "factor_enrolled", "recovery_code_used")
        ]
        row = session.scalars(select(SecondFactor)).one()
        assert Vault("another key of a county, long enough").open(row.secret_sealed) == secret
        assert verify(session, tmp_path) == []


def test_verify_sees_a_factor_or_recovery_code_that_no_act_changed(county: County, tmp_path: Path) -> None:
    enrolled(county)
    found = findings_after_each(
        county.engine,
        tmp_path,
        {
            "another secret": ["UPDATE second_factor SET secret_sealed = 'x'"],
            "ended": ["UPDATE second_factor SET ended_at = made_at"],
            "unused again": ["UPDATE recovery_code SET used_at = made_at"],
            "slipped in": [
                "INSERT INTO recovery_code (user_id, code_hash, made_at) SELECT user_id, 'x', made_at FROM second_factor"
            ],
        },
    )
    assert found == {
        **{key: {"row_differs"} for key in ("another secret", "ended", "unused again")},
        "slipped in": {"row_unrecorded"},
    }
