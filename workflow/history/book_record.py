"""Book record: the digest by which the event of an applied county workbook records its changes, row by row."""

from collections.abc import Iterable
from typing import Any, Protocol

from workflow.history import event_log


class Changed(Protocol):
    """What one row of a workbook did."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def subject_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def made(self) -> bool: ...
    @property
    def before(self) -> Any: ...
    @property
    def after(self) -> Any: ...


def digest_of(salt: str, changes: Iterable[Changed]) -> str:
    """The digest of changes under the salt of their workbook; it names nobody."""
    told = [[each.sheet, each.row, each.subject_id, each.name, each.made, each.before, each.after] for each in changes]
    return event_log.digest(salt + event_log.canonical(sorted(told, key=lambda each: (each[0], each[1]))))
