"""Registry of proofs: names every table, with existing proofs or a reason for having none."""

from dataclasses import dataclass

from models import Base
from models.row_changes import RECORDED
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison
from workflow.verification.registry import PROOFS, TABLES, Proved


def test_every_table_is_registered_and_every_registered_name_is_a_table() -> None:
    assert set(TABLES) == set(Base.metadata.tables)


def test_a_proved_table_names_proofs_that_exist_and_every_proof_is_named() -> None:
    named = [proof for coverage in TABLES.values() if isinstance(coverage, Proved) for proof in coverage.proofs]
    assert set(named) == set(PROOFS)
    assert [name for name, coverage in TABLES.items() if isinstance(coverage, Proved) and not coverage.proofs] == []


def test_a_table_or_column_that_passes_gives_a_reason() -> None:
    for name, coverage in TABLES.items():
        passes = not isinstance(coverage, Proved) or bool(coverage.passing)
        assert bool(coverage.reason.strip()) is passes, name


def test_a_passing_column_is_a_column_of_its_table_that_no_record_tells() -> None:
    for name, coverage in TABLES.items():
        if isinstance(coverage, Proved):
            assert set(coverage.passing) <= set(Base.metadata.tables[name].columns.keys()), name
            assert len(set(coverage.passing)) == len(coverage.passing), name
            assert not set(coverage.passing) & set(RECORDED.get(name, ())), name


def test_a_recorded_table_is_proved_by_its_record_and_no_other_is() -> None:
    by_record = {
        name for name, coverage in TABLES.items() if isinstance(coverage, Proved) and "rows" in coverage.proofs
    }
    assert by_record == set(RECORDED)


@dataclass
class _Row:
    id: int
    value: str


def _compare(rows: list[_Row], recorded: dict[int, object], missing: str = "missing") -> list[Finding]:
    comparison = RowComparison[_Row, int](
        key=lambda row: row.id,
        actual=lambda row: (row.id, row.value),
        subject=lambda row: f"row {row.id}",
        differs="differs",
        unrecorded="unrecorded",
        missing=missing,
        missing_subject=lambda key: f"row {key}",
        intact=lambda row: row.value != "broken",
    )
    return list(comparison.findings(rows, recorded))


def test_a_comparison_finds_rows_that_differ_are_unrecorded_broken_or_missing() -> None:
    rows = [_Row(1, "a"), _Row(2, "b"), _Row(3, "c"), _Row(4, "broken"), _Row(4, "broken")]
    recorded: dict[int, object] = {1: (1, "a"), 2: (2, "x"), 4: (4, "broken"), 5: (5, "e")}
    assert _compare(rows, recorded) == [
        Finding("differs", "row 2"),
        Finding("unrecorded", "row 3"),
        Finding("differs", "row 4"),
        Finding("unrecorded", "row 4"),
        Finding("missing", "row 5"),
    ]
    assert recorded.keys() == {1, 2, 4, 5}


def test_without_a_code_for_missing_rows_none_is_reported() -> None:
    assert _compare([], {5: (5, "e")}, missing="") == []


def test_an_unknown_value_equals_every_value() -> None:
    assert _compare([_Row(1, "a")], {1: (1, ANYTHING)}) == []
    assert _compare([_Row(1, "a")], {1: (2, ANYTHING)}) == [Finding("differs", "row 1")]
