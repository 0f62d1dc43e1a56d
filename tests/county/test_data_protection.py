"""Data protection: the list of what is kept of people is whole, and who accessed a household is looked up by few and on record."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Base, Event, EventSecret, User
from models.sealing import Sealed, SealedBytes, SealedWithin
from settings import DEVELOPMENT_SECRET as KEY
from tests.support.factories import START, County, day, settle_county
from tests.support.persons import move_in, phone
from tests.support.signing import authorise, colleague, lead
from tests.support.verify import findings
from workflow.boards import data_protection
from workflow.boards.data_protection import KEPT
from workflow.county import authorisations
from workflow.county.vault import Vault
from workflow.errors import NotAllowed, NotFound
from workflow.register import reveal

#: Tables that hold nothing of people but ids of those whose data is in another, or their acts.
OF_NOBODY = [
    "accountability_case",
    "block",
    "case_dossier",
    "charge",
    "counter",
    "county",
    "custody",
    "day_count",
    "delivery",
    "digest_run",
    "document_number",
    "downtime",
    "duty_opening",
    "escalation",
    "factor_use",
    "first_sign_in",
    "figure_check",
    "former_name",
    "guess",
    "heading_choice",
    "idempotency_key",
    "installation_mark",
    "instruction",
    "instruction_act",
    "matter",
    "message",
    "objection_answer",
    "outbox",
    "paper",
    "paper_act",
    "paper_commitment",
    "paper_pending",
    "party",
    "passkey_challenge",
    "planned_reform",
    "preference",
    "random_check",
    "random_draw",
    "ranking",
    "ranking_objection",
    "ranking_reminder",
    "ranking_sign",
    "recovery_code",
    "reform",
    "report",
    "report_draft",
    "report_receipt",
    "report_review",
    "report_roll",
    "reported_figure",
    "reset_request",
    "rung_answer",
    "rung_waiting",
    "scheme_adoption",
    "scheme_version",
    "sign_on_link",
    "spot_check",
    "spot_draw",
    "spot_pending",
    "sweep_report",
    "tenure",
    "unit",
    "unit_alias",
    "verification_lot",
    "verification_run",
    "village",
    "village_survey",
    "waiting_reminder",
    "web_heartbeat",
    "worker_heartbeat",
    "working_day_override",
]


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    lead(made, "office")
    lead(made, "water")
    colleague(made, "keeper", "office", "office")
    with made.write() as session:
        move_in(session, Vault(KEY), "A1", 1, "张一", "李一")
    return made


def test_every_table_and_every_personal_column_is_on_the_list() -> None:
    listed = {(table, column) for kept in KEPT for table, columns in kept.columns.items() for column in columns.split()}
    tables = Base.metadata.tables
    assert {name for kept in KEPT for name in kept.columns} ^ set(OF_NOBODY) == set(tables)
    assert {(table, column) for table, column in listed if column not in tables[table].columns} == set()
    personal = {
        (table.name, column.name)
        for table in tables.values()
        for column in table.columns
        if isinstance(column.type, Sealed | SealedBytes | SealedWithin)
        or column.name.endswith(("_sealed", "_masked", "_index"))
        or column.name in ("latitude", "longitude", "address", "display_name", "head_name")
    }
    # The probe is a known text that is sealed to try the key.
    assert personal - listed == {("installation_mark", "probe")}


def look_up(county: County, who: str, code: str = "A1") -> list[tuple[str | None, str, Any]]:
    with county.write() as session:
        found = data_protection.look_up(session, county.people[who], day(1), code)
    return [(each.name, each.action, each.given.get("ground")) for each in found]


@pytest.mark.one_database("sqlite")
def test_the_inspectorate_and_whom_the_leader_of_the_office_authorises_look_up_who_accessed_a_household(
    county: County, tmp_path: Path
) -> None:
    with county.write() as session:
        reveal.reveal_people(session, county.people["town"], Vault(KEY), "A1", day(0), ground="contact")
        reveal.find_by_number(session, county.people["office"], Vault(KEY), "phone", phone(1), day(0))
    expected = [(name_of(county, "office"), "find_by_number", None), (name_of(county, "town"), "reveal", "contact")]
    assert look_up(county, "inspectorate") == expected
    for who in ("office", "keeper", "leaders", "town"):
        with pytest.raises(NotAllowed, match="data_look_up_not_yours"):
            look_up(county, who)
    given = authorise(county, "office", START, kind="data", user="keeper")
    assert look_up(county, "keeper") == expected
    with pytest.raises(NotFound):
        look_up(county, "keeper", "Z9")
    with county.write() as session:
        authorisations.end(session, county.people["office"], day(1), given.id)
    with pytest.raises(NotAllowed):
        look_up(county, "keeper")
    # Each look-up once a day of whoever looked, and none of those that were refused.
    with county.read() as session:
        told = select(Event.actor_id, EventSecret.body).join(EventSecret, EventSecret.event_id == Event.id)
        readings = session.execute(told.where(Event.action == "read_trail").order_by(Event.id)).all()
        readers = [county.people[who].user_id for who in ("inspectorate", "keeper")]
        assert [tuple(each) for each in readings] == [(reader, {"household": "A1"}) for reader in readers]
    assert findings(county, tmp_path) == set()


@pytest.mark.one_database("sqlite")
def test_only_office_and_inspectorate_have_a_person_for_it_and_county_level_reads_what_is_kept(county: County) -> None:
    with pytest.raises(NotAllowed, match="unit_protects_no_data"):
        authorise(county, "water", START, kind="data", user="keeper")
    with county.read() as session:
        lines, erasures = data_protection.kept(session, county.people["office"])
        rows = {line.kept.code: line.rows for line in lines}
        assert (rows["identity"], rows["income"], erasures.waiting, erasures.erased) == (2, rows["contact"], 0, 0)
        for who in ("town", "water", "village", "admin"):
            with pytest.raises(NotAllowed, match="data_kept_not_yours"):
                data_protection.kept(session, county.people[who])


def name_of(county: County, who: str) -> str:
    with county.read() as session:
        return session.get_one(User, county.people[who].account_id).display_name
