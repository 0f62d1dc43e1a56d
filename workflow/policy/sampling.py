"""Spot check samples (抽查): drawn by a seed, so that anyone with the list and the seed can repeat the draw by hand.

Algorithm `rank-sha256-2`.  The seed is the SHA-256 of the canonical JSON of county, month and the hash of the last
block sealed before the next month began: the hash was unknown while the month could still be worked on, and cannot be
changed afterwards.  A ticket's rank is the SHA-256 of "SEED NUMBER"; the lowest ranks of each unit are drawn.

Since version 2 no two towns check each other in a draw: the towns stand in a ring in the order of their ranks, and a town is
checked by those within half a ring behind it.  Draws of version 1 stay repeatable by their own rule.

Figures of a ranking that rest on a unit's own word (数据抽查) are drawn from the first edition of the last ranking of a month,
by the hash of the snapshot: it covers the head of the chain at the ranking's hour, so nobody knew it while figures could
still be reported, and everybody repeats the draw from the printed snapshot.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from workflow.policy.ranking_days import ranking_days
from workflow.policy.scheme.measures import Measure, RankingRule
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.thresholds import FigureChecks, RandomChecks, SpotChecks

#: The algorithm of new draws, and all that recorded draws may bear.
ALGORITHM = "rank-sha256-2"
FIRST_ALGORITHM = "rank-sha256-1"
ALGORITHMS = (FIRST_ALGORITHM, ALGORITHM)


@dataclass(frozen=True, slots=True)
class Closing:
    """One closed ticket: its number and its units by code.  `town` is None where its subject has none."""

    number: str
    episode: int
    town: str | None
    resolved_by: str
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A drawn closing, and the unit that makes the spot check."""

    closing: Closing
    checker: str


def known(algorithm: str) -> str:
    """The algorithm by which a recorded draw is repeated: its own, or that of new draws where its own is not known."""
    return algorithm if algorithm in ALGORITHMS else ALGORITHM


def seed_of(county: str, month: str, block: int, head: str, algorithm: str = ALGORITHM) -> str:
    """The seed of a county's month, from number and hash of the block; hexadecimal."""
    return digest({"alg": algorithm, "county": county, "month": month, "block": block, "head": head})


def hash_of(closings: Iterable[Closing], algorithm: str = ALGORITHM) -> str:
    """The hash of the list drawn from, ordered by number."""
    rows = [[c.number, c.episode, c.town, c.resolved_by, c.confirmed_by] for c in closings]
    return digest({"alg": algorithm, "closings": sorted(rows, key=str)})


def rank(seed: str, name: str) -> str:
    """The rank of a ticket (or a town) under a seed; hexadecimal, so that text sorts like numbers."""
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()


def share(of: int, rule: SpotChecks | RandomChecks | FigureChecks) -> int:
    """The size of a sample: the scheme's per cent rounded up, within its bounds, at most the size of the list."""
    return min(of, max(rule.least, min(rule.most, -(-of * rule.percent // 100))))


def sample(
    seed: str,
    closings: Iterable[Closing],
    rule: SpotChecks,
    towns: Sequence[str],
    others: tuple[str, str],
    algorithm: str = ALGORITHM,
) -> list[Picked]:
    """The sample of each resolving unit, each closing with its checking unit, ordered by rank.

    Towns take turns in an order derived from the seed.  A town that may not check (the ticket's own, the resolver, the
    confirmer, one whose own work that town checks) is skipped and keeps its turn.  If no town is left the office checks,
    and for the office the leading group; `others` are these two.
    """
    drawn: list[Closing] = []
    by_unit = sorted(closings, key=lambda one: (one.resolved_by, rank(seed, one.number)))
    for _, rows in groupby(by_unit, key=lambda one: one.resolved_by):
        unit = list(rows)
        drawn += unit[: share(len(unit), rule)]
    drawn.sort(key=lambda one: rank(seed, one.number))
    barred = [{one.town, one.resolved_by, one.confirmed_by} for one in drawn]
    units = checkers(seed, barred, rule, towns, others, algorithm)
    return [Picked(closing, checker) for closing, checker in zip(drawn, units, strict=True)]


def checkers(
    seed: str,
    barred: Iterable[Collection[str | None]],
    rule: SpotChecks | RandomChecks,
    towns: Sequence[str],
    others: tuple[str, str],
    algorithm: str = ALGORITHM,
) -> Iterator[str]:
    """The unit for each check, in order, where these units may not make it; `others` are office and leading group."""
    turns, (office, leaders) = sorted(towns, key=lambda town: rank(seed, town)), others
    ring = tuple(turns)
    for units in barred:
        able = turns if algorithm == FIRST_ALGORITHM else [town for town in turns if _one_way(ring, town, units)]
        order = [*able, office, leaders] if rule.by == "towns" else [office, *able, leaders]
        checker = next(unit for unit in order if unit not in units)
        if checker in turns:
            turns.remove(checker)
            turns.append(checker)
        yield checker


def checker_today(checker: int, barred: Collection[int], office: int, leaders: int) -> int | None:
    """The unit that makes a pending check: the one it was given to, unless that came to be concerned itself by a reform or
    a move (`barred`); then the office, then the leading group; None where it is the own work of all.

    >>> checker_today(5, {9}, 1, 2), checker_today(5, {5}, 1, 2), checker_today(1, {1}, 1, 2), checker_today(5, {5, 1, 2}, 1, 2)
    (5, 1, 2, None)
    """
    return next((unit for unit in (checker, office, leaders) if unit not in barred), None)


def _one_way(ring: Sequence[str], checker: str, checked: Collection[str | None]) -> bool:
    """Whether a town may check these units: each town among them comes after it within half a ring, so that it is never
    checked by one of them in turn.  Two towns alone have no other choice.

    >>> [_one_way(("a", "b", "c", "d"), "a", {town}) for town in "bcd"], _one_way(("a", "b"), "b", {"a"})
    ([True, False, False], True)
    """
    if len(ring) <= 2:
        return True
    place = {town: number for number, town in enumerate(ring)}
    return all(1 <= (place[t] - place[checker]) % len(ring) <= (len(ring) - 1) // 2 for t in checked if t in place)


def digest(value: dict[str, Any]) -> str:
    """The SHA-256 of the canonical JSON of a value; hexadecimal."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A drawn figure: its measure, town and reporting unit (codes), and numerator and denominator of the snapshot."""

    measure: Measure
    town: str
    reporter: str
    said: tuple[int, int]

    @property
    def name(self) -> str:
        """Measure and town, as the draw and forms name it."""
        return f"{self.measure.code} {self.town}"

    @property
    def whole_reported(self) -> bool:
        """Whether the denominator too is the unit's word; another is counted by the system and is not asked."""
        return any(term.startswith("reported.") for term in self.measure.to)


def figure_seed(ranking_hash: str) -> str:
    """The seed of the draw from a snapshot with this hash; hexadecimal."""
    return digest({"alg": ALGORITHM, "figures_of": ranking_hash})


def drawn_figures(
    scheme: Scheme, on: date, edition: int, ranking_hash: str, content: Mapping[str, Any]
) -> list[DrawnFigure]:
    """The figures drawn from a snapshot under its scheme, in the order of their ranks; none of a later edition, of an
    earlier ranking of the month, or under a scheme without the rule."""
    rule = scheme.figures.checks
    if rule is None or edition != 1 or not last_of_month(scheme.ranking, on):
        return []
    entries = {entry["code"]: entry["towns"] for entry in content["measures"]}
    listed = [
        DrawnFigure(measure, line["town"], reporter, (line["of"], line["to"]))
        for measure in scheme.measures
        if measure.self_reported or measure.provisional
        for line in entries.get(measure.code, ())
        if line["to"]
        for reporter in [line["town"] if measure.provisional else measure.reported_by]
        if reporter is not None
    ]
    seed = figure_seed(ranking_hash)
    return sorted(listed, key=lambda one: rank(seed, one.name))[: share(len(listed), rule)]


def last_of_month(rule: RankingRule, on: date) -> bool:
    """Whether no other ranking day of the month follows.

    >>> [last_of_month(RankingRule(), date(2019, 2, day)) for day in (20, 28)]
    [False, True]
    """
    following = next(ranking_days(rule, on + timedelta(days=1), on + timedelta(days=31)))
    return following.month != on.month


def checks_itself(unit_type: str, ruled_by_leaders: bool) -> bool:
    """Whether a reporting unit is the office or led by it, so that the leading group checks its figures; else the office."""
    return unit_type == "office" or ruled_by_leaders
