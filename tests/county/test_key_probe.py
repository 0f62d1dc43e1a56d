"""Key probe: a wrong data key is refused before anything is read or written, also while the register is empty."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from installation import Installation
from migrations.state import strange
from models import Address, County, InstallationMark
from models.engine import in_transaction, make_engine
from models.sealing import WrongKey
from settings import DEVELOPMENT_SECRET
from tests.support.apps import app_on
from tests.support.factories import START, day, settle_county
from tests.support.factories import County as Settled
from web import backup as keeping
from workflow.county import vault
from workflow.county.vault import Vault, rotate
from workflow.errors import BadInput, Conflict
from workflow.verification.full_check import verify

OTHER = "a data key of another installation"


@pytest.fixture
def county(engine: Engine) -> Settled:
    return settle_county(engine)


@pytest.fixture
def wrong(county: Settled, database_url: str) -> Iterator[Engine]:
    """The county's database under a key that is not its own."""
    made = make_engine(database_url, OTHER)
    yield made
    made.dispose()


def findings(session: Session, files: Path) -> list[str]:
    return [finding.code for finding in verify(session, files)]


def installed(url: str, **instead: Any) -> Installation:
    where = {"files": "", "imports": Path(), "scheme": Path(), "clock": lambda: day(0)}
    return Installation(database_url=url, **{**where, **instead})


def test_a_wrong_key_is_told_though_the_register_is_empty_and_turning_it_turns_the_probe(
    county: Settled, wrong: Engine, database_url: str, tmp_path: Path
) -> None:
    assert [refused.code for refused in (strange(wrong), strange(county.engine)) if refused] == ["data_key_missing"]
    both = make_engine(database_url, f"{OTHER},{DEVELOPMENT_SECRET}")
    with Session(both) as session:
        rotate(session, county.people["admin"], Vault(f"{OTHER},{DEVELOPMENT_SECRET}"), day(1))
        session.commit()
    both.dispose()
    assert [refused.code for refused in (strange(wrong), strange(county.engine)) if refused] == ["data_key_missing"]
    assert strange(wrong) is None
    with Session(wrong) as session:
        assert findings(session, tmp_path) == []


@pytest.mark.one_database
def test_nothing_is_written_under_a_wrong_key(county: Settled, database_url: str) -> None:
    served, own = (
        installed(database_url, data_key=OTHER),
        installed(database_url, data_key=DEVELOPMENT_SECRET),
    )
    with pytest.raises(WrongKey):
        in_transaction(served.engine, lambda session: session.execute(delete(InstallationMark)))
    in_transaction(own.engine, lambda session: session.execute(select(InstallationMark)))
    for each in (served, own):
        each.engine.dispose()
    with county.read() as session:
        assert session.scalars(select(InstallationMark.store)).all() == [None]


@pytest.mark.one_database
def test_health_tells_a_wrong_key(county: Settled, database_url: str, tmp_path: Path) -> None:
    app = app_on(database_url, FILES=tmp_path, DATA_KEY=OTHER, CLOCK=lambda: START)
    assert app.test_client().get("/healthz").get_json()["data_key_wrong"] is False
    served = app.extensions["xiaohao"]
    served.engine = make_engine(database_url, OTHER)
    answer = app.test_client().get("/healthz")
    served.engine.dispose()
    assert (answer.status_code, answer.get_json()["well"], answer.get_json()["data_key_wrong"]) == (503, False, True)


@pytest.mark.one_database
def test_a_backup_is_not_restored_under_a_wrong_key(county: Settled, wrong: Engine, tmp_path: Path) -> None:
    """Seen: of a county without people, restore said ok."""
    keeping.backup(county.engine, tmp_path / "files", tmp_path / "kept.tar", day(1))
    with pytest.raises(Conflict) as refused:
        keeping.restore(wrong, tmp_path / "files", tmp_path / "kept.tar", day(2))
    assert refused.value.code == "data_key_missing"
    assert strange(county.engine) is None


@pytest.mark.one_database
def test_verify_finds_an_altered_probe_and_a_missing_one(county: Settled, tmp_path: Path) -> None:
    with county.write() as session:
        session.execute(text("UPDATE installation_mark SET probe = 's1:AAAA'"))
        assert findings(session, tmp_path) == ["data_key_wrong"]
        session.execute(text("DELETE FROM installation_mark"))
        assert findings(session, tmp_path) == ["probe_missing"]


@pytest.mark.one_database
def test_a_county_of_before_gets_its_probe_under_the_key_that_opens_its_data(county: Settled, wrong: Engine) -> None:
    with county.write() as session:
        session.execute(text("DELETE FROM installation_mark"))
        sealed = Vault(DEVELOPMENT_SECRET).seal("a@example.org")
        session.add(
            Address(
                user_id=county.people["town"].account_id,
                channel="email",
                value_sealed=sealed,
                value_index="x",
                created_at=START,
            )
        )
    with Session(wrong) as session, pytest.raises(BadInput, match="key_missing"):
        vault.begin_probe(session)
    with county.write() as session:
        vault.begin_probe(session)
        vault.begin_probe(session)
        assert session.scalars(select(InstallationMark.probe)).all() == ["Xiaohao"]
        assert session.scalar(select(County.id)) == 1
