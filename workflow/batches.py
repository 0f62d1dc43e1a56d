"""Batch jobs: the transactions a job opens, and the result of one run of the sweep."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Swept:
    """Result of one sweep: rungs by number, lapses by action, failures, and the lag of the oldest."""

    rungs: dict[int, int] = field(default_factory=dict)
    missed: int = 0
    lapsed: dict[str, int] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    lag_seconds: int = 0
    #: Tickets that were due but needed nothing; the second time they count as failed.
    idle: set[int] = field(default_factory=set)

    @property
    def done(self) -> int:
        return sum(self.rungs.values()) + sum(self.lapsed.values())
