"""What the ladder proposes, the office issues or declines, now and then only days later; against itself the leading group."""

import random
from datetime import datetime

from sqlalchemy import Engine, select

from models import Escalation, RungAnswer
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.accountability import proposals
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError

_ISSUED = ("多次催办仍未办结", "督办后无实质进展", "逾期已久，群众反映强烈")
_DECLINED = ("已在施工，限期内可办结", "逾期系材料供应所致，单位已说明情况")


class RungDecisions:
    """The proposed rungs of a county, and how its office goes about them."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(str(rng.getstate()[1][:4]))

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day."""
        with reading(self.engine) as session:
            proposed = session.execute(
                select(Escalation.id, Escalation.ticket_id, Escalation.unit_id)
                .where(Escalation.status == "proposed", Escalation.id.not_in(select(RungAnswer.escalation_id)))
                .order_by(Escalation.id)
            ).all()
        for rung_id, ticket_id, unit_id in proposed:
            if self.rng.random() > 0.15:
                continue
            issue = self.rng.random() < 0.7
            decider = setting.leaders if setting.unit(unit_id).type == "office" else setting.office
            who, reason = self.settled.people[("unit", decider.id)], self.rng.choice(_ISSUED if issue else _DECLINED)
            with writing(self.engine) as session:
                try:
                    with session.begin_nested():
                        proposals.answer(session, who, now, ticket_id, rung_id, issue, reason)
                except WorkflowError:
                    continue
