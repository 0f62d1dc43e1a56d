"""Key rotation: no row lost, everything readable under the new key alone, and a missing key changes nothing."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import Engine, func, select

from models import Base, Event, Household, Member
from models.sealing import Sealed
from tests.support.apps import app_on
from tests.support.factories import County, day, settle_county
from tests.support.persons import id_number, move_in, phone
from workflow.county.vault import Vault
from workflow.county.vault import rotate as rotate_keys
from workflow.register import reveal

OLD, NEW = "the old key of this installation, 2018", "the new key of this installation, 2019"


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    with made.write() as session:
        for number, code in enumerate(("A1", "A2", "A3", "B1", "B2"), start=1):
            move_in(session, Vault(OLD), code, number, f"张{number}", f"李{number}")
    return made


def runner(url: str, files: Path, keys: str) -> FlaskCliRunner:
    return app_on(url, FILES=files, DATA_KEY=keys, CLOCK=lambda: day(5), TESTING=True).test_cli_runner()


def rotate(url: str, files: Path, keys: str) -> Any:
    return runner(url, files, keys).invoke(args=["rotate-key"])


def sealed(county: County) -> dict[tuple[str, int], tuple[str, str | None]]:
    with county.read() as session:
        phones = session.execute(select(Household.id, Household.phone_sealed, Household.phone_index))
        numbers = session.execute(select(Member.id, Member.id_sealed, Member.id_index))
        return {("phone", i): (s, x) for i, s, x in phones if s} | {("id", i): (s, x) for i, s, x in numbers if s}


def sealed_values(county: County) -> int:
    """How many values the sealed columns hold."""
    with county.read() as session:
        return sum(
            session.scalar(select(func.count()).where(each.is_not(None))) or 0
            for of in Base.metadata.sorted_tables
            for each in of.columns
            if isinstance(each.type, Sealed)
        ) + sum("income_fen" in str(effect) for effect in session.scalars(select(Event.effect)))


def finds(county: County, keys: str) -> bool:
    """Whether every person is found by number under these keys."""
    with county.write() as session:
        office = county.people["office"]
        return all(
            [line.code for line in reveal.find_by_number(session, office, Vault(keys), kind, number, day(5))] == [code]
            for n, code in enumerate(("A1", "A2", "A3", "B1", "B2"), start=1)
            for kind, number in (
                ("phone", phone(n)),
                ("id_number", id_number(n * 10 + 1)),
                ("id_number", id_number(n * 10 + 2)),
            )
        )


def test_turning_the_key_loses_no_row_and_searches_work_before_during_and_after(
    county: County, database_url: str, tmp_path: Path
) -> None:
    before = sealed(county)
    assert finds(county, OLD)
    assert finds(county, f"{NEW},{OLD}")
    assert not finds(county, NEW)
    count = 15 + sealed_values(county)
    done = rotate(database_url, tmp_path, f"{NEW},{OLD}")
    assert (done.exit_code, done.stdout.split()) == (0, [str(count)])
    assert "5" in done.stderr
    after = sealed(county)
    assert before.keys() == after.keys()
    assert not {value for pair in before.values() for value in pair} & {v for pair in after.values() for v in pair}
    opened = sorted(Vault(NEW).open(text) for text, _ in after.values())
    assert opened == sorted(Vault(OLD).open(text) for text, _ in before.values())
    assert finds(county, NEW)
    assert finds(county, f"{NEW},{OLD}")
    assert not finds(county, OLD)
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "rotate_key")).one()
        assert (event.subject_type, event.given) == ("county", {"values": count})


def test_it_reaches_every_row_however_many_are_read_at_once(county: County) -> None:
    before, told, columns = sealed(county), list[int](), sealed_values(county)
    with county.write() as session:
        count = rotate_keys(
            session, county.people["admin"], Vault(f"{NEW},{OLD}"), day(5), progress=told.append, chunk=2
        )
    # Five phones and ten numbers of persons, two at a time; then the sealed columns.
    assert (count, told[:8]) == (15 + columns, [2, 4, 5, 7, 9, 11, 13, 15])
    assert (told[8:], told[-1]) == (sorted(told[8:]), count)
    assert sorted(Vault(NEW).open(text) for text, _ in sealed(county).values()) == sorted(
        Vault(OLD).open(text) for text, _ in before.values()
    )


def test_a_lost_key_is_refused_and_nothing_is_changed(county: County, database_url: str, tmp_path: Path) -> None:
    with county.write() as session:
        # The last row by id is sealed under an unknown key: everything before it would already be written.
        row = session.scalars(select(Member).order_by(Member.id.desc()).limit(1)).one()
        row.id_sealed = Vault("lost for good").seal(id_number(999))
    before = sealed(county)
    refused = rotate(database_url, tmp_path, f"{NEW},{OLD}")
    assert refused.exit_code == 1
    assert "XIAOHAO_DATA_KEY" in refused.stderr
    assert sealed(county) == before
    with county.read() as session:
        assert session.scalars(select(Event).where(Event.action == "rotate_key")).all() == []


def test_turning_it_twice_is_turning_it_once(county: County, database_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        assert rotate(database_url, tmp_path, f"{NEW},{OLD}").exit_code == 0
    assert finds(county, NEW)
