"""Sheet results: what one sheet of the county workbook does, row by row, and why a row or a cell was left out.

A bad row is refused and named, and the others are applied: the corrected workbook is imported again, and what is already
there is unchanged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from workflow.citizen_id import Faulty
from workflow.errors import BadInput, WorkflowError
from workflow.setup.county_workbook import BY_CODE, BookRow

COUNTS = ("new", "changed", "unchanged", "refused")
#: Fields of the domain that a sheet has under another name.
_FIELDS = {"villages": {"village": "name"}, "posts": {"user": "name"}}


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that was not taken, or with `left_out` one cell of it, or without a field what is told of the row: `row` as the
    spreadsheet shows it, the field's column where one is at fault, and the error that says why and what to do."""

    sheet: str
    row: int
    field: str
    error: WorkflowError
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row did to its subject (id and name): entered it (`made`) or changed it, columns before and after as JSON."""

    row: int
    subject_id: int
    name: str
    made: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class SheetResult:
    """What a sheet does: rows that are new, changed, unchanged and refused; the columns that change; what was left out."""

    sheet: str
    counts: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    faults: list[RowFault] = field(default_factory=list)
    changes: list[RowChange] = field(default_factory=list)
    #: The role that has to apply the sheet, where it is not the actor's.
    left_to: str | None = None

    def changed(
        self, row: BookRow, subject_id: int, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Count a row that changed its subject, and keep the columns that differ."""
        self.counts["changed"] += 1
        self.changes.append(RowChange(row.number, subject_id, name, False, before, after))

    def made(self, row: BookRow, subject_id: int, name: str, after: Mapping[str, Any]) -> None:
        """Count a row that entered its subject."""
        self.counts["new"] += 1
        self.changes.append(RowChange(row.number, subject_id, name, True, {}, after))

    def refuse(self, row: BookRow, error: WorkflowError) -> None:
        """Count a row as refused, for this reason."""
        self.counts["refused"] += 1
        self.faults.append(RowFault(self.sheet, row.number, self._column(error), error))

    def leave_out(self, row: BookRow, name: str, error: WorkflowError) -> None:
        """Name a cell that is not read; its row is."""
        self.faults.append(RowFault(self.sheet, row.number, name, error, left_out=True))

    @contextmanager
    def refusing(self, row: BookRow) -> Iterator[None]:
        """Refuse the row where the block raises an error of the domain."""
        try:
            yield
        except Faulty as error:
            # The codes of places begin with what they are about: town_unknown, village_ambiguous.
            self.refuse(row, BadInput(error.code, error.code.partition("_")[0], **error.params))
        except WorkflowError as error:
            self.refuse(row, error)

    def figures(self) -> dict[str, int]:
        """The four counts."""
        return {name: self.counts[name] for name in COUNTS}

    def _column(self, error: WorkflowError) -> str:
        name = _FIELDS.get(self.sheet, {}).get(error.field or "", error.field or "")
        return name if any(column.field == name for column in BY_CODE[self.sheet].columns) else ""


def once(result: SheetResult, rows: list[BookRow], *fields: str) -> Iterator[BookRow]:
    """The rows with all these cells, each of them once; others are refused.

    `row_twice` names the row before, `missing` the empty cell.
    """
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        empty = next((name for name in fields if not row.get(name)), None)
        if empty is not None:
            result.refuse(row, BadInput("missing", empty))
            continue
        key = tuple(row.get(name) for name in fields)
        if key in seen:
            result.refuse(row, BadInput("row_twice", fields[0], first=seen[key]))
            continue
        seen[key] = row.number
        yield row
