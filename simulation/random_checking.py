"""Random checks in a simulated county: drawn when a period is over, made by other towns, most in time; now and then one
fails, and is repeated when its tickets are closed."""

import random
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select

from models import Household, RandomCheck
from models.engine import reading, writing
from simulation import camera
from simulation.settlement import Settled
from workflow import evidence
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.register.checkup_input import Found
from workflow.register.failed_checks import is_pending
from workflow.register.random_checks import household_draw, random_results, rechecks
from workflow.register.random_checks.random_results import RandomInput

#: How often a drawn household does not hold, in per cent, and the chance that a check is made in a quarter of a day.
_FAILS, _MADE = 12, 0.06


class RandomChecking:
    """The random checks of a county."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, files: evidence.Place) -> None:
        self.engine, self.settled, self.files = engine, settled, files
        # A generator of its own, seeded from the county's without using it, so that the rest of the county is unchanged.
        self.rng = random.Random(f"random checks {rng.getstate()[1][:4]}")

    def draw(self, now: datetime) -> None:
        """The worker's draw and rechecks; nothing on most days."""
        read, write = partial(reading, self.engine), partial(writing, self.engine)
        household_draw.run(read, write, now)
        rechecks.run(read, write, now)

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day."""
        with reading(self.engine) as session:
            waiting = session.execute(
                select(RandomCheck.id, RandomCheck.checker_unit_id, RandomCheck.due_at, Household.code)
                .join(Household, Household.id == RandomCheck.household_id)
                .where(is_pending())
                .order_by(RandomCheck.id)
            ).all()
        for check, checker, due_at, code in waiting:
            # One in eight is left undone past its term.
            if self.rng.random() > _MADE or (check % 8 == 0 and now < due_at):
                continue
            who = self.settled.people[("unit", checker)]
            shot = camera.snap(f"{code} {now}", now)
            kept = evidence.take(self.files, shot, f"IMG_{now:%Y%m%d_%H%M%S}.jpg")
            given = RandomInput(visited_on=local_date(now), findings=self._seen(setting), present="户主", photos=[kept])
            with writing(self.engine) as session:
                try:
                    with session.begin_nested():
                        random_results.record(session, who, now, check, given)
                except WorkflowError:
                    # The office was quicker, or the household was cleared this very day.
                    continue

    def _seen(self, setting: CountyContext) -> dict[str, Found]:
        rule = setting.scheme.exit.income
        asked = [have for have in setting.scheme.haves if rule is None or have.code != rule.have]
        findings = {have.code: Found("met") for have in asked}
        if self.rng.randrange(100) < _FAILS:
            have = self.rng.choice(asked)
            kind = setting.scheme.kind_of_have(have.code)
            cause = self.rng.choice(kind.causes).code if kind is not None and kind.causes else ""
            findings[have.code] = Found("unmet", cause, "现场查看未达标")
        return findings
