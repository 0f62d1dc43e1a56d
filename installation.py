"""Installation: one county with its engine, files, data keys, scheme and clock, as entry points need it.

Web, command line and worker take a county from here and pass its parts on; no room below knows where it is.  A process
serves the one county of the settings; with several, only `of_settings` has to choose.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.engine import guarded, make_engine, reading
from models.postgresql import PATIENT, Waits
from settings import Settings, imports_beside
from workflow.county import vault
from workflow.county.vault import Vault
from workflow.evidence import Access, MarkedStore, Place, SealedStore, marked_store, store_at
from workflow.tickets.custody.clock_guard import LONGEST_PAUSE, ClockGuard

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


@dataclass
class Installation:
    """One county: addresses of its database, files and imports, its keys, its scheme file (with the county's
    part, if it is in another) and its clock.

    Engine, store and vault are created at first use, so that a forked worker opens connections of its own.
    """

    database_url: str
    files: Place
    imports: Path
    data_key: str
    scheme: Path
    county_file: Path | None = None
    access: Access = field(default_factory=Access)
    seal_files: bool = False
    clock: Clock = now
    #: Whether a long silence of the county makes the clock doubtful; a county tried out may lie as long as it likes.
    is_production: bool = False
    #: What a server of people waits for at most; worker and commands are patient.
    waits: Waits = PATIENT
    #: The mark that the store must bear, once it was read; a county never set up by `init` demands none.
    _known_mark: str | None = field(default=None, init=False)

    @cached_property
    def engine(self) -> Engine:
        """The engine of the county's own database; every writing transaction tries its key, once, and the clock first."""
        return guarded(make_engine(self.database_url, self.data_key, self.waits), self._before_writing)

    def _before_writing(self, session: Session) -> None:
        vault.refuse_wrong_key(session)
        self.clock_guard(session)

    @property
    def clock_guard(self) -> ClockGuard:
        """The guard of this county's clock; a clock that was handed in is no machine's and is compared with no server's."""
        pause = LONGEST_PAUSE if self.is_production else None
        return ClockGuard(self.clock, socket.gethostname()[:40], pause, has_server=self.clock is now)

    @cached_property
    def store(self) -> SealedStore:
        """The store of evidence: it reads sealed files and those in clear, whatever it writes, while it bears the county's mark."""
        marked = MarkedStore(store_at(self.files, self.access), self._store_mark)
        return SealedStore(marked, self.data_key, sealing=self.seal_files)

    def _store_mark(self) -> str | None:
        if self._known_mark is None:
            with reading(self.engine) as session:
                self._known_mark = marked_store.demanded(session)
        return self._known_mark

    @cached_property
    def vault(self) -> Vault:
        """The vault of personal data under the county's keys."""
        return Vault(self.data_key)


def keep_files_private() -> None:
    """Whatever this process writes is for its own account alone: files 0600, folders 0700 (databases, evidence, exports)."""
    os.umask(0o077)


def close_files(county: Installation) -> None:
    """The same for the database and the folders that are there already; what an earlier version wrote."""
    kept = [Path(str(county.files)), county.imports] if "://" not in str(county.files) else [county.imports]
    database = county.engine.url.database or ""
    files = list(Path(database).parent.glob(f"{Path(database).name}*")) if _is_file(county) else []
    for folder in kept:
        files += [path for path in folder.rglob("*") if path.is_file()]
        for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            if each.is_dir():
                each.chmod(0o700)
    for path in files:
        path.chmod(0o600)


def _is_file(county: Installation) -> bool:
    return county.engine.dialect.name == "sqlite" and Path(county.engine.url.database or "").is_file()


def of_settings(chosen: Settings, **instead: Any) -> Installation:
    """The county of the settings, with values replaced by `instead` (for tests and benchmarks)."""
    said = {
        "database_url": chosen.database_url,
        "files": chosen.files,
        "data_key": chosen.data_key,
        "scheme": chosen.scheme,
        "county_file": chosen.county_file,
        "access": Access(**chosen.s3),
        "is_production": chosen.env == "production",
        "seal_files": chosen.seal_files,
        **instead,
    }
    return Installation(imports=imports_beside(said["files"]), **said)
