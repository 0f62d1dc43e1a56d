"""Names that look alike are one: accounts, units and villages, by a folded form that the database keeps unique."""

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Unit, UnitAlias, User, Village
from models.look_alikes import folded_name
from tests.support.factories import START, County, settle_county
from workflow.actors import system
from workflow.adoption.scheme_storing import add_village
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.errors import Duplicate
from workflow.inputs import storable
from workflow.verification.proofs import derived_proofs

#: Names that nobody tells apart from the first: case, width, Cyrillic, Greek, zero-width, marks of direction, digits, marks.
ADMIN = (
    *(
        "ADMIN",
        "Ａｄｍｉｎ",
        "аdmin",
        "admіn",
        "АDМІΝ",
        "ad\u200bmin",
        "\u202eadmin",
        "adm1n",
        "adrnin",
        "ádmin",
        "𝐚dmin",
        "ⓐdmin",
    ),
    *("admin\u00ad", "ad\u3164min", "ad\ufe0fmin", "adm|n", "ɑdmin"),
)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


@pytest.mark.one_database("sqlite")
def test_what_looks_alike_folds_alike_and_what_does_not_stays_apart() -> None:
    assert {name for name in ADMIN if folded_name(name) != folded_name("admin")} == set()
    alike = [
        ("口村", "ロ村"),
        ("一村", "ー村"),
        ("张 村", "张村"),
        ("ВАСЯ", "вася"),
        ("раураl", "paypal"),
        ("人", "⼈"),
        ("0ffice", "Office"),
    ]
    assert [pair for pair in alike if folded_name(pair[0]) != folded_name(pair[1])] == []
    apart = [
        ("土桥", "士桥"),
        ("一村", "二村"),
        ("wangli", "wangxi"),
        ("村1", "村2"),
        ("口", "日"),
        ("晚", "晩"),
        ("li", "lin"),
    ]
    assert [pair for pair in apart if folded_name(pair[0]) == folded_name(pair[1])] == []
    # However long the name, the database can index its folded form.
    assert len(folded_name("ﷺ" * 200)) <= 300


def test_accounts_villages_and_units_with_names_that_look_alike_are_refused(county: County) -> None:
    with county.write() as session:
        # A mark of direction is refused before.
        for name in (each for each in ADMIN if storable(each)):
            with pytest.raises(Duplicate) as refusal:
                accounts.create_user(session, system(), START, NewUser(name=name, role="admin"))
            assert (refusal.value.code, refusal.value.params["other"]) == ("user_looks_alike", "admin"), name
        village = session.scalars(select(Village).order_by(Village.id)).first()
        assert village is not None
        town = session.get_one(Unit, village.town_id).code
        with pytest.raises(Duplicate):
            add_village(session, system(), START, name=f"{village.name}\u200b", town=town)
    for wanted, name in (
        (select(User).where(User.name == "town"), "wаter"),
        (select(Unit).where(Unit.code == "power"), "县水\u200b务局"),
    ):
        with Session(county.engine) as session:
            row = session.scalars(wanted).one()
            row.name = name
            with pytest.raises(IntegrityError, match="name_key"):
                session.flush()
    with Session(county.engine) as session:
        first, second, *_rest = session.scalars(select(Village).order_by(Village.id))
        second.town_id, second.name = first.town_id, f"{first.name}\u2060"
        with pytest.raises(IntegrityError, match="name_key"):
            session.flush()
    with Session(county.engine) as session:
        session.add(UnitAlias(unit_id=county.units["water"], alias="县水利局"))
        session.flush()
        session.add(UnitAlias(unit_id=county.units["power"], alias="县水利\u200b局"))
        with pytest.raises(IntegrityError, match="name_key"):
            session.flush()
    with Session(county.engine) as session, pytest.raises(IntegrityError, match="name_key"):
        values = {"name": "ADMIN", "display_name": "x", "role": "admin", "created_at": START}
        session.execute(insert(User).values(values))


def test_a_forged_folded_name_is_found(county: County) -> None:
    with Session(county.engine) as session:
        assert list(derived_proofs.name_keys(session)) == []
        for table in (User, Unit, Village):
            number = session.scalars(select(table.id).order_by(table.id)).first()
            for forged in ("x", f"admin #{number}"):
                session.execute(update(table).where(table.id == number).values(name_key=forged))
                found = [(each.code, each.subject) for each in derived_proofs.name_keys(session)]
                assert found == [("name_key_differs", f"{table.__tablename__} {number}")]
            session.rollback()


def test_names_of_before_that_look_alike_go_on_and_are_told_apart_by_number(county: County) -> None:
    with Session(county.engine) as session:
        key = folded_name("town")
        session.execute(
            text("UPDATE user_account SET name = 'T0WN', name_key = :key || ' #' || id WHERE name = 'water'"),
            {"key": key},
        )
        assert list(derived_proofs.name_keys(session)) == []
        session.rollback()
