"""Candidates: families that are not registered, with the tickets about them; their evidence is erased with them"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.candidates"
down_revision = "0.3.0.first_sign_ins"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
BY_BYTES = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
_CANDIDATE = {
    "consent_how": "consent_how IS NULL OR consent_how IN ('written', 'spoken', 'phone', 'guardian')",
    "consent": "(consent_on IS NULL) = (consent_how IS NULL) AND (consent_on IS NOT NULL OR consent_by = '')",
    "verdict": "verdict IS NULL OR verdict IN ('registered', 'refused', 'withdrawn')",
    "registered": "(household_id IS NOT NULL) = (verdict IS NOT NULL AND verdict = 'registered')",
    "consented": "household_id IS NULL OR consent_on IS NOT NULL",
    "ground": "(ground IS NOT NULL) = (verdict IS NOT NULL AND verdict = 'refused')",
    "erase": "(erase_at IS NOT NULL) = (verdict IS NOT NULL AND verdict IN ('refused', 'withdrawn'))",
    "erased_in_time": "erased_at IS NULL OR (erase_at IS NOT NULL AND erased_at >= erase_at)",
    "erased": "(erased_at IS NULL AND head_name <> '') OR (erased_at IS NOT NULL AND head_name = '' AND initials = ''"
    " AND address = '' AND consent_by = '' AND phone_sealed IS NULL AND phone_masked IS NULL)",
    "phone": "(phone_sealed IS NULL) = (phone_index IS NULL)",
}
_PERSON = {
    "sex": "sex IS NULL OR sex IN ('m', 'f')",
    "labour": "labour IN ('with', 'partly', 'none', 'unknown')",
    "id_number": "(id_sealed IS NULL) = (id_index IS NULL)",
}
_SUBJECTS = " + (CASE WHEN subject_unit_id IS NULL THEN 0 ELSE 1 END)"
_MORE = " + (CASE WHEN candidate_id IS NULL THEN 0 ELSE 1 END)"
_OTHERS = (
    "(CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN village_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN duty_unit_id IS NULL THEN 0 ELSE 1 END)"
)
_JUDGED = "candidate_id IS NULL OR (filed_unit_id IS NOT NULL AND confirmer_unit_id <> filed_unit_id)"
_COMMENT = "the family that is not registered; its only ticket"
_ERASED = (
    "EXISTS (SELECT 1 FROM ticket JOIN candidate ON candidate.id = ticket.candidate_id"
    " WHERE ticket.id = OLD.ticket_id AND candidate.erased_at IS NOT NULL)"
)
_REFUSAL = "append-only: a history is never rewritten"


def upgrade() -> None:
    _candidates()
    _people()
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "ticket", _edited, added=("candidate_id",))
    else:
        op.add_column("ticket", sa.Column("candidate_id", ROW_ID, nullable=True, comment=_COMMENT))
        op.create_foreign_key("fk_ticket_candidate_id_candidate", "ticket", "candidate", ["candidate_id"], ["id"])
        op.drop_constraint("ck_ticket_one_subject", "ticket")
        op.create_check_constraint(op.f("ck_ticket_one_subject"), "ticket", f"{_OTHERS}{_SUBJECTS}{_MORE} = 1")
        op.create_check_constraint(op.f("ck_ticket_candidate_subject"), "ticket", _JUDGED)
    _index("uq_ticket_candidate", "ticket", ["candidate_id"], "candidate_id IS NOT NULL", unique=True)
    _evidence(connection.dialect.name == "sqlite")


def _index(name: str, table: str, columns: list[str], where: str | None = None, *, unique: bool = False) -> None:
    predicate = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=predicate, postgresql_where=predicate)


def _candidates() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("head_name", BY_BYTES, nullable=False, comment="empty once erased"),
        sa.Column("initials", BY_BYTES, nullable=False, comment="as of a household"),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("phone_sealed", sa.String(200), nullable=True),
        sa.Column("phone_index", sa.String(64), nullable=True),
        sa.Column("phone_masked", sa.String(32), nullable=True),
        sa.Column("consent_by", sa.String(200), nullable=False, comment="the person who consented"),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("consent_how", sa.String(16), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=True, comment="empty while its ticket is open"),
        sa.Column("ground", sa.String(64), nullable=True, comment="of a refusal: code of the scheme's list"),
        sa.Column("household_id", ROW_ID, nullable=True, comment="the household it became"),
        sa.Column("erase_at", MOMENT, nullable=True, comment="from when on its personal data is erased"),
        sa.Column("erased_at", MOMENT, nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_candidate_{name}")) for name, rule in _CANDIDATE.items()),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_candidate_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("household_id", name=op.f("uq_candidate_household_id")),
    )
    _index("ix_candidate_head_name", "candidate", ["head_name"])
    _index("ix_candidate_initials", "candidate", ["initials"])
    _index("ix_candidate_erase", "candidate", ["erase_at", "id"], "erase_at IS NOT NULL AND erased_at IS NULL")


def _people() -> None:
    op.create_table(
        "candidate_person",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("candidate_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="1 is the head"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("relation", sa.String(200), nullable=False, comment="to the head"),
        sa.Column("id_sealed", sa.String(200), nullable=True),
        sa.Column("id_index", sa.String(64), nullable=True),
        sa.Column("id_masked", sa.String(32), nullable=True),
        sa.Column("sex", sa.String(1), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("labour", sa.String(16), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False, comment="whether the candidate's ticket is open"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_candidate_person_{name}")) for name, rule in _PERSON.items()),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_person_candidate_id_candidate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_person")),
        sa.UniqueConstraint("candidate_id", "position", name=op.f("uq_candidate_person_candidate_id_position")),
    )
    _index("ix_candidate_person_id_index", "candidate_person", ["id_index"])
    where = "open AND id_index IS NOT NULL"
    _index("uq_candidate_person_open", "candidate_person", ["id_index"], where, unique=True)


def _edited(statement: str) -> str:
    changed = statement.replace(_SUBJECTS, _SUBJECTS + _MORE)
    first = changed.index("\tCONSTRAINT")
    added = (
        "\tcandidate_id INTEGER, \n"
        f"\tCONSTRAINT ck_ticket_candidate_subject CHECK ({_JUDGED}), \n"
        "\tCONSTRAINT fk_ticket_candidate_id_candidate FOREIGN KEY(candidate_id) REFERENCES candidate (id), \n"
    )
    return changed[:first] + added + changed[first:]


def _evidence(sqlite: bool) -> None:
    if sqlite:
        op.execute("DROP TRIGGER evidence_refuse_delete")
        op.execute(
            f"CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence WHEN NOT {_ERASED}"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION erased_with_candidate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_ERASED} THEN RETURN OLD; END IF;"
        f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute("DROP TRIGGER evidence_refuse_delete ON evidence")
    op.execute(
        "CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence"
        " FOR EACH ROW EXECUTE FUNCTION erased_with_candidate()"
    )
