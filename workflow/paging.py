"""Lists page by key, never by offset: pages, cursors, and search text in which LIKE's own signs mean themselves."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from workflow.errors import BadInput

T = TypeVar("T")
MOST = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and the cursor of the next, if there is one."""

    items: list[T]
    next: str | None


def escaped(text: str) -> str:
    """Text in which LIKE's own signs mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def cursor_of(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadInput("bad_cursor", "cursor") from error
    if not isinstance(key, list) or len(key) != length or not isinstance(key[-1], int | str):
        raise BadInput("bad_cursor", "cursor")
    return key
