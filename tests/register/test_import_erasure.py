"""What is erased of register imports: the name of a file that was never applied, and all by which it could be guessed."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import Event, EventSecret, RegisterImport
from tests.register.test_list_erasure import confirmed, held
from tests.support.factories import START, County, settle_county
from tests.support.reforms import sound
from tests.support.spreadsheets import bring, text
from workflow.register.importing import import_lifecycle
from workflow.register.importing.sealed_files import KEPT_DAYS
from workflow.register.undoing import import_erasure

NAMED = "王五住院花名册.xlsx"
HEADINGS = ("户编号", "户主姓名", "镇", "村", "姓名", "身份证号码", "与户主关系")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=0)


def uploaded(county: County, sha256: str, name: str = NAMED, days: int = 0) -> int:
    with county.write() as session:
        at = START + timedelta(days=days)
        return import_lifecycle.bring(session, county.people["office"], at, sha256=sha256 * 64, filename=name).id


def erased(county: County, days: int) -> int:
    with county.write() as session:
        return import_erasure.erase_due(session, START + timedelta(days=days))


def names(county: County) -> list[str]:
    with county.read() as session:
        return list(session.scalars(select(RegisterImport.filename).order_by(RegisterImport.id)))


def words(county: County, import_id: int) -> list[str]:
    query = select(EventSecret.body).join(Event, Event.id == EventSecret.event_id)
    with county.read() as session:
        told = session.scalars(query.where(Event.subject_type == "import", Event.subject_id == import_id)).all()
    return [body["filename"] for body in told]


def test_the_name_of_a_file_that_was_never_applied_goes_with_the_file(county: County) -> None:
    number, other = uploaded(county, "a"), uploaded(county, "b", "another.xlsx", days=3)
    row, before = ("register_import", number), held(county, ("register_import", number))
    uploaded(county, "a", "王五.xlsx", days=1)
    assert (words(county, number), confirmed(county, row, before)) == ([NAMED, "王五.xlsx"], True)
    assert erased(county, KEPT_DAYS) == 0
    assert erased(county, KEPT_DAYS + 1) == 1
    assert (names(county), words(county, number)) == (["", "another.xlsx"], [])
    assert not confirmed(county, row, before)
    assert words(county, other) == ["another.xlsx"]
    assert erased(county, KEPT_DAYS + 2) == 0
    assert sound(county, START + timedelta(days=KEPT_DAYS + 3)) == []
    # Uploaded again it is an import again, under its name.
    assert uploaded(county, "a", days=KEPT_DAYS + 4) == number
    assert names(county) == [NAMED, "another.xlsx"]


def test_the_name_of_an_applied_file_stays_as_its_people_do(county: County) -> None:
    family = ["H1", "张三", "甲镇", "town-a-v1村", "张三", "441424195001012010", "户主"]
    assert bring(county, text(HEADINGS, family), filename="五华县花名册.csv").four == (1, 0, 0, 0)
    assert erased(county, 400) == 0
    assert names(county) == ["五华县花名册.csv"]
