"""Household kinds: what can happen to a household as a whole, and what each kind takes.

split 分户 · merged 并户 · relocated 迁至其他村镇 · undone 误录撤销 · code_corrected 编号更正
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HouseholdKind:
    """One kind of act: `to` says what the act leads to, if anything: a `household`, a `village` or a `code`.

    `offices`: it undoes what others recorded, so that it is the office's alone, with a reason.
    """

    code: str
    to: str = ""
    offices: bool = False


#: Every kind by its code.
HOUSEHOLD_KINDS: Mapping[str, HouseholdKind] = {
    kind.code: kind
    for kind in (
        HouseholdKind("split", "household"),
        HouseholdKind("merged", "household"),
        HouseholdKind("relocated", "village"),
        HouseholdKind("code_corrected", "code"),
        HouseholdKind("undone", offices=True),
    )
}
#: The kinds under which the household that split off, and the one merged into, record it.
SPLIT_OFF, MERGED_IN = "split_off", "merged_in"
