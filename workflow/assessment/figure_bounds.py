"""Figure bounds (填报数据校核): what may be reported against the system's own rows and the last figure.

What cannot be is refused; more than the rows know needs a reason; a large jump is asked once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.county.context import UnitFact
from workflow.errors import BadInput


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


def above(figure: tuple[int, int], own: OwnFigure) -> bool:
    """Whether a figure says more than the system's rows, in either part."""
    return any(rows is not None and number > rows for number, rows in zip(figure, (own.of, own.to), strict=True))


def check(
    town: UnitFact, figure: tuple[int, int], own: OwnFigure, last: tuple[int, int] | None, assent: Assent, jump: int
) -> None:
    """Raises BadInput, with the `box` at fault, for a figure that its bounds refuse.

    `last`: the figure of an earlier day; `jump`: points of the share from which a change is asked once more.
    """
    numerator, denominator = figure
    if own.most is not None and denominator > own.most:
        raise BadInput("figure_beyond", "figures", town=town.name, most=own.most, box=f"to-{town.code}")
    for name, number, rows in (("to", denominator, own.to), ("of", numerator, own.of)):
        if rows is not None and number > rows and not assent.reason.strip():
            raise BadInput(
                "figure_above_rows", "reason", town=town.name, figure=number, rows=rows, box=f"{name}-{town.code}"
            )
    if last is not None and last[1] and not assent.sure:
        moved = abs(numerator * last[1] - last[0] * denominator) * 100
        if moved > jump * denominator * last[1]:
            raise BadInput(
                "figure_jump",
                "sure",
                town=town.name,
                before=f"{last[0]}/{last[1]}",
                after=f"{numerator}/{denominator}",
                box=f"of-{town.code}",
            )
