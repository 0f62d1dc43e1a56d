"""Rungs that the leading group reaches are recorded, without a paper"""

from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.recorded_rungs"
down_revision = "0.3.0.bulk_lists"
branch_labels = None
depends_on = None

_STATUS = "status IN ('issued', 'proposed', 'deferred', 'missed')"
_STATUS_NOW = "status IN ('issued', 'proposed', 'deferred', 'missed', 'recorded')"
_NO_PAPER = "status NOT IN ('missed', 'deferred') OR paper IS NULL"
_NO_PAPER_NOW = "status NOT IN ('missed', 'deferred', 'recorded') OR paper IS NULL"
_RECORDED = "status <> 'recorded' OR rung >= 3"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":

        def edit(statement: str) -> str:
            changed = statement.replace(_STATUS, _STATUS_NOW).replace(_NO_PAPER, _NO_PAPER_NOW)
            first = changed.index("CONSTRAINT ck_escalation_status")
            return f"{changed[:first]}CONSTRAINT ck_escalation_recorded CHECK ({_RECORDED}), \n\t{changed[first:]}"

        rebuild(connection, "escalation", edit)
        return
    for name, now in (("status", _STATUS_NOW), ("missed_has_no_paper", _NO_PAPER_NOW)):
        op.drop_constraint(f"ck_escalation_{name}", "escalation")
        op.create_check_constraint(op.f(f"ck_escalation_{name}"), "escalation", now)
    op.create_check_constraint(op.f("ck_escalation_recorded"), "escalation", _RECORDED)
