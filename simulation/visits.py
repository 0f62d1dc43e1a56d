"""Cadres at the doors, bureaus over their lists, towns at the gate: the register's part of a county that lives."""

import random
from datetime import datetime

from sqlalchemy import Engine, select

from models import Household
from models.engine import reading, writing
from simulation import camera
from simulation.settlement import Settled
from workflow import evidence
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.evidence import Place
from workflow.policy.worktime import local_date
from workflow.register import checkups, exit_gate
from workflow.register.access import own_haves
from workflow.register.checkup_input import CheckupInput, Found
from workflow.register.visits_due import list_due
from workflow.tickets import attachments


class Visits:
    """Whom the county visits, and how often something is missing there."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, files: Place) -> None:
        self.engine, self.settled, self.rng, self.files = engine, settled, rng, files
        # A house has something missing or it has not; most of what is missing is missing in few houses.
        self.poor = {code for code, _ in settled.households if rng.random() < 0.25}

    def live(self, setting: CountyContext, now: datetime, expected: float) -> None:
        """A quarter of a working day: so many visits, now and then a call or a matching, and a try at the gate."""
        rng = self.rng
        for _ in range(int(expected) + (rng.random() < expected % 1)):
            self._visit(setting, now)
        if rng.random() < 0.15:
            self._told(setting, now, "household")
        if rng.random() < 0.15:
            self._told(setting, now, "matching")
        if rng.random() < 0.2:
            self._look_again(setting, now)
        for _ in range(int(expected / 3) + (rng.random() < expected / 3 % 1)):
            self._gate(setting, now)

    def _visit(self, setting: CountyContext, now: datetime) -> None:
        """A village cadre goes where nobody has been for longest; three in ten visits are the town's."""
        village_id = self.rng.choice(self.settled.households)[1]
        cadre = self.settled.people[("village", village_id)]
        with reading(self.engine) as session:
            due = list_due(session, cadre, setting, now, limit=1).items
        if due:
            self.visit(setting, now, due[0].code, village_id)

    def visit(self, setting: CountyContext, now: datetime, code: str, village_id: int) -> None:
        """The cadre of the village, or its town, goes to this household and looks at everything."""
        cadre = self.settled.people[("village", village_id)]
        who = cadre if self.rng.random() < 0.7 else self.settled.people[("unit", self.settled.towns[village_id])]
        findings = {have.code: self._look(setting, code, have.code, have.optional) for have in setting.scheme.haves}
        self._record(who, now, code, "visit", findings, photo=self.rng.random() < 0.4)

    def _look_again(self, setting: CountyContext, now: datetime) -> None:
        """The town looks at one that has left (抽查核实): who is found wanting is back on the register."""
        village_id = self.rng.choice(self.settled.households)[1]
        with reading(self.engine) as session:
            gone = sorted(
                session.scalars(
                    select(Household.code).where(Household.village_id == village_id, Household.status == "exited")
                )
            )
        if gone:
            code = self.rng.choice(gone)
            findings = {have.code: self._look(setting, code, have.code, have.optional) for have in setting.scheme.haves}
            self._record(self.settled.people[("unit", self.settled.towns[village_id])], now, code, "visit", findings)

    def _look(self, setting: CountyContext, code: str, have: str, optional: bool) -> Found:
        rng = self.rng
        if optional and sum(code.encode()) % 3:
            return Found("not_applicable")
        kind = setting.scheme.kind_of_have(have)
        rule = setting.scheme.exit.income
        if kind is None or code not in self.poor or rng.random() > 0.2 or (rule and rule.have == have):
            return Found("met")
        return Found("unmet", rng.choice(kind.causes).code if kind.causes else "", f"{kind.name.zh}未解决")

    def _told(self, setting: CountyContext, now: datetime, source: str) -> None:
        code, village_id = self.rng.choice(self.settled.households)
        who = self.settled.people[("village", village_id)]
        if source == "matching":
            bureaus = [unit.id for unit in setting.living if unit.type == "bureau"]
            who = self.settled.people[("unit", self.rng.choice(bureaus))]
        rule = setting.scheme.exit.income
        mine = sorted(own_haves(setting, who) - {rule.have if rule else ""})
        if mine:
            have = self.rng.choice(mine)
            kind = setting.scheme.kind_of_have(have)
            # Where the cause decides over the last day it cannot be left open.
            cause = kind.causes[0].code if kind and kind.hard_stop else ""
            self._record(who, now, code, source, {have: Found("unmet", cause)})

    def _record(
        self, who: Actor, now: datetime, code: str, source: str, findings: dict[str, Found], photo: bool = False
    ) -> None:
        with writing(self.engine) as session:
            made = checkups.record(
                session,
                who,
                now,
                code,
                CheckupInput(
                    seen_on=local_date(now),
                    source=source,
                    findings=findings,
                    file=[have for have, one in findings.items() if one.result == "unmet"],
                    present="户主" if source == "visit" else "",
                ),
            )
            if photo:
                kept = evidence.take(self.files, camera.snap(f"{code} {now}", now), f"IMG_{now:%Y%m%d_%H%M%S}.jpg")
                attachments.add(session, who, made.checkup, now, **kept)

    def _gate(self, setting: CountyContext, now: datetime) -> None:
        """A town tries one of its households that are named for exit and were visited; many are refused."""
        village_id = self.rng.choice(self.settled.households)[1]
        with reading(self.engine) as session:
            ready = list(
                session.scalars(
                    select(Household.code).where(
                        Household.village_id == village_id,
                        Household.status == "pre_exit",
                        Household.visited_on.is_not(None),
                    )
                )
            )
        if not ready:
            return
        try:
            with writing(self.engine) as session:
                exit_gate.exit_household(
                    session,
                    self.settled.people[("unit", self.settled.towns[village_id])],
                    now,
                    self.rng.choice(sorted(ready)),
                )
        except WorkflowError:
            # Something is missing: the gate keeps it in, and the town comes again.
            return
