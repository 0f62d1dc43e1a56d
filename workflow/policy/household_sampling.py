"""Random check samples (入户抽查): households drawn by a seed, so that anyone with the list and the seed can repeat it.

Algorithm `rank-sha256-2`, as in `sampling`: the seed is made of county, period and the hash of the last block sealed
before the period was over; a household's rank is the SHA-256 of "SEED CODE"; the lowest ranks of each town and standing
are drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from typing import Any

from workflow.policy.sampling import ALGORITHM, checkers, digest, rank, share
from workflow.policy.scheme.thresholds import RandomChecks


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that may be drawn: its code, `leaving` or `exited`, and by code its town and the unit that named it
    for exit or passed its exit (None where the history names none)."""

    code: str
    standing: str
    town: str
    passed_by: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn household, and the unit that checks it."""

    candidate: Candidate
    checker: str


def seed_of(county: str, period: str, block: int, head: str, algorithm: str = ALGORITHM) -> str:
    """The seed of a county's period, from number and hash of the block; hexadecimal."""
    return digest({"alg": algorithm, "county": county, "households": period, "block": block, "head": head})


def frozen(candidates: Iterable[Candidate]) -> list[list[Any]]:
    """The list as it is stored: one row per household, ordered by code."""
    return sorted(list(astuple(one)) for one in candidates)


def hash_of(rows: Sequence[Sequence[Any]], algorithm: str = ALGORITHM) -> str:
    """The hash of a stored list."""
    return digest({"alg": algorithm, "households": [list(row) for row in rows]})


def sample(
    seed: str,
    candidates: Iterable[Candidate],
    rule: RandomChecks,
    towns: Sequence[str],
    others: tuple[str, str],
    algorithm: str = ALGORITHM,
) -> list[Drawn]:
    """The sample of each town and standing, each household with its checking unit, ordered by rank.

    A household's own town, and the unit that named or passed it, do not check it; towns take turns as in `sampling`.
    `others` are the codes of the office and the leading group.
    """
    drawn: list[Candidate] = []
    strata = sorted(candidates, key=lambda one: (one.town, one.standing, rank(seed, one.code)))
    for _, rows in groupby(strata, key=lambda one: (one.town, one.standing)):
        stratum = list(rows)
        drawn += stratum[: share(len(stratum), rule)]
    drawn.sort(key=lambda one: rank(seed, one.code))
    units = checkers(seed, [{one.town, one.passed_by} for one in drawn], rule, towns, others, algorithm)
    return [Drawn(one, unit) for one, unit in zip(drawn, units, strict=True)]
