"""Validation issues: what a check of a scheme finds, with place, code and the values its sentence mentions."""

from dataclasses import dataclass, field
from datetime import date

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One violated rule: its place (keys and indexes), a code, and the values its sentence mentions."""

    path: Path
    code: str
    params: dict[str, str] = field(default_factory=dict)


def real(month_day: str) -> bool:
    """Whether a month and day exist in every year."""
    month, day = month_day.split("-")
    try:
        # 2017 has no 29 February: a date of every assessment year must exist in every year.
        date(2017, int(month), int(day))
    except ValueError:
        return False
    return True
