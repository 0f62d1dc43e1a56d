"""Papers arrive at units: some sign for them, some answer, some let both lapse; now and then the office takes one back."""

import random
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Paper, PaperAct, PaperPending
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.accountability import paper_actions
from workflow.errors import WorkflowError

_ANSWERS = (
    "接文后已专题研究，施工队已进场，将按期办结",
    "逾期系管材供应滞后所致，现已到货，三日内完工",
    "单位主要负责人已到现场督促，整改措施和完成时限附后",
)
_TAKE_BACK = "发文时单位已报送办结材料，系录入迟延"


class Papers:
    """The papers of a county that are not yet received or ended, and how units and the office go about them."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(str(rng.getstate()[1][4:8]))

    def live(self, now: datetime) -> None:
        """A quarter of a working day."""
        with reading(self.engine) as session:
            pending = session.execute(
                select(Paper.id, Paper.number, Paper.unit_id, Paper.issuer_id, PaperPending.open)
                .join(PaperPending, PaperPending.paper_id == Paper.id)
                .order_by(Paper.id)
            ).all()
            done: dict[int, set[str]] = {}
            rows = select(PaperAct.paper_id, PaperAct.act).join(
                PaperPending, PaperPending.paper_id == PaperAct.paper_id
            )
            for paper_id, act in session.execute(rows):
                done.setdefault(paper_id, set()).add(act)
        for paper_id, number, unit_id, issuer_id, is_open in pending:
            self._one(now, number, unit_id, issuer_id, is_open, done.get(paper_id, set()))

    def _one(self, now: datetime, number: str, unit_id: int, issuer_id: int, is_open: bool, acts: set[str]) -> None:
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
        elif "answer" not in acts and is_open and throw < 0.06:
            self._try(lambda s: paper_actions.answer(s, unit, now, number, answer))
        elif "ask_revocation" not in acts and is_open and throw > 0.99:
            self._try(lambda s: paper_actions.ask_revocation(s, clerk, now, number, _TAKE_BACK))

    def _try(self, does: Callable[[Session], Paper]) -> None:
        try:
            with writing(self.engine) as session:
                does(session)
        except WorkflowError:
            # Received by lapse or ended meanwhile: the door says so.
            return
