"""The tables of security requirements name only files and tests that exist, and list what the standard lists."""

from collections import Counter
from dataclasses import replace

from tools.security import FOLDER, page, problems, read

#: Requirements of ASVS 5.0.0 of level 1 and 2, by chapter, counted in OWASP's repository.
COUNTS = dict(zip(range(1, 18), (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), strict=True))


def test_every_requirement_is_there_with_files_and_tests_that_exist_and_the_pages_are_made_from_them() -> None:
    rows = read()
    assert list(problems(rows)) == []
    assert Counter(row.chapter for row in rows if row.standard == "asvs") == {f"V{n}": of for n, of in COUNTS.items()}
    assert Counter(row.level for row in rows if row.standard == "asvs") == {1: 70, 2: 183}
    for standard in ("asvs", "mlps"):
        assert (FOLDER / f"{standard}.md").read_text(encoding="utf-8") == page(standard, rows)


def test_a_file_or_test_that_is_gone_a_missing_reason_and_a_second_row_are_found() -> None:
    held = next(row for row in read() if row.state == "held")
    test = held.tests[0].partition("::")[0]
    for wrong, said in (
        (replace(held, where=("web/gone.py",)), "web/gone.py does not exist"),
        (replace(held, tests=("tests/gone.py",)), "tests/gone.py does not exist"),
        (replace(held, tests=(f"{test}::test_gone",)), "has no test test_gone"),
        (replace(held, tests=()), "no file or no test"),
        (replace(held, state="lacking", why=""), "no reason"),
        (replace(held, state="perhaps"), "no state"),
    ):
        assert any(said in each for each in problems([wrong])), said
    assert any("2 times" in each for each in problems([held, held]))
