"""Row changes: which rows of the recorded tables a transaction made, changed or deleted.

The columns listed here are told by no event of their own; when the transaction commits, `workflow.history.row_record`
writes what the noted rows then hold into the history.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, event, select
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.unitofwork import UOWTransaction

from models.base import Base

#: The recorded columns of a table; its other columns are told by events, derived, or pass.
RECORDED: Mapping[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        # The county.
        "county": "code name name_en",
        "scheme_version": "code version loaded_at",
        "scheme_adoption": "settled_at",
        "working_day_override": "source document",
        "unit": "code name name_en type ruled_by_leaders position",
        "unit_alias": "unit_id alias",
        "village": "town_id code name",
        "village_survey": "unit_id at",
        "authorisation": "doubled",
        # Accounts.
        "user_account": "name display_name password_hash password_set_at password_given_at language created_at",
        "former_password": "user_id password_hash replaced_at",
        "user_session": "user_id token_hash created_at expires_at ended_at address device remembered factor_at way",
        "api_token": "user_id token_hash created_at revoked_at name scopes expires_at",
        "first_sign_in": "user_id code_hash made_at made_by_id expires_at used_at ended_at reset_of agreement request_id "
        "request_what",
        "reset_request": "user_id what asked_at asked_by_id expires_at agreed_at agreed_by_id used_at ended_at ended_by_id",
        "second_factor": "user_id secret_sealed made_at confirmed_at ended_at",
        "recovery_code": "factor_id user_id code_hash made_at used_at ended_at",
        "passkey": "user_id name credential_id public_key sign_count made_at used_at ended_at",
        "sign_on": "user_id way issuer subject bound_at used_at ended_at",
        "sign_on_link": "user_id way code_hash made_at made_by_id expires_at used_at ended_at",
        # Tickets and papers.
        "evidence": "ticket_id look resembles",
        "matter": "title began_at began_by_id",
        "duty_entry": "once",
        "case_dossier": "action made_at",
        "duty_opening": "scheme_version_id through",
        "party": "ticket_id unit_id standing since",
        "rung_waiting": "ticket_id issue_at",
        "document_number": "unit_id",
        # The register.
        "household": "code head_name labour address latitude longitude people income_fen income_year income_people "
        "cause phone_sealed phone_index phone_masked visited_on version monitoring",
        "member": "household_id position name relation id_sealed id_index id_masked sex born_on born_exact labour "
        "beyond_help schooling illness insured pension allowance",
        "household_erasure": "household_id left_on years document asked_at asked_by_id agreed_at agreed_by_id ended_at "
        "ended_by_id erased_at",
        "checkup": "household_id source seen_on recorded_at by_id unit_id present note once",
        "finding": "checkup_id household_id seen_on have result cause note",
        "exit_dossier": "household_id passed_at passed_by_id unit_id",
        "candidate": "phone_sealed phone_index phone_masked",
        "candidate_person": "id_sealed id_index id_masked",
        "import_change": "row",
        "county_book": "filename",
        "bulk_list": "filename have",
        "bulk_line": "row",
        "register_import": "unit_id sha256 filename mapping income_year counts status problem read_by_id read_at applied_at",
        # Rankings.
        "ranking": "scheme_version_id known_at",
        "report_roll": "due_at",
        "day_count": "at",
        # What people say about the system itself.
        "feedback": "user_id page words sent_at answer answered_at answered_by_id",
        # Verification.
        "verification_run": "asked_at asked_by_id open ended_at failed_in found findings events block block_hash "
        "whole since",
        # Messages.
        "address": "user_id channel value_sealed value_index code_hash code_until created_at verified_at ended_at",
        "preference": "user_id kind how",
        "robot": "unit_id channel value_sealed value_index created_at created_by_id ended_at",
        "message": "event_id recipient_id channel kind params created_at",
        "delivery": "channel key event_id address_id robot_id kind params language weighty created_at decided_by_id "
        "decided_at",
    }.items()
}
TABLES: Mapping[str, Table] = Base.metadata.tables


def key_of(table: str) -> Column[Any]:
    """The column by which a row of a recorded table is named: its only key."""
    (key,) = TABLES[table].primary_key
    return key


_PENDING, _AT, _MARKS = "row_changes", "row_changes_at", "row_changes_marks"
#: A row by its table and id.
Row = tuple[str, int]


def note(session: Session, table: str, ids: Iterable[int]) -> None:
    """Note rows that a statement on many rows made, changed or deleted; the unit of work notes its own."""
    session.info.setdefault(_PENDING, []).extend((table, number) for number in ids)


def note_where(session: Session, table: str, where: ColumnElement[bool]) -> None:
    """Note the rows for which `where` holds: after a statement that made or changed them, before one that deletes."""
    note(session, table, session.scalars(select(key_of(table)).where(where)))


def happened(session: Session, now: datetime) -> None:
    """Say that what this transaction changes is an act of `now`.  Rows changed by a transaction without an act are not
    recorded, and `verify` finds them."""
    session.info.setdefault(_AT, now)


def noted(session: Session, table: str) -> list[int]:
    """The ids of the rows of a table that the transaction has noted so far, ascending."""
    return sorted({number for name, number in session.info.get(_PENDING, ()) if name == table})


def taken(session: Session) -> tuple[datetime, list[Row]] | None:
    """The moment of the transaction's act and the noted rows in their order, once; None where there is none of both."""
    pending, at = session.info.pop(_PENDING, None), session.info.pop(_AT, None)
    return (at, sorted(set(pending))) if pending and at is not None else None


def _of_flush(session: Session, _flush: UOWTransaction) -> None:
    pending: list[Row] = session.info.setdefault(_PENDING, [])
    rows: tuple[Any, ...] = (*session.new, *session.deleted, *filter(session.is_modified, session.dirty))
    pending.extend(
        (row.__tablename__, getattr(row, key_of(row.__tablename__).name))
        for row in rows
        if row.__tablename__ in RECORDED
    )


def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, {})[transaction] = len(session.info.get(_PENDING, ()))


def _forget(session: Session, transaction: SessionTransaction) -> None:
    """After a rollback, of all or to a savepoint: what was noted since is as it was, and not ours to read any more."""
    if not transaction.nested:
        for key in (_PENDING, _AT, _MARKS):
            session.info.pop(key, None)
    elif (mark := session.info.get(_MARKS, {}).pop(transaction, None)) is not None:
        del session.info.get(_PENDING, [])[mark:]


event.listen(Session, "after_flush", _of_flush)
event.listen(Session, "after_transaction_create", _mark)
event.listen(Session, "after_soft_rollback", _forget)
