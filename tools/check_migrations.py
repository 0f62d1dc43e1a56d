"""Migration check: the migrations lead to the schema of the models (tables, columns, checks, indexes, triggers), and
every published revision is unchanged.

`--publish` records the revisions of a release; none of them is edited, renumbered or re-parented afterwards.
"""

import hashlib
import re
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Engine, text

from migrations import upgrade
from migrations.state import VERSIONS
from models.engine import make_engine
from models.schema import create_schema
from settings import DEVELOPMENT_SECRET

_SQLITE = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE '%alembic%'"
_POSTGRESQL = """
SELECT 'column ' || table_name || '.' || column_name,
       data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' '
       || coalesce(character_maximum_length::text, '')
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'alembic%'
UNION ALL
SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'alembic%'
UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%'
UNION ALL
SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def live(engine: Engine) -> dict[str, str]:
    """Every object of the live schema by name, with white space folded and a table's parts sorted."""
    with engine.connect() as connection:
        rows = connection.execute(text(_SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL))
        return {name: _folded(body) for name, body in rows}


def _folded(body: str) -> str:
    words = re.sub(r"\s+", " ", body.replace('"', "")).strip()
    if not words.upper().startswith("CREATE TABLE"):
        return words
    return " | ".join(sorted(_parts(words[words.index("(") + 1 : words.rindex(")")])))


def _parts(body: str) -> list[str]:
    """The columns and constraints of a table, split at commas outside brackets and quotes."""
    parts, depth, quoted = [""], 0, False
    for sign in body:
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [re.sub(r"\s*([(),])\s*", r"\1", part).strip() for part in parts]


def differences(migrated: Engine, described: Engine) -> list[str]:
    """The objects in which two live schemas differ."""
    one, other = live(migrated), live(described)
    return [
        f"{name}\n  migrated:  {one.get(name)}\n  described: {other.get(name)}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def listed(folder: Path = VERSIONS) -> dict[str, str]:
    """The published revisions: SHA-256 by file name."""
    lines = (folder.parent / "published").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def revisions(folder: Path = VERSIONS) -> dict[str, str]:
    """The revisions on disk: SHA-256 by file name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.py"))}


def altered(folder: Path = VERSIONS) -> list[str]:
    """The published revisions that are missing or changed."""
    there = revisions(folder)
    return [name for name, digest in listed(folder).items() if there.get(name) != digest]


def publish(folder: Path = VERSIONS) -> list[str]:
    """Records the revisions that are not published yet; returns their names."""
    before, there = listed(folder), revisions(folder)
    fresh = [name for name in there if name not in before]
    with (folder.parent / "published").open("a", encoding="utf-8") as file:
        file.writelines(f"{there[name]}  {name}\n" for name in fresh)
    return fresh


def main() -> int:
    changed = altered()
    for name in changed:
        sys.stderr.write(f"{name}: a published revision is never edited; write another one\n")
    if changed:
        return 1
    if "--publish" in sys.argv[1:]:
        sys.stdout.writelines(f"{name}\n" for name in publish())
    with tempfile.TemporaryDirectory() as folder:
        migrated = make_engine(f"sqlite:///{Path(folder) / 'migrated.db'}", DEVELOPMENT_SECRET)
        described = make_engine(f"sqlite:///{Path(folder) / 'described.db'}", DEVELOPMENT_SECRET)
        upgrade(migrated)
        create_schema(described)
        differing = differences(migrated, described)
        migrated.dispose()
        described.dispose()
    for line in differing:
        sys.stderr.write(f"{line}\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
