"""Mutation runs: which changes are made, which tests run for them, and how a survivor is reported."""

from pathlib import Path

import pytest

from tools.mutants.__main__ import chosen, main
from tools.mutants.runs import Fate, judged
from tools.mutants.sites import compiles, droppable, mutations

MODULE = '''"""Fares."""


def fare(age: int, *, rebate: int = 0) -> int:
    """What a ride costs."""
    if age < 6:
        return 0
    return 20 - rebate


def down(n: int) -> int:
    while n > 0:
        n -= 1
    return n


def elders(ages: list[int]) -> list[int]:
    return sorted(age for age in ages if age >= 60)
'''
TESTS = """from fares.price import down, elders, fare


def test_children_ride_free() -> None:
    assert fare(3) == 0
    assert fare(6) == 20


def test_elders() -> None:
    assert elders([70, 20]) == [70]


def test_down() -> None:
    assert down(3) == 0


def test_that_always_fails() -> None:
    assert elders([]) is None
"""


def changed(source: str) -> set[tuple[str, str]]:
    """The name of each mutation of a source, and the line after it."""
    texts = set()
    for mutation in mutations("module.py", source.encode(), droppable({"module.py": source.encode()})):
        mutant = mutation.apply(source.encode())
        if compiles(mutant):
            texts.add((mutation.kind, mutant.decode().splitlines()[mutation.line - 1].strip()))
    return texts


def lines(source: str) -> set[str]:
    return {line for _, line in changed(source)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a is None", {"x = a is not None"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = a in (b, c)", {"x = a not in (b, c)", "x = a in (c)", "x = a in (b,)"}),
        ("x = a and b", {"x = a or b", "x = b", "x = a"}),
        (
            "x = (a or b) and not c",
            {
                "x = (a or b) or not c",
                "x = (a or b)",
                "x = not c",
                "x = (a and b) and not c",
                "x = (a) and not c",
                "x = (b) and not c",
                "x = (a or b) and c",
            },
        ),
        ("x = q.where(a, b)", {"x = q.where(a)", "x = q.where(b)"}),
        ("x = q.where(a)", {"x = q"}),
        ("x = q.order_by(r.at.desc()).first()", {"x = q.order_by(r.at).first()"}),
        ("x = q.with_for_update()", {"x = q"}),
        ("x = max(a, key=k)", {"x = min(a, key=k)", "x = max(a)"}),
        ("x = rows[0]", {"x = rows[-1]", "x = rows[1]"}),
        ("x = [a for a in b if c]", {"x = [a for a in b if True]"}),
        ("x = hold(day, on=True)", {"x = hold(day, on=False)"}),
        ("x = n + 1", {"x = n - 1", "x = n + 2", "x = n + 0"}),
        ("x: int | None = 5", {"x: int | None = 6"}),
        ("x.done = y", {"pass"}),
        ("save(x)", {"pass"}),
    ],
)
def test_a_line_has_these_mutants_and_no_others(line: str, expected: set[str]) -> None:
    assert lines(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        '"""A docstring, 1 < 2."""',
        "def f(x: int | None) -> int | str: ...",
        "log.info('%s', a < b)",
        "assert a < b",
        "x = f'{a < b}'",
        "import a",
        "x = lru_cache(maxsize=5)(f)",
        "x = open(timeout=5)",
        "Name = A | B",
        "x = 'text'",
        "@dataclass(frozen=True)\nclass A: ...",
    ],
)
def test_what_changes_no_behaviour_has_no_mutants(line: str) -> None:
    assert changed(line) == set()


def test_a_guard_is_dropped_and_an_argument_with_a_default_left_out() -> None:
    texts = changed("def f(*, hold=None, day):\n    if day:\n        return f(hold=1, day=day)\n    return 'x'\n")
    assert ("branch never taken", "if False:") in texts
    assert ("argument dropped", "return f(day=day)") in texts
    assert not any(line == "return f(hold=1)" for _, line in texts)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module, with tests of some of its rules."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "fares").mkdir()
    (tmp_path / "fares" / "__init__.py").write_text("")
    (tmp_path / "fares" / "price.py").write_text(MODULE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("")
    (tmp_path / "tests" / "test_price.py").write_text(TESTS)
    # As this project's own tests do.
    (tmp_path / "tests" / "conftest.py").write_text("import gc\n\n\ndef pytest_collection_finish():\n    gc.freeze()\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\npythonpath = ['.']\n")
    return tmp_path


def test_a_run_tells_the_killed_from_the_survivors_and_leaves_the_checkout_alone(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "tools" / "mutants").mkdir(parents=True)
    (project / "tools" / "mutants" / "equivalent.txt").write_text(
        "# Not one of the tests' rides has a rebate.\nfares/price.py\n"
        "-    return 20 - rebate\n+    return 20 + rebate\n"
    )
    assert main(["--at", "fares/price.py", "--patience", "1", "--map", "known"], project) == 0
    said = capfd.readouterr().out
    report = (project / "var" / "mutants" / "report.txt").read_text()

    def fate(line: int, kind: str) -> list[str]:
        return [row.split()[1] for row in said.splitlines() if f"fares/price.py:{line}  {kind}  " in row]

    assert fate(6, "comparison") == ["killed"]
    assert fate(6, "branch never taken") == ["killed"]
    assert fate(8, "arithmetic") == ["equivalent"]
    # No test asks about sixty years exactly, and one elder alone is in every order.
    assert fate(18, "comparison") == ["survived"]
    assert fate(18, "sorted to list") == ["survived"]
    assert fate(13, "statement dropped") == ["killed"]
    assert "HANGS tests/test_price.py::test_down" in said
    # A test that fails without a mutant says nothing about one.
    assert "test_that_always_fails" not in report
    assert (
        "-    return sorted(age for age in ages if age >= 60)\n+    return sorted(age for age in ages if age > 60)"
        in report
    )
    assert (project / "fares" / "price.py").read_text() == MODULE


def test_the_map_follows_lines_that_moved_and_modules_that_were_renamed(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--room", "fares", "--at", "fares/price.py:6"], project) == 0
    (project / "fares" / "price.py").unlink()
    (project / "fares" / "rates.py").write_text("# A line more.\n" + MODULE)
    (project / "tests" / "test_price.py").write_text(TESTS.replace("fares.price", "fares.rates"))
    capfd.readouterr()
    # The map is not written again.
    assert main(["--room", "fares", "--at", "fares/rates.py:7", "--map", "known"], project) == 0
    said = capfd.readouterr().out
    assert "Writing down" not in said
    assert "killed" in next(row for row in said.splitlines() if "comparison" in row)


def test_a_table_is_tried_with_the_tests_that_only_read_it(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "fares" / "table.py").write_text(
        "ELDERLY = 60\n\n\ndef old(age: int) -> bool:\n    return age > ELDERLY\n"
    )
    (project / "tests" / "test_table.py").write_text(
        "from fares.table import ELDERLY\n\n\ndef test_elderly() -> None:\n    assert ELDERLY == 60\n"
    )
    assert main(["--room", "fares", "--at", "fares/table.py:1"], project) == 0
    assert "1 killed     fares/table.py:1  constant" in capfd.readouterr().out


def test_the_same_seed_draws_the_same_sample(project: Path) -> None:
    once, again, other = (list(chosen(project, ["fares"], seed, at="")) for seed in (4, 4, 5))
    assert once == again
    assert once != other
    # Each line stands for itself once, however much there is to change in it.
    assert len(once) == len({mutation.line for mutation in once}) == 7


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("ERROR    shop:errors.py:134 unexpected\nFAILED tests/test_price.py::test_down - assert 1 == 0", Fate.KILLED),
        ("ERROR tests/test_price.py::test_down - ValueError", Fate.KILLED),
        ("ERROR tests/test_price.py - ImportError", Fate.BROKEN),
    ],
)
def test_a_log_that_is_shown_with_a_failure_is_no_verdict(said: str, fate: Fate) -> None:
    assert judged(1, said)[0] is fate
