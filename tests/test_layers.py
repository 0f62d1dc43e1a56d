"""Who may know whom: the import rules of the house, read from the source with `ast`."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "workflow", "notifications", "reports", "simulation", "web", "migrations", "tools", "bench")
MAY_KNOW = {
    "models": set(),
    "workflow": {"models"},
    "notifications": {"models", "workflow"},
    "reports": {"models", "workflow", "notifications"},
    "simulation": {"models", "workflow", "notifications"},
    "web": {"models", "workflow", "notifications", "reports", "simulation", "settings", "migrations"},
}
ONLY_IN = {
    "flask": {"web", "wsgi.py", "bench/floor.py"},
    "flask_login": {"web"},
    "flask_wtf": {"web"},
    "flask_babel": {"web"},
    "apscheduler": {"worker.py"},
    "transitions": {"workflow/state_table.py"},
    "obstore": {"workflow/evidence/bucket.py"},
    "PIL": {"workflow/evidence/pictures.py", "workflow/evidence/looks.py", "simulation/camera.py", "bench/photos.py"},
}
OURS = {*ROOMS, "settings", "worker", "wsgi"}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")
    yield from (ROOT / name for name in ("wsgi.py", "worker.py", "settings.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", sorted(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_room_knows_only_whom_it_may(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    room = name.split("/")[0]
    for module in imports(path):
        top = module.split(".")[0]
        if room in MAY_KNOW and top in OURS and top != room:
            assert top in MAY_KNOW[room], f"{name} imports {module}"
        if room == "notifications" and top == "workflow" and module != "workflow":
            assert module.startswith("workflow.policy"), f"{name} imports {module}"
        if name.startswith("workflow/policy/") and top in OURS:
            assert module.startswith("workflow.policy"), f"{name} imports {module}"
        if name.startswith("workflow/") and "/" not in name.removeprefix("workflow/"):
            assert not module.startswith("workflow.escalation"), f"{name} imports {module}"
        if top in ONLY_IN:
            assert room in ONLY_IN[top] or name in ONLY_IN[top], f"{name} imports {module}"


@pytest.mark.parametrize("path", sorted(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for_and_is_one_room(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), path
    if "migrations/versions" not in str(path):
        assert len(text.splitlines()) <= 300, path


def test_a_web_worker_carries_nothing_that_only_a_command_or_an_import_needs() -> None:
    heavy = [
        "pypinyin",
        "obstore",
        "xlsxwriter",
        "typst",
        "id_validator",
        "alembic",
        "yaml",
        "simulation",
        "apscheduler",
    ]
    asked = f"import sys, wsgi; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pinyin_of_single_signs_loads_no_dictionary_of_phrases() -> None:
    asked = (
        "import sys; from workflow.register.pinyin import initials; "
        "print(initials('单国华').split()[0], 'pypinyin.phrases_dict' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["shanguohua", "False"]
