"""Copies of the tree for mutation runs: where mutants are written and tests run, so that the checkout stays as it is."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.mutants.server import NEEDS_IMPORT

HERE = Path(__file__).parent
PLUGINS = ("chosen_tests.py", "reached_lines.py", "server.py")
_LEFT_OUT = {".git", ".venv", "node_modules", "var", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
#: Plugins are known to pytest before it runs, because the server has loaded them: that is no mistake here.
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


class Tree:
    """A copy of the project, and the process that runs tests in it."""

    def __init__(self, folder: Path, libraries: Path | None, databases: tuple[str, str]) -> None:
        self.databases = databases
        self.root, self.plugins = folder / "tree", folder / "plugins"
        self._folder, self._libraries = folder, libraries
        #: The modules of tests that are imported beforehand; none: all of them.
        self.imported: Sequence[str] = ()
        #: Tests that fail without any mutant.
        self.unsound: set[str] = set()
        self._servers: dict[tuple[str, ...], subprocess.Popen[str]] = {}
        self._clock = 0

    def run(self, path: str, mutant: bytes, chosen: Mapping[str, float], seconds: float) -> tuple[int, str]:
        """Run tests in their order, each with its limit, and as many of them as `seconds` allow, while a module has another
        text.

        Returns the exit code of pytest, and what it said.
        """
        chosen_file, output = self._folder / "chosen.json", self._folder / "output.txt"
        chosen_file.write_text(json.dumps(dict(chosen)), encoding="utf-8")
        modules = dict.fromkeys(name.partition("::")[0] for name in chosen)
        asked = {
            "arguments": [*OPTIONS, "-p", "chosen_tests", f"--basetemp={self._folder / 'tmp'}", *modules],
            "environment": {
                "MUTANTS_CHOSEN": str(chosen_file),
                "MUTANTS_DATABASES": ",".join(self.databases),
                "MUTANTS_SECONDS": str(seconds),
                "MUTANTS_OUTPUT": str(output),
                "MUTANTS_UNSOUND": json.dumps(sorted(self.unsound)),
            },
            "output": str(output),
            "limit": 10 * (seconds + sum(chosen.values())),
            "module": str(self.root / path),
            "before": (self.root / path).read_text(encoding="utf-8"),
            "after": mutant.decode(),
        }
        self._server()
        with self._changed(path, mutant):
            code = self._ask(asked)
            if code == NEEDS_IMPORT:
                code = self._ask(asked, "--cold")
        shutil.rmtree(self.root / ".hypothesis", ignore_errors=True)
        return code, output.read_text(encoding="utf-8", errors="replace")

    @contextmanager
    def _changed(self, path: str, source: bytes) -> Iterator[None]:
        target = self.root / path
        before, stat = target.read_bytes(), target.stat()
        # A time of its own for each text: compiled code is told from stale code by it.
        self._clock += 1
        target.write_bytes(source)
        os.utime(target, (stat.st_atime, stat.st_mtime + self._clock))
        try:
            yield
        finally:
            target.write_bytes(before)
            os.utime(target, (stat.st_atime, stat.st_mtime))

    def _ask(self, asked: dict[str, Any], *options: str) -> int:
        server = self._server(*options)
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        return int(json.loads(server.stdout.readline()))

    def _server(self, *options: str) -> subprocess.Popen[str]:
        """The process that forks, ready to: what it imports is the tree as it then is."""
        if options not in self._servers:
            libraries = self._libraries
            if libraries is None or not libraries.exists():
                libraries = self._folder / "libraries.json"
                libraries.write_text("[]", encoding="utf-8")
            server = self._servers[options] = subprocess.Popen(
                [sys.executable, str(self.plugins / "server.py"), str(libraries), *(options or self.imported)],
                cwd=self.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert server.stdout is not None
            server.stdout.readline()
        return self._servers[options]

    def close(self) -> None:
        for server in self._servers.values():
            with server:
                pass

    def write_map(self, folder: Path, modules: Sequence[str], processes: int) -> int:
        """Run modules of tests, and write down which lines they reach; each process runs modules as a whole, because a
        module's reach is one file.

        Returns the number of processes in which a test failed.
        """
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        for path in self.root.rglob("*.py"):
            kept = folder / "sources" / sha256(path.read_bytes()).hexdigest()
            if not kept.exists():
                kept.write_bytes(path.read_bytes())
        environment = {
            **os.environ,
            "MUTANTS_MAP": str(folder.resolve()),
            "MUTANTS_TREE": str(self.root),
            "MUTANTS_DATABASES": ",".join(self.databases),
            "PYTHONPATH": str(self.plugins),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "reached_lines"]
        runs = [
            subprocess.Popen(
                [*command, f"--basetemp={self._folder / f'tmp{number}'}", *modules[number::processes]],
                cwd=self.root,
                env=environment,
            )
            for number in range(min(processes, len(modules)))
        ]
        return sum(run.wait() != 0 for run in runs)


@contextmanager
def copied(root: Path, databases: tuple[str, str], libraries: Path | None = None) -> Iterator[Tree]:
    """A copy of the project at `root`, gone when the body ends."""
    with TemporaryDirectory(prefix="mutants-") as name:
        tree = Tree(Path(name).resolve(), libraries, databases)
        shutil.copytree(root, tree.root, symlinks=True, ignore=lambda at, names: _LEFT_OUT.intersection(names))
        (tree.root / "var").mkdir(exist_ok=True)
        for link in (".venv", "node_modules"):
            if (root / link).exists():
                (tree.root / link).symlink_to((root / link).resolve())
        tree.plugins.mkdir()
        for plugin in PLUGINS:
            shutil.copy(HERE / plugin, tree.plugins / plugin)
        try:
            yield tree
        finally:
            tree.close()
