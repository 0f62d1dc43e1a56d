"""Village outages: one fault cuts many households off; the town bundles their tickets in a matter, resolved once."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from models import Matter, Ticket
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.tickets import filing, matters
from workflow.tickets.filing import Deficiency

_HOUSES = 6


class VillageOutages:
    """Which villages something broke in; `act_on` gives the evidence of the unit that mends it."""

    def __init__(
        self,
        engine: Engine,
        settled: Settled,
        rng: random.Random,
        photo: Callable[..., int],
    ) -> None:
        self.engine, self.settled, self.rng, self.photo = engine, settled, rng, photo

    def live(self, setting: CountyContext, now: datetime, speeds: dict[int, float]) -> None:
        """A quarter of a working day: now and then something breaks, and who answers for it gets on with it."""
        if self.rng.random() < 0.04:
            self._break(setting, now)
        with reading(self.engine) as session:
            waiting = session.scalars(select(Matter.id).where(Matter.ended_at.is_(None)).order_by(Matter.id)).all()
        for matter in waiting:
            self._go_on(matter, now, speeds)

    def _break(self, setting: CountyContext, now: datetime) -> None:
        rng = self.rng
        # Where one house alone stands on the register there is nothing to bundle.
        crowded = Counter(where for _, where in self.settled.households)
        shared = [where for _, where in self.settled.households if crowded[where] > 1]
        if not shared:
            return
        village = rng.choice(shared)
        houses = [code for code, where in self.settled.households if where == village][:_HOUSES]
        # What a scheme lets be filed for a whole village is what can fail there for many houses at once.
        what = rng.choice([kind for kind in setting.scheme.kinds if set(kind.subjects) == {"household", "village"}])
        words = f"全村集中反映：{what.name.zh}"
        town = self.settled.people[("unit", self.settled.towns[village])]
        cause = rng.choice(what.causes).code if what.causes else None
        try:
            with writing(self.engine) as session:
                filed = []
                for code in houses:
                    try:
                        with session.begin_nested():
                            filed.append(
                                filing.file_ticket(
                                    session,
                                    town,
                                    now,
                                    Deficiency(household=code, kind=what.code, cause=cause, description=words),
                                ).ticket.number
                            )
                    except WorkflowError:
                        # That house has such a ticket already.
                        continue
                if len(filed) > 1:
                    matters.open_matter(session, town, now, tickets=filed, title=words)
        except WorkflowError:
            return

    def _go_on(self, matter: int, now: datetime, speeds: dict[int, float]) -> None:
        with writing(self.engine) as session:
            rows = session.scalars(
                select(Ticket).where(Ticket.matter_id == matter, Ticket.ended_at.is_(None)).order_by(Ticket.id)
            ).all()
            for state, action in (("assigned", "accept"), ("in_progress", "resolve")):
                ready = [row for row in rows if row.state == state and row.holder_unit_id == row.lead_unit_id]
                if not ready or self.rng.random() >= speeds[ready[0].lead_unit_id or 0]:
                    continue
                who: Actor = self.settled.people[("unit", ready[0].lead_unit_id or 0)]
                given: dict[str, Any] = {"note": "已抢修恢复", "evidence": [self.photo(session, who, ready[0].id, now)]}
                versions = {row.number: row.version for row in ready}
                try:
                    with session.begin_nested():
                        matters.act(
                            session, who, now, matter, action, versions, **(given if action == "resolve" else {})
                        )
                except WorkflowError:
                    # One of them was moved meanwhile; they are looked at again later.
                    pass
                return
