"""What dies when: each cell of the table in docs/security.md, held against a county."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import ApiToken, FirstSignIn, Passkey, ResetRequest, SignOn, SignOnLink, Unit, User, UserSession, Village
from settings import ROOT
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.sinks import VAULT
from workflow.actors import Origin, actor_of, system
from workflow.county import accounts
from workflow.county.accounts import token_hash
from workflow.county.sign_ins import api_tokens, factors, first_sign_ins, passkeys, sessions, sign_ons, totp
from workflow.county.sign_ins.factors import FactorRules
from workflow.county.sign_ins.passkeys import NewPasskey
from workflow.county.sign_ins.sessions import Opened, SessionRules
from workflow.county.sign_ins.sign_ons import Identity

RULES = SessionRules(24 * 90, remembered_days=90)
COLUMNS = ("this session", "others", "remembered", "tokens", "code", "request", "factor", "binding", "link")


def table() -> dict[str, dict[str, str]]:
    """The rows of the table by their act."""
    section = (
        (ROOT / "docs" / "security.md").read_text(encoding="utf-8").split("## What dies when")[1].split("\n## ")[0]
    )
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    head, _rule, *rows = [[cell.strip() for cell in line] for line in lines]
    assert tuple(head[1:]) == COLUMNS
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in rows}


def _set(session: Session, user: User) -> None:
    accounts.set_password(session, actor_of(user), user, "new", day(3), keep=token_hash("this"))


def _given(session: Session, user: User) -> None:
    user.password_given_at = day(1)
    _set(session, user)


def _used(session: Session, user: User) -> None:
    row = session.scalars(select(FirstSignIn)).one()
    row.code_hash = token_hash("A" * 20)
    # As it is once a slip was made.
    user.password_hash = None
    session.flush()
    first_sign_ins.use(session, day(3), "A" * 20, "new")


def _end_one(session: Session, user: User) -> None:
    other = session.scalars(select(UserSession.id).where(UserSession.token_hash == token_hash("other"))).one()
    sessions.end_one(session, actor_of(user), day(3), other)


def _end_others(session: Session, user: User) -> None:
    mine = session.scalars(select(UserSession.id).where(UserSession.token_hash == token_hash("this"))).one()
    sessions.end_others(session, actor_of(user), day(3), user, mine)


def _elsewhere(session: Session, user: User) -> None:
    unit = session.scalars(select(Unit).where(Unit.type == "town", Unit.id != user.unit_id).order_by(Unit.id)).first()
    assert unit is not None
    accounts.transfer(session, system(), user, unit, None, day(3))


def _other_role(session: Session, user: User) -> None:
    village = session.scalars(select(Village).where(Village.town_id == user.unit_id).order_by(Village.id)).first()
    accounts.transfer(session, system(), user, session.get_one(Unit, user.unit_id), village, day(3))


def _enrol(session: Session, user: User) -> None:
    me = actor_of(user)
    secret = factors.propose(session, me, day(3), VAULT)
    factors.confirm(session, me, day(3), totp.code_of(secret, totp.step_of(day(3))), VAULT)


def _withdraw(session: Session, user: User) -> None:
    number = session.scalars(select(ApiToken.id).where(ApiToken.user_id == user.id)).one()
    api_tokens.withdraw(session, actor_of(user), day(3), user, number)


def _lose(session: Session, user: User) -> None:
    _enrol(session, user)
    factors.remove(session, system(), day(3), user, FactorRules())


def _passkey(session: Session, user: User) -> None:
    mine = session.scalars(select(UserSession.id).where(UserSession.token_hash == token_hash("this"))).one()
    me = actor_of(user, origin=Origin("10.0.0.1", mine))
    factors.add_passkey(session, me, day(3), NewPasskey("钥匙", "credential", "key", 0))
    *_, key = passkeys.in_use(session, user.id)
    factors.remove_passkey(session, me, day(3), key.id, FactorRules())


def _bind(session: Session, user: User) -> None:
    link = session.scalars(select(SignOnLink)).one()
    sign_ons.bind(session, actor_of(user), day(3), link.id, Identity("oidc", "https://login.example", "li"))


ACTS: dict[str, Callable[[Session, User], Any]] = {
    "sign out": lambda session, user: sessions.end_session(session, token_hash("this"), day(3), "10.0.0.1"),
    "end one other session": _end_one,
    "end all others": _end_others,
    "own password changed": _set,
    "given password replaced": _given,
    "reset slip made": lambda session, user: first_sign_ins.make(session, system(), day(3), [user]),
    "slip used": _used,
    "account closed": lambda session, user: accounts.set_active(session, system(), user, False, day(3)),
    "moved to another unit, same role": _elsewhere,
    "moved to another role": _other_role,
    "second factor set up": _enrol,
    "passkey added or removed by its owner": _passkey,
    "second factor removed by the administrator": _lose,
    "own token withdrawn": _withdraw,
    "another link made": lambda session, user: sign_ons.make_link(session, system(), day(3), user, "oidc"),
    "link used": _bind,
    "binding ended by the administrator": lambda session, user: sign_ons.end(session, system(), day(3), user, "oidc"),
    "backup restored": lambda session, user: sessions.end_all_of_county(session, day(3)),
}


@pytest.fixture
def county(engine: Engine) -> County:
    """A county in which one account has everything that opens something."""
    made = settle_county(engine, small_scheme())
    with made.write() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
        user.password_hash = "old"
        for name in ("this", "other", "phone"):
            opened = Opened("10.0.0.1", remembered=name == "phone")
            sessions.open_session(session, user.id, token_hash(name), day(1), RULES, opened)
        accounts.issue_token(session, user, day(1))
        values = {"user_id": user.id, "expires_at": day(9)}
        session.add(FirstSignIn(code_hash=token_hash("code"), made_at=day(1), **values))
        session.add(
            Passkey(user_id=user.id, name="钥匙", credential_id="x", public_key="x", sign_count=0, made_at=day(1))
        )
        identity = {"way": "oidc", "issuer": "https://login.example", "subject": "zhang"}
        session.add(SignOn(user_id=user.id, bound_at=day(1), **identity))
        session.add(SignOnLink(way="oidc", code_hash=token_hash("link"), made_at=day(1), **values))
        # Asked for while the account had another role, say.
        session.add(ResetRequest(what="password", asked_at=day(1), **values))
    return made


def ended(session: Session, user: User) -> dict[str, str]:
    """What has ended since, by the columns of the table."""
    by_hash = {row.token_hash.strip(): row for row in session.scalars(select(UserSession))}
    code = session.scalars(select(FirstSignIn).order_by(FirstSignIn.id)).first()
    request = session.scalars(select(ResetRequest).order_by(ResetRequest.id)).first()
    link = session.scalars(select(SignOnLink).order_by(SignOnLink.id)).first()
    binding = session.scalars(select(SignOn).order_by(SignOn.id)).first()
    key = session.scalars(select(Passkey).order_by(Passkey.id)).first()
    assert link is not None
    assert binding is not None
    assert key is not None
    (token,) = session.scalars(select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.created_at == day(1)))
    assert code is not None
    assert request is not None
    gone = {
        "this session": by_hash[token_hash("this")].ended_at,
        "others": by_hash[token_hash("other")].ended_at,
        "remembered": by_hash[token_hash("phone")].ended_at,
        "tokens": token.revoked_at,
        "code": code.used_at or code.ended_at,
        "request": request.used_at or request.ended_at,
        "factor": key.ended_at,
        "binding": binding.ended_at,
        "link": link.used_at or link.ended_at,
    }
    return {name: "ends" if at is not None else "stays" for name, at in gone.items()}


def test_every_act_of_the_table_is_held_against_a_county() -> None:
    assert table().keys() == ACTS.keys()


@pytest.mark.parametrize("act", ACTS)
def test_what_dies_is_what_the_table_says(county: County, act: str) -> None:
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
        ACTS[act](session, user)
        session.flush()
        session.expire_all()
        assert ended(session, user) == table()[act]


def test_what_died_with_a_closed_account_does_not_come_back_with_it(county: County) -> None:
    with county.write() as session:
        user = session.scalars(select(User).where(User.name == "town")).one()
        for active in (False, True):
            accounts.set_active(session, system(), user, active, day(3))
        assert {what for what, how in ended(session, user).items() if how == "stays"} == {"factor"}
