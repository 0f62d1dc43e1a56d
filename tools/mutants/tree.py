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

HERE = Path(__file__).parent
PLUGINS = ("chosen_tests.py", "reached_lines.py", "server.py")
_LEFT_OUT = {".git", ".venv", "node_modules", "var", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
#: Plugins are known to pytest before it runs, because the server has loaded them: that is no mistake here.
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


class Tree:
    """A copy of the project, and the process that runs tests in it."""

    def __init__(self, folder: Path, libraries: Path | None) -> None:
        self.root, self.plugins = folder / "tree", folder / "plugins"
        self._folder, self._libraries = folder, libraries
        self._server: subprocess.Popen[str] | None = None
        self._clock = 0

    @contextmanager
    def changed(self, path: str, source: bytes) -> Iterator[None]:
        """A module with another text, while the body runs."""
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

    def run(self, chosen: Mapping[str, float], limit: float) -> tuple[int, str]:
        """Run tests in their order, each with its limit in seconds: the exit code of pytest, and what it said."""
        told = self._folder / "chosen.json"
        told.write_text(json.dumps(dict(chosen)), encoding="utf-8")
        modules = dict.fromkeys(name.partition("::")[0] for name in chosen)
        output = self._folder / "output.txt"
        code = self._ask(
            {
                "arguments": [*OPTIONS, "-p", "chosen_tests", f"--basetemp={self._folder / 'tmp'}", *modules],
                "environment": {"MUTANTS_CHOSEN": str(told), "COLUMNS": "160"},
                "output": str(output),
                "limit": limit,
            }
        )
        shutil.rmtree(self.root / ".hypothesis", ignore_errors=True)
        return code, output.read_text(encoding="utf-8", errors="replace")

    def _ask(self, asked: dict[str, Any]) -> int:
        if self._server is None:
            libraries = self._libraries if self._libraries and self._libraries.exists() else self._folder / "none.json"
            if libraries.name == "none.json":
                libraries.write_text("[]", encoding="utf-8")
            self._server = subprocess.Popen(
                [sys.executable, str(self.plugins / "server.py"), str(libraries)],
                cwd=self.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        return int(json.loads(self._server.stdout.readline()))

    def close(self) -> None:
        if self._server is not None:
            with self._server:
                pass

    def write_map(self, folder: Path, modules: Sequence[str], databases: str, processes: int) -> int:
        """Run modules of tests, and write down which lines they reach."""
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        for path in self.root.rglob("*.py"):
            kept = folder / "sources" / sha256(path.read_bytes()).hexdigest()
            if not kept.exists():
                kept.write_bytes(path.read_bytes())
        environment = {
            **os.environ,
            "MUTANTS_MAP": str(folder.resolve()),
            "MUTANTS_TREE": str(self.root),
            "MUTANTS_DATABASES": databases,
            "PYTHONPATH": str(self.plugins),
            "COVERAGE_CORE": "ctrace",
        }
        spread = ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "reached_lines", *spread]
        command += [f"--basetemp={self._folder / 'tmp'}"]
        return subprocess.run([*command, *modules], cwd=self.root, env=environment, check=False).returncode


@contextmanager
def copied(root: Path, libraries: Path | None = None) -> Iterator[Tree]:
    """A copy of the project at `root`, gone when the body ends."""
    with TemporaryDirectory(prefix="mutants-") as name:
        tree = Tree(Path(name).resolve(), libraries)
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
