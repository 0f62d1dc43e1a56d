"""Search: what each reader finds, by which input, in which order."""

import re

import pytest
from sqlalchemy import Engine, select, text

from models import Household
from tests.support.factories import County, day, settle_county
from tests.support.persons import id_number, move_in, phone
from workflow.county.vault import Vault
from workflow.errors import BadInput
from workflow.register import reveal
from workflow.register.household_listing import Wanted, list_households, search_households
from workflow.register.names.pinyin import LONGEST, fill_in, initials
from workflow.tickets.views import listing
from workflow.tickets.views.listing import Filters

pytestmark = pytest.mark.both_databases

VAULT = Vault("a key for tests")
NAMES = {
    "A1": "单国华",
    "A2": "张三丰",
    "A3": "李四",
    "A4": "赵六",
    "B1": "仇五",
    "B2": "单国华",
    "B3": "孙七",
    "B4": "周八",
}


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=4)
    with made.write() as session:
        for number, (code, name) in enumerate(NAMES.items(), start=1):
            move_in(session, VAULT, code, number, name)
    return made


def codes_found(county: County, who: str, q: str, **more: object) -> list[str]:
    with county.read() as session:
        wanted = Wanted(q=q, **more)  # type: ignore[arg-type]
        return [line.code for line in search_households(session, county.people[who], wanted).items]


@pytest.mark.parametrize(
    ("name", "first", "others"),
    [
        ("单国华", "shanguohua", {"sgh", "dgh", "cgh"}),
        ("仇五", "qiuwu", {"qw", "cw"}),
        ("解放", "xiefang", {"xf", "jf"}),
        ("区丽", "ouli", {"ol", "ql"}),
        ("查军", "zhajun", {"zj", "cj"}),
        ("万俟丑", "moqichou", {"mqc", "wsc"}),
        ("吕布", "lvbu", {"lb"}),
        ("李A", "lia", {"la"}),
        ("买买提·艾力", "maimaitiaili", {"mmtal"}),
    ],
)
def test_a_name_is_found_under_every_reading_and_the_surnames_own_comes_first(
    name: str, first: str, others: set[str]
) -> None:
    words = initials(name).split()
    assert words[0] == first
    assert others <= set(words)


def test_pinyin_stays_within_its_column_and_never_cuts_a_word() -> None:
    whole = initials("曾单乐重")
    long = initials("曾单乐重行长解" * 9)
    assert 0 < len(long) <= LONGEST
    assert set(initials("曾单乐重").split()) == set(whole.split())
    assert all(len(word) > 60 for word in long.split())
    assert initials("") == initials("  ") == initials("…") == ""


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("单", ["A1", "B2"]),
        ("国华", ["A1", "B2"]),
        ("三", ["A2"]),
        ("sgh", ["A1", "B2"]),
        ("DG", ["A1", "B2"]),
        ("zhang", ["A2"]),
        ("Zhang San", ["A2"]),
        ("qw", ["B1"]),
        ("a2", ["A2"]),
        ("A", ["A1", "A2", "A3", "A4"]),
        ("v1村", ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]),
        ("town-b", ["B1", "B2", "B3", "B4"]),
        ("單國華", ["A1", "B2"]),
        ("單 國 華", ["A1", "B2"]),
        ("ｓｇｈ", ["A1", "B2"]),
        ("zhāng sān", ["A2"]),
        ("上 村", []),
        ("%", []),
        ("_", []),
        ("\x00单\n", ["A1", "B2"]),
        ("王", []),
    ],
)
def test_the_office_finds_by_name_pinyin_code_and_village_at_once(county: County, q: str, codes: list[str]) -> None:
    assert codes_found(county, "office", q) == codes


def test_a_ticket_number_finds_its_household_for_whom_the_ticket_is_visible(county: County) -> None:
    number = county.ticket(county.file(household="A2")).number
    assert codes_found(county, "office", number) == codes_found(county, "village", number) == ["A2"]
    assert codes_found(county, "other_town", number) == codes_found(county, "other_village", number) == []
    with county.read() as session:
        page = listing.list_tickets(session, county.people["water"], day(0), Filters(q=number))
        assert [line.number for line in page.items] == [number]


def test_part_of_a_code_or_number_finds_and_a_letter_alone_only_the_beginning(county: County) -> None:
    with county.write() as session:
        row = session.scalars(select(Household).where(Household.code == "A2")).one()
        row.code = "441424100123X"
    assert codes_found(county, "office", "0012") == codes_found(county, "office", "123x") == ["441424100123X"]
    assert codes_found(county, "office", "X") == codes_found(county, "office", "23") == []
    number = county.ticket(county.file(household="A3")).number
    for part in (number[-6:], number[-6:].lstrip("0"), number[2:]):
        with county.read() as session:
            page = listing.list_tickets(session, county.people["water"], day(0), Filters(q=part))
            assert number in [line.number for line in page.items], part


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("張三", ("张三", "張三", "张 三", "zhangsan", "zs")),
        ("吕布", ("lü", "lv", "lyu", "lǚ bù", "LVBU", "呂布", "吕")),
        ("阿依古丽·买买提", ("古丽•买", "阿依古丽", "丽.买")),
        ("陈䶮", ("陈\ue863", "陳䶮")),
    ],
)
def test_a_name_is_found_however_it_is_typed(county: County, name: str, typed: tuple[str, ...]) -> None:
    with county.write() as session:
        row = session.scalars(select(Household).where(Household.code == "A4")).one()
        row.head_name, row.initials = name, initials(name)
    for q in typed:
        assert "A4" in codes_found(county, "office", q), q


def test_each_finds_only_within_its_own_sight(county: County) -> None:
    assert codes_found(county, "town", "单") == ["A1"]
    assert codes_found(county, "village", "sgh") == ["A1"]
    assert codes_found(county, "other_town", "单") == ["B2"]
    assert codes_found(county, "other_village", "单") == codes_found(county, "admin", "单") == []
    assert codes_found(county, "water", "") == []
    county.file(household="A1")
    assert codes_found(county, "water", "") == codes_found(county, "water", "单") == ["A1"]
    assert codes_found(county, "power", "单") == []


@pytest.mark.parametrize("who", ["leaders", "inspectorate"])
def test_who_reads_names_masked_cannot_confirm_a_guess_by_finding_or_by_order(county: County, who: str) -> None:
    county.file(household="A1")
    for guess in ("单国华", "单", "sgh", "shanguohua"):
        assert codes_found(county, who, guess) == []
        with county.read() as session:
            assert listing.list_tickets(session, county.people[who], day(0), Filters(q=guess)).items == []
    assert codes_found(county, who, "A1") == ["A1"]
    by_code = sorted(NAMES)
    assert codes_found(county, who, "", by_name=True) == codes_found(county, who, "") == by_code
    assert codes_found(county, "office", "") == by_code != codes_found(county, "office", "", by_name=True)


def test_a_former_holder_reads_the_name_masked_and_does_not_find_by_it(county: County) -> None:
    ticket = county.file(household="A1")
    county.do("water", "decline", ticket, ground="not_ours", cited_duty="三定")
    county.do("office", "reassign", ticket, unit="power", reason="电路")

    def names(who: str, q: str | None) -> list[str | None]:
        with county.read() as session:
            page = listing.list_tickets(session, county.people[who], day(0), Filters(q=q))
            return [line.head_name for line in page.items]

    assert names("power", "单") == names("power", "sgh") == ["单国华"]
    assert names("water", None) == ["单**"]
    assert names("water", "单") == names("water", "sgh") == []
    assert codes_found(county, "water", "") == []
    assert codes_found(county, "power", "单") == ["A1"]


def test_lists_by_name_stand_in_the_order_of_pinyin_and_page_by_key(county: County) -> None:
    order: list[str] = []
    cursor: str | None = None
    while True:
        with county.read() as session:
            page = search_households(session, county.people["office"], Wanted(by_name=True), cursor, 2)
        order += [line.name for line in page.items]
        if page.next is None:
            break
        cursor = page.next
    # Li, Qiu, Shan, Shan, Sun, Zhang, Zhao, Zhou; by their codes 仇 would stand before 单, and 李 after 张.
    assert order == ["李四", "仇五", "单国华", "单国华", "孙七", "张三丰", "赵六", "周八"]


def test_households_are_narrowed_by_status_tickets_and_visits(county: County) -> None:
    county.file(household="A2")
    with county.write() as session:
        rows = {row.code: row for row in session.scalars(select(Household))}
        rows["A1"].status, rows["A3"].status = "exited", "in"
        rows["A2"].visited_on, rows["A4"].visited_on = day(-5).date(), day(-40).date()
    assert codes_found(county, "town", "", status="in") == ["A3"]
    assert codes_found(county, "town", "", with_tickets=True) == ["A2"]
    assert codes_found(county, "town", "", not_since=day(-30).date()) == ["A3", "A4"]
    assert codes_found(county, "office", "", village="town-b-v1村") == ["B1", "B2", "B3", "B4"]
    with pytest.raises(BadInput):
        codes_found(county, "office", "", status="lost")


def test_an_id_number_or_phone_finds_exactly_within_sight_and_leaves_an_event(county: County) -> None:
    wanted = reveal.number_in(f" {id_number(11)} ", day(0).date())
    assert wanted == ("id_number", id_number(11))
    assert reveal.number_in("138 0753-0001", day(0).date()) == ("phone", phone(1))
    # As a Chinese keyboard writes it.
    assert reveal.number_in("１３８０７５３０００１", day(0).date()) == ("phone", phone(1))
    old = id_number(11)[:6] + id_number(11)[8:17]
    assert reveal.number_in(old, day(0).date()) == ("id_number", id_number(11)), "one of fifteen digits"
    assert reveal.number_in(f"\u200b{id_number(11)}", day(0).date()) == ("id_number", id_number(11))
    assert codes_found(county, "office", "Ａ１") == codes_found(county, "office", "A1") != []
    assert reveal.number_in("A1", day(0).date()) is reveal.number_in("2018-000012", day(0).date()) is None

    def by_number(who: str, kind: str, number: str) -> list[str]:
        with county.write() as session:
            lines = reveal.find_by_number(session, county.people[who], VAULT, kind, number, day(1))
            return [line.code for line in lines]

    for who, codes in (
        ("office", ["A1"]),
        ("town", ["A1"]),
        ("village", ["A1"]),
        ("other_town", []),
        ("other_village", []),
        ("water", []),
        ("leaders", []),
        ("inspectorate", []),
    ):
        assert by_number(who, "id_number", id_number(11)) == codes
        assert by_number(who, "phone", phone(1)) == codes
    assert by_number("office", "phone", phone(99)) == []
    with county.read() as session:
        rows = session.execute(
            text("SELECT action, given FROM event WHERE subject_type = 'household' ORDER BY seq")
        ).all()
    assert [row.action for row in rows] == ["find_by_number"] * 6


def test_households_of_an_older_database_get_their_pinyin(county: County) -> None:
    with county.write() as session:
        for row in session.scalars(select(Household)):
            row.initials = ""
    assert codes_found(county, "office", "sgh") == []
    with county.write() as session:
        assert fill_in(session) == 8
        assert fill_in(session) == 0
    assert codes_found(county, "office", "sgh") == ["A1", "B2"]


def test_a_prefix_of_a_code_is_a_range_of_an_index(county: County) -> None:
    """On both databases, also for bound values; otherwise a search of the county would read every row."""
    seen: list[str] = []
    with county.read() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET enable_seqscan = off"))
        explain = "EXPLAIN " if session.get_bind().dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        for q in ("code >= 'A1' AND code < 'A1~'", "initials >= 's' AND initials < 's~'"):
            plan = session.execute(text(f"{explain} SELECT id FROM household WHERE {q}")).all()
            seen.append(" ".join(str(row) for row in plan))
    assert re.search(r"code\W*(::text)?\W*>", seen[0]), seen[0]
    assert re.search(r"ix_household_(initials|search)", seen[1]), seen[1]
    assert re.search(r"initials\W*(::text)?\W*>", seen[1]), seen[1]


def test_the_api_list_still_takes_village_and_text(county: County) -> None:
    with county.read() as session:
        page = list_households(session, county.people["office"], "town-b-v1", "仇", None, 10)
    assert [line.code for line in page.items] == ["B1"]
