"""Block heads go to a log server too: a delivery without address and bot"""

from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.log_server"
down_revision = "0.3.0.passwords"
branch_labels = None
depends_on = None

_BEFORE = {
    "channel": "channel IN ('email', 'wecom', 'dingtalk', 'sms')",
    "target": "(address_id IS NULL) <> (robot_id IS NULL)",
}
_NOW = {
    "channel": "channel IN ('email', 'wecom', 'dingtalk', 'sms', 'syslog')",
    "target": (
        "(channel = 'syslog') = (address_id IS NULL AND robot_id IS NULL) AND (address_id IS NULL OR robot_id IS NULL)"
    ),
}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "delivery", _edited)
        return
    for name, rule in _NOW.items():
        op.drop_constraint(f"ck_delivery_{name}", "delivery")
        op.create_check_constraint(op.f(f"ck_delivery_{name}"), "delivery", rule)


def _edited(statement: str) -> str:
    for name, rule in _BEFORE.items():
        statement = statement.replace(rule, _NOW[name])
    return statement
