"""Drawing the sample of spot checks (抽查): pure, and so that anybody with the list and the seed can draw it again by hand.

Algorithm `rank-sha256-1`.  The seed is the SHA-256 of the canonical JSON of county, month and the hash of the last block
that was sealed before the next month began: nobody knew that hash while the month could still be worked on, and nobody can
alter it afterwards.  Each ticket's rank is the SHA-256 of "SEED NUMBER"; of each unit those of the lowest ranks are drawn.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from workflow.policy.scheme.thresholds import SpotChecks

ALGORITHM = "rank-sha256-1"


@dataclass(frozen=True, slots=True)
class Closing:
    """One ticket as it was struck off: its number, and the units by code.  `town` is None where it lies in none."""

    number: str
    episode: int
    town: str | None
    resolved_by: str
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A closing that was drawn, and the unit that looks."""

    closing: Closing
    checker: str


def seed_of(county: str, month: str, block: int, head: str) -> str:
    """The seed of a county's month, from number and hash of the block; hexadecimal."""
    return _digest({"alg": ALGORITHM, "county": county, "month": month, "block": block, "head": head})


def hash_of(closings: Iterable[Closing]) -> str:
    """The hash of the list that is drawn from, in the order of the numbers."""
    rows = [[c.number, c.episode, c.town, c.resolved_by, c.confirmed_by] for c in closings]
    return _digest({"alg": ALGORITHM, "closings": sorted(rows, key=str)})


def rank(seed: str, name: str) -> str:
    """Where a ticket (or a town) stands under a seed; hexadecimal, so that text sorts like numbers."""
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()


def share(of: int, rule: SpotChecks) -> int:
    """How many of so many are drawn: the scheme's per cent rounded up, within its bounds, and never more than there are."""
    return min(of, max(rule.least, min(rule.most, -(-of * rule.percent // 100))))


def sample(
    seed: str, closings: Iterable[Closing], rule: SpotChecks, towns: Sequence[str], office: str, leaders: str
) -> list[Picked]:
    """What is drawn of each unit that had said it was mended, each with who looks, in the order of the ranks.

    Towns take turns in an order the seed gives; who may not look (the ticket's own town, who mended, who confirmed) is
    passed over and keeps its turn.  Where nobody is left the office looks, and for the office the leading group.
    """
    drawn: list[Closing] = []
    by_unit = sorted(closings, key=lambda one: (one.resolved_by, rank(seed, one.number)))
    for _, rows in groupby(by_unit, key=lambda one: one.resolved_by):
        unit = list(rows)
        drawn += unit[: share(len(unit), rule)]
    turns = sorted(towns, key=lambda town: rank(seed, town))
    found = []
    for closing in sorted(drawn, key=lambda one: rank(seed, one.number)):
        barred = {closing.town, closing.resolved_by, closing.confirmed_by}
        order = [*turns, office, leaders] if rule.by == "towns" else [office, *turns, leaders]
        checker = next(unit for unit in order if unit not in barred)
        if checker in turns:
            turns.remove(checker)
            turns.append(checker)
        found.append(Picked(closing, checker))
    return found


def _digest(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
