"""Batch jobs: how a job opens its transactions, and what one run of the sweep did."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Swept:
    """What one sweep did: rungs by number, lapses by action, what failed and how late the oldest was."""

    rungs: dict[int, int] = field(default_factory=dict)
    missed: int = 0
    lapsed: dict[str, int] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    lag_seconds: int = 0
    #: Tickets that were found due but for which there was nothing to do; the second time they count as failed.
    idle: set[int] = field(default_factory=set)

    @property
    def done(self) -> int:
        return sum(self.rungs.values()) + sum(self.lapsed.values())
