"""First sign-ins: a code on paper is good once, for 14 days, and sets the password of its owner alone."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from models import Event, FirstSignIn, User
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.verify import findings_after_each
from workflow.actors import system
from workflow.county.sign_ins import first_sign_ins
from workflow.county.sign_ins.first_sign_ins import Slip
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def slips(county: County, *names: str, on: int = 1) -> list[Slip]:
    with county.write() as session:
        users = session.scalars(select(User).where(User.name.in_(names)).order_by(User.name)).all()
        return first_sign_ins.make(session, system(), day(on), users)


def used(county: County, code: str, on: int = 2) -> str:
    return refusal(county.engine, lambda session: first_sign_ins.use(session, day(on), code, "hashed"))


def test_a_code_has_a_hundred_bits_and_is_stored_as_its_hash_alone(county: County) -> None:
    (one, other) = slips(county, "town", "water")
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", one.code)
    assert one.code != other.code
    with county.read() as session:
        kept = session.execute(text("SELECT * FROM first_sign_in")).all()
    assert one.code.replace("-", "") not in repr(kept)
    assert one.code not in repr(kept)


def test_a_code_sets_the_owners_password_once(county: County) -> None:
    (slip,) = slips(county, "water")
    with county.write() as session:
        # As typed from paper: small letters, spaces, O for 0 and l for 1.
        typed = slip.code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
        assert first_sign_ins.use(session, day(2), typed, "hashed").name == "water"
    with county.read() as session:
        assert session.scalars(select(User.password_hash).where(User.name == "water")).one() == "hashed"
        last = session.scalars(select(Event).where(Event.subject_type == "user").order_by(Event.id.desc())).first()
        assert last is not None
        assert (last.action, last.actor_id) == ("first_sign_in_used", None)
    assert used(county, slip.code) == "BadInput first_code code"


@pytest.mark.parametrize("code", ["", "x", "AAAAA-AAAAA-AAAAA-AAAAA"])
def test_what_is_no_code_opens_nothing(county: County, code: str) -> None:
    slips(county, "water")
    assert used(county, code) == "BadInput first_code code"


def test_a_code_made_again_ends_the_one_before_and_none_outlives_fourteen_days(county: County) -> None:
    (old,) = slips(county, "water")
    (new,) = slips(county, "water", on=2)
    assert used(county, old.code) == "BadInput first_code code"
    assert used(county, new.code, on=16) == "BadInput first_code code"
    with county.write() as session:
        assert first_sign_ins.use(session, day(15), new.code, "hashed").name == "water"


def test_a_closed_account_gets_no_code_and_its_code_opens_nothing(county: County) -> None:
    (slip,) = slips(county, "water")
    with county.write() as session:
        session.scalars(select(User).where(User.name == "water")).one().active = False
    assert used(county, slip.code) == "BadInput first_code code"
    with pytest.raises(Exception, match="account_closed"):
        slips(county, "water")


def test_only_the_administrator_makes_codes(county: County) -> None:
    for who, actor in county.people.items():
        outcome = refusal(county.engine, lambda session, a=actor: first_sign_ins.make(session, a, day(1), []))
        assert outcome == ("done" if who == "admin" else "NotAllowed only_the_administrator"), who


def test_one_code_of_an_account_is_open_by_the_database(county: County) -> None:
    slips(county, "water")
    with pytest.raises(Exception, match=r"(?i)unique"), county.write() as session:
        row = session.scalars(select(FirstSignIn)).one()
        values = {"user_id": row.user_id, "made_at": row.made_at, "expires_at": row.expires_at}
        session.add(FirstSignIn(code_hash="0" * 64, **values))


def test_verify_sees_a_code_that_no_event_made_used_or_ended(county: County, tmp_path: Path) -> None:
    slips(county, "town", "water")
    (again,) = slips(county, "water", on=2)
    with county.write() as session:
        first_sign_ins.use(session, day(3), again.code, "hashed")
    with county.read() as session:
        assert [finding for finding in verify(session, tmp_path) if "first" in finding.subject] == []
    found = findings_after_each(
        county.engine,
        tmp_path,
        {
            "opened again": ["UPDATE first_sign_in SET used_at = NULL WHERE used_at IS NOT NULL"],
            "another's": ["UPDATE first_sign_in SET user_id = 1 WHERE used_at IS NOT NULL"],
            "gone": ["DELETE FROM first_sign_in WHERE ended_at IS NOT NULL"],
            "not ended": ["UPDATE first_sign_in SET ended_at = NULL WHERE ended_at IS NOT NULL"],
            "made by hand": [
                "INSERT INTO first_sign_in (user_id, code_hash, made_at, expires_at) "
                "SELECT 1, 'x', made_at, expires_at FROM first_sign_in WHERE ended_at IS NOT NULL"
            ],
        },
    )
    assert found == {
        **{key: {"row_differs"} for key in ("opened again", "another's", "not ended")},
        "gone": {"row_missing"},
        "made by hand": {"row_unrecorded"},
    }
