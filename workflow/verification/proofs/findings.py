"""Findings of `verify`: what a proof reports, and the shape shared by the proofs that compare rows with events.

Such a proof reads what the events recorded of each row, by key, and compares the rows with it.  A row that differs, a row
that no event recorded and a recorded row that is missing are findings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from workflow.history.event_log import canonical, digest

_Row = TypeVar("_Row")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: a code, and its subject."""

    code: str
    subject: str


@dataclass(slots=True)
class Progress:
    """How many events the longest proof has read so far; looked at from outside while it runs."""

    events: int = 0


#: The progress of the run in which a proof is made.
PROGRESS: ContextVar[Progress] = ContextVar("progress", default=Progress())  # noqa: B039


class _Anything:
    """Equal to every value."""

    def __eq__(self, other: object) -> bool:
        return True


#: An expected value that is not known, such as an erased text: it equals every actual value.
ANYTHING: Any = _Anything()


@dataclass(frozen=True, kw_only=True)
class RowComparison(Generic[_Row, _Key]):
    """A comparison of rows with what the events recorded of them.

    `actual` reads from a row what is compared with the recorded value, `intact` says whether the row agrees with its own
    hash.  `differs`, `unrecorded` (the same code, unless given) and `missing` are codes of findings; without `missing`,
    recorded rows may be missing.  `subject` and `missing_subject` name a row and a missing key in a finding.
    """

    key: Callable[[_Row], _Key]
    actual: Callable[[_Row], object]
    subject: Callable[[_Row], str]
    differs: str
    unrecorded: str = ""
    missing: str = ""
    missing_subject: Callable[[_Key], str] = str
    intact: Callable[[_Row], bool] | None = None

    def findings(self, rows: Iterable[_Row], recorded: Mapping[_Key, object]) -> Iterator[Finding]:
        """The differences between the rows and what was recorded by key, the missing rows last."""
        left = dict(recorded)
        for row in rows:
            key = self.key(row)
            if key not in left:
                yield Finding(self.unrecorded or self.differs, self.subject(row))
                continue
            expected = left.pop(key)
            if expected != self.actual(row) or (self.intact is not None and not self.intact(row)):
                yield Finding(self.differs, self.subject(row))
        if self.missing:
            yield from (Finding(self.missing, self.missing_subject(key)) for key in left)


def is_intact(row: Any) -> bool:
    """Whether the content of a row has the hash that is stored with it."""
    return bool(digest(canonical(row.content)) == row.hash)
