"""Findings about units in a county that lives: now and then an audit, an inspection or an instruction finds something at one.

The audit bureau, the office, the leading group and the inspectorate file them; the unit puts them right like any ticket.
"""

import random
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.engine import writing
from simulation.settlement import Settled
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.policy.scheme.model import Kind
from workflow.policy.scheme.parts import Source
from workflow.policy.worktime import local_date
from workflow.tickets import filing, sources
from workflow.tickets.filing import Deficiency
from workflow.tickets.subjects import HELD_TO_ACCOUNT

#: The chance that something is found in a quarter of a working day: about one in a week.
_CHANCE = 0.05


def reference(source: Source, now: datetime, number: int) -> str:
    """The number of what a filing from this source rests on, as its kind of paper is numbered."""
    if not source.reference:
        return ""
    if source.number is None or source.number.zh == "文号":
        return f"{source.name.zh}〔{local_date(now).year}〕{number}号"
    return f"{local_date(now):%Y%m%d}-{number:03}"


class UnitFindings:
    """What is found at units, and who files it."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, made of the county's without throwing it: the rest of the county lives as before.
        self.rng, self.number = random.Random(repr(rng.getstate()[1][:4])), 0

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day."""
        # What the system alone files (figures that differ from the register) is nobody's to find.
        kinds = [kind for kind in setting.scheme.kinds if "unit" in kind.subjects and self._filers(setting, kind)]
        if not kinds or self.rng.random() >= _CHANCE:
            return
        with writing(self.engine) as session:
            try:
                with session.begin_nested():
                    self._file(session, setting, now, self.rng.choice(kinds))
            except WorkflowError:
                # The same finding is open, or the unit is the filer's own: nothing is filed this time.
                return

    def _file(self, session: Session, setting: CountyContext, now: datetime, kind: Kind) -> None:
        rng = self.rng
        who = rng.choice(self._filers(setting, kind))
        source = rng.choice(sources.open_to(setting, who, "unit", kind.code))
        subject = rng.choice([unit for unit in setting.living if unit.type in HELD_TO_ACCOUNT])
        self.number += 1
        filing.file_ticket(
            session,
            who,
            now,
            Deficiency(
                unit=subject.code,
                kind=kind.code,
                cause=rng.choice(kind.causes).code if kind.causes else None,
                description=f"{source.name.zh}发现：{kind.name.zh}",
                source=source.code,
                reference=reference(source, now, self.number),
            ),
        )

    def _filers(self, setting: CountyContext, kind: Kind) -> list[Actor]:
        """One person of each unit that has a source for this kind."""
        seats = [self.settled.people[("unit", unit.id)] for unit in setting.living if unit.type != "town"]
        return [who for who in seats if sources.open_to(setting, who, "unit", kind.code)]
