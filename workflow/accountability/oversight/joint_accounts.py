"""Joint accounts: a unit's figures of the year beside those of the units that it wholly succeeds, and their sum.

Time stays under the name of whoever held it, since charges and cases do; the sum is the whole year of what is one unit
today.  A unit that was divided has no one to be added to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from workflow.accountability.oversight import unit_accounts
from workflow.accountability.oversight.unit_accounts import Reckoning
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact

_SUMMED = tuple(each.name for each in fields(Reckoning) if each.name not in ("unit", "stages"))


@dataclass(frozen=True, slots=True)
class JointAccount:
    """The accounts under each name, the unit's own first, and their sum; `divided` succeeded in part only."""

    rows: tuple[Reckoning, ...]
    total: Reckoning
    divided: tuple[UnitFact, ...]


def joint_accounts(
    session: Session, actor: Actor, setting: CountyContext, rows: Sequence[Reckoning]
) -> dict[int, JointAccount]:
    """The joint accounts of those of these units that succeed others, by unit.  Raises NotAllowed for another unit's."""
    known = {row.unit: row for row in rows}
    made = {}
    for own in rows:
        before = setting.predecessors.get(own.unit, ())
        found = [known.get(each) or unit_accounts.reckoning(session, actor, setting, each) for each in before]
        if (joint := _joint(setting, own, found)) is not None:
            made[own.unit] = joint
    return made


def _joint(setting: CountyContext, own: Reckoning, before: Iterable[Reckoning]) -> JointAccount | None:
    rows, divided = [own], []
    for row in before:
        if len(setting.successors(row.unit)) == 1:
            rows.append(row)
        else:
            divided.append(setting.unit(row.unit))
    if len(rows) == 1 and not divided:
        return None
    total = Reckoning(own.unit, **{name: sum(getattr(row, name) for row in rows) for name in _SUMMED})
    return JointAccount(tuple(rows), total, tuple(divided))
