"""Undone imports: what an import changed is put back where nothing was built on it since, and the rest is named."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from models import Event, EventSecret, Household, ImportChange, Member, RegisterImport
from tests.support.factories import START, County, day, settle_county
from tests.support.lives import act, happen
from tests.support.spreadsheets import HEADS, IDS, PEOPLE, VAULT, bring, text
from workflow.county.vault import Vault, mask_id, rotate
from workflow.errors import BadInput, NotAllowed, Stale, WrongState
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.register.importing.diff import COLUMNS
from workflow.register.importing.matching import COLUMNS as OF_PEOPLE
from workflow.register.lives.family_input import NewPerson
from workflow.register.undoing import change_lines, undo_import
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases

TOWN, VILLAGE = "甲镇", "town-a-v1村"
WHY = "导入了去年的旧表"
MORE = (*HEADS, "家庭住址", "人均纯收入", "收入年度", "经度", "纬度")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=0)


def one(code: str = "H1", head: str = "张三", number: str = IDS[0], **more: str) -> list[str]:
    """A row under MORE."""
    said = {"镇": TOWN, "村": VILLAGE, "劳动能力": "普通劳动力", "联系电话": "13812345678", "家庭人口": "3"}
    return [code, head, number, *((said | more).get(heading, "") for heading in MORE[3:])]


def person(code: str, name: str, number: str, relation: str, labour: str = "普通劳动力") -> list[str]:
    return [code, name, number, relation, TOWN, VILLAGE, labour]


def last_import(county: County) -> int:
    with county.read() as session:
        return session.scalar(select(func.max(RegisterImport.id))) or 0


def undo(county: County, who: str = "office", number: int | None = None, **more: Any) -> undo_import.Undoing:
    at, vault = more.pop("at", day(1)), more.pop("vault", VAULT)
    wanted = number or last_import(county)
    with county.write() as session:
        return undo_import.undo(session, county.people[who], at, vault, wanted, more.pop("reason", WHY), **more)


def foreseen(county: County, number: int | None = None, vault: Vault = VAULT) -> undo_import.Undoing:
    with county.read() as session:
        return undo_import.preview(session, county.people["office"], vault, number or last_import(county))


def state(county: County, code: str = "H1") -> tuple[Any, ...]:
    """Everything an import may write of a household and of its living people, numbers opened."""
    with county.read() as session:
        row = session.scalars(select(Household).where(Household.code == code)).one()
        home = {name: getattr(row, name) for name in COLUMNS if name != "phone_sealed"}
        home["phone"] = VAULT.open(row.phone_sealed) if row.phone_sealed else None
        living = select(Member).where(Member.household_id == row.id, Member.ends_on.is_(None)).order_by(Member.position)
        people = [
            {name: getattr(m, name) for name in OF_PEOPLE if name != "id_sealed"}
            | {"number": VAULT.open(m.id_sealed) if m.id_sealed else None}
            for m in session.scalars(living)
        ]
        return home, people


def lines(county: County, number: int | None = None) -> list[change_lines.ChangeLine]:
    with county.read() as session:
        return change_lines.lines(session, county.people["office"], VAULT, number or last_import(county))


def test_a_changed_household_is_as_before_in_every_column_and_its_people_too(county: County, tmp_path: Path) -> None:
    bring(county, text(MORE, one(家庭住址="上塘组3号", 人均纯收入="4000", 收入年度="2017", 经度="115.75", 纬度="23.9")))
    before = state(county)
    changed = one(
        head="张叁",
        联系电话="13912345678",
        家庭人口="5",
        家庭住址="下塘组",
        人均纯收入="9000",
        收入年度="2018",
        经度="115.8",
        纬度="23.8",
        劳动能力="无劳动力",
    )
    bring(county, text(MORE, changed), at=day(0, 12))
    assert state(county) != before
    done = undo(county)
    assert (done.back, done.withdrawn, done.left) == (1, 0, 0)
    assert state(county) == before
    with county.read() as session:
        assert verify(session, tmp_path) == []
        assert session.scalars(select(RegisterImport).order_by(RegisterImport.id.desc())).first().status == "undone"  # type: ignore[union-attr]
        event = session.scalars(select(Event).where(Event.action == "undo_import")).one()
        assert event.actor_id == county.people["office"].user_id
        body = session.get_one(EventSecret, event.id).body
    assert body["reason"] == WHY
    assert WHY not in str(event.effect)
    assert "13912345678" not in str(body)


def test_what_an_import_entered_is_withdrawn_and_the_corrected_file_enters_it_again(
    county: County, tmp_path: Path
) -> None:
    bring(county, text(PEOPLE, person("H1", "张三", IDS[0], "户主"), person("H1", "李四", IDS[1], "配偶")))
    done = undo(county)
    assert (done.back, done.withdrawn, done.left) == (0, 1, 0)
    home, living = state(county)
    assert (home["status"], home["people"], living) == ("undone", None, [])
    with county.read() as session:
        days = session.execute(select(Member.begins_on, Member.ends_on, Member.end_reason)).all()
    assert set(days) == {(local_date(START), local_date(START), "struck")}
    again = bring(county, text(PEOPLE, person("H1", "张三", IDS[0], "户主", "无劳动力")), at=day(2))
    assert (again.four, again.counts["asked"], again.notices) == ((0, 1, 0, 0), 0, [])
    home, living = state(county)
    assert (home["status"], home["labour"], home["people"]) == ("in", "none", 1)
    assert [row["name"] for row in living] == ["张三"]
    with county.read() as session:
        assert verify(session, tmp_path) == []
    # And once more: it is withdrawn again, and everything is told.
    undo(county, at=day(3))
    assert state(county)[0]["status"] == "undone"
    with county.read() as session:
        assert verify(session, tmp_path) == []


def test_a_household_undone_on_its_page_stays_undone(county: County) -> None:
    bring(county, text(PEOPLE, person("H1", "张三", IDS[0], "户主")))
    act(county, "undone", household="H1", reason="不是本县的户")
    again = bring(county, text(PEOPLE, person("H1", "张三", IDS[0], "户主", "无劳动力")), at=day(2))
    assert (again.four, again.notices) == ((0, 0, 1, 0), ["ended_named"])
    assert state(county)[0]["status"] == "undone"


def test_who_was_struck_on_the_family_page_is_left_out_though_never_counted(county: County) -> None:
    wife = person("H1", "李四", IDS[1], "配偶")
    bring(county, text(PEOPLE, person("H1", "张三", IDS[0], "户主"), wife))
    undo_of = person("H1", "王五", IDS[2], "长子")
    bring(county, text(PEOPLE, person("H1", "张三", IDS[0], "户主"), wife, undo_of), at=day(0, 12))
    undo(county)
    child = NewPerson(name="赵六", id_number=IDS[3], labour="none")
    happen(county, "registered", household="H1", person=child, reason="漏登记的父亲", at=day(1))
    happen(county, "struck", "赵六", household="H1", reason="不是这一户的人", on=day(1).date(), at=day(1))
    rows = [person("H1", "张三", IDS[0], "户主"), wife, undo_of, person("H1", "赵六", IDS[3], "父亲")]
    again = bring(county, text(PEOPLE, *rows), at=day(2))
    assert (again.four, again.notices) == ((0, 1, 0, 0), ["ended_named"])
    assert [row["name"] for row in state(county)[1]] == ["张三", "李四", "王五"]


def test_an_added_head_goes_and_the_former_one_is_head_again(county: County, tmp_path: Path) -> None:
    old, wife = person("H1", "张三", IDS[0], "户主"), person("H1", "李四", IDS[1], "配偶")
    bring(county, text(PEOPLE, old, wife))
    before = state(county)
    new = person("H1", "王五", IDS[2], "户主")
    bring(county, text(PEOPLE, new, person("H1", "张三", IDS[0], "父亲"), wife), at=day(0, 12))
    assert [row["name"] for row in state(county)[1]] == ["王五", "李四", "张三"]
    undo(county)
    assert state(county) == before
    assert [(line.added, line.undone_at) for line in lines(county)] == [(["王五"], day(1))]
    with county.read() as session:
        assert verify(session, tmp_path) == []


def test_what_was_built_on_stays_and_is_named_with_the_reason(county: County, tmp_path: Path) -> None:
    codes = [("H1", "张三", IDS[0]), ("H2", "李四", IDS[1]), ("H3", "王五", IDS[2]), ("H4", "赵六", IDS[3])]
    bring(county, text(MORE, *(one(*each, 联系电话="") for each in codes)))
    first = last_import(county)
    bring(county, text(MORE, one(*codes[1], 联系电话="", 家庭住址="新址")), at=day(1))
    baby = NewPerson(name="王小五", sex="m", born_on=local_date(START))
    happen(county, "born", household="H3", person=baby, on=local_date(START), at=day(1))
    number = county.file("town", at=day(1), household="H4")
    seen = foreseen(county, first)
    assert (seen.undone, seen.left, dict(seen.reasons)) == (1, 3, {"import": 1, "family": 1, "ticket": 1})
    assert [(code, why.code) for code, why in seen.named] == [("H2", "import"), ("H3", "family"), ("H4", "ticket")]
    assert seen.named[2][1].params["number"] == county.ticket(number).number
    done = undo(county, number=first, at=day(2), seen=seen.digest)
    assert (done.undone, done.left) == (1, 3)
    assert [state(county, code)[0]["status"] for code in ("H1", "H2", "H3", "H4")] == ["undone", "in", "in", "in"]
    assert [line.obstacle and line.obstacle.code for line in lines(county, first)] == [
        None,
        "import",
        "family",
        "ticket",
    ]
    with county.read() as session:
        assert verify(session, tmp_path) == []
        counts = session.get_one(RegisterImport, first).counts
    assert (counts["undone"], counts["left"]) == (1, 3)


def test_a_look_at_full_numbers_builds_on_nothing(county: County) -> None:
    bring(county, text(MORE, one()))
    with county.write() as session:
        home = session.scalars(select(Household)).one()
        event_log.of(session, home, county.people["town"], day(1)).append("reveal", {}, notify=False)
    assert foreseen(county).undone == 1


def test_only_the_office_undoes_and_says_why(county: County) -> None:
    bring(county, text(MORE, one()), "town")
    with pytest.raises(NotAllowed):
        undo(county, "town")
    with pytest.raises(BadInput):
        undo(county, reason=" ")
    assert undo(county).withdrawn == 1
    with pytest.raises(WrongState):
        undo(county)


def test_a_preview_that_is_no_longer_true_is_refused(county: County) -> None:
    bring(county, text(MORE, one(), one("H2", "李四", IDS[1], 联系电话="")))
    seen = foreseen(county)
    county.file("town", at=day(1), household="H2")
    with pytest.raises(Stale):
        undo(county, seen=seen.digest, at=day(2))
    assert state(county, "H1")[0]["status"] == "in"


def test_numbers_come_back_though_the_key_was_rotated_and_not_without_the_old_key(county: County) -> None:
    bring(county, text(MORE, one()))
    bring(county, text(MORE, one(联系电话="13912345678")), at=day(0, 12))
    both = Vault(["a new key", "a key of the tests"])
    with county.write() as session:
        rotate(session, county.people["admin"], both, day(0, 13))
    assert foreseen(county, vault=Vault("a new key")).reasons == {"key_missing": 1}
    undo(county, vault=both)
    with county.read() as session:
        row = session.scalars(select(Household)).one()
    assert Vault("a new key").open(row.phone_sealed or "") == "13812345678"
    assert (row.phone_index, row.phone_masked) == (both.index("13812345678"), "138****5678")


def test_a_number_that_is_somebody_elses_by_now_stays(county: County) -> None:
    bring(county, text(MORE, one()))
    bring(county, text(MORE, one(number=IDS[1])), at=day(0, 12))
    wrong = last_import(county)
    bring(county, text(MORE, one("H2", "李四", IDS[0], 联系电话="")), at=day(0, 13))
    assert foreseen(county, wrong).reasons == {"number_elsewhere": 1}


def test_changes_are_shown_before_and_after_with_numbers_masked(county: County) -> None:
    bring(county, text(MORE, one()))
    bring(county, text(MORE, one(联系电话="13912345678", 家庭住址="下塘组", number=IDS[1])), at=day(0, 12))
    (line,) = lines(county)
    assert (line.code, line.head, line.village, line.row, line.new) == ("H1", "张三", VILLAGE, "2", False)
    said = {(one.person, one.name): (one.before, one.after) for one in line.fields}
    assert said["", "address"] == ("", "下塘组")
    assert said["", "phone_masked"] == ("138****5678", "139****5678")
    assert said["张三", "id_masked"] == (mask_id(IDS[0]), mask_id(IDS[1]))
    assert not [name for _, name in said if name.endswith(("_sealed", "_index"))]


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("column", ["import_id", "household_id", "event_id", "undone_id"])
def test_verify_finds_an_altered_change(county: County, tmp_path: Path, column: str) -> None:
    bring(county, text(MORE, one(), one("H2", "李四", IDS[1], 联系电话="")))
    bring(county, text(MORE, one(家庭住址="新址")), at=day(1))
    undo(county, at=day(2))
    with county.read() as session:
        assert verify(session, tmp_path) == []
    with county.write() as session:
        row = session.scalars(select(ImportChange).where(ImportChange.undone_id.is_not(None))).one()
        value = {"import_id": 1, "household_id": 2, "event_id": 1, "undone_id": None}[column]
        if column == "event_id":
            session.delete(session.scalars(select(ImportChange).where(ImportChange.event_id == 1)).one_or_none() or row)
        session.execute(update(ImportChange).where(ImportChange.id == row.id).values({column: value}))
    with county.read() as session:
        assert "import_change_differs" in {finding.code for finding in verify(session, tmp_path)}
