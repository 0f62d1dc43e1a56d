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

    `code`: the household of the file; `what`: code_corrected, split, split_head, moved, head, relocated, ended, gone or
    elsewhere; `household`: whose act it is; `members`: ids of the persons; `to`: the household or village it leads to, or
    the new code; `head`: who heads it then, as the file has it, else None.
    """
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        for fault in row.faults:
            offer = _offer(row.code, fault)
            if offer is None:
                continue
            if fault.params.get("fresh") and fault.params.get("together"):
                # First of all the same family under another code; then the others of it may have stayed.
                renamed = {**offer, "what": "code_corrected", "members": [], "n": 0}
                found.setdefault((row.code, "code_corrected", offer["household"]), renamed)["n"] += 1
                if offer["what"] == "split_head":
                    continue
            kept = found.setdefault((row.code, offer["what"], offer["household"]), offer)
            if kept is not offer:
                kept["members"] += offer["members"]
                kept["n"] += 1
                kept["head"] = kept["head"] or offer["head"]
    for offer in [each for each in found.values() if each["what"] == "split_head"]:
        _join(found, offer)
    return list(found.values())


def _join(found: dict[tuple[str, str, str], dict[str, Any]], offer: dict[str, Any]) -> None:
    """Where a head splits off: those who split off with the head are the same act, and what became of the head is known.

    A head does not split off, so that another head of the former household comes first.
    """
    along = found.pop((offer["code"], "split", offer["household"]), None)
    if along is not None:
        offer["members"] += along["members"]
        offer["n"] += along["n"]
    asked = found.pop((offer["household"], "head", offer["household"]), None)
    offer["head"] = asked["head"] if asked is not None else None


def _offer(code: str, fault: Fault) -> dict[str, Any] | None:
    said = fault.params
    members = [said["member"]] if "member" in said else []
    made = {"code": code, "household": str(said.get("household", "")), "members": members, "to": code, "n": 1}
    made["head"] = said.get("heir") or (said["member"] if said.get("heads") else None)
    if fault.code == "id_elsewhere":
        # A household of the file that is not on the register yet splits off.
        return {**made, "what": ("split_head" if said.get("head") else "split") if said.get("fresh") else "moved"}
    if fault.code == "moved_asked":
        return {**made, "what": "relocated", "to": str(said.get("village", ""))}
    what = {"head_asked": "head", "ended_asked": "ended", "gone_asked": "gone", "id_in_other_town": "elsewhere"}.get(
        fault.code
    )
    return {**made, "what": what, "household": made["household"] or code} if what else None
