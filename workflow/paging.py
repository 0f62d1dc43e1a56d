"""Paging: pages and cursors by key, never by offset, and search text with LIKE's wildcards escaped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from models import LARGEST_ID
from workflow.errors import BadInput

T = TypeVar("T")
MOST = 200
LONGEST_SEARCH = 100
#: The parts of a cursor as patterns: a moment, a text, an id; whatever fits them can be read.
MOMENT, TEXT, ID = r"t[0-9]{1,16}", r"x([0-9a-f]{2}){0,400}", rf"[0-9]{{1,{len(str(LARGEST_ID)) - 1}}}"
_CURSOR = re.compile(rf"({MOMENT}|{TEXT}|{ID})(\.({MOMENT}|{TEXT}|{ID}))*", re.ASCII)
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and the cursor of the next, if there is one."""

    items: list[T]
    next: str | None


def escaped(text: str) -> str:
    """Text with LIKE's wildcards escaped.  Raises BadInput for a text that is too long."""
    if len(text) > LONGEST_SEARCH:
        raise BadInput("too_long", "q", most=LONGEST_SEARCH)
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def cursor_of(key: Sequence[datetime | str | int]) -> str:
    """The cursor that names this key: the sort columns of the last row of a page."""
    return ".".join(_part(each) for each in key)


def _part(value: datetime | str | int) -> str:
    if isinstance(value, datetime):
        return f"t{(value - _EPOCH) // _MICROSECOND}"
    if isinstance(value, str):
        return "x" + value.encode(errors="replace").hex()
    return str(int(value))


def read_cursor(cursor: str, *kinds: type[datetime | str | int]) -> list[Any]:
    """The key of a cursor, whose parts are of these kinds.  Raises BadInput for anything else."""
    key = [_read(part) for part in cursor.split(".")] if _CURSOR.fullmatch(cursor) else []
    if len(key) != len(kinds) or not all(isinstance(part, kind) for part, kind in zip(key, kinds, strict=True)):
        raise BadInput("bad_cursor", "cursor")
    return key


def _read(part: str) -> datetime | str | int:
    if part[0] == "t":
        return _EPOCH + int(part[1:]) * _MICROSECOND
    if part[0] == "x":
        return bytes.fromhex(part[1:]).decode(errors="replace").replace("\x00", "")
    return int(part)
