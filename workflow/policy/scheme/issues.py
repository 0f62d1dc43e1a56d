"""What a check of a scheme says: where, by which code, and what the sentence mentions."""

from dataclasses import dataclass, field
from datetime import date

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: where (keys and indexes), a code, and what the sentence mentions."""

    path: Path
    code: str
    params: dict[str, str] = field(default_factory=dict)


def real(month_day: str) -> bool:
    """Whether a month and day exists in every year."""
    month, day = month_day.split("-")
    try:
        # 2017 has no 29 February: a date of every assessment year must exist in every year.
        date(2017, int(month), int(day))
    except ValueError:
        return False
    return True
