"""Erasure of households that were merged, or came as candidates; what is another household's stays; a file brings nothing back."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Evidence, Household, LookBand
from tests.support.candidates import FAMILY, PERSONAL, candidate_scheme, judged
from tests.support.factories import County, day, settle_county
from tests.support.household_erasures import LATER, erase, everything
from tests.support.lives import act, home, living
from tests.support.messages import notified
from tests.support.persons import id_number, move_in
from tests.support.signing import colleague
from tests.support.spreadsheets import VAULT, bring, text
from tests.support.verify import findings
from workflow import evidence
from workflow.history import sealing
from workflow.register import exit_gate
from workflow.tickets import attachments

HEADINGS = ("户编号", "户主姓名", "镇", "村", "姓名", "身份证号码", "与户主关系")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, candidate_scheme())
    colleague(made, "watcher", "inspectorate", "inspectorate")
    return made


def snap(county: County, who: str, ticket: int, files: Path, content: bytes) -> str:
    """A photo on a ticket, with its bytes and what it looks like."""
    name = hashlib.sha256(content).hexdigest()
    evidence.store_at(files).put(name, content)
    kept = {"filename": "井.jpg", "sha256": name, "size": len(content), "media_type": "image/jpeg"}
    with county.write() as session:
        attachments.add(session, county.people[who], ticket, day(1), looks=("0123456789abcdef",) * 8, **kept)  # type: ignore[arg-type]
    return name


def test_a_family_first_reported_is_erased_and_a_photo_of_two_households_stays(county: County, tmp_path: Path) -> None:
    number, other = judged(county, "register", code="N-1"), county.file(household="A2")
    ticket = county.file(household="N-1", at=day(1))
    shared = snap(county, "town", ticket, tmp_path, b"one well of two households")
    alone = snap(county, "town", ticket, tmp_path, b"the house")
    assert snap(county, "town", other, tmp_path, b"one well of two households") == shared
    with county.write() as session:
        exit_gate.set_status(session, county.people["office"], day(2), "N-1", "cleared", f"{PERSONAL[0]}家误录")
        sealing.seal_all(session, day(2))
    assert notified(county, "ask_erasure") == set()
    erase(county, "N-1")
    # Of the inspectorate all but who proposed it.
    assert notified(county, "ask_erasure") == {"inspectorate"}
    assert [word for word in PERSONAL if word in everything(county)] == []
    with county.read() as session:
        evidence.tidy(session, tmp_path, LATER)
        left = session.scalars(select(Evidence)).one()
        assert (left.ticket_id, left.sha256) == (other, shared)
        assert set(session.scalars(select(LookBand.evidence_id))) == {left.id}
    store = {name for name, _ in evidence.store_at(tmp_path).listing()}
    assert (shared in store, alone in store) == (True, False)
    assert county.ticket(number).description == ""
    assert findings(county, tmp_path) == set()
    # The register's next file still has the family: its code is refused by its row, under a code of its own it is taken.
    head = FAMILY[0]
    line = [head["name"], "甲镇", "town-a-v1村", head["name"], head["id_number"], "户主"]
    file = bring(county, text(HEADINGS, ["N-1", *line], ["N-2", *line[:3], "李四", id_number(77), "户主"]), at=LATER)
    assert (file.four, file.faults) == ((1, 0, 0, 1), {2: ["erased_code"]})
    assert (home(county, "N-1").head_name, living(county, "N-1")) == ("", ["", ""])
    assert bring(county, text(HEADINGS, ["N-3", *line]), at=LATER).four == (1, 0, 0, 0)
    assert findings(county, tmp_path) == set()


def test_a_merged_household_is_erased_and_its_people_stay_in_the_other(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        move_in(session, VAULT, "A1", 1, "张一", "李一")
        move_in(session, VAULT, "A2", 2, "王二", "赵二")
    ended, follows = (
        county.file("village", household="A1"),
        county.file(household="A1", kind="power", description="李一家断电"),
    )
    county.do("village", "withdraw", ended, reason="重复上报")
    act(county, "merged", to="A2", reason="老人随子女生活", at=day(1))
    with county.write() as session:
        sealing.seal_all(session, day(2))
    before = living(county, "A2")
    erase(county)
    assert living(county, "A2") == before == ["王二", "赵二", "张一", "李一"]
    assert (county.ticket(ended).description, county.ticket(follows).description) == ("", "李一家断电")
    with county.read() as session:
        gone = session.scalars(select(Household).where(Household.code == "A1")).one()
        assert (gone.status, gone.head_name, gone.successor_id) == ("merged", "", home(county, "A2").id)
    assert findings(county, tmp_path) - {"bytes_missing"} == set()
