"""Resets: whoever rules, inspects or operates gets a new password only after somebody of the inspectorate has agreed."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import ApiToken, Event, FirstSignIn, FormerPassword, ResetRequest, User, UserSession
from models.people import ROLES
from models.row_changes import happened
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.verify import findings_after_each
from workflow.actors import Actor, system
from workflow.county import accounts
from workflow.county.sign_ins import first_sign_ins, resets
from workflow.county.sign_ins.first_sign_ins import Validity
from workflow.verification.full_check import verify

WATCHED = ("office", "leaders", "inspectorate", "admin")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, small_scheme())
    with made.write() as session:
        for user in session.scalars(select(User)):
            user.password_hash = "hashed"
        happened(session, day(0))
    return made


def person(county: County, name: str) -> User:
    with county.read() as session:
        return session.scalars(select(User).where(User.name == name)).one()


def ask(county: County, name: str, on: float = 1, by: Actor | None = None) -> int:
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        return resets.ask(session, by or county.people["admin"], day(on), user, "password").id


def decide(county: County, number: int, agrees: bool = True, on: float = 2, who: str = "inspectorate") -> None:
    with county.write() as session:
        resets.decide(session, county.people[who], day(on), number, agrees)


def code_for(county: County, name: str, on: float = 3, **given: Any) -> str:
    """The outcome of making a code, which is taken back."""

    def make(session: Any) -> None:
        user = session.scalars(select(User).where(User.name == name)).one()
        first_sign_ins.make(session, given.pop("by", county.people["admin"]), day(on), [user], **given)

    return refusal(county.engine, make)


def one_of(county: County, role: str) -> str:
    with county.read() as session:
        return session.scalars(select(User.name).where(User.role == role).order_by(User.id)).first() or ""


def test_whose_reset_needs_agreement_is_said_by_the_role(county: County) -> None:
    outcomes = {role: code_for(county, one_of(county, role)) for role in ROLES if one_of(county, role)}
    assert outcomes == {role: "Conflict reset_not_agreed" if role in WATCHED else "done" for role in outcomes}
    assert set(WATCHED) < set(outcomes)


def test_agreement_opens_one_reset_for_a_week(county: County) -> None:
    number = ask(county, "office")
    assert code_for(county, "office") == "Conflict reset_not_agreed"
    decide(county, number)
    assert code_for(county, "office", on=7.9) == "done"
    assert code_for(county, "office", on=8) == "Conflict reset_not_agreed"
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == "office")).one()
        first_sign_ins.make(session, county.people["admin"], day(3), [user])
    assert code_for(county, "office") == "Conflict reset_not_agreed"
    assert refusal(county.engine, lambda s: resets.decide(s, county.people["inspectorate"], day(3), number, False)) == (
        "Conflict reset_settled"
    )


def test_only_another_person_of_the_inspectorate_agrees(county: County) -> None:
    number = ask(county, "office")
    for who in county.people:
        outcome = refusal(county.engine, lambda s, w=who: resets.decide(s, county.people[w], day(2), number, True))
        assert outcome == ("done" if who == "inspectorate" else "NotAllowed resets_not_yours"), who
    own = ask(county, "inspectorate")
    outcome = refusal(county.engine, lambda s: resets.decide(s, county.people["inspectorate"], day(2), own, True))
    assert outcome == "NotAllowed reset_own"
    # Without the check the table refuses it.
    inspector = county.people["inspectorate"].account_id
    for column in ("user_id", "asked_by_id"):
        values = {column: inspector, "agreed_at": day(2), "agreed_by_id": inspector}
        with pytest.raises(Exception, match=r"(?i)check"), county.write() as session:
            session.execute(update(ResetRequest).where(ResetRequest.id == number).values(values))


def test_only_the_administrator_asks_and_once_while_it_is_open(county: County) -> None:
    office = person(county, "office")
    for who in county.people:
        outcome = refusal(county.engine, lambda s, w=who: resets.ask(s, county.people[w], day(1), office, "password"))
        assert outcome == ("done" if who == "admin" else "NotAllowed only_the_administrator"), who
    ask(county, "office")
    outcomes = [
        refusal(
            county.engine, lambda s, on=on: resets.ask(s, county.people["admin"], day(on), s.merge(office), "password")
        )
        for on in (7.9, 8)
    ]
    assert outcomes == ["Conflict reset_asked", "done"]


def test_a_refused_request_opens_nothing_and_may_be_asked_again(county: County) -> None:
    decide(county, ask(county, "office"), agrees=False)
    assert code_for(county, "office") == "Conflict reset_not_agreed"
    number = ask(county, "office", on=3)
    decide(county, number, on=3)
    # Whoever agreed may think better of it while nothing was carried out.
    decide(county, number, agrees=False, on=3)
    assert code_for(county, "office") == "Conflict reset_not_agreed"


def test_a_reset_ends_password_sessions_and_tokens_at_once_and_its_code_lasts_as_set(county: County) -> None:
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
        session.add(UserSession(user_id=user.id, token_hash="x" * 64, created_at=day(0), expires_at=day(90)))
        accounts.issue_token(session, user, day(0))
        (slip,) = first_sign_ins.make(session, county.people["admin"], day(1), [user], Validity())
        assert (slip.reset, slip.until) == (True, day(4))
    with county.read() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
        assert user.password_hash is None
        assert session.scalars(select(UserSession.ended_at)).all() == [day(1)]
        revoked = session.scalars(select(ApiToken.revoked_at).where(ApiToken.user_id == user.id))
        assert set(revoked) == {day(1)}
        # The password that was reset is not chosen again.
        assert session.scalars(select(FormerPassword.password_hash)).all() == ["hashed"]
        assert user not in first_sign_ins.without_password(session, system())
    assert refusal(county.engine, lambda s: first_sign_ins.use(s, day(4), slip.code, "new")) == (
        "BadInput first_code code"
    )
    # Another code is again a reset, though there is no password now.
    with county.write() as session:
        (slip,) = first_sign_ins.make(session, system(), day(5), [session.merge(user)])
        assert slip.reset
        first_sign_ins.use(session, day(5), slip.code, "new")


def test_the_command_line_resets_in_an_emergency_with_a_reason_that_is_told(county: County) -> None:
    reason = "督查唯一账号遗失口令，县委督查室来函要求重置"
    assert code_for(county, "inspectorate", emergency=reason) == "Conflict reset_not_agreed"
    assert code_for(county, "inspectorate", by=system(), emergency="急") == "BadInput says_nothing emergency"
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == "inspectorate")).one()
        first_sign_ins.make(session, system(), day(3), [user], emergency=reason)
    with county.read() as session:
        told = session.scalars(select(Event.action).where(Event.subject_type == "user").order_by(Event.id.desc()))
        assert "reset_in_emergency" in told.all()


def test_a_code_is_tied_to_the_agreement_by_the_database(county: County, tmp_path: Path) -> None:
    agreed, other = ask(county, "office"), ask(county, "leaders")
    decide(county, agreed)
    decide(county, other)
    with county.write() as session:
        users = {user.name: user for user in session.scalars(select(User))}
        first_sign_ins.make(session, county.people["admin"], day(3), [users["office"], users["town"]])
        first_sign_ins.make(
            session, system(), day(3), [users["inspectorate"]], emergency="督查唯一账号遗失口令，来函要求重置"
        )
    with county.read() as session:
        codes = {row.user_id: row for row in session.scalars(select(FirstSignIn))}
        held = {users[name].id: name for name in ("office", "town", "inspectorate")}
        assert {held[key]: (row.reset_of, row.agreement, row.request_id) for key, row in codes.items()} == {
            "office": ("office", "agreed", agreed),
            "town": ("town", "not_needed", None),
            "inspectorate": ("inspectorate", "emergency", None),
        }
        assert verify(session, tmp_path) == []
    leaders = users["leaders"].id
    leaders = users["leaders"].id
    by = {"asked_by_id": users["admin"].id, "agreed_by_id": users["inspectorate"].id}
    times = {"asked_at": day(1), "agreed_at": day(2), "used_at": day(3), "expires_at": day(9)}
    with county.write() as session:
        session.execute(insert(ResetRequest).values(id=80, user_id=leaders, what="factor", **by, **times))
    code: dict[str, Any] = {"user_id": leaders, "code_hash": "f" * 64, "expires_at": day(9), "reset_of": "leaders"}
    for refused in (
        # Of nobody's agreement, of another's, of a request that was not carried out, of another moment.
        {"made_at": day(3)},
        {"made_at": day(3), "agreement": "agreed"},
        {"made_at": day(3), "agreement": "agreed", "request_id": agreed},
        {"made_at": day(3), "agreement": "agreed", "request_id": other},
        {"made_at": day(4), "agreement": "agreed", "request_id": agreed, "user_id": users["office"].id},
        {"made_at": day(3), "agreement": "not_needed", "request_id": agreed},
        # Of a request for the second factor, which was carried out at that moment.
        {"made_at": day(3), "agreement": "agreed", "request_id": 80},
        {"made_at": day(3), "agreement": "agreed", "request_id": 80, "request_what": "factor"},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(insert(FirstSignIn).values({**code, **refused}))
    # As a first code, or an emergency that nobody declared, it is in no event.
    first: dict[str, Any] = {"reset_of": None}
    emergency: dict[str, Any] = {"agreement": "emergency"}
    for number, slipped in enumerate((first, emergency)):
        values: dict[str, Any] = {**code, "made_at": day(3), "id": 90 + number, **slipped}
        with county.write() as session:
            session.execute(insert(FirstSignIn).values(values))
            found = {(each.code, each.subject) for each in verify(session, tmp_path)}
            session.rollback()
        expected = {"row_unrecorded"} | ({"code_without_agreement"} if slipped is emergency else set())
        assert {code for code, subject in found if subject == f"first_sign_in {90 + number}"} == expected


def test_verify_sees_a_request_that_nobody_made_agreed_to_or_used(county: County, tmp_path: Path) -> None:
    decide(county, ask(county, "office"))
    ask(county, "leaders")
    with county.read() as session:
        assert [found for found in verify(session, tmp_path) if "reset" in found.subject] == []
    inspector = county.people["inspectorate"].user_id
    agreed = "agreed_at = asked_at, agreed_by_id"
    found = findings_after_each(
        county.engine,
        tmp_path,
        {
            "agreed": [f"UPDATE reset_request SET {agreed} = {inspector} WHERE agreed_at IS NULL"],
            "used": ["UPDATE reset_request SET used_at = agreed_at WHERE agreed_at IS NOT NULL"],
            "gone": ["DELETE FROM reset_request WHERE agreed_at IS NULL"],
        },
    )
    assert found == {"agreed": {"row_differs"}, "used": {"row_differs"}, "gone": {"row_missing"}}
