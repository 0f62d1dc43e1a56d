"""The draw on the 1st and who is sent: towns look at what others struck off, most in time, some late, and now and then the
office in their stead; what they find depends on who had mended it.
"""

import random
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select

from models import SpotCheck
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.accountability.oversight import check_results, monthly_draw
from workflow.accountability.oversight.check_results import ResultInput
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.tickets.consequences import pending_checks

_FALSE = ("现场仍未通，户主称无人来过", "只做了一半，未见成效", "照片为邻户，本户未整改")


class Spotting:
    """The spot checks of a county; `photo` gives the evidence of the unit that looks."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, photo: Callable[..., int]) -> None:
        self.engine, self.settled, self.photo = engine, settled, photo
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(f"spots {rng.getstate()[1][:4]}")

    def draw(self, now: datetime) -> None:
        """What the worker does: most days nothing."""
        monthly_draw.run(partial(reading, self.engine), partial(writing, self.engine), now)

    def live(self, setting: CountyContext, now: datetime, unmended: dict[int, float]) -> None:
        """A quarter of a working day; `unmended` is the chance, by unit, that nothing was mended."""
        with reading(self.engine) as session:
            waiting = session.execute(
                select(
                    SpotCheck.id,
                    SpotCheck.ticket_id,
                    SpotCheck.checker_unit_id,
                    SpotCheck.resolved_by_unit_id,
                    SpotCheck.due_at,
                )
                .where(pending_checks.pending())
                .order_by(SpotCheck.id)
            ).all()
        for check, ticket, checker, mended_by, due_at in waiting:
            # One in nine lies about until the office goes there itself.
            late, forgotten = due_at < now, check % 9 == 0
            if self.rng.random() > (0.02 if forgotten else 0.05):
                continue
            seat = setting.office.id if forgotten and late else checker
            if forgotten and not late:
                continue
            false = self.rng.random() < unmended[mended_by]
            who = self.settled.people[("unit", seat)]
            with writing(self.engine) as session:
                try:
                    with session.begin_nested():
                        proof = self.photo(session, who, ticket, now)
                        check_results.record(
                            session,
                            who,
                            now,
                            check,
                            ResultInput(
                                result="false" if false else "holds",
                                visited_on=local_date(now).isoformat(),
                                note=self.rng.choice(_FALSE) if false else "到村到户查看，问题已消除",
                                evidence=[proof],
                            ),
                        )
                except WorkflowError:
                    # Reopened by somebody else this very day.
                    continue
