"""Files of the county are readable by its own account alone: what web, commands and worker write, and what was there."""

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

from installation import close_files, of_settings
from settings import ROOT, settings

_WRITES = """
import hashlib, sys
from datetime import UTC, datetime
from pathlib import Path
import wsgi
from models.schema import create_schema
from web.backup import backup
from workflow.register.importing.sealed_files import Strongbox
here = wsgi.app.extensions["xiaohao"]
create_schema(here.engine)
content = b"a photo"
here.store.put(hashlib.sha256(content).hexdigest(), content)
here.imports.mkdir(exist_ok=True)
(here.imports / "rows").write_bytes(b"rows")
backup(here.engine, here.files, Path(sys.argv[1]) / "out" / "backup.tar", datetime.now(UTC))
"""


def open_to_others(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and path.exists()
    }


def test_what_is_written_is_for_its_own_account_alone(tmp_path: Path) -> None:
    env = os.environ | {
        "XIAOHAO_DATABASE_URL": f"sqlite:///{tmp_path / 'county.db'}",
        "XIAOHAO_FILES": str(tmp_path / "files"),
        "XIAOHAO_ENV": "test",
    }
    subprocess.run([sys.executable, "-c", _WRITES, str(tmp_path)], cwd=ROOT, env=env, check=True, umask=0o022)
    assert {"county.db", "files", "out", "out/backup.tar"} <= {
        str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")
    }
    assert open_to_others(tmp_path) == set()


def test_what_an_earlier_version_wrote_is_closed_by_init(tmp_path: Path) -> None:
    folder = tmp_path / "files" / "ab"
    folder.mkdir(parents=True)
    for path in (folder / "photo", tmp_path / "county.db", tmp_path / "county.db-wal"):
        path.write_bytes(b"")
        path.chmod(0o644)
    folder.chmod(0o755)
    close_files(
        of_settings(settings(), database_url=f"sqlite:///{tmp_path / 'county.db'}", files=str(tmp_path / "files"))
    )
    assert open_to_others(tmp_path) <= {"files.imports"}


def test_web_commands_and_worker_begin_with_it() -> None:
    for program, inside in (("wsgi.py", None), ("worker.py", "main")):
        body = ast.parse((ROOT / program).read_text(encoding="utf-8")).body
        if inside is not None:
            body = next(each for each in body if isinstance(each, ast.FunctionDef) and each.name == inside).body
        said = [ast.unparse(each) for each in body]
        assert "keep_files_private()" in said
        first = said.index("keep_files_private()")
        # Before it only imports, which write nothing, and what spares them the collector of garbage.
        harmless = ("from ", "import ", "gc.disable()", '"', "'")
        assert not [each for each in said[:first] if not each.startswith(harmless)]
