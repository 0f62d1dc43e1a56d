"""Posts by days: with a document, entered late, deputies, and no two holders at one time"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.posts"
down_revision = "0.3.0.tickets_of_living_units"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_HELD = "post_is_held"
_KINDS, _KINDS_NOW = "kind IN ('leader', 'duty')", "kind IN ('leader', 'duty', 'deputy')"
_CHECKS = {
    "stands_for": "(kind = 'deputy') = (stands_for_id IS NOT NULL)",
    "not_for_oneself": "stands_for_id IS NULL OR stands_for_id <> user_id",
    "deputy_ends": "kind <> 'deputy' OR until_at IS NOT NULL",
    "cancelled_ends": "cancelled_at IS NULL OR until_at IS NOT NULL",
}
_COLUMNS = (
    ("stands_for_id", "INTEGER", ROW_ID, "of a deputy: the person who is away"),
    ("document", "", None, ""),
    ("recorded_at", "VARCHAR(32)", MOMENT, "when it was entered; empty: when it began"),
    ("ended_at", "VARCHAR(32)", MOMENT, "when its last day was entered afterwards"),
    ("cancelled_at", "VARCHAR(32)", MOMENT, "entered by mistake, or replaced from its first day on"),
)
_DOCUMENT = "number of the paper (任免文号); empty: before it was asked for"
_KEY = "fk_post_stands_for_id_user_account"
_OVERLAPS = (
    "EXISTS (SELECT 1 FROM post p WHERE p.unit_id = NEW.unit_id AND p.kind = NEW.kind AND p.cancelled_at IS NULL"
    " AND (NEW.kind <> 'deputy' OR p.stands_for_id = NEW.stands_for_id)"
    " AND (NEW.until_at IS NULL OR p.from_at < NEW.until_at) AND (p.until_at IS NULL OR p.until_at > NEW.from_at)"
    " AND {another})"
)
# A custody names who led its unit when it began, by the posts.
_LED = (
    "UPDATE custody SET leader_id = (SELECT p.user_id FROM post p WHERE p.unit_id = custody.unit_id"
    " AND p.kind = 'leader' AND p.from_at <= custody.began_at"
    " AND (p.until_at IS NULL OR p.until_at > custody.began_at))"
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    (_on_sqlite if sqlite else _on_postgresql)()
    op.create_index("ix_post_user", "post", ["user_id"])
    for statement in _sqlite_triggers() if sqlite else _postgresql_triggers():
        op.execute(statement)
    op.execute(_LED)


def _on_sqlite() -> None:
    def edit(statement: str) -> str:
        first = statement.index("\tCONSTRAINT")
        columns = "".join(
            f"\t{name} {kind}, \n" if kind else "\tdocument VARCHAR(100) DEFAULT '' NOT NULL, \n"
            for name, kind, _, _ in _COLUMNS
        )
        checks = "".join(f"\tCONSTRAINT ck_post_{name} CHECK ({rule}), \n" for name, rule in _CHECKS.items())
        key = f"\tCONSTRAINT {_KEY} FOREIGN KEY(stands_for_id) REFERENCES user_account (id), \n"
        return (statement[:first] + columns + checks + key + statement[first:]).replace(_KINDS, _KINDS_NOW)

    rebuild(op.get_bind(), "post", edit, added=tuple(name for name, *_ in _COLUMNS))


def _on_postgresql() -> None:
    for name, _, kind, comment in _COLUMNS:
        column: sa.Column[object] = (
            sa.Column(name, kind, nullable=True, comment=comment)
            if kind is not None
            else sa.Column(name, sa.String(100), nullable=False, server_default="", comment=_DOCUMENT)
        )
        op.add_column("post", column)
    for name, comment in (
        ("from_at", "0:00 in China of the first day"),
        ("until_at", "24:00 in China of the last day; empty: no last day yet"),
    ):
        op.alter_column("post", name, comment=comment)
    op.drop_constraint("ck_post_kind", "post")
    for name, rule in {"kind": _KINDS_NOW, **_CHECKS}.items():
        op.create_check_constraint(op.f(f"ck_post_{name}"), "post", rule)
    op.create_foreign_key(_KEY, "post", "user_account", ["stands_for_id"], ["id"])


def _sqlite_triggers() -> list[str]:
    return [
        f"CREATE TRIGGER post_held_once_{deed.lower()} BEFORE {deed} ON post WHEN NEW.cancelled_at IS NULL"
        f" AND {_OVERLAPS.format(another=other)} BEGIN SELECT RAISE(ABORT, '{_HELD}'); END"
        for deed, other in {"INSERT": "TRUE", "UPDATE": "p.id <> OLD.id"}.items()
    ]


def _postgresql_triggers() -> list[str]:
    return [
        "CREATE FUNCTION post_held_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 FROM unit WHERE id = NEW.unit_id FOR NO KEY UPDATE;"
        f" IF {_OVERLAPS.format(another='p.id <> NEW.id')} THEN"
        f" RAISE EXCEPTION '{_HELD}' USING ERRCODE = 'restrict_violation', CONSTRAINT = '{_HELD}';"
        " END IF; RETURN NEW; END $$",
        "CREATE TRIGGER post_held_once BEFORE INSERT OR UPDATE ON post FOR EACH ROW"
        " WHEN (NEW.cancelled_at IS NULL) EXECUTE FUNCTION post_held_once()",
    ]
