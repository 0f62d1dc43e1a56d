"""Heat table: towns' scores on every item from the latest ranking, or one town's over the last rankings.

Read from frozen snapshots, so a board shows the published figure and links to its source.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import Ranking
from workflow.actors import Actor
from workflow.assessment.ranking import rankings
from workflow.assessment.ranking.own_counts import own_word_shares
from workflow.boards.scope import Scope
from workflow.county.context import CountyContext, UnitFact, county_context

#: How many ranking days a town's own table looks back.
PAST = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a town in the county's table, a ranking day in a town's own table.

    `coverage` is the percentage of the weights that has data; `best` and `worst` are the places that the town could still
    take, None where it has none; `own_word` is the percentage of the weights that rests on a unit's own word.
    """

    town: UnitFact
    on: date
    edition: int
    place: int | None
    score: int | None
    coverage: int
    best: int | None
    worst: int | None
    own_word: int = 0

    @property
    def places_open(self) -> bool:
        """Whether figures that are owed could still move the place, or give one."""
        return self.best is not None and (self.best != self.worst or self.place is None)


@dataclass(frozen=True, slots=True)
class Row:
    """One item with its scores in hundredths of a point per column; None where it does not bind the town or has no data."""

    item: int
    scores: list[int | None]


@dataclass(frozen=True, slots=True)
class Heat:
    """The table; `setting` is the county's context of its ranking, `unit` the unit whose ranking gives the places."""

    setting: CountyContext
    unit: UnitFact | None
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)

    @property
    def incomplete(self) -> bool:
        """Whether some score rests on a part of the data only."""
        return any(column.score is not None and column.coverage < 100 for column in self.columns)

    @property
    def on_own_word(self) -> bool:
        """Whether some score rests in part on a unit's own word."""
        return any(column.score is not None and column.own_word for column in self.columns)

    @property
    def places_open(self) -> bool:
        """Whether some place can still change."""
        return any(column.places_open for column in self.columns)

    @property
    def by_day(self) -> bool:
        """Whether it is one town's table over several days."""
        return len({column.town.id for column in self.columns}) == 1

    def level(self, score: int) -> int:
        """The colour level of a score: 0 in the best grade, one more per grade below, at most 4."""
        grades = self.setting.scheme.ranking.grades
        floors = [grade.floor * 100 for grade in grades] or [9000, 8000, 6000, 0]
        return min(next((number for number, floor in enumerate(floors) if score >= floor), len(floors)), 4)


def heat(session: Session, actor: Actor, scope: Scope) -> Heat | None:
    """The table of the county, of a bureau's own items, or of a town; None for a village and before the first
    ranking."""
    if scope.village_id is not None:
        return None
    rows = list(rankings.past(session, actor, limit=PAST if scope.town else 1))
    if not rows:
        return None
    setting = county_context(session, rows[0].scheme_version_id)
    if scope.town is not None:
        return _of_town(session, setting, scope.town, rows[::-1])
    content = rows[0].content
    mine = next((entry for entry in content["units"] if scope.unit and entry["unit"] == scope.unit.code), None)
    if scope.unit is not None and scope.unit.type == "bureau" and not (mine and mine["towns"]):
        return None
    own = scope.unit if mine and scope.unit and scope.unit.type == "bureau" else None
    lines = mine["towns"] if own and mine else content["county"]
    word = own_word_shares(setting.scheme, content, own.code if own else None)
    columns = [_column(setting.by_code[line["town"]], rows[0], line, word) for line in lines]
    scores = _by_item(rows[0])
    wanted = mine["items"] if own and mine else [indicator.number for indicator in setting.scheme.indicators]
    return Heat(
        setting, own, columns, [Row(item, [scores.get(item, {}).get(c.town.code) for c in columns]) for item in wanted]
    )


def _of_town(session: Session, setting: CountyContext, town: UnitFact, rows: list[Ranking]) -> Heat:
    columns, scores = [], []
    for row in rows:
        line = next((line for line in row.content["county"] if line["town"] == town.code), None)
        if line is not None:
            # Each ranking has the measures and weights of its own scheme.
            scheme = county_context(session, row.scheme_version_id).scheme
            columns.append(_column(town, row, line, own_word_shares(scheme, row.content)))
            scores.append(_by_item(row))
    return Heat(
        setting,
        None,
        columns,
        [Row(i.number, [of.get(i.number, {}).get(town.code) for of in scores]) for i in setting.scheme.indicators],
    )


def _column(town: UnitFact, row: Ranking, line: dict[str, Any], word: dict[str, int]) -> Column:
    """The column of one line; rankings of the first formula counted no coverage and no range."""
    ends = line.get("best"), line.get("worst")
    coverage, own_word = line.get("coverage", 100), word.get(line["town"], 0)
    return Column(town, row.on, row.edition, line["place"], line["score"], coverage, *ends, own_word)


def _by_item(row: Ranking) -> dict[int, dict[str, Any]]:
    return {entry["item"]: entry["towns"] for entry in row.content["items"]}
