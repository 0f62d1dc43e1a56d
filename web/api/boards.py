"""A board over the API: the same figures as the page, by unit names, codes and days."""

from datetime import date
from typing import Annotated

from pydantic import Field

from web.api.fields import BoardUnit, Query, answer, of
from web.api.operations import Call, get
from workflow.boards import board_figures, heat, progress
from workflow.boards.scope import scope_of
from workflow.county.context import county_context


@answer
class Tally:
    """Open tickets of a unit or town, and how many of them are past due."""

    unit: str
    open: int
    overdue: int


@answer
class Step:
    """One rung: how many open tickets reached it, by status."""

    rung: int
    reached: int
    stands: dict[str, int]


@answer
class Week:
    """Tickets filed and closed in ten days, and those overdue at their end."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    filed: int
    closed: int
    overdue: int


@answer
class Gate:
    """Households of a town or village: how many are to leave the register this year, and have left."""

    name: str
    planned: int
    through: int


@answer
class DutyMonth:
    """The duties of one month."""

    month: int
    all: int
    on_time: int
    late: int
    overdue: int


@answer
class Score:
    """A town on a ranking day; `items`: number of the item → score.  Null without data, or with too little.

    `coverage`: percentage of the weights that has data; `own_word`: percentage that is self-reported or provisional; `best` and
    `worst`: the places it could still take.
    """

    date: date
    town: str
    place: int | None
    score: float | None
    coverage: int
    own_word: int
    best: int | None
    worst: int | None
    items: dict[str, float]


@answer
class Board:
    """The county's board for its readers; for others that of their own unit or village."""

    unit: str | None
    open: int
    overdue: int
    due_today: int
    holders: list[Tally]
    towns: list[Tally]
    ladder: list[Step]
    trend: list[Week]
    gate: list[Gate]
    duties: list[DutyMonth]
    scores: list[Score]


class BoardQuery(Query):
    """Whose board: by the unit's code, name or alias."""

    unit: BoardUnit | None = None


@get("/board", "The figures of the county's board, or of one's own unit or village")
def show_board(call: Call, query: BoardQuery) -> Board:
    session, now = call.session, call.now
    setting = county_context(session)
    scope = scope_of(session, call.actor, setting, query.unit)
    hand = board_figures.in_hand(session, setting, scope.held(), now)
    trend = progress.trend(session, scope, now) if not scope.village_id else None

    def tallies(tallies: list[board_figures.Tally]) -> list[Tally]:
        return [of(Tally, row, unit=setting.unit(row.id).name) for row in tallies]

    return Board(
        unit=scope.unit.name if scope.unit else None,
        open=hand.waiting,
        overdue=hand.overdue,
        due_today=hand.today,
        holders=tallies(board_figures.by_holder(session, scope, now)),
        towns=tallies(board_figures.by_town(session, scope, now)),
        ladder=[of(Step, step) for step in board_figures.ladder(session, scope)],
        trend=[of(Week, line, from_=line.start, to=line.end) for line in (trend.lines if trend else ())],
        gate=[of(Gate, line) for line in progress.gate(session, scope)],
        duties=[of(DutyMonth, line) for line in progress.duties(session, scope, now)],
        scores=_scores(heat.heat(session, call.actor, scope)),
    )


def _scores(heat: heat.Heat | None) -> list[Score]:
    if heat is None:
        return []
    return [
        Score(
            date=column.on,
            town=column.town.name,
            place=column.place,
            score=None if column.score is None else column.score / 100,
            coverage=column.coverage,
            own_word=column.own_word,
            best=column.best,
            worst=column.worst,
            items={str(row.item): score / 100 for row in heat.rows if (score := row.scores[number]) is not None},
        )
        for number, column in enumerate(heat.columns)
    ]
