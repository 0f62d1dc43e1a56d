"""Sealed people: health, disability, income and birth are in no table in clear, and everything counts with them all the same."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, String, cast, column, select, table, text
from sqlalchemy.orm import Session

from migrations.state import strange
from models import Base, CandidatePerson, Event, EventSecret, Household, Member
from models.engine import make_engine, reading
from models.sealing import KeyMissing, Sealed, Sealer
from settings import DEVELOPMENT_SECRET
from tests.support.factories import County, day, settle_county
from tests.support.spreadsheets import HEADS, IDS, bring
from tests.support.spreadsheets import text as csv
from workflow.assessment.facts.known_facts import Known
from workflow.county.context import county_context
from workflow.county.vault import Vault, rotate
from workflow.register.household_listing import list_households
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases

NEW = "a newer key of the county"
HEALTH, CAUSE, INCOME, BORN = "肺尘埃沉着病", "因残致贫", "8765.43", "1980-01-01"
HEADINGS = (*HEADS, "健康状况", "致贫原因", "年人均纯收入", "收入年度")
ROW = ["H1", "张三", IDS[0], "甲镇", "town-a-v1村", "丧失劳动力", "13812345678", "1", HEALTH, CAUSE, INCOME, "2018"]


def sealed_columns() -> list[tuple[str, str, Sealed]]:
    return [
        (t.name, c.name, c.type) for t in Base.metadata.sorted_tables for c in t.columns if isinstance(c.type, Sealed)
    ]


def stored(engine: Engine) -> Iterator[tuple[str, str, str]]:
    """Every value of every table as the database has it, as text."""
    with engine.connect() as connection:
        for each in Base.metadata.sorted_tables:
            for named in each.columns:
                bare = table(each.name, column(named.name))
                for value in connection.scalars(select(cast(bare.c[named.name], String)).distinct()):
                    yield each.name, named.name, str(value)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=0)
    assert bring(made, csv(HEADINGS, ROW)).four == (1, 0, 0, 0)
    changed = [*ROW[:-2], "9876.54", "2018"]
    changed[5], changed[8] = "普通劳动力", "健康"
    assert bring(made, csv(HEADINGS, changed)).four == (0, 1, 0, 0)
    return made


def test_what_an_import_said_of_people_is_in_no_table_in_clear_and_reads_as_before(
    county: County, engine: Engine, tmp_path: Path
) -> None:
    words = re.compile(rf"{HEALTH}|{CAUSE}|876543|987654|1980-?01-?01|8765\.43|9876\.54|丧失劳动力")
    assert [each for each in stored(engine) if words.search(each[2])] == []
    with county.read() as session:
        member = session.scalars(select(Member)).one()
        assert (member.born_on, member.labour, member.illness) == (date(1980, 1, 1), "unknown", "健康")
        home = session.scalars(select(Household)).one()
        assert (home.income_fen, home.cause) == (987654, CAUSE)
        was = [each.effect["was"]["income_fen"] for each in session.scalars(select(Event)) if "was" in each.effect]
        assert was == [876543]
        assert verify(session, tmp_path) == []


def test_a_simulated_county_holds_none_of_it_in_clear(settled_county: Path) -> None:
    path = settled_county / "county.db"
    engine = make_engine(f"sqlite:///{path}", DEVELOPMENT_SECRET)
    with reading(engine) as session:
        births = {
            d.isoformat()
            for d in (*session.scalars(select(Member.born_on)), *session.scalars(select(CandidatePerson.born_on)))
            if d and d.year < 2010
        }
        sick = set(session.scalars(select(Member.illness))) | set(session.scalars(select(Household.cause)))
        incomes = {str(fen) for fen in session.scalars(select(Household.income_fen)) if fen}
        spoken = {
            word
            for body in session.scalars(select(EventSecret.body))
            for word in body.values()
            if isinstance(word, str)
        }
    assert min(len(births), len(sick), len(incomes), len(spoken)) > 4
    # The scheme's own words name illnesses and disabilities of nobody.
    rows = [each for each in stored(engine) if each[0] != "scheme_version"]
    engine.dispose()
    words = {word for word in sick if len(word) > 1}
    clear = [each for each in rows if any(word in each[2] for word in words) or each[2] in incomes]
    dated = [each for each in rows if any(found in births for found in re.findall(r"\d{4}-\d\d-\d\d", each[2]))]
    numbers = [each for each in rows if set(re.findall(r"(?<=income_fen\W{3})\d+", each[2]))]
    assert (clear[:9], dated[:9], numbers[:9]) == ([], [], [])
    content = path.read_bytes()
    assert [each for each in births if each.encode() in content] == []


def test_a_key_that_is_turned_turns_all_of_it_and_a_wrong_one_is_said_before_anything_is_read(
    county: County, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    other, both = make_engine(database_url, NEW), make_engine(database_url, f"{NEW},{DEVELOPMENT_SECRET}")
    try:
        refused = strange(other)
        assert refused is not None
        assert (refused.code, "XIAOHAO_DATA_KEY" in refused.sentence, strange(both)) == ("data_key_missing", True, None)
        with Session(other) as session, pytest.raises(KeyMissing):
            session.scalars(select(Member)).all()
        with Session(both) as session:
            rotate(session, county.people["admin"], Vault(f"{NEW},a key of the tests"), day(1), chunk=1)
            session.commit()
        assert strange(other) is None
        with Session(other) as session:
            assert session.scalars(select(Member.born_on)).one() == date(1980, 1, 1)
            assert verify(session, tmp_path) == []
        old = strange(engine)
        assert old is not None
        assert old.code == "data_key_missing"
        # The guards are back.
        with Session(other) as session, pytest.raises(Exception, match="append-only"):
            session.execute(text("UPDATE event SET effect = '{}'"))
    finally:
        other.dispose()
        both.dispose()


def test_what_does_not_open_is_a_finding(county: County, engine: Engine, tmp_path: Path) -> None:
    foreign = Sealer("a key of somebody else").seal(b"1950-01-01".ljust(16, b"\0"), "member.born_on")
    with Session(engine) as session:
        session.execute(text("UPDATE member SET born_on = :forged"), {"forged": foreign})
        assert {(each.code, each.subject) for each in verify(session, tmp_path)} == {("row_differs", "member 1")}
        session.rollback()


def test_counts_of_one_town_and_lists_open_only_what_they_need(county: County, engine: Engine) -> None:
    """Seen: the figure of one town opened the people of all the county, a list what it does not show."""
    there = [*ROW]
    there[0], there[2:5], there[6] = "H2", [IDS[1], "乙镇", "town-b-v1村"], "13912345678"
    assert bring(county, csv(HEADINGS, there)).four == (1, 0, 0, 0)
    foreign = Sealer("a key of somebody else").seal(b"1950-01-01".ljust(16, b"\0"), "member.born_on")
    here, other = (county.units[code] for code in ("town-a", "town-b"))
    with Session(engine) as session:
        of_other = select(Member.id).join(Household, Household.id == Member.household_id).where(Household.code == "H2")
        forged = session.scalars(of_other).one()
        session.execute(text("UPDATE member SET born_on = :forged WHERE id = :id"), {"forged": foreign, "id": forged})
        setting = county_context(session)
        assert [len(people) for people in Known(session, setting, day(60), here).people.values()] == [1]
        session.execute(text("UPDATE household SET cause = :forged"), {"forged": foreign})
        assert [line.code for line in list_households(session, county.people["office"]).items] == ["H1", "H2"]
        for town in (other, None):
            with pytest.raises(KeyMissing):
                _ = Known(session, setting, day(60), town).people
        session.rollback()


def test_no_statement_compares_a_sealed_column() -> None:
    assert len(sealed_columns()) >= 14
    for of, name, kind in sealed_columns():
        assert kind.name == f"{of}.{name}"
        found = Base.metadata.tables[of].c[name]
        assert "IS NULL" in str(found.is_(None))
        for composed in (lambda c: c == "x", lambda c: c.in_(["x"]), lambda c: c < 3, lambda c: c.desc()):
            with pytest.raises(TypeError, match="sealed column"):
                composed(found)


def test_a_text_opens_only_in_its_column_and_under_its_key_and_hides_its_length() -> None:
    mine = Sealer("one")
    lengths = {len(mine.seal(mine_text, "a.b")) for mine_text in (b"x" * 16, b"y" * 16)}
    assert len(lengths) == 1
    sealed = mine.seal(b"a value", "member.illness")
    assert mine.open(sealed, "member.illness") == b"a value"
    for sealer, purpose in ((mine, "member.labour"), (Sealer("two"), "member.illness")):
        with pytest.raises(KeyMissing):
            sealer.open(sealed, purpose)
    with pytest.raises(KeyMissing):
        mine.open("a value", "member.illness")
    assert mine.seal(b"a value", "member.illness") != sealed
    assert Sealer("two,one").open(sealed, "member.illness") == b"a value"


@pytest.mark.one_database("sqlite")
def test_a_stored_text_does_not_name_a_short_value_by_its_length(engine: Engine) -> None:
    def lengths(kind: Sealed, *values: object) -> set[int]:
        return {len(kind.process_bind_param(value, engine.dialect) or "") for value in values}

    chosen = [kind for _, _, kind in sealed_columns() if kind.values]
    assert chosen
    assert [len(lengths(kind, *kind.values)) for kind in chosen] == [1] * len(chosen)
    assert len(lengths(Sealed("text", "member.illness"), "", "健康", "肺结核")) == 1
    assert len(lengths(Sealed("int", "household.income_fen"), 5, 1234567)) == 1
