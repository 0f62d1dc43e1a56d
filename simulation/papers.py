"""Papers arrive at units: some sign for them, some answer, some let both lapse; the office checks the answers, holds the talks
and puts down their records, and now and then takes a paper back.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Paper, PaperAct, PaperPending
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.accountability import paper_actions
from workflow.accountability.replies.talks import answer_stands
from workflow.errors import WorkflowError
from workflow.policy.worktime import WorkClock, local_date

_ANSWERS = (
    "已与施工队商定进场日期，由分管副局长负责，将按期办结",
    "逾期系承办人员调整、衔接不到位所致，已另行安排专人办理",
    "单位主要负责人已到现场督促，整改措施和完成时限附后",
)
_PROMISES = ("完成整改并报送佐证材料", "逐户整改到位并报镇核验", "补齐佐证材料")
_FOUND = ("已逐件查看佐证照片，问题均已解决", "已到村到户查看，整改措施已到位")
_RETURNED = ("未写明完成时限，退回重报", "整改措施与现场情况不符，退回重报")
_MINUTES = (
    "单位主要负责人说明逾期系施工队未按时进场所致，表态限期整改。",
    "已指出责任不落实的问题，明确整改时限和责任人。",
)
_TAKE_BACK = "发文时单位已报送办结材料，系录入迟延"


class Papers:
    """The papers of a county that are not yet received or ended, and how units and the office go about them."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(str(rng.getstate()[1][4:8]))

    def live(self, clock: WorkClock, now: datetime) -> None:
        """A quarter of a working day."""
        with reading(self.engine) as session:
            pending = session.execute(
                select(Paper.id, Paper.number, Paper.unit_id, Paper.issuer_id, PaperPending.open)
                .join(PaperPending, PaperPending.paper_id == Paper.id)
                .order_by(Paper.id)
            ).all()
            done: dict[int, dict[str, PaperAct]] = {}
            rows = select(PaperAct).join(PaperPending, PaperPending.paper_id == PaperAct.paper_id)
            for act in session.scalars(rows.order_by(PaperAct.id)):
                done.setdefault(act.paper_id, {})[act.act] = act
            talks = {
                row[0]: datetime.fromisoformat(row[1]["talk"]["at"])
                for row in session.execute(
                    select(Paper.id, Paper.content).where(Paper.id.in_([each[0] for each in pending]), Paper.rung == 4)
                )
                if row[1].get("talk")
            }
        for paper_id, number, unit_id, issuer_id, is_open in pending:
            acts = done.get(paper_id, {})
            self._one(clock, now, number, unit_id, issuer_id, is_open, set(acts))
            if is_open:
                self._of_office(clock, now, number, issuer_id, acts, talks.get(paper_id))

    def _of_office(
        self,
        clock: WorkClock,
        now: datetime,
        number: str,
        issuer_id: int,
        acts: dict[str, PaperAct],
        talk: datetime | None,
    ) -> None:
        """The talk is held and put down soon after; most answers are found carried out, some are returned."""
        clerk, throw = self.settled.people[("unit", issuer_id)], self.rng.random()
        if talk is not None and "record" not in acts and talk < now and throw < 0.5:
            due = clock.worked_from(local_date(now) + timedelta(days=7)).isoformat()
            given = {
                "held_at": talk,
                "came": ["单位主要负责人", "分管负责人"],
                "minutes": self.rng.choice(_MINUTES),
                "commitments": [{"words": self.rng.choice(_PROMISES), "due_on": due}],
            }
            self._try(lambda s: paper_actions.record_talk(s, clerk, now, number, given))
        elif answer_stands(acts) and throw < 0.12:
            good = self.rng.random() < 0.7
            why = self.rng.choice(_FOUND if good else _RETURNED)
            self._try(lambda s: paper_actions.check(s, clerk, now, number, good, why))

    def _one(
        self, clock: WorkClock, now: datetime, number: str, unit_id: int, issuer_id: int, is_open: bool, acts: set[str]
    ) -> None:
        rng, seat = self.rng, self.settled.people
        unit, clerk, head = seat[("unit", unit_id)], seat[("unit", issuer_id)], seat[("leader", issuer_id)]
        throw, answer = rng.random(), rng.choice(_ANSWERS)
        if "ask_revocation" in acts and "keep" not in acts and is_open:
            if throw < 0.3:
                agrees = rng.random() < 0.7
                why = "情况属实，同意撤销" if agrees else "理由不充分，维持原文书"
                self._try(lambda s: paper_actions.rule_on_revocation(s, head, now, number, agrees, why))
        elif "receipt" not in acts and throw < 0.2:
            self._try(lambda s: paper_actions.sign(s, unit, now, number))
        elif is_open and throw < 0.06:
            due = clock.worked_from(local_date(now) + timedelta(days=rng.choice((3, 5, 10)))).isoformat()
            promises = [{"words": rng.choice(_PROMISES), "due_on": due}] if rng.random() < 0.5 else []
            self._try(lambda s: paper_actions.answer(s, unit, now, number, answer, (), promises))
        elif "ask_revocation" not in acts and is_open and throw > 0.99:
            self._try(lambda s: paper_actions.ask_revocation(s, clerk, now, number, _TAKE_BACK))

    def _try(self, does: Callable[[Session], Paper]) -> None:
        try:
            with writing(self.engine) as session:
                does(session)
        except WorkflowError:
            # Received by lapse or ended meanwhile: the door says so.
            return
