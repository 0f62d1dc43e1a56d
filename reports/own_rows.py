"""Own rows (台账数) beside reported figures on papers: what the system itself counts of the same, and the gap."""

from collections.abc import Iterable
from typing import Any


def beside(lines: Iterable[dict[str, Any]]) -> str:
    """The own count of these towns' figures together, with the gap; empty where the system has no rows of them.

    >>> beside([{"of": 8, "to": 10, "own": [None, 9]}, {"of": 0, "to": 0, "own": [None, 4]}])
    '台账—/9，差—/+1'
    >>> beside([{"of": 8, "to": 10}])
    ''
    """
    counted = [line for line in lines if line["to"] and line.get("own")]
    parts = []
    for place, name in enumerate(("of", "to")):
        rows = [line["own"][place] for line in counted]
        known = sum(rows) if rows and None not in rows else None
        parts.append((known, None if known is None else sum(line[name] for line in counted) - known))
    if all(known is None for known, _ in parts):
        return ""
    own = "/".join("—" if known is None else str(known) for known, _ in parts)
    gap = "/".join("—" if more is None else f"{more:+d}" for _, more in parts)
    return f"台账{own}，差{gap}"
