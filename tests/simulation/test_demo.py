"""Demo county: made through the product's functions, so all of it verifies."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Checkup, Delivery, Event, ExitDossier, Household, Member
from models.engine import reading, writing
from simulation import demo
from simulation.demo import Scale
from tests.support.factories import day
from tests.support.households import register_scheme
from workflow.adoption.scheme_storing import install
from workflow.citizen_id import check_id
from workflow.county.context import county_context
from workflow.county.vault import Vault, mask_id
from workflow.register import exit_gate
from workflow.verification.full_check import verify

VAULT = Vault("a key of the demo's test")


# The laws are asked of a county on PostgreSQL in `test_county`.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_demo_county_visits_its_households_and_lets_out_only_who_passes(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        install(session, register_scheme(), 2018, day(-60))
    demo.run(
        engine,
        tmp_path,
        day(0),
        Scale(days=30, seed=3, households=40),
        hash_password=lambda password: password,
        progress=lambda done, of: None,
        vault=VAULT,
    )
    with reading(engine) as session:
        assert verify(session, tmp_path) == []
        sources = Counter(session.scalars(select(Checkup.source)))
        exited = session.scalars(select(Household).where(Household.status == "exited")).all()
        left = set(session.scalars(select(ExitDossier.household_id)))
        assert sources["visit"] > 20
        assert set(sources) == {"visit", "matching", "household"}
        assert exited
        assert {household.id for household in exited} <= left
        assert session.scalars(select(Member.id)).first() is not None
        _numbers(session)
        changes = session.scalars(select(Event.given).where(Event.action == "family")).all()
        assert len({given["kind"] for given in changes}) > 10, "every kind of change happens in families"
        setting = county_context(session)
        for event in session.scalars(select(Event).where(Event.action == "exit")):
            dossier = session.scalars(select(ExitDossier).where(ExitDossier.id == event.given["dossier"])).one()
            assert {have["result"] for have in dossier.content["haves"]} <= {"met", "not_applicable"}
        kept = session.scalars(select(Household).where(Household.status == "pre_exit")).all()
        # Notified by mail in the last days, at addresses entered and verified through the pages.
        reached = Counter(tuple(row) for row in session.execute(select(Delivery.kind, Delivery.status)))
        assert reached["verify", "sent"] >= 2
        assert reached["digest", "sent"] >= 4
        assert {status for _, status in reached} <= {"sent", "pending", "unknown", "dead"}
        assert any(not exit_gate.examine(session, setting, household, day(0)).passed for household in kept)


def _numbers(session: Session) -> None:
    """Asserts that every person registered from the start has valid, unique, encrypted numbers that fit sex and birth and
    belong to no real person.
    """
    from_the_start = select(Member).where(Member.begin_reason == "registered", Member.begins_on.is_(None))
    people = session.scalars(from_the_start).all()
    numbers = [check_id(VAULT.open(one.id_sealed or ""), day(0).date()) for one in people]
    assert [(n.sex, n.born_on, n.number[:6]) for n in numbers] == [(m.sex, m.born_on, "441424") for m in people]
    assert len({n.number for n in numbers}) == len({m.id_index for m in people}) == len(people) > 60
    # 996 to 999 are reserved for centenarians; no mobile number begins with 100.
    assert {n.number[14:16] for n in numbers} == {"99"}
    assert min(int(n.number[14:17]) for n in numbers) >= 996
    # Who splits off has no phone on record yet.
    homes = session.scalars(select(Household).where(Household.code.not_like("%-%"))).all()
    phones = [VAULT.open(one.phone_sealed or "") for one in homes]
    assert len(set(phones)) == len(phones)
    assert all(len(phone) == 11 and phone.startswith("100") for phone in phones)
    for one, number in zip(people, numbers, strict=True):
        assert (one.id_masked, one.id_index) == (mask_id(number.number), VAULT.index(number.number))
