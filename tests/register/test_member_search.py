"""Search by members: a household is found by the name of whoever lives there today, by readers of members alone."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text, update

from models import Household, Member, NamePart
from models.engine import writing
from tests.support.factories import County, day, settle_county
from tests.support.http_clients import Api
from tests.support.lives import happen
from tests.support.persons import move_in
from tests.support.spreadsheets import IDS, PEOPLE, VAULT, bring
from tests.support.spreadsheets import text as sheet
from workflow.register.household_listing import HouseholdLine, Wanted, search_households
from workflow.register.lives.family_input import NewPerson
from workflow.register.names import member_names
from workflow.tickets.views import search
from workflow.tickets.views.listing import Filters, list_tickets
from workflow.verification.proofs.derived_proofs import name_parts

pytestmark = pytest.mark.both_databases

FAMILIES = {
    "A1": ("张三", "王小明", "吕秀英"),
    "A2": ("王小明", "張國華"),
    "A3": ("李四", "阿依古丽·买买提", "陈䶮"),
    "B1": ("赵五", "王小明"),
}


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=3)
    with made.write() as session:
        for number, (code, names) in enumerate(FAMILIES.items(), start=1):
            move_in(session, VAULT, code, number, *names)
    return made


def lines(county: County, who: str, q: str) -> list[HouseholdLine]:
    with county.read() as session:
        return list(search_households(session, county.people[who], Wanted(q=q)).items)


def found(county: County, who: str, q: str) -> dict[str, tuple[str, ...]]:
    """The households found, and the members shown with each."""
    return {line.code: line.found_members for line in lines(county, who, q)}


@pytest.mark.parametrize(
    ("typed", "code", "member"),
    [
        ("王小明", "A1", "王小明"),
        ("小明", "A1", "王小明"),
        ("王 小 明", "A1", "王小明"),
        ("wxm", "A1", "王小明"),
        ("Wáng Xiǎo", "A1", "王小明"),
        ("lü", "A1", "吕秀英"),
        ("lyu", "A1", "吕秀英"),
        ("lvxiu", "A1", "吕秀英"),
        ("呂", "A1", "吕秀英"),
        ("张国华", "A2", "張國華"),
        ("國華", "A2", "張國華"),
        ("古丽•买", "A3", "阿依古丽·买买提"),
        ("古丽 买买", "A3", "阿依古丽·买买提"),
        ("丽.买", "A3", "阿依古丽·买买提"),
        ("陈\ue863", "A3", "陈䶮"),
    ],
)
def test_a_household_is_found_by_a_member_however_the_name_is_typed(
    county: County, typed: str, code: str, member: str
) -> None:
    assert found(county, "town", typed)[code] == (member,)


def test_where_the_head_is_found_no_member_is_shown_and_letters_within_a_name_find_nothing(county: County) -> None:
    assert found(county, "office", "王小明") == {"A1": ("王小明",), "A2": (), "B1": ("王小明",)}
    for nothing in ("xiaoming", "明王", "%", "_", "王_明"):
        assert found(county, "office", nothing) == {}, nothing
    assert found(county, "office", "A1") == {"A1": ()}


def test_each_finds_members_only_where_it_reads_them(county: County) -> None:
    assert set(found(county, "town", "王小明")) == set(found(county, "village", "王小明")) == {"A1", "A2"}
    assert set(found(county, "other_town", "王小明")) == {"B1"}
    county.file(household="A1")
    # A bureau works on the household and reads its head; leaders and inspectorate read names masked.
    assert found(county, "water", "张三") == {"A1": ()}
    for who in ("water", "power", "leaders", "inspectorate", "other_village", "admin"):
        for guess in ("小明", "wxm", "吕秀英"):
            assert found(county, who, guess) == {}, (who, guess)


def test_a_ticket_is_found_by_a_member_of_its_household_where_members_are_read(county: County, tmp_path: Path) -> None:
    filers = {code: "other_town" if code == "B1" else "town" for code in FAMILIES}
    numbers = {code: county.ticket(county.file(who, code)).number for code, who in filers.items()}

    def tickets(who: str, q: str) -> list[str]:
        with county.read() as session:
            page = list_tickets(session, county.people[who], day(0), Filters(q=q))
            return [code for line in page.items for code in numbers if numbers[code] == line.number]

    assert tickets("office", "小明") == ["A1", "A2", "B1"]
    assert tickets("town", "wxm") == ["A1", "A2"]
    assert tickets("other_town", "王小明") == ["B1"]
    assert tickets("office", "古丽•买") == ["A3"]
    for who in ("water", "leaders", "inspectorate"):
        assert len(tickets(who, "")) == len(FAMILIES)
        for guess in ("吕秀英", "xiuying", "lvxiu"):
            assert tickets(who, guess) == [], (who, guess)
    happen(county, "died", "张三", head="吕秀英")
    happen(county, "married_out", "王小明")
    assert tickets("town", "小明") == ["A2"]


def test_who_has_ended_is_not_found_and_a_family_by_its_new_head(county: County, tmp_path: Path) -> None:
    happen(county, "died", "张三", head="吕秀英")
    assert found(county, "town", "张三") == {}
    assert found(county, "town", "吕秀英") == {"A1": ()}
    happen(county, "married_out", "王小明")
    assert set(found(county, "town", "小明")) == {"A2"}
    happen(county, "born", person=NewPerson(name="张新生"))
    assert found(county, "town", "新生") == {"A1": ("张新生",)}
    with county.read() as session:
        assert list(name_parts(session)) == []


def test_members_of_an_import_are_found_at_once_and_under_a_corrected_name_alone(county: County) -> None:
    def row(name: str, number: str, relation: str) -> list[str]:
        return ["H9", name, number, relation, "甲镇", "town-a-v1村", "普通劳动力"]

    head = row("周八", IDS[0], "户主")
    bring(county, sheet(PEOPLE, head, row("孙小兰", IDS[1], "配偶")))
    assert found(county, "office", "小兰") == {"H9": ("孙小兰",)}
    bring(county, sheet(PEOPLE, head, row("孙小岚", IDS[1], "配偶")), at=day(1))
    assert found(county, "office", "小兰") == {}
    assert found(county, "office", "小岚") == {"H9": ("孙小岚",)}
    with county.read() as session:
        assert list(name_parts(session)) == []


def test_the_index_of_an_older_database_is_filled_once_and_verify_finds_what_it_lacks_or_has_too_much(
    county: County,
) -> None:
    with county.read() as session:
        before = session.execute(select(NamePart.household_id, NamePart.part)).all()
        home = session.scalars(select(Household.id).where(Household.code == "A1")).one()
    with county.write() as session:
        session.execute(delete(NamePart))
    assert found(county, "office", "吕秀英") == {}
    with county.write() as session:
        member_names.fill_in(session)
        member_names.fill_in(session)
    with county.read() as session:
        assert session.execute(select(NamePart.household_id, NamePart.part)).all() == before != []
    for change in (
        delete(NamePart).where(NamePart.household_id == home, NamePart.part == "小明"),
        update(NamePart).where(NamePart.household_id == home, NamePart.part == "秀英").values(part="秀兰"),
        update(Member).where(Member.household_id == home, Member.name == "吕秀英").values(name="吕秀兰"),
    ):
        with county.read() as session:
            session.connection().execute(change)
            named = [(finding.code, finding.subject) for finding in name_parts(session)]
            assert named == [("name_parts_differ", f"household {home}")], str(change)
            session.rollback()


def test_members_are_found_along_a_range_of_an_index(county: County) -> None:
    """Otherwise a search would read the 300,000 members of a county."""
    with writing(county.engine) as session:
        postgresql = session.get_bind().dialect.name == "postgresql"
        if postgresql:
            session.execute(text("SET enable_seqscan = off"))
        for q in ("小明", "wxm"):
            query = select(Household.code).where(*search.with_member(q))
            compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            words = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
            plan = " ".join(str(row) for row in session.execute(text(words + str(compiled).replace(":", "\\:"))))
            assert re.search(r"pk_name_part.*part\)?(::text)?\W*>=" if postgresql else r"PRIMARY KEY \(part>", plan), (
                plan
            )


@pytest.mark.one_database("sqlite")
def test_pages_and_api_say_which_member_was_found(county: County, database_url: str, tmp_path: Path) -> None:
    api = Api(county, database_url, tmp_path / "files")

    def page(path: str) -> str:
        answer = api.client.get(path, headers={"Authorization": f"Bearer {api.tokens['town']}"})
        return " ".join(answer.get_data(as_text=True).split())

    county.file(household="A1")
    for path in ("/households?q=王小明", "/file?q=王小明", "/tickets?q=王小明"):
        assert "成员：王小明" in page(path)
        assert "成员：" not in page(path.replace("王小明", "张三"))
    listed = api.call("town", "GET", "/households?q=王小明").json
    assert [(item["name"], item["found_members"]) for item in listed["items"]] == [("张三", ["王小明"]), ("王小明", [])]
    assert api.call("leaders", "GET", "/households?q=王小明").json["items"] == []
    (ticket,) = api.call("town", "GET", "/tickets?q=王小明").json["items"]
    assert (ticket["name"], ticket["found_members"]) == ("张三", ["王小明"])
    assert api.call("water", "GET", "/tickets?q=王小明").json["items"] == []
    assert api.call("water", "GET", "/tickets").json["items"][0]["found_members"] == []
