"""Authorisations, reviews of drafts, on what a signature rests, and rungs that wait for a person or the opening"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.signing"
down_revision = "0.3.0"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_STATUSES = "status IN ('issued', 'proposed', 'missed')"
_STATUSES_NOW = "status IN ('issued', 'proposed', 'deferred', 'missed')"
_NO_PAPER = "status <> 'missed' OR paper IS NULL"
_NO_PAPER_NOW = "status NOT IN ('missed', 'deferred') OR paper IS NULL"
_ANSWER_CHECKS = {
    "declined_by_a_person": "issued OR by_id IS NOT NULL",
    "reason": "(by_id IS NULL) = (reason = '')",
}
_ACTS = "act IN ('receipt', 'answer', 'ask_revocation', 'keep', 'end')"
_ACTS_NOW = "act IN ('receipt', 'answer', 'return', 'record', 'ask_revocation', 'keep', 'end')"
_HOW = (
    "(act = 'receipt' AND how IN ('signed', 'deemed')) OR (act = 'end' AND how IN ('satisfied', 'superseded', 'lapsed',"
    " 'revoked')) OR (act NOT IN ('receipt', 'end') AND how IS NULL)"
)
_HOW_NOW = _HOW.replace("'satisfied', ", "'satisfied', 'verified', 'concluded', 'moved_on', ")
_BY = "(by_id IS NULL) = (COALESCE(how, '') IN ('deemed', 'satisfied', 'superseded', 'lapsed'))"
_BY_NOW = (
    "(by_id IS NULL) = (COALESCE(how, '') IN ('deemed', 'satisfied', 'concluded', 'moved_on', 'superseded', 'lapsed'))"
)
_WORDS = "(words IS NULL) = (act = 'receipt' OR (act = 'end' AND COALESCE(how, '') <> 'revoked'))"
_WORDS_NOW = "(words IS NULL) = (act = 'receipt' OR (act = 'end' AND COALESCE(how, '') NOT IN ('revoked', 'verified')))"
_ROUND = "round >= 1 AND (round = 1 OR act IN ('answer', 'return'))"
_OF_ACTS = {"act": (_ACTS, _ACTS_NOW), "how": (_HOW, _HOW_NOW), "by": (_BY, _BY_NOW), "words": (_WORDS, _WORDS_NOW)}
_REFUSAL = "append-only: a history is never rewritten"


def upgrade() -> None:
    _authorisations()
    _reports()
    _reviews()
    _rungs()
    _waiting()
    _acts()
    _commitments()
    op.create_table(
        "web_heartbeat",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_heartbeat")),
        sa.UniqueConstraint("process", name=op.f("uq_web_heartbeat_process")),
    )


def _authorisations() -> None:
    op.create_table(
        "authorisation",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True, comment="empty: the system"),
        sa.Column("from_day", sa.Date(), nullable=False, comment="first day, in China"),
        sa.Column("until_day", sa.Date(), nullable=False, comment="last day, in China"),
        sa.Column("document", sa.String(length=100), nullable=False, comment="number of the paper that says so (文号)"),
        sa.Column("by_id", ROW_ID, nullable=False, comment="leader of the unit, who put it on record"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True, comment="ended before its last day"),
        sa.Column("ended_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("kind IN ('sign', 'supervise')", name=op.f("ck_authorisation_kind")),
        sa.CheckConstraint("(user_id IS NULL) = (kind = 'supervise')", name=op.f("ck_authorisation_whom")),
        sa.CheckConstraint("user_id IS NULL OR user_id <> by_id", name=op.f("ck_authorisation_not_oneself")),
        sa.CheckConstraint("until_day >= from_day", name=op.f("ck_authorisation_days")),
        sa.CheckConstraint("document <> ''", name=op.f("ck_authorisation_document")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_authorisation_ended")),
        _key("authorisation", "unit_id", "unit"),
        _key("authorisation", "user_id", "user_account"),
        _key("authorisation", "by_id", "user_account"),
        _key("authorisation", "ended_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
    )
    op.create_index("ix_authorisation_unit", "authorisation", ["unit_id", "kind"])


def _reports() -> None:
    connection = op.get_bind()
    check = "post_id IS NULL OR authorisation_id IS NULL"
    if connection.dialect.name == "sqlite":

        def edit(statement: str) -> str:
            first = statement.index("\tCONSTRAINT")
            added = (
                "\tpost_id INTEGER, \n\tauthorisation_id INTEGER, \n"
                f"\tCONSTRAINT ck_report_one_authority CHECK ({check}), \n"
                "\tCONSTRAINT fk_report_post_id_post FOREIGN KEY(post_id) REFERENCES post (id), \n"
                "\tCONSTRAINT fk_report_authorisation_id_authorisation"
                " FOREIGN KEY(authorisation_id) REFERENCES authorisation (id), \n"
            )
            return statement[:first] + added + statement[first:]

        rebuild(connection, "report", edit)
        return
    op.add_column("report", sa.Column("post_id", ROW_ID, nullable=True, comment="the signer's post as leader"))
    op.add_column(
        "report",
        sa.Column(
            "authorisation_id",
            ROW_ID,
            nullable=True,
            comment="the authorisation of a signer who does not lead the unit",
        ),
    )
    for name, other in (("post_id", "post"), ("authorisation_id", "authorisation")):
        op.create_foreign_key(f"fk_report_{name}_{other}", "report", other, [name], ["id"])
    op.create_check_constraint(op.f("ck_report_one_authority"), "report", check)


def _reviews() -> None:
    op.create_table(
        "report_review",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("sign_id", ROW_ID, nullable=False, comment="the draft"),
        sa.Column("drafted_by_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("remark", sa.String(), nullable=False, comment="the unit's paragraph as reviewed"),
        sa.CheckConstraint("by_id <> drafted_by_id", name=op.f("ck_report_review_two_persons")),
        _key("report_review", "sign_id", "ranking_sign"),
        _key("report_review", "drafted_by_id", "user_account"),
        _key("report_review", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_review")),
        sa.UniqueConstraint("sign_id", name=op.f("uq_report_review_sign_id")),
    )
    _append_only("report_review")


def _rungs() -> None:
    """A rung may wait for the office to open, and its answer may be the system's."""
    if op.get_bind().dialect.name == "sqlite":

        def statuses(statement: str) -> str:
            return statement.replace(_STATUSES, _STATUSES_NOW).replace(_NO_PAPER, _NO_PAPER_NOW)

        def answers(statement: str) -> str:
            changed = statement.replace("by_id INTEGER NOT NULL", "by_id INTEGER")
            first = changed.index("\tCONSTRAINT")
            added = "".join(f"\tCONSTRAINT ck_rung_answer_{n} CHECK ({c}), \n" for n, c in _ANSWER_CHECKS.items())
            return changed[:first] + added + changed[first:]

        rebuild(op.get_bind(), "escalation", statuses)
        rebuild(op.get_bind(), "rung_answer", answers)
        return
    for name, now in (("status", _STATUSES_NOW), ("missed_has_no_paper", _NO_PAPER_NOW)):
        op.drop_constraint(f"ck_escalation_{name}", "escalation")
        op.create_check_constraint(op.f(f"ck_escalation_{name}"), "escalation", now)
    op.alter_column("rung_answer", "by_id", nullable=True, comment="empty: the system at opening")
    for name, now in _ANSWER_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_rung_answer_{name}"), "rung_answer", now)


def _waiting() -> None:
    op.create_table(
        "rung_waiting",
        sa.Column("escalation_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("issue_at", MOMENT, nullable=True, comment="when the office opens; empty: it waits for a person"),
        _key("rung_waiting", "escalation_id", "escalation"),
        _key("rung_waiting", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("escalation_id", name=op.f("pk_rung_waiting")),
    )
    where = sa.text("issue_at IS NOT NULL")
    op.create_index(
        "ix_rung_waiting_issue",
        "rung_waiting",
        ["issue_at", "escalation_id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index("ix_rung_waiting_ticket", "rung_waiting", ["ticket_id"])
    op.execute(
        "INSERT INTO rung_waiting (escalation_id, ticket_id)"
        " SELECT e.id, e.ticket_id FROM escalation e LEFT JOIN rung_answer a ON a.escalation_id = e.id"
        " WHERE e.status = 'proposed' AND a.id IS NULL"
    )
    op.create_table(
        "waiting_reminder",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False, comment="how many papers waited"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_waiting_reminder")),
    )
    _append_only("waiting_reminder")


def _acts() -> None:
    """An answer may be returned and given again, with evidence and commitments; a talk has a record."""
    if op.get_bind().dialect.name == "sqlite":

        def edit(statement: str) -> str:
            for before, now in _OF_ACTS.values():
                if before not in statement:
                    raise ValueError(before)
                statement = statement.replace(before, now)
            statement = statement.replace(
                "CONSTRAINT uq_paper_act_paper_id_act UNIQUE (paper_id, act)",
                "CONSTRAINT uq_paper_act_paper_id_act_round UNIQUE (paper_id, act, round)",
            )
            first = statement.index("\tCONSTRAINT")
            added = (
                "\tround INTEGER DEFAULT '1' NOT NULL, \n\tevidence JSON DEFAULT '[]' NOT NULL, \n"
                f"\tdetails JSON DEFAULT '{{}}' NOT NULL, \n\tCONSTRAINT ck_paper_act_round CHECK ({_ROUND}), \n"
            )
            return statement[:first] + added + statement[first:]

        rebuild(op.get_bind(), "paper_act", edit, ("round", "evidence", "details"))
        return
    for name, (_, now) in _OF_ACTS.items():
        op.drop_constraint(f"ck_paper_act_{name}", "paper_act")
        op.create_check_constraint(op.f(f"ck_paper_act_{name}"), "paper_act", now)
    for column in (
        sa.Column(
            "round",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="of the answer: raised when it is returned",
        ),
        sa.Column("evidence", sa.JSON(), server_default="[]", nullable=False, comment="ids of the evidence attached"),
        sa.Column(
            "details",
            sa.JSON(),
            server_default="{}",
            nullable=False,
            comment="of the record of a talk: when it was held and who came",
        ),
    ):
        op.add_column("paper_act", column)
    op.drop_constraint("uq_paper_act_paper_id_act", "paper_act")
    op.create_unique_constraint(op.f("uq_paper_act_paper_id_act_round"), "paper_act", ["paper_id", "act", "round"])
    op.create_check_constraint(op.f("ck_paper_act_round"), "paper_act", _ROUND)


def _commitments() -> None:
    op.create_table(
        "paper_commitment",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("paper_id", ROW_ID, nullable=False),
        sa.Column("act_id", ROW_ID, nullable=False, comment="the answer or the record of the talk"),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False, comment="close of the day it is promised for"),
        sa.CheckConstraint("words <> ''", name=op.f("ck_paper_commitment_words")),
        _key("paper_commitment", "paper_id", "paper"),
        _key("paper_commitment", "act_id", "paper_act"),
        _key("paper_commitment", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_commitment")),
        sa.UniqueConstraint("act_id", "position", name=op.f("uq_paper_commitment_act_id_position")),
    )
    op.create_index("ix_paper_commitment_paper", "paper_commitment", ["paper_id", "due_at"])
    op.create_index("ix_paper_commitment_unit", "paper_commitment", ["unit_id", "due_at"])
    _append_only("paper_commitment")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _append_only(table: str) -> None:
    """The triggers that refuse to rewrite the table."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        )
