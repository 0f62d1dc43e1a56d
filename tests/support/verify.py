"""Runs of `verify`, also after tampering with rows past the triggers."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.support.factories import County
from workflow.verification.full_check import verify


def findings(county: County, files: Path) -> set[str]:
    with county.read() as session:
        return {finding.code for finding in verify(session, files)}


def findings_after(engine: Engine, files: Path, statements: Iterable[str]) -> set[str]:
    """The findings of `verify` after these statements, run with triggers disabled and then rolled back."""
    with Session(engine) as session:
        if engine.dialect.name == "sqlite":
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            guards = ["PRAGMA defer_foreign_keys=ON", *(f"DROP TRIGGER {name}" for name in names)]
        else:
            guards = ["SET LOCAL session_replication_role = replica"]
        for statement in (*guards, *statements):
            session.connection().exec_driver_sql(statement)
        try:
            return {finding.code for finding in verify(session, files)}
        finally:
            session.rollback()
