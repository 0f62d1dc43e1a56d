"""Figure bounds (填报数据校核): what may be reported against the system's own rows and the last figure.

What cannot be is refused; more than the rows know, or far less, needs a reason; a large jump, of the share or of either
part, is asked once more.  Where there are no rows, a whole beyond what is plausible, and a part of another magnitude than
the last one, need a reason too.  In place of numbers a unit states that there is none here this period, with the reason,
where no rows show any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.county.context import UnitFact
from workflow.errors import BadInput
from workflow.inputs import statement_of
from workflow.policy.scheme.measures import FigureRule
from workflow.policy.scheme.parts import Text
from workflow.text_content import is_statement

#: The largest number that is taken.
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One town's share as reported; `none`: in place of numbers, why there is none here this period (本期无此项)."""

    town: str
    numerator: int
    denominator: int
    none: str = ""

    @property
    def figure(self) -> tuple[int, int]:
        """Both numbers."""
        return self.numerator, self.denominator


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """What the system's rows say of one town's figure: its parts, the whole it can never exceed, and the whole up to which
    a figure without rows is plausible; None where the system has no rows of it."""

    of: int | None = None
    to: int | None = None
    most: int | None = None
    plausible: int | None = None

    @property
    def some(self) -> int | None:
        """How many rows show that there is something to report, or that a sample could be drawn from."""
        return self.most if self.to is None else self.to


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
_AGAINST_ROWS = {"above": "figure_above_rows", "below": "figure_below_rows"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one measure's figures are held against: its texts for both numbers and for what a sample is drawn from, and the
    scheme's rule."""

    rule: FigureRule
    whole: Text
    drawn_from: Text


def doubt(
    figure: tuple[int, int], own: OwnFigure, last: tuple[int, int] | None, rule: FigureRule
) -> tuple[str, str, int, int] | None:
    """Why a figure needs a reason: the code of the sentence, the part (`of`, `to`), its number, and the number it is held
    against; None where it needs none."""
    numerator, denominator = figure
    for part, number, rows in (("to", denominator, own.to), ("of", numerator, own.of)):
        found = rule.against_rows(number, rows)
        if found is not None and rows is not None:
            return _AGAINST_ROWS[found], part, number, rows
    if own.plausible is None:
        return None
    if denominator > own.plausible:
        return "figure_implausible", "to", denominator, own.plausible
    if last is not None and last[1]:
        for part, number, former in (("to", denominator, last[1]), ("of", numerator, last[0])):
            if rule.leaps(number, former):
                return "figure_magnitude", part, number, former
    return None


def check_none(town: UnitFact, line: Line, own: OwnFigure) -> None:
    """Raises BadInput, with the `box` at fault, for the statement that there is none here: beside numbers, against rows that
    show some, or as a text that says nothing."""
    box = f"none-{town.code}"
    if line.figure != (0, 0):
        raise BadInput("figure_none_and_numbers", "figures", town=town.name, box=box)
    if own.some:
        raise BadInput("figure_none_rows", "figures", town=town.name, rows=own.some, box=box)
    try:
        statement_of("none_here", line.none)
    except BadInput as error:
        raise BadInput(error.code, error.field, **error.params, box=box) from error


def check_numbers(town: UnitFact, line: Line, own: OwnFigure, whole_counted: bool) -> None:
    """Raises BadInput, with the `box` at fault: 0 of 0 says nothing (no data is left empty), no part exceeds its whole, and a
    whole that rows count is theirs."""
    if whole_counted and own.to is not None and line.denominator != own.to:
        raise BadInput("figure_whole_counted", "figures", town=town.name, rows=own.to, box=f"to-{town.code}")
    if line.denominator == 0:
        raise BadInput("figure_of_nothing", "figures", town=town.name, box=f"to-{town.code}")
    if line.denominator > _MOST:
        raise BadInput("figure_too_large", "figures", town=town.name, most=_MOST, box=f"to-{town.code}")
    if not 0 <= line.numerator <= line.denominator:
        raise BadInput("figure_share", "figures", town=town.name, box=f"of-{town.code}")


def check(
    town: UnitFact,
    figure: tuple[int, int],
    own: OwnFigure,
    last: tuple[int, int] | None,
    assent: Assent,
    bounds: Bounds,
) -> None:
    """Raises BadInput, with the `box` at fault, for a figure that the system's rows refuse, or that needs a reason."""
    if own.most is not None and figure[1] > own.most:
        whole, drawn = bounds.whole, bounds.drawn_from
        raise BadInput(
            "figure_beyond",
            "figures",
            town=town.name,
            figure=figure[1],
            most=own.most,
            whole_zh=whole.zh,
            whole_en=whole.en,
            from_zh=drawn.zh,
            from_en=drawn.en,
            box=f"to-{town.code}",
        )
    found = doubt(figure, own, last, bounds.rule)
    if found is not None and not is_statement(assent.reason):
        code, part, number, rows = found
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
        """Both figures, readable in every language: 甲镇 8/11 → 1/1, or → – where there is none now."""
        after = f"{self.after[0]}/{self.after[1]}" if self.after[1] else "–"
        return f"{self.town.name} {self.before[0]}/{self.before[1]} → {after}"


def jump_of(town: UnitFact, figure: tuple[int, int], last: tuple[int, int] | None, rule: FigureRule) -> Jump | None:
    """The jump of a figure against that of an earlier day; None where it is none, or nothing was reported before."""
    if last is None or not last[1]:
        return None
    numerator, denominator = figure
    if not denominator:
        return Jump(town, last, figure, f"none-{town.code}")
    moved = abs(numerator * last[1] - last[0] * denominator) * 100
    if rule.leaps(denominator, last[1]):
        return Jump(town, last, figure, f"to-{town.code}")
    if rule.leaps(numerator, last[0]) or moved > rule.jump * denominator * last[1]:
        return Jump(town, last, figure, f"of-{town.code}")
    return None


def ask_once_more(jumps: Sequence[Jump], assent: Assent) -> None:
    """Raises BadInput, with the `box` of the first, for jumps that the person reporting has not said are meant."""
    if jumps and not assent.sure:
        raise BadInput("figure_jump", "sure", jumps="；".join(jump.text for jump in jumps), box=jumps[0].box)
