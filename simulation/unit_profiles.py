"""How units work in a simulated county: some are quick, some decline a lot, some resolve on paper, a few are slow."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.county.context import CountyContext


@dataclass
class UnitProfile:
    """How a unit works: the chance to act in a quarter of a day, to decline, to resolve on paper only, and in a quarter
    shortly before a deadline: who hurries then is rarely late."""

    speed: float
    declines: float
    on_paper: float
    hurries: float

    def chance(self, near: bool) -> float:
        """The chance to act in this quarter of a day, where the deadline is near or not."""
        return max(self.speed, self.hurries) if near else self.speed

    @property
    def found_unmended(self) -> float:
        """The chance that a check on the spot finds nothing mended."""
        return 0.05 + self.on_paper


def slow_units(rng: random.Random, setting: CountyContext, slow: Mapping[str, int]) -> set[int]:
    """The units that are slow, so many of each type: most of what is late in a county is theirs."""
    late_units: set[int] = set()
    for kind, count in slow.items():
        units = [unit.id for unit in setting.living if unit.type == kind]
        late_units |= set(rng.sample(units, min(count, len(units) - 1)))
    return late_units


def profiles(rng: random.Random, setting: CountyContext, slow: set[int]) -> dict[int, UnitProfile]:
    """How each unit works, by its id."""

    def profile(late: bool) -> UnitProfile:
        speed = 0.04 if late else rng.choice((0.1, 0.15, 0.25))
        declines, paper = rng.choice((0.02, 0.05, 0.2)), rng.choice((0.0, 0.05, 0.25))
        return UnitProfile(speed, declines, paper, 0.06 if late else 0.6)

    return {unit.id: profile(unit.id in slow) for unit in setting.units.values()}


def inherit(setting: CountyContext, known: dict[int, UnitProfile]) -> None:
    """A unit that a reform made works as the first of those that it succeeds."""
    for unit in setting.living:
        known.setdefault(unit.id, known[min(setting.predecessors.get(unit.id, (unit.id,)))])
