"""Worked example (计算示例): how a town's published score follows from its published counts, step by step.

Read from the snapshot alone, so that a town can recompute its score and place with pen and paper.  Source: the notice's
closing paragraph, whose ranking is put in writing.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workflow.assessment.ranking.snapshot import states_none
from workflow.policy.scheme.measures import Measure
from workflow.policy.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Step:
    """One measure: the town's counts, those of all towns, and the published score; None without data.

    `none_here`: that there is none this period is stated; `missing`: how much the base falls short of the minimum; that much
    counts at the county's own share.
    """

    measure: Measure
    of: int
    to: int
    county_of: int
    county_to: int
    score: int | None
    none_here: bool

    @property
    def missing(self) -> int:
        return max(0, self.measure.minimum - self.to) if self.to else 0


@dataclass(frozen=True, slots=True)
class ItemSteps:
    """One item with its weight, its measures that count in the county's ranking, and its published score."""

    item: int
    weight: int
    steps: list[Step]
    score: int | None

    @property
    def counted(self) -> list[Step]:
        """The measures that have data."""
        return [step for step in self.steps if step.score is not None]


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A town's whole computation; `line` is its line in the county's ranking, `above` the number of ranked towns with a
    higher score, from which its place follows."""

    town: str
    items: list[ItemSteps]
    line: dict[str, Any]
    above: int

    @property
    def counted(self) -> list[ItemSteps]:
        """The items that have data."""
        return [item for item in self.items if item.score is not None]


def work_out(scheme: Scheme, content: dict[str, Any], town: str) -> WorkedExample | None:
    """The computation of a town in a snapshot; None for formula version 1, or a town that was not ranked."""
    line = next((line for line in content["county"] if line["town"] == town), None)
    if line is None or "formula_version" not in content:
        return None
    known = {measure.code: measure for measure in scheme.measures if measure.ranks != "own"}
    scores = {entry["item"]: entry["towns"].get(town) for entry in content["items"]}
    items = []
    for item, score in sorted(scores.items()):
        steps = [
            _step(known[entry["code"]], entry["towns"], town, states_none(content, entry["code"], town))
            for entry in content["measures"]
            if entry["item"] == item and entry["code"] in known
        ]
        items.append(ItemSteps(item, scheme.ranking.weights.get(item, 1), steps, score))
    above = sum(1 for each in content["county"] if each["place"] and line["score"] and each["score"] > line["score"])
    return WorkedExample(town, items, line, above)


def _step(measure: Measure, lines: list[dict[str, Any]], town: str, none_here: bool) -> Step:
    own = next(line for line in lines if line["town"] == town)
    county = (sum(line["of"] for line in lines), sum(line["to"] for line in lines))
    return Step(measure, own["of"], own["to"], *county, own["score"], none_here)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one measure did to a town's score between two rankings: its scores, and the difference it made, all in
    hundredths of a point; a score is None without data."""

    measure: Measure
    before: int | None
    after: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Why a town moved: its lines in two rankings, and the measures that made a difference, the largest first."""

    before: dict[str, Any]
    after: dict[str, Any]
    effects: list[Effect]


def movement(before: WorkedExample, after: WorkedExample) -> Movement:
    """What changed between two published computations of a town.

    The differences add up to the change of its score but for rounding: where a measure gained or lost its data, the
    other measures of its item weigh less or more, which is a difference of theirs.
    """
    was, now = _shares(before), _shares(after)
    effects = []
    for code in {**now, **was}:
        measure = (now.get(code) or was[code])[0].measure
        (old, part), (new, whole) = ((each[code] if code in each else (None, Fraction(0))) for each in (was, now))
        points = round(whole - part)
        if points:
            effects.append(Effect(measure, old.score if old else None, new.score if new else None, points))
    effects.sort(key=lambda effect: (-abs(effect.points), effect.measure.code))
    return Movement(before.line, after.line, effects)


def _shares(example: WorkedExample) -> dict[str, tuple[Step, Fraction]]:
    """By measure its step, and its part of the town's score."""
    items = sum(item.weight for item in example.counted)
    shares = {}
    for item in example.counted:
        steps = sum(step.measure.weight for step in item.counted)
        for step in item.counted:
            share = Fraction(item.weight, items) * Fraction(step.measure.weight, steps)
            shares[step.measure.code] = step, share * (step.score or 0)
    return shares
