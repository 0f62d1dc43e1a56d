"""Checkpoints: a run that goes on from one finds whatever differs in a row; altered history before it is left to the whole run."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from models import Base, Event, VerificationLot
from models.row_changes import RECORDED
from models.verification_run import SUBJECTS
from tests.support.factories import County, day
from tests.support.lived_county import lived_county
from tests.support.tampering import another, unguarded
from trail_jobs import verify_asked
from workflow.evidence import FolderStore
from workflow.history import row_record, sealing, word_erasure
from workflow.history.event_log import event_hash
from workflow.tickets import participation
from workflow.verification import full_check, runs
from workflow.verification.checkpoint import lots, proved_rows
from workflow.verification.registry import LOTS_OF, SINCE, TABLES, Proved
from workflow.verification.registry import findings as proof_findings

AT, FILES = day(60), FolderStore(Path("nowhere"))
TABLES_OF = Base.metadata.tables


@pytest.fixture
def county(engine: Engine, tmp_path: Path) -> County:
    """A lived county with a checkpoint."""
    made = lived_county(engine, tmp_path)
    seal(made)
    run(made, tmp_path)
    seal(made)
    return made


def seal(county: County) -> None:
    with county.write() as session:
        sealing.seal_all(session, AT)


def run(county: County, files: Path, *, whole: bool = False) -> runs.RunView:
    """A run of the worker, from beginning to end."""
    with county.write() as session:
        runs.ask(session, county.people["inspectorate"], AT, whole=whole)
    assert verify_asked(county.engine, FolderStore(files), lambda: AT)
    with county.read() as session:
        return runs.latest(session, county.people["inspectorate"], 1)[0]


def found(session: Session, files: Path, *, whole: bool = False) -> set[str]:
    """The codes of what is found, from the checkpoint on or in all of the history."""
    known = lots.latest(session, AT)
    assert known is not None
    return {one.code for one in full_check.verify(session, FolderStore(files), None if whole else known)}


def test_a_run_after_a_whole_clean_one_goes_on_from_its_checkpoint(county: County, tmp_path: Path) -> None:
    county.file("town", household="A3", at=AT)
    with county.write() as session:
        participation.comment(session, county.people["town"], 1, "等了很久", AT)
    second = run(county, tmp_path)
    assert (second.since, second.findings) == (1, [])
    whole = run(county, tmp_path, whole=True)
    assert (whole.since, whole.found) == (None, 0)
    seal(county)
    assert run(county, tmp_path).since == whole.id


def test_a_checkpoint_counts_once_it_is_sealed_and_for_a_month(engine: Engine, tmp_path: Path) -> None:
    county = lived_county(engine, tmp_path)
    seal(county)
    run(county, tmp_path)
    with county.read() as session:
        assert lots.latest(session, AT) is None
    seal(county)
    with county.read() as session:
        assert lots.latest(session, AT + lots.LASTS - timedelta(days=1)) is not None
        assert lots.latest(session, AT + lots.LASTS + timedelta(days=1)) is None


def test_every_table_of_a_proof_that_goes_on_from_a_checkpoint_is_in_its_lots() -> None:
    folded = {*proved_rows.TICKET_TABLES, "household"}
    # Accounts are folded each time; what is left is the history itself.
    apart = {"user_account", "event", "event_secret"}
    by_proof = {"events": folded | apart, "rows": set(RECORDED)}
    assert by_proof.keys() == SINCE.keys() == LOTS_OF.keys()
    for proof, tables in by_proof.items():
        assert {name for name, one in TABLES.items() if isinstance(one, Proved) and proof in one.proofs} == tables, (
            proof
        )
    assert {"events": tuple(SUBJECTS), "rows": tuple(RECORDED)} == LOTS_OF


def altered(table: str, session: Session) -> list[str]:
    """Statements that alter every column of the first row of a table but its keys, and one that deletes it."""
    columns, quote = TABLES_OF[table].columns, session.get_bind().dialect.identifier_preparer.quote
    key = next(iter(TABLES_OF[table].primary_key)).name
    where = f"WHERE {key} = (SELECT min({key}) FROM {table})"
    coverage = TABLES[table]
    passing = coverage.passing if isinstance(coverage, Proved) else ()
    free = [
        column
        for column in columns
        if not column.primary_key and not column.foreign_keys and column.name not in passing
    ]
    sets = ", ".join(f"{quote(column.name)} = {another(column, quote(column.name))}" for column in free)
    return [*([f"UPDATE {table} SET {sets} {where}"] if sets else []), f"DELETE FROM {table} {where}"]


@pytest.mark.parametrize("proof", ["events", "rows"])
def test_from_a_checkpoint_whatever_differs_in_a_row_is_found_as_in_all_of_the_history(
    county: County, proof: str
) -> None:
    with county.read() as session:
        known = lots.latest(session, AT)
    assert known is not None
    compared = 0
    for place, table in enumerate(proved_rows.TICKET_TABLES if proof == "events" else RECORDED):
        with unguarded(county.engine, table) as connection:
            with Session(connection) as session:
                statements = altered(table, session)
            # Of the many recorded tables, which are all read in one way, every other one loses a row.
            for statement in statements if proof == "events" else [statements[place % len(statements)]]:
                with connection.begin_nested() as attempt:
                    if connection.exec_driver_sql(statement).rowcount:
                        with Session(connection, join_transaction_mode="create_savepoint") as session:
                            quick = {(one.code, one.subject) for one in proof_findings(proof, session, FILES, known)}
                            whole = {(one.code, one.subject) for one in proof_findings(proof, session, FILES, None)}
                        assert quick == whole, statement
                        compared += bool(whole)
                    attempt.rollback()
    assert compared > 15


def tampered(county: County, files: Path, *statements: str) -> tuple[set[str], set[str]]:
    """What is found from the checkpoint on, and in all of the history, after statements that nothing refuses."""
    with unguarded(county.engine, "event", "ticket", "verification_lot") as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount
        with Session(connection) as session:
            return found(session, files), found(session, files, whole=True)


OLD = "subject_type = 'ticket' AND subject_id = 1 AND seq = 1"


def test_altered_history_before_the_checkpoint_is_found_by_the_whole_run(county: County, tmp_path: Path) -> None:
    quick, whole = tampered(county, tmp_path, f"UPDATE event SET actor_role = 'office' WHERE {OLD}")
    assert (quick, whole) == (set(), {"event_altered"})


def test_a_row_altered_with_its_event_is_found_from_the_checkpoint_on(county: County, tmp_path: Path) -> None:
    forged = f"UPDATE event SET actor_id = 1, effect = '{{}}' WHERE {OLD}"
    quick, whole = tampered(county, tmp_path, forged, "UPDATE ticket SET filed_by_id = 1, kind = 'power' WHERE id = 1")
    assert "event_altered" in quick
    assert quick == whole


def forge_lot(session: Session) -> None:
    """Alter a ticket, and in its lot the digest to that of what it now holds."""
    session.execute(text("UPDATE ticket SET relapses = relapses + 5 WHERE id = 1"))
    row = session.scalars(select(VerificationLot).where(VerificationLot.kind == "ticket")).first()
    assert row is not None
    ((_, content),) = proved_rows.contents(session, "ticket", [1])
    row.leaves = row.leaves | {"1": row_record.fingerprint(row.salt, content)}
    session.flush()


def test_a_forged_lot_is_not_believed(county: County, tmp_path: Path) -> None:
    with unguarded(county.engine, "ticket", "verification_lot") as connection, Session(connection) as session:
        forge_lot(session)
        assert found(session, tmp_path) == {"row_differs"}


def test_a_forged_checkpoint_leads_to_the_whole_history(county: County, tmp_path: Path) -> None:
    """Its event with it, hash and all: then its block gives it away, and nothing goes on from there."""
    with unguarded(county.engine, "ticket", "verification_lot", "event") as connection, Session(connection) as session:
        forge_lot(session)
        event = session.scalars(select(Event).where(Event.action == "verified")).one()
        effect = event.effect | {"lots": lots.digests(session, 1)}
        columns = {column.key: getattr(event, column.key) for column in Event.__table__.columns}
        forged = event_hash(columns | {"effect": effect})
        session.execute(update(Event).where(Event.id == event.id).values(effect=effect, hash=forged))
        session.expire_all()
        assert lots.latest(session, AT) is None


def test_nothing_is_left_by_which_to_guess_erased_words(county: County) -> None:
    kept = select(VerificationLot.kind).where(VerificationLot.kind == "ticket")
    with county.write() as session:
        assert session.scalars(kept).all()
        of_ticket = session.scalars(select(Event.id).where(Event.subject_type == "ticket", Event.subject_id == 1))
        word_erasure.erase(session, AT, of_ticket)
        assert session.scalars(kept).all() == []
