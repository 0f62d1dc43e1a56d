"""Entry credits: how much each entry of a countable duty adds to its progress, and why one adds nothing.

Progress is the sum of the credits, so a list of entries and the progress beside it never disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from models import DutyEntry
from workflow.policy.form_rules import broken
from workflow.policy.scheme.duties import Count

#: Why an entry adds less than it says: it is `short` of the item, names a `village` not to be named, counts `once` with
#: another, goes `beyond` the households of its village, or says `nothing`.
Why = Literal["", "short", "village", "once", "beyond", "nothing"]


@dataclass(frozen=True, slots=True)
class Credit:
    """What one entry adds to the progress, and `why` it adds less than it says; empty in full."""

    amount: int
    why: Why = ""


def counting(count: Count, rows: Sequence[DutyEntry], such: frozenset[str] | None = None) -> list[DutyEntry]:
    """The entries that count: those that reach what the item demands of them, and name one of the villages `such`."""
    return [row for row in rows if not _barred(count, row, such)]


def credits_of(
    count: Count, rows: Sequence[DutyEntry], there: Mapping[str, int], such: frozenset[str] | None = None
) -> dict[int, Credit]:
    """The credit of each valid entry by its id, in their order; `there`: the households of each village by code, where
    entries are capped by it."""
    found: dict[int, Credit] = {}
    seen: set[tuple[str, ...]] = set()
    said: dict[str, Decimal] = {}
    for row in rows:
        if barred := _barred(count, row, such):
            found[row.id] = Credit(0, barred)
        elif count.sum is not None:
            found[row.id] = _part_of_sum(count, row, said, there)
        elif count.once_per:
            key = tuple(part(row, name) for name in count.once_per)
            found[row.id] = Credit(0, "once") if key in seen else Credit(1)
            seen.add(key)
        else:
            found[row.id] = Credit(1)
    return found


def worth(count: Count, rows: Sequence[DutyEntry], there: Mapping[str, int]) -> int:
    """The progress that valid entries make together."""
    return sum(credit.amount for credit in credits_of(count, rows, there).values())


def capped_by_village(count: Count) -> bool:
    """Whether entries name villages with a number of households, so that no village counts more than it has."""
    return count.sum is not None and count.of == "households" and any(field.code == "village" for field in count.fields)


def part(row: DutyEntry, name: str) -> str:
    """The key by which entries count once: their day, month or quarter, or the value of a field."""
    if name == "day":
        return row.on.isoformat()
    if name == "month":
        return f"{row.on:%Y-%m}"
    return f"{row.on.year}-{(row.on.month + 2) // 3}" if name == "quarter" else str(row.fields.get(name, ""))


def _barred(count: Count, row: DutyEntry, such: frozenset[str] | None) -> Why:
    if broken(count.rules, row.fields, "reached", count.fields):
        return "short"
    return "village" if such is not None and row.fields.get("village") not in such else ""


def _part_of_sum(count: Count, row: DutyEntry, said: dict[str, Decimal], there: Mapping[str, int]) -> Credit:
    """What an entry adds to the sum, of its village at most the households it has; `said` grows by it."""
    number = Decimal(row.fields.get(count.sum or "") or 0)
    village = str(row.fields.get("village", "")) if capped_by_village(count) else ""
    before = said.get(village, Decimal(0))
    said[village] = before + number
    most = there.get(village, 0) if capped_by_village(count) else None
    now, earlier = (int(total) if most is None else min(int(total), most) for total in (said[village], before))
    added = now - earlier
    why: Why = "nothing" if number < 1 else "beyond" if most is not None and added < int(number) else ""
    return Credit(added, why)
