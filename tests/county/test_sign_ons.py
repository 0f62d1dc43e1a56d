"""Sign-ons: of an issuer an account has one person and a person one account, whoever writes, and what no act wrote is found."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import SignOn, SignOnLink, User
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.verify import findings_after_each
from workflow.actors import system
from workflow.county.sign_ins import sign_ons
from workflow.county.sign_ins.sign_ons import Identity

ZHANG = Identity("oidc", "https://login.example", "zhang")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def bind(county: County, who: str = "town", identity: Identity = ZHANG, n: int = 1) -> None:
    with county.write() as session:
        user = session.get_one(User, county.people[who].account_id)
        made = sign_ons.make_link(session, system(), day(n), user, identity.way)
        link, _user = sign_ons.link_of(session, day(n), made.code)
        assert made.code not in link.code_hash
        sign_ons.bind(session, county.people[who], day(n), link.id, identity)


def test_the_database_refuses_a_second_account_of_a_person_and_a_second_person_of_an_account(county: County) -> None:
    bind(county)
    town, water = county.people["town"].account_id, county.people["water"].account_id
    issuer = {"way": "oidc", "issuer": ZHANG.issuer, "bound_at": day(2)}
    for values in (
        {"user_id": water, "subject": "zhang", **issuer},
        {"user_id": town, "subject": "li", **issuer},
        {"user_id": water, "subject": "", **issuer},
        {"user_id": water, "subject": "li", **issuer, "way": "mail"},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(insert(SignOn).values(values))
    with county.write() as session:
        # The same number under another issuer is somebody else.
        session.execute(
            insert(SignOn).values(user_id=water, subject="zhang", **issuer | {"issuer": "https://b.example"})
        )
        assert sign_ons.holder(session, day(2), ZHANG).id == town
    bind(county, "water", Identity("oidc", "https://b.example", "zhang"), 3)
    bind(county, "town", Identity("wecom", "wecom:corp", "zhang"), 3)


def test_only_the_administrator_makes_links_and_ends_bindings_and_not_for_a_closed_account(county: County) -> None:
    bind(county)
    people = county.people

    def make(who: str, way: str = "oidc", name: str = "town") -> str:
        def work(session: Session) -> None:
            sign_ons.make_link(session, people[who], day(2), session.get_one(User, people[name].account_id), way)

        return refusal(county.engine, work)

    assert [make(who) for who in ("town", "office", "inspectorate", "admin")] == [
        *["NotAllowed only_the_administrator"] * 3,
        "done",
    ]
    assert make("admin", "mail") == "NotFound no_such_way"
    with county.write() as session:
        session.get_one(User, people["town"].account_id).active = False
    assert make("admin") == "BadInput account_closed name"
    assert refusal(county.engine, lambda s: sign_ons.holder(s, day(2), ZHANG)) == "BadInput sign_on_unbound"


def test_verify_sees_a_binding_or_link_that_no_act_changed(county: County, tmp_path: Path) -> None:
    bind(county)
    with county.read() as session:
        assert session.scalars(select(SignOnLink.used_at)).one() == day(1)
    changed = {
        "another person": ["UPDATE sign_on SET subject = 'li'"],
        "another account": ["UPDATE sign_on SET user_id = (SELECT min(id) FROM user_account WHERE id <> user_id)"],
        "ended": ["UPDATE sign_on SET ended_at = bound_at"],
        "unused again": ["UPDATE sign_on_link SET used_at = NULL"],
        "another link": ["UPDATE sign_on_link SET code_hash = 'x'"],
    }
    found = findings_after_each(county.engine, tmp_path, changed)
    assert found == {key: {"row_differs"} for key in changed}
