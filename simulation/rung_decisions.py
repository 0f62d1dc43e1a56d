"""What the ladder proposes, the office issues or declines, now and then only days later; against itself the leading group."""

import random
from datetime import datetime, timedelta

from sqlalchemy import Engine, and_, select

from models import Custody, Escalation, RungWaiting
from models.engine import reading, writing
from simulation.accounting import may_be_about
from simulation.settlement import Settled
from workflow.accountability import proposals
from workflow.accountability.ladder_steps import LAST_RUNG
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError

#: Why a paper is issued or declined, while its unit still holds the ticket and once it has moved it on.
_ISSUED = {
    True: ("经催办仍未办理完毕", "逾期至今仍未办理完毕"),
    False: ("未按期办理，办理完毕时已逾期",),
}
_DECLINED = {True: ("单位已说明逾期原因，正在办理",), False: ("单位逾期后已办理完毕，予以提醒，不再发文",)}


def appointment(setting: CountyContext, now: datetime) -> dict[str, object]:
    """A talk on the afternoon of the third working day, for the paper that appoints one."""
    at = setting.clock.due(now, 3) - timedelta(hours=2)
    return {
        "meet_at": at,
        "place": "县政府三楼会议室",
        "presider": "领导小组副组长",
        "attendees": ["单位主要负责人", "分管负责人"],
    }


class RungDecisions:
    """The proposed rungs of a county, and how its office goes about them."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(str(rng.getstate()[1][:4]))

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day."""
        still_held = and_(
            Custody.tenure_id == Escalation.tenure_id, Custody.stage == Escalation.stage, Custody.ended_at.is_(None)
        )
        with reading(self.engine) as session:
            proposed = session.execute(
                select(
                    Escalation.id,
                    Escalation.ticket_id,
                    Escalation.unit_id,
                    Escalation.rung,
                    Custody.id.is_not(None),
                )
                .join(RungWaiting, RungWaiting.escalation_id == Escalation.id)
                .outerjoin(Custody, still_held)
                .where(RungWaiting.issue_at.is_(None))
                .order_by(Escalation.id)
            ).all()
        for rung_id, ticket_id, unit_id, rung, held in proposed:
            if self.rng.random() > 0.15:
                continue
            issue = self.rng.random() < 0.7
            if rung == LAST_RUNG:
                # It opens a case, and most cases are about households.
                with reading(self.engine) as session:
                    issue = issue and may_be_about(session, ticket_id)
            decider = setting.overseer(unit_id)
            who = self.settled.people[("unit", decider.id)]
            reason = self.rng.choice((_ISSUED if issue else _DECLINED)[held])
            with writing(self.engine) as session:
                try:
                    with session.begin_nested():
                        talk = appointment(setting, now)
                        proposals.answer(session, who, now, ticket_id, rung_id, issue, reason, **talk)
                except WorkflowError:
                    continue
