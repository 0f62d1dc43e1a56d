"""Passkeys: only what the person's own device signed for this site and this challenge counts, once; recovery codes cover them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Event, Passkey, PasskeyChallenge, RecoveryCode, User, UserSession
from tests.support.authenticators import Authenticator
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.sinks import VAULT
from tests.support.verify import findings_after_each
from workflow.actors import Actor, Origin, system
from workflow.county.sign_ins import factors, passkeys, recovery_codes, totp, webauthn_answers
from workflow.county.sign_ins.factors import FactorRules
from workflow.county.sign_ins.passkeys import ANSWERED_WITHIN, MOST, NewPasskey, Site
from workflow.errors import WorkflowError
from workflow.verification.full_check import verify

BEGUN = day(1)
SITE = Site("xiaohao.example", "https://xiaohao.example", "某县销号")
CHALLENGE = b"c" * 32


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def in_browser(county: County, who: str = "town", name: str = "browser") -> Actor:
    """The person in a session of a browser."""
    me = county.people[who]
    with county.write() as session:
        row = UserSession(user_id=me.account_id, token_hash=f"{name} {who}", created_at=day(0), expires_at=day(90))
        session.add(row)
        session.flush()
        return replace(me, origin=Origin("10.0.0.1", row.id))


def add(county: County, me: Actor, device: Authenticator, name: str = "办公电脑") -> list[str]:
    """The recovery codes shown when a person adds a passkey."""
    with county.write() as session:
        challenge = passkeys.challenge(session, me, BEGUN, "add")
    with county.write() as session:
        assert passkeys.take_challenge(session, me, BEGUN, "add") == challenge
    new = webauthn_answers.added(SITE, challenge, device.add(challenge), name)
    with county.write() as session:
        return factors.add_passkey(session, me, BEGUN, new)


def tried(county: County, work: Callable[[Session], Any]) -> str:
    """The outcome of an act, which stays if nothing refused it."""
    try:
        with county.write() as session:
            work(session)
    except WorkflowError as error:
        return error.code
    return "done"


def give(county: County, me: Actor, answer: Callable[[bytes], str], site: Site = SITE) -> str:
    """The outcome of giving a passkey, as the pages do it."""
    try:
        with county.write() as session:
            challenge = passkeys.challenge(session, me, day(2), "give")
        with county.write() as session:
            passkeys.take_challenge(session, me, day(2), "give")
        answered = answer(challenge)
        with county.write() as session:
            held = passkeys.of_credential(session, me.account_id, webauthn_answers.credential_of(answered))
            signed = webauthn_answers.sign_count_of(site, challenge, answered, held)
            factors.give_passkey(session, me, day(2), held.id, signed)
    except WorkflowError as error:
        return error.code
    return "done"


def test_a_passkey_opens_the_session_in_which_it_is_given_and_says_when(county: County, tmp_path: Path) -> None:
    me, device = in_browser(county), Authenticator()
    codes = add(county, me, device)
    assert len(codes) == recovery_codes.RECOVERY_CODES
    # A second one brings no new codes.
    assert add(county, me, Authenticator(credential_id=b"another"), "手机") == []
    again = in_browser(county, name="later")
    assert give(county, again, device.give) == "done"
    with county.write() as session:
        assert again.origin is not None
        assert session.get_one(UserSession, again.origin.session_id).factor_at == day(2)
        first, second = passkeys.in_use(session, me.account_id)
        assert [(first.used_at, first.sign_count), second.used_at] == [(day(2), 1), None]
        factors.give(session, me, day(2), codes[0], VAULT)
        told = session.scalars(select(Event.action).where(Event.subject_type == "user").order_by(Event.id)).all()
        assert [one for one in told if "passkey" in one or "code" in one] == [
            *("passkey_added", "passkey_added", "passkey_given", "recovery_code_used")
        ]
        session.commit()
        assert verify(session, tmp_path) == []


def test_nothing_counts_but_what_the_own_device_signed_for_this_site_and_challenge(county: County) -> None:
    me, other = in_browser(county), in_browser(county, "water")
    device, others = Authenticator(), Authenticator(credential_id=b"of another person")
    add(county, me, device)
    add(county, other, others)
    # A page that looks like ours passes the challenge on; the browser says where it is.
    false = replace(device, origin="https://xiaohao.example.cn", host="xiaohao.example.cn")
    assert give(county, me, false.give) == "passkey_wrong"
    assert give(county, me, replace(device, host="example").give) == "passkey_wrong"
    assert give(county, me, replace(device, origin="http://xiaohao.example").give) == "passkey_wrong"
    # The answer of before, another session's challenge, another purpose's answer.
    recorded = device.give(CHALLENGE)
    assert give(county, me, lambda challenge: recorded) == "passkey_wrong"
    assert give(county, me, device.add) == "passkey_wrong"
    # Another account's, under its own id and under mine; a key that is not the one.
    assert give(county, me, others.give) == "passkey_unknown"
    assert give(county, me, replace(others, credential_id=device.credential_id).give) == "passkey_wrong"
    assert give(county, me, replace(device, flags=0).give) == "passkey_wrong"
    assert give(county, me, device.give) == "done"


ODD = ("", "x", "[]", "{}", "[" * 9000, '{"id": "x"}', '{"id": 5}', "9" * 5000, '{"id": "\\u0000"}', "x" * 30_000)


def test_whatever_is_sent_as_an_answer_is_refused_and_never_an_error_of_ours(county: County) -> None:
    me, device = in_browser(county), Authenticator()
    add(county, me, device)
    good = json.loads(device.give(CHALLENGE))

    def broken() -> Iterator[str]:
        yield from ODD
        odd: tuple[object, ...] = (None, 7, [], {}, "", "AA", "€", "g" * 9000, "mA" * 4000, "gYGBgYGBgYGB")
        for value in odd:
            yield from (json.dumps({**good, name: value}) for name in ("rawId", "type", "response"))
            for name in good["response"]:
                yield json.dumps({**good, "response": {**good["response"], name: value}})

    with county.read() as session:
        (held,) = passkeys.in_use(session, me.account_id)
    made = json.loads(device.add(CHALLENGE))
    for answer in broken():
        with pytest.raises(WorkflowError):
            webauthn_answers.sign_count_of(SITE, CHALLENGE, answer, held)
        with pytest.raises(WorkflowError):
            webauthn_answers.added(SITE, CHALLENGE, answer, "x")
    statements: tuple[object, ...] = ("", "g" * 9000, "mA" * 4000, "gYGBgYGB", "oWNmbXRkbm9uZQ", 7)
    for value in statements:
        answer = json.dumps({**made, "response": {**made["response"], "attestationObject": value}})
        with pytest.raises(WorkflowError):
            webauthn_answers.added(SITE, CHALLENGE, answer, "x")


def test_a_challenge_is_of_one_session_and_purpose_answered_once_and_within_minutes(county: County) -> None:
    me, elsewhere = in_browser(county), in_browser(county, name="elsewhere")

    def take(who: Actor, after: timedelta = timedelta(), purpose: str = "give") -> str:
        try:
            with county.write() as session:
                passkeys.take_challenge(session, who, BEGUN + after, purpose)
        except WorkflowError as error:
            return error.code
        return "done"

    def asked() -> None:
        with county.write() as session:
            passkeys.challenge(session, me, BEGUN, "give")

    asked()
    assert [take(elsewhere), take(me, purpose="add"), take(me), take(me)] == [
        *("passkey_late", "passkey_late", "done", "passkey_late")
    ]
    asked()
    assert take(me, ANSWERED_WITHIN) == "passkey_late"
    asked()
    with county.write() as session:
        passkeys.forget_challenges(session, BEGUN + ANSWERED_WITHIN)
        assert session.scalars(select(PasskeyChallenge)).all() == []
    with_token = refusal(county.engine, lambda s: passkeys.challenge(s, county.people["town"], BEGUN, "give"))
    assert with_token == "NotAllowed passkeys_in_browsers"


def test_a_counter_never_goes_back(county: County) -> None:
    me, device = in_browser(county), Authenticator()
    add(county, me, device)
    copy = replace(device)
    assert [give(county, me, device.give), give(county, me, device.give)] == ["done", "done"]
    assert [give(county, me, copy.give), give(county, me, device.give)] == ["passkey_copied", "done"]
    # Two answers at once with one counter: the row is read again under the lock.
    with county.read() as session:
        (held,) = passkeys.in_use(session, me.account_id)
    twice = refusal(county.engine, lambda s: factors.give_passkey(s, me, day(2), held.id, held.sign_count))
    assert twice == "BadInput passkey_copied passkey"


def test_one_credential_is_of_one_account_by_the_database(county: County) -> None:
    me, other = in_browser(county), in_browser(county, "water")
    device = Authenticator()
    add(county, me, device)
    with pytest.raises(WorkflowError, match="passkey_known"):
        add(county, other, Authenticator())
    with pytest.raises(IntegrityError), county.write() as session:
        (row,) = session.scalars(select(Passkey))
        values = {"user_id": other.account_id, "name": "x", "public_key": "x", "sign_count": 0, "made_at": BEGUN}
        session.execute(insert(Passkey).values(credential_id=row.credential_id, **values))
    with pytest.raises(IntegrityError), county.write() as session:
        session.execute(insert(RecoveryCode).values(code_hash="x", made_at=BEGUN))


def test_a_passkey_has_a_name_and_an_account_not_too_many(county: County) -> None:
    me = in_browser(county)

    def outcome(name: str, number: int = 0) -> str:
        new = NewPasskey(name, f"credential {number}", "key", 0)
        return tried(county, lambda session: factors.add_passkey(session, me, BEGUN, new))

    for name in ("", "  ", "长" * 41, "a\x00b"):
        assert outcome(name) == "passkey_name"
    assert [outcome("钥匙", number) for number in range(MOST + 1)] == [
        *["done"] * MOST,
        "passkeys_enough",
    ]


def test_the_last_factor_of_a_role_that_needs_one_stays_and_codes_end_with_the_last(county: County) -> None:
    me, device = in_browser(county), Authenticator()
    add(county, me, device)
    with county.read() as session:
        (key,) = passkeys.in_use(session, me.account_id)

    def drop(rules: FactorRules, number: int = key.id, who: Actor = me) -> str:
        return tried(county, lambda session: factors.remove_passkey(session, who, day(2), number, rules))

    required = FactorRules(frozenset({"town"}))
    assert drop(required) == "factor_required"
    assert drop(FactorRules(), who=in_browser(county, "water")) == "no_such_passkey"
    with county.write() as session:
        secret = factors.propose(session, me, day(2), VAULT)
        codes = factors.confirm(session, me, day(2), totp.code_of(secret, totp.step_of(day(2))), VAULT)
    # Beside a phone the passkey goes, and beside a passkey the phone; the codes stay.
    assert drop(required) == "done"
    assert drop(required) == "no_such_passkey"
    add(county, me, Authenticator(credential_id=b"second"))
    with county.write() as session:
        user = session.get_one(User, me.account_id)
        factors.remove(session, me, day(2), user, required)
        assert recovery_codes.left(session, user.id) == len(codes)
        (key,) = passkeys.in_use(session, user.id)
    assert drop(FactorRules(), key.id) == "done"
    with county.read() as session:
        assert recovery_codes.left(session, me.account_id) == 0


def test_the_administrator_removes_phone_and_passkeys_together(county: County) -> None:
    me, device = in_browser(county), Authenticator()
    codes = add(county, me, device)
    with county.write() as session:
        user = session.get_one(User, me.account_id)
        assert factors.holders(session, [user.id]) == {user.id}
        factors.remove(session, system(), day(2), user, FactorRules())
        assert (factors.holders(session, [user.id]), recovery_codes.left(session, user.id)) == (set(), 0)
        assert session.scalars(select(UserSession.ended_at)).all() == [day(2)]
    assert give(county, me, device.give) == "passkey_unknown"
    assert refusal(county.engine, lambda s: factors.give(s, me, day(3), codes[0], VAULT)) == "NotFound no_factor"


def test_verify_sees_a_passkey_that_no_act_changed(county: County, tmp_path: Path) -> None:
    add(county, in_browser(county), Authenticator())
    changed: dict[str, Any] = {
        "another key": ["UPDATE passkey SET public_key = 'x'"],
        "counter": ["UPDATE passkey SET sign_count = 0 + 5"],
        "another's": ["UPDATE passkey SET user_id = (SELECT min(id) FROM user_account WHERE id <> user_id)"],
        "back in use": ["UPDATE passkey SET ended_at = made_at"],
    }
    found = findings_after_each(county.engine, tmp_path, changed)
    assert found == {key: {"row_differs"} for key in changed}


def test_recovery_codes_from_before_there_were_passkeys_still_count(county: County) -> None:
    me = in_browser(county)
    with county.write() as session:
        secret = factors.propose(session, me, BEGUN, VAULT)
        codes = factors.confirm(session, me, BEGUN, totp.code_of(secret, totp.step_of(BEGUN)), VAULT)
        held = factors.in_use(session, me.account_id)
        assert held is not None
        for row in session.scalars(select(RecoveryCode)):
            row.user_id, row.factor_id = None, held.id

    def used(session: Session) -> None:
        factors.give(session, me, day(2), codes[0], VAULT)

    assert [tried(county, used), tried(county, used)] == ["done", "factor_wrong"]
    with county.read() as session:
        assert recovery_codes.left(session, me.account_id) == len(codes) - 1
