"""Safe code: what the sources never do, so that no text that people write becomes a command, code or markup."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import parsed

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "workflow", "notifications", "reports", "web")
SOURCES = [*(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), *ROOT.glob("*.py")]
SCRIPTS = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
#: The only use of pickle: a file without a name, which one process writes and reads.
PICKLING = {"workflow/register/spreadsheets/spool.py"}
#: Calls that run a text, or hand it to a shell.
_RUNNING = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput", "yaml.load"}
#: A constant of a module, or a name that holds a pattern made of constants.
_NAMED = re.compile(r"_?[A-Z][A-Z_0-9]*(?:\.pattern|\[.*\])?|_any_of\(.*\)|.*\bpattern\b.*")
_MAKES_PATTERN = re.compile(r"re\.(compile|search|match|fullmatch|sub|subn|split|findall|finditer)|(\w+\.)?LatePattern")
#: Names of parameters and loops that hold constants of their module.
_OWN_PATTERNS = {
    "workflow/text_content.py: ''.join(sorted(MATTER))",
    "workflow/word_shapes.py: longest",
    "workflow/policy/scheme/parts.py: long",
    "workflow/county/unit_references.py: known",
    "web/devices.py: mark",
}
#: Scripts keep who was here last and what was folded open; what waits on a phone is sealed (`static/phone/store.js`).
_KEPT_BY_BROWSERS = {
    ("boards.js", 'localStorage.setItem(KEY, "shown")'),
    ("app.js", "localStorage.setItem(name, value)"),
    ("store.js", "localStorage.setItem('xiaohao-who', who)"),
    ("keys.js", "localStorage.setItem(OFF, '')"),
    ("store.js", "indexedDB.open"),
}
_WRITING = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval)\b|new Function"
)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in SOURCES:
        source = parsed(path)
        for node in ast.walk(source):
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


def test_a_pattern_is_made_of_constants_or_of_escaped_words() -> None:
    """Words of people never become a pattern: what a pattern is put together from is a constant or goes through `re.escape`."""
    made = [
        f"{path}: {ast.unparse(part)}"
        for path, call in _calls()
        if _MAKES_PATTERN.fullmatch(ast.unparse(call.func))
        for part in _parts(call.args[0])
        if not (
            isinstance(part, ast.Constant) or _NAMED.fullmatch(ast.unparse(part)) or "re.escape" in ast.unparse(part)
        )
    ]
    assert set(made) == _OWN_PATTERNS


def _parts(pattern: ast.expr) -> Iterator[ast.expr]:
    """What a pattern is put together from."""
    if isinstance(pattern, ast.JoinedStr):
        for value in pattern.values:
            yield value.value if isinstance(value, ast.FormattedValue) else value
    elif isinstance(pattern, ast.BinOp):
        yield from (*_parts(pattern.left), *_parts(pattern.right))
    else:
        yield pattern


def test_hashes_and_ciphers_are_those_that_the_security_page_lists_and_certificates_are_always_checked() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    listed = text[text.index("## Cryptography") : text.index("## Logs")]
    hashes: set[str] = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        hashes |= {found.lower() for found in re.findall(r"\b(?:hashlib\.|file_digest\([^)]*[\"'])(\w+)", source)}
        assert (
            re.search(r"CERT_NONE|_create_unverified_context|check_hostname\s*=|verify\s*=\s*False", source) is None
        ), path
        for name in re.findall(
            r"\b(AESGCM|Fernet|HKDF|PasswordHasher|TOTP|ARC4|Blowfish|TripleDES|ECB|MD5|SHA1)\(", source
        ):
            shown = {"AESGCM": "AES-256-GCM", "PasswordHasher": "Argon2id", "TOTP": "HMAC-SHA-1 (RFC 6238)"}
            assert shown.get(name, name) in listed, (path, name)
    assert hashes - {"file_digest"} == {"sha256"}


def test_what_is_drawn_to_be_guessed_by_nobody_has_128_bits_and_comes_from_the_system() -> None:
    drawn = {
        (path, ast.unparse(call.args[0]))
        for path, call in _calls()
        if re.fullmatch(r"secrets\.token_(urlsafe|hex|bytes)", ast.unparse(call.func))
    }
    assert {number for _, number in drawn if number.isdigit() and int(number) < 16} == set()
    # Of what signs somebody in, 256.
    assert {("web/auth.py", "32"), ("workflow/county/accounts.py", "32")} <= drawn
    random = [path for path, call in _calls() if re.match(r"random\.(?!Random\b)", ast.unparse(call.func))]
    # How long a writer waits before it tries again.
    assert random == ["models/engine.py"]


def test_the_product_imports_nothing_of_its_tests() -> None:
    testing = re.compile(r"^\s*(?:from|import) (?:tests|pytest|hypothesis|bench|tools|unittest)\b", re.MULTILINE)
    assert [path.name for path in SOURCES if testing.search(path.read_text(encoding="utf-8"))] == []
    lock = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
    assert re.search(r"^(pytest|hypothesis|playwright)\b", lock, re.MULTILINE) is None


def test_a_browser_keeps_who_was_here_and_sealed_pages_and_forms_and_nothing_else() -> None:
    kept = {
        (path.name, found)
        for path in SCRIPTS
        for found in re.findall(
            r"(localStorage\.setItem\([^)]*\)|sessionStorage|indexedDB\.open|document\.cookie)", path.read_text()
        )
    }
    assert kept == _KEPT_BY_BROWSERS


def test_the_security_page_names_files_and_tests_that_exist_and_describes_keys_logs_and_updates() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|web|workflow|models|tools)/[\w/]+\.py)`", text))
    assert len(named) > 20
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []
    for part in ("Cryptography", "Logs", "Updates"):
        assert f"\n## {part}\n" in text
    # Each class of data has its row with a test.
    for sort in ("sensitive", "personal", "ordinary"):
        row = re.search(rf"^\| {sort} .*$", text, re.MULTILINE)
        assert row is not None
        assert "`tests/" in row[0]
