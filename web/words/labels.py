"""Labels: one catalogue of lazy texts by kind and code, looked up once per process and language.

Each subject of `web.words` adds its tables; errors and fields of forms are the kinds “error” and “field”.
"""

from collections.abc import Mapping
from functools import cache

from flask_babel.speaklater import LazyString

from web.words import catalogue

#: By kind, such as “ticket.state”, then by code.
LABELS: dict[str, dict[str, LazyString]] = {}


def add(tables: Mapping[str, Mapping[str, LazyString]]) -> None:
    """Add the tables of a subject; subjects may share a kind, but not a code.  Raises ValueError."""
    for kind, table in tables.items():
        known = LABELS.setdefault(kind, {})
        if twice := known.keys() & table.keys():
            raise ValueError(f"labelled twice: {kind} {sorted(twice)}")
        known.update(table)
    _looked_up.cache_clear()


def label(kind: str, code: str | None) -> str:
    """The label of a code; a code without one is shown as it is, None as nothing."""
    return labels(kind).get(code, code) if code else ""


def labels(kind: str) -> Mapping[str, str]:
    """All labels of a kind by code, in the order of their table.

    Outside of an app there is no catalogue: the texts are then those of the source, and are not kept for readers.
    """
    language = catalogue.language()
    return _looked_up(kind, language) if language is not None else _texts(kind)


@cache
def _looked_up(kind: str, language: str) -> dict[str, str]:
    return _texts(kind)


def _texts(kind: str) -> dict[str, str]:
    return {code: str(text) for code, text in LABELS[kind].items()}
