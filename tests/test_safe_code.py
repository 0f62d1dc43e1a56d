"""Safe code: what the sources never do, so that no text that people write becomes a command, code or markup."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "workflow", "notifications", "reports", "web")
SOURCES = [*(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), *ROOT.glob("*.py")]
SCRIPTS = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
#: The only use of pickle: a file without a name, which one process writes and reads.
PICKLING = {"workflow/register/spreadsheets/spool.py"}
#: Calls that run a text, or hand it to a shell.
_RUNNING = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput", "yaml.load"}
_WRITING = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval)\b|new Function"
)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), node


def test_no_text_is_run_and_no_command_goes_through_a_shell() -> None:
    called = [(path, ast.unparse(call.func), call) for path, call in _calls()]
    assert [(path, name) for path, name, _ in called if name in _RUNNING] == []
    shells = [path for path, _, call in called for key in call.keywords if key.arg == "shell"]
    assert shells == []
    # A command is a list of words, never one text.
    started = [(path, call.args[0]) for path, name, call in called if name.startswith("subprocess.") and call.args]
    assert [path for path, first in started if isinstance(first, ast.Constant | ast.JoinedStr)] == []


def test_nothing_is_unpickled_but_what_the_same_process_wrote() -> None:
    loading = {path for path, call in _calls() if re.match(r"(pickle|marshal|shelve|dill)\.", ast.unparse(call.func))}
    assert loading == PICKLING


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_text_and_no_markup_and_merge_no_object_of_others(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert _WRITING.search(source) is None
    assert "__proto__" not in source


def test_templates_hold_no_script_of_their_own_and_hinder_no_password_manager() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        # Data reaches a script in attributes; a script element names a file.
        assert re.search(r"<script(?![^>]*\bsrc=)", source) is None, path.name
        assert re.search(r"\son(paste|click|load|error|submit|input)\s*=", source) is None, path.name
        # The PIN of pages taken along is the phone's own and is kept nowhere.
        hindered = re.search(r"<input[^>]*type=.password.[^>]*autocomplete=.off", source) is not None
        assert not hindered or path.name in ("phone.html", "shell.html"), path.name
