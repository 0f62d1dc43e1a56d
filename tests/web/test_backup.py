"""Backups: a restore brings everything back, and a forged backup is refused."""

import os
import shutil
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models import UserSession
from models.engine import make_engine
from settings import DEVELOPMENT_SECRET
from tests.conftest import PG_TOOLS
from tests.support.factories import START, County, day, settle_county
from tests.support.texts import SENTENCE
from web import backup as keeping
from workflow import evidence
from workflow.county.accounts import token_hash
from workflow.county.sign_ins import sessions
from workflow.county.sign_ins.sessions import Opened, SessionRules
from workflow.errors import Conflict
from workflow.tickets import attachments
from workflow.verification.full_check import verify


def with_evidence(county: County, files: Path) -> int:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    content = b"a photo of a pump"
    with county.write() as session:
        attachments.add(
            session,
            county.people["water"],
            ticket,
            START,
            filename="pump.txt",
            sha256=evidence.keep(files, content),
            size=len(content),
            media_type="text/plain",
        )
    return ticket


def test_a_restored_backup_is_what_it_was(engine: Engine, tmp_path: Path) -> None:
    county, files = settle_county(engine), tmp_path / "files"
    ticket = with_evidence(county, files)
    with county.write() as session:
        # Signed in when the backup is made, and signed out before it comes back.
        town = county.people["town"].account_id
        opened = sessions.open_session(session, town, token_hash("x"), day(0), SessionRules(99), Opened("10.0.0.1")).id
    keeping.backup(engine, files, tmp_path / "kept.tar", day(1), PG_TOOLS)
    with county.write() as session:
        sessions.end_session(session, token_hash("x"), day(2), "10.0.0.1")
    county.do("office", "cancel", ticket, day(2), reason=SENTENCE)
    shutil.rmtree(files)
    engine.dispose()
    keeping.restore(engine, files, tmp_path / "kept.tar", day(3), PG_TOOLS)
    assert county.ticket(ticket).state == "in_progress"
    assert any(path.is_file() for path in files.rglob("*"))
    with county.read() as session:
        assert session.get_one(UserSession, opened).ended_at == day(3)
        assert verify(session, files) == []


def test_a_backup_without_its_evidence_is_refused_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    county, files = settle_county(engine), tmp_path / "files"
    ticket = with_evidence(county, files)
    shutil.move(files, tmp_path / "elsewhere")
    keeping.backup(engine, files, tmp_path / "kept.tar", day(1), PG_TOOLS)
    county.do("office", "cancel", ticket, day(2), reason=SENTENCE)
    engine.dispose()
    with pytest.raises(Conflict) as refusal:
        keeping.restore(engine, files, tmp_path / "kept.tar", day(3), PG_TOOLS)
    assert refusal.value.code == "backup_does_not_verify"
    assert county.ticket(ticket).state == "withdrawn"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_rewritten_history_is_refused(engine: Engine, tmp_path: Path) -> None:
    county = settle_county(engine)
    county.file()
    keeping.backup(engine, tmp_path / "files", tmp_path / "kept.tar", day(1), PG_TOOLS)
    with tarfile.open(tmp_path / "kept.tar") as tar:
        tar.extractall(tmp_path / "open", filter="data")
    forged = make_engine(f"sqlite:///{tmp_path / 'open' / 'database'}", DEVELOPMENT_SECRET)
    with forged.begin() as connection:
        connection.execute(text("DROP TRIGGER event_refuse_update"))
        connection.execute(text("UPDATE event SET actor_role = 'office' WHERE action = 'file'"))
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        connection.exec_driver_sql("BEGIN")
    forged.dispose()
    with tarfile.open(tmp_path / "forged.tar", "w") as tar:
        for name in os.listdir(tmp_path / "open"):
            tar.add(tmp_path / "open" / name, name)
    engine.dispose()
    with pytest.raises(Conflict):
        keeping.restore(engine, tmp_path / "files", tmp_path / "forged.tar", day(3))
