"""Figure bounds (填报数据校核): what may be reported against the system's own rows and the last figure.

What cannot be is refused; more than the rows know, or far less, needs a reason; a large jump, of the share or of either
part, is asked once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.county.context import UnitFact
from workflow.errors import BadInput
from workflow.inputs import says_nothing
from workflow.policy.scheme.measures import FigureRule


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """What the system's rows say of one town's figure: its parts, and the whole it can never exceed; None where the
    system has no rows of it."""

    of: int | None = None
    to: int | None = None
    most: int | None = None


#: By the id of the town.
Own = Mapping[int, OwnFigure]
NONE: Own = {}


@dataclass(frozen=True, slots=True)
class Assent:
    """What the person reporting adds: a reason, and that a large jump is meant."""

    reason: str = ""
    sure: bool = False


#: Nothing added.
PLAIN = Assent()


def leaps(number: int, former: int, rule: FigureRule) -> bool:
    """Whether a number is of another magnitude than the former one.

    >>> leaps(1, 47, FigureRule()), leaps(45, 47, FigureRule()), leaps(9, 1, FigureRule())
    (True, False, False)
    """
    change = abs(number - former)
    return change >= rule.least and change * 100 > rule.magnitude * former


def departs(figure: tuple[int, int], own: OwnFigure, rule: FigureRule) -> bool:
    """Whether a figure says more than the system's rows or far less, in either part."""
    return any(
        rows is not None and (number > rows or leaps(number, rows, rule))
        for number, rows in zip(figure, (own.of, own.to), strict=True)
    )


def check(town: UnitFact, figure: tuple[int, int], own: OwnFigure, assent: Assent, rule: FigureRule) -> None:
    """Raises BadInput, with the `box` at fault, for a figure that the system's rows refuse, or that needs a reason."""
    numerator, denominator = figure
    if own.most is not None and denominator > own.most:
        raise BadInput("figure_beyond", "figures", town=town.name, most=own.most, box=f"to-{town.code}")
    for part, number, rows in (("to", denominator, own.to), ("of", numerator, own.of)):
        if rows is None or not says_nothing(assent.reason) or not (number > rows or leaps(number, rows, rule)):
            continue
        code = "figure_above_rows" if number > rows else "figure_below_rows"
        raise BadInput(code, "reason", town=town.name, part=part, figure=number, rows=rows, box=f"{part}-{town.code}")


@dataclass(frozen=True, slots=True)
class Jump:
    """A figure that differs much from that of an earlier day, in its share or in the magnitude of a part; `box`: the part."""

    town: UnitFact
    before: tuple[int, int]
    after: tuple[int, int]
    box: str

    @property
    def text(self) -> str:
        """Both figures, readable in every language: 甲镇 8/11 → 1/1."""
        return f"{self.town.name} {self.before[0]}/{self.before[1]} → {self.after[0]}/{self.after[1]}"


def jump_of(town: UnitFact, figure: tuple[int, int], last: tuple[int, int] | None, rule: FigureRule) -> Jump | None:
    """The jump of a figure against that of an earlier day; None where it is none, or nothing was reported before."""
    if last is None or not last[1]:
        return None
    numerator, denominator = figure
    moved = abs(numerator * last[1] - last[0] * denominator) * 100
    if leaps(denominator, last[1], rule):
        return Jump(town, last, figure, f"to-{town.code}")
    if leaps(numerator, last[0], rule) or moved > rule.jump * denominator * last[1]:
        return Jump(town, last, figure, f"of-{town.code}")
    return None


def ask_once_more(jumps: Sequence[Jump], assent: Assent) -> None:
    """Raises BadInput, with the `box` of the first, for jumps that the person reporting has not said are meant."""
    if jumps and not assent.sure:
        raise BadInput("figure_jump", "sure", jumps="；".join(jump.text for jump in jumps), box=jumps[0].box)
