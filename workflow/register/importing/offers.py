"""Import offers: what a file shows of families, as the acts that would record it: a split, a move, a marriage, another head.

An offer names codes and rows only.  It opens the form of its act, which shows what it will do and is confirmed there; once
it is recorded, the same file is taken.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from workflow.register.importing.rows import Fault


class AskedRow(Protocol):
    """A row that asks: the code of its household and its faults."""

    @property
    def code(self) -> str: ...
    @property
    def faults(self) -> tuple[Fault, ...]: ...


def offers(rows: Iterable[AskedRow]) -> list[dict[str, Any]]:
    """The offers of the asked households, in the order of their rows; households of other towns are never named.

    `code`: the household of the file; `what`: split, moved, head, relocated, ended or elsewhere; `household`: whose act it
    is; `members`: ids of the persons; `to`: the household or village it leads to.
    """
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        for fault in row.faults:
            offer = _offer(row.code, fault)
            if offer is None:
                continue
            kept = found.setdefault((row.code, offer["what"], offer["household"]), offer)
            if kept is not offer:
                kept["members"] += offer["members"]
                kept["n"] += 1
    return list(found.values())


def _offer(code: str, fault: Fault) -> dict[str, Any] | None:
    said = fault.params
    members = [said["member"]] if "member" in said else []
    made = {"code": code, "household": str(said.get("household", "")), "members": members, "to": code, "n": 1}
    if fault.code == "id_elsewhere":
        # A household of the file that is not on the register yet splits off, unless the head of the other is among them.
        return {**made, "what": "split" if said.get("fresh") and not said.get("head") else "moved"}
    if fault.code == "moved_asked":
        return {**made, "what": "relocated", "to": str(said.get("village", ""))}
    what = {"head_asked": "head", "ended_asked": "ended", "id_in_other_town": "elsewhere"}.get(fault.code)
    return {**made, "what": what, "household": made["household"] or code} if what else None
