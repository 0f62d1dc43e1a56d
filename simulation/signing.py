"""Who signs in a county that lives: leaders from their own accounts, some through a clerk whom they authorised."""

import random
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.engine import writing
from simulation.settlement import Settled
from workflow.actors import Actor
from workflow.county import authorisations
from workflow.county.context import CountyContext
from workflow.policy.worktime import local_date


class Signing:
    """The authorisations of a county, and who signs for a unit."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, which throws nobody else's.
        self.rng = random.Random(f"signing {rng.getstate()[1][9:12]}")
        self.begun = False
        #: The offices whose leader lets 督办 go out by itself: an authorisation ends with its office.
        self.standing: list[int] = []

    def begin(self, setting: CountyContext, now: datetime) -> None:
        """On the first day some leaders authorise their clerks to sign for a quarter of a year."""
        if self.begun:
            return
        self.begun = True
        units = [unit for unit in setting.units.values() if unit.type == "bureau"]
        for number, unit in enumerate(self.rng.sample(units, min(3, len(units))), start=1):
            self.authorise(now, unit.id, "sign", f"{unit.name.removeprefix('县')}授〔{now.year}〕{number}号", 90)

    def later(self, setting: CountyContext, now: datetime) -> None:
        """Some days on the office's leader lets 督办 go out by itself; until then each waited for a person."""
        if self.begun and setting.office.id not in self.standing:
            self.standing.append(setting.office.id)
            self.authorise(now, setting.office.id, "supervise", f"扶组办〔{now.year}〕{len(self.standing) + 2}号", 365)

    def authorise(self, now: datetime, unit_id: int, kind: str, document: str, days: int) -> None:
        """The leader of the unit puts an authorisation on record, from today on."""
        today = local_date(now)
        given = {
            "kind": kind,
            "user": self.settled.clerks[unit_id] if kind == "sign" else None,
            "from_day": today,
            "until_day": today + timedelta(days=days),
            "document": document,
        }
        with writing(self.engine) as session:
            authorisations.record(session, self.settled.people[("leader", unit_id)], now, given)

    def hand(self, session: Session, unit_id: int, now: datetime) -> Actor:
        """Who signs for the unit: the clerk where authorised, else the leader."""
        clerk = self.settled.people[("unit", unit_id)]
        if authorisations.in_force(session, unit_id, "sign", now, clerk.user_id) is not None:
            return clerk
        return self.settled.people[("leader", unit_id)]
