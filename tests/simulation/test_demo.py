"""The demo county: everything in it came about through the doors, so all of it verifies."""

from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, select

from models import Checkup, Delivery, Event, ExitDossier, Household, Member
from models.engine import reading, writing
from simulation import demo
from tests.factories import day
from tests.register.households import register_scheme
from workflow.adoption import install
from workflow.county import setting
from workflow.register import gate
from workflow.register.privacy import Vault
from workflow.verification import verify


def test_the_demo_county_visits_its_households_and_lets_out_only_who_passes(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        install(session, register_scheme(), 2018, day(-60))
    demo.run(
        engine, tmp_path, day(0), days=30, seed=3, households=40, hash_password=lambda password: password,
        progress=lambda done, of: None, vault=Vault("the key of this test"),
    )  # fmt: skip
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
        place = setting(session, exited[0].county_id)
        for event in session.scalars(select(Event).where(Event.action == "exit")):
            told = session.scalars(select(ExitDossier).where(ExitDossier.id == event.given["dossier"])).one()
            assert {have["result"] for have in told.content["haves"]} <= {"met", "not_applicable"}
        kept = session.scalars(select(Household).where(Household.status == "pre_exit")).all()
        # Told by mail in the last days, from addresses entered and verified as people do.
        reached = Counter(tuple(row) for row in session.execute(select(Delivery.kind, Delivery.status)))
        assert reached["verify", "sent"] >= 2
        assert reached["digest", "sent"] >= 4
        assert {status for _, status in reached} <= {"sent", "pending", "unknown", "dead"}
        assert any(not gate.examine(session, place, household, day(0)).passed for household in kept)
