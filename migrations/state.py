"""Whose schema a database has: this version's, an older or newer one's, that of 0.1, or somebody else's.

Asked before anything is read or written, so that a database nothing can be made of is told in one sentence.
"""

import base64
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, Engine, inspect, text

from models.sealing import KeyMissing, Sealer, derived

VERSIONS = Path(__file__).parent / "versions"
#: What 0.1 numbered its revisions; 0.2.0 begins anew, and its revisions are named after versions.
_OF_0_1 = {f"{number:04}" for number in range(1, 19)}
LAST_OF_0_1 = "0.1.0"
#: Tables that every version has had; a schema made from the models, without revisions, is known by them.
_OURS = {"county", "event", "ticket", "user_account"}
_LINE = re.compile(r'^(revision|down_revision) = "?([^"\n]+)"?$', re.MULTILINE)

#: In English, for a log; a command or a page says them in the reader's language, by their codes.
SENTENCES = {
    "database_of_0_1": "This database is of version 0.1; the last version that reads it is %(version)s.",
    "database_newer": "This database is of a newer version (schema %(revision)s) than this program; install that version.",
    "database_behind": "This database is of an earlier version (schema %(revision)s); run `flask --app wsgi init`.",
    "data_key_missing": "XIAOHAO_DATA_KEY does not hold the key under which this database's personal data is sealed; add that key.",
    "database_foreign": "This database holds tables that are not Xiaohao's; name an empty one of its own.",
}


@dataclass(frozen=True, slots=True)
class Strange:
    """Why a database cannot be worked with, as a code of SENTENCES and what its sentence names."""

    code: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in English."""
        return SENTENCES[self.code] % self.values


def _opens(connection: Connection, tables: set[str]) -> bool:
    """Whether the engine's keys open what is sealed in this database, now or in a version before sealed columns."""
    sealer: Sealer | None = getattr(connection.dialect, "sealer", None)
    probe = _probe(connection) if "installation_mark" in tables else None
    if probe is not None:
        return sealer is not None and _opened(sealer, probe, "installation_mark.probe")
    if "member" not in tables:
        return True
    numbers, labour = (
        "SELECT id_sealed FROM member WHERE id_sealed IS NOT NULL LIMIT 1",
        "SELECT labour FROM member LIMIT 1",
    )
    words = connection.execute(text(labour)).scalar()
    if words is None or (sealer is None and not words.startswith("s1:")):
        return True
    if sealer is None:
        return False
    if words.startswith("s1:"):
        return _opened(sealer, words, "member.labour")
    number = connection.execute(text(numbers)).scalar()
    return number is None or _decrypts(sealer, number)


def _probe(connection: Connection) -> str | None:
    """The sealed text that is there to try the key by, also while the register is empty."""
    probe: str | None = connection.execute(text("SELECT probe FROM installation_mark")).scalar()
    return probe


def _opened(sealer: Sealer, sealed: str, column: str) -> bool:
    try:
        sealer.open(sealed, column)
    except KeyMissing:
        return False
    return True


def _decrypts(sealer: Sealer, number: str) -> bool:
    for key in sealer.keys:
        try:
            Fernet(base64.urlsafe_b64encode(derived(key, "seal"))).decrypt(number)
        except InvalidToken:
            continue
        return True
    return False


@cache
def revisions() -> dict[str, str]:
    """The revisions of this version by name, each with the one before it (`None` for the first)."""
    parents = {}
    for path in sorted(VERSIONS.glob("*.py")):
        said = dict(_LINE.findall(path.read_text(encoding="utf-8")))
        parents[said["revision"]] = said["down_revision"]
    return parents


def judged(revision: str, known: dict[str, str]) -> Strange | None:
    """What is strange about a database that stands at `revision`, where these are `known`; None for the newest."""
    if revision in known:
        return Strange("database_behind", {"revision": revision}) if revision in known.values() else None
    if revision in _OF_0_1:
        return Strange("database_of_0_1", {"version": LAST_OF_0_1})
    return Strange("database_newer", {"revision": revision[:40]})


def strange(engine: Engine, *, upgrading: bool = False) -> Strange | None:
    """Why this database cannot be worked with; None when it can, and when it is empty.

    With `upgrading` it may be of an earlier version, and may hold no table unless a revision says whose they are.
    """
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return None
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if tables >= _OURS and not _opens(connection, tables):
            return Strange("data_key_missing")
        if "alembic_version" not in tables:
            foreign = tables if upgrading else tables and not tables >= _OURS
            return Strange("database_foreign") if foreign else None
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    verdict = judged(revision, revisions()) if revision else None
    return None if upgrading and verdict is not None and verdict.code == "database_behind" else verdict
