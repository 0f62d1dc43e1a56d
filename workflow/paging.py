"""Paging: pages and cursors by key, never by offset, and search text with LIKE's wildcards escaped."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from models import LARGEST_ID
from workflow.errors import BadInput
from workflow.inputs import storable

T = TypeVar("T")
MOST = 200
LONGEST_SEARCH = 100


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


def cursor_of(key: list[Any]) -> str:
    """The cursor that names this key: the sort columns of the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[Any]:
    """The key of a cursor, texts and whole numbers.  Raises BadInput for a cursor that `cursor_of` did not make."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadInput("bad_cursor", "cursor") from error
    if not isinstance(key, list) or len(key) != length or not all(_sound(part) for part in key):
        raise BadInput("bad_cursor", "cursor")
    return key


def _sound(part: Any) -> bool:
    """Whether it can be part of a key: a text that can be stored, or a number in the range of ids."""
    if isinstance(part, str):
        return storable(part)
    return isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= LARGEST_ID
