"""Checks of drawn figures in a county that lives: the office and the leading group look at the lists behind them."""

import random
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from models import Ranking
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.assessment.checking import figure_checks
from workflow.assessment.checking.figure_checks import CheckInput, CheckLine
from workflow.county.context import CountyContext

#: The chance that a drawn figure is checked in a quarter of a working day, and that it is found untrue.
_CHANCE, _UNTRUE = 0.12, 0.15
_SOURCES = ("单位原始台账和花名册，逐条核对", "资金拨付凭证和银行回单", "现场清点并查阅签到表")
_NOTES = ("{n}{unit}查无凭证，应予剔除。", "抽查名册有{n}{unit}重复计数。")


class FigureChecking:
    """How a county checks the figures that no rows hold."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, which throws nobody else's.
        self.rng = random.Random(repr(rng.getstate()[1][:6]))

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day."""
        recent = select(Ranking).where(Ranking.edition == 1, Ranking.made_at > now - timedelta(days=40))
        for unit in (setting.office, setting.leaders):
            actor = self.settled.people[("unit", unit.id)]
            with reading(self.engine) as session:
                waiting = [
                    (row.id, line)
                    for row in session.scalars(recent.order_by(Ranking.id))
                    for line in figure_checks.lines(session, actor, row, now)
                    if line.mine
                ]
            for ranking, line in waiting:
                if self.rng.random() < _CHANCE:
                    with writing(self.engine) as session:
                        row = session.get_one(Ranking, ranking)
                        figure_checks.record(session, actor, now, row, self._found(line))

    def _found(self, line: CheckLine) -> CheckInput:
        of, to = line.figure.said
        less = self.rng.randint(1, max(1, of // 10)) if of and self.rng.random() < _UNTRUE else 0
        unit = line.figure.measure.counted_in.zh if line.figure.measure.counted_in else "项"
        note = self.rng.choice(_NOTES).format(n=less, unit=unit) if less else ""
        return CheckInput(line.figure.name, of - less, to, self.rng.choice(_SOURCES), note)
