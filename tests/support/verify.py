"""Runs of `verify`, also after tampering with rows past the triggers."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.orm import Session

from models import Base, Event
from models import engine as engines
from tests.support.factories import County
from workflow.history import row_record, word_erasure
from workflow.verification.full_check import verify
from workflow.verification.proofs.findings import Finding
from workflow.verification.registry import PROOFS

_TABLES = frozenset(Base.metadata.tables)


def findings(county: County, files: Path) -> set[str]:
    with county.read() as session:
        return {finding.code for finding in verify(session, files)}


def erase_all_words(session: Session, at: datetime) -> int:
    """Erase the words of every event of a person, as the product erases words."""
    told = select(Event.id).where(Event.commitment.is_not(None), Event.subject_type != row_record.SUBJECT)
    return word_erasure.erase(session, at, session.scalars(told))


def findings_after(engine: Engine, files: Path, statements: Iterable[str]) -> set[str]:
    """The findings of `verify` after these statements, run with triggers disabled and then rolled back."""
    with Session(engine) as session:
        _alter(session, statements)
        try:
            return {finding.code for finding in verify(session, files)}
        finally:
            session.rollback()


def findings_after_each(engine: Engine, files: Path, tamperings: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """`findings_after` for each of many tamperings with one database."""
    untouched, codes_of = Readings(engine, files), {}
    for what, statements in tamperings.items():
        with Session(engine) as session:
            _alter(session, statements)
            codes_of[what] = {finding.code for finding in untouched.after(session, tables_in(statements))}
            session.rollback()
    return codes_of


def _alter(session: Session, statements: Iterable[str]) -> None:
    if session.get_bind().dialect.name == "sqlite":
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        guards = ["PRAGMA defer_foreign_keys=ON", *(f"DROP TRIGGER {name}" for name in names)]
    else:
        guards = ["SET LOCAL session_replication_role = replica"]
    for statement in (*guards, *statements):
        session.connection().exec_driver_sql(statement)


def tables_in(statements: Iterable[str]) -> frozenset[str]:
    """The tables that statements name: all that they read or write, for no table's rows follow another's by themselves."""
    return _TABLES & {word for statement in statements for word in re.findall(r"\w+", statement)}


class Readings:
    """The findings of each proof before anything is altered, and the tables it reads.

    What a proof finds depends on nothing but the rows it reads and the files.  So after rows of some tables were
    altered, the proofs that read none of them find what they found before: the findings of all of `verify` are known
    after running the others.  Each proof is read in a session and with caches of its own, or else it would seem not to
    read what another has read before it.
    """

    def __init__(self, engine: Engine, files: Path) -> None:
        self._files = files
        self._known: dict[str, tuple[list[Finding], frozenset[str]]] = {}
        for name, proof in PROOFS.items():
            engines._kept.pop(engine.pool, None)
            said: list[str] = []

            def note(_c: Connection, _cursor: Any, statement: str, *_: Any, said: list[str] = said) -> None:
                said.append(statement)

            event.listen(engine, "before_cursor_execute", note)
            try:
                with Session(engine) as session:
                    self._known[name] = list(proof(session, files)), tables_in(said)
            finally:
                event.remove(engine, "before_cursor_execute", note)

    def before(self) -> list[Finding]:
        """The findings of `verify` while nothing is altered."""
        return [finding for found, _ in self._known.values() for finding in found]

    def after(self, session: Session, altered: frozenset[str]) -> list[Finding]:
        """The findings of `verify` after rows of these tables were altered."""
        assert altered <= _TABLES
        return [
            finding
            for name, (found, tables) in self._known.items()
            for finding in (PROOFS[name](session, self._files) if tables & altered else found)
        ]
