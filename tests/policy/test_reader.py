"""What a scheme file may unfold to before anybody expands it."""

import time
from pathlib import Path

import pytest

from settings import default_scheme
from workflow.policy.scheme.reader import SchemeRefused, read_scheme, refuse_bombs


def bomb(leaf: str, levels: int) -> str:
    """A text each of whose levels names the one before ten times."""
    lines = [f"l0: &l0 [{', '.join([leaf] * 10)}]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize("leaf", ["x", "[]", "{}", "{a: b}"])
def test_whatever_its_aliases_unfold_to_is_counted_lists_and_mappings_as_well(leaf: str) -> None:
    # Ten, a hundred and a thousand nodes are a scheme; with the sixth level it is over a hundred thousand.
    refuse_bombs(bomb(leaf, 3))
    with pytest.raises(SchemeRefused) as refused:
        refuse_bombs(bomb(leaf, 6))
    (problem,) = refused.value.problems
    assert (problem.code, problem.line <= 6) == ("alias", True)


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "a: *a", "- &a [&b [*a]]"])
def test_an_alias_of_what_is_still_open_or_nowhere_unfolds_without_end(text: str) -> None:
    with pytest.raises(SchemeRefused) as refused:
        refuse_bombs(text)
    assert [problem.code for problem in refused.value.problems] == ["alias"]


def test_nesting_is_refused_before_anything_recurses_into_it() -> None:
    refuse_bombs("[" * 20 + "]" * 20)
    for opens, closes in (("[", "]"), ("{a: ", "}")):
        with pytest.raises(SchemeRefused) as refused:
            refuse_bombs(opens * 5000 + closes * 5000)
        assert [problem.code for problem in refused.value.problems] == ["syntax"]
    # A list after another is no deeper than one.
    refuse_bombs("\n".join(["- []"] * 5000))


def test_a_file_at_the_command_line_is_bounded_as_an_upload_is(tmp_path: Path) -> None:
    """Read without a bound it took gigabytes, or recursed until the process ended."""
    for name, text in (
        ("aliases", bomb("x", 9)),
        ("deep", "[" * 100_000),
        ("itself", "county: &a [*a]"),
        ("large", "# " + "x" * 1024 * 1024),
    ):
        file = tmp_path / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        for policy, county in ((file, None), (default_scheme(), file)):
            began = time.process_time()
            with pytest.raises(SchemeRefused):
                read_scheme(policy, county)
            assert time.process_time() - began < 5, name
