"""Life kinds: what can happen to the people of a household, and what each kind takes and does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LifeKind:
    """One kind of event: it lets a new person begin, lets members end, moves them to another household, or makes a member
    head.

    `reason_needed`: it corrects the register, so that a reason in words is required.
    """

    code: str
    does: Literal["begins", "ends", "moves", "heads"]
    reason_needed: bool = False

    @property
    def takes_members(self) -> bool:
        """Whether it is about members that the household has."""
        return self.does != "begins"

    @property
    def ends(self) -> bool:
        """Whether members are no longer counted in this household."""
        return self.does in ("ends", "moves")


#: Every kind by its code, which is also the reason of the beginning or end that it writes.
KINDS: Mapping[str, LifeKind] = {
    kind.code: kind
    for kind in (
        LifeKind("died", "ends"),
        LifeKind("born", "begins"),
        LifeKind("came_in", "begins"),
        LifeKind("married_out", "ends"),
        LifeKind("moved_away", "ends"),
        LifeKind("moved", "moves"),
        LifeKind("head", "heads"),
        LifeKind("registered", "begins", reason_needed=True),
        LifeKind("struck", "ends", reason_needed=True),
    )
}
#: The kind under which the household moved to records the move.
ARRIVAL = "moved_in"
