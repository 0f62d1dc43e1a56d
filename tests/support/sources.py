"""The product's source files as trees, parsed once in a process; tests that read them run in one (distribution.py)."""

import ast
import gc
from functools import cache
from pathlib import Path

from settings import ROOT

_FOLDERS = ("models", "workflow", "notifications", "reports", "simulation", "web", "migrations", "tools", "bench")


@cache
def _trees() -> dict[Path, ast.Module]:
    read = {
        path: ast.parse(path.read_text(encoding="utf-8")) for top in _FOLDERS for path in (ROOT / top).rglob("*.py")
    }
    # A million objects that stay: the collector of garbage need not go through them.
    gc.freeze()
    return read


def parsed(path: Path) -> ast.Module:
    """A source file as a tree; nobody changes it."""
    return _trees().get(path) or ast.parse(path.read_text(encoding="utf-8"))
