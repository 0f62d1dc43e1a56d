"""Families that are not registered, in a county that lives: villages and bureaus report some, the office judges what the town saw.

The town accepts and sees them as it works on any ticket (`daily_life`).
"""

import random
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from models import Candidate, Ticket
from models.base import stated
from models.engine import reading, writing
from simulation.settlement import Settled, given_name, person
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.register.candidates import erasure
from workflow.register.candidates.report_input import CandidatePerson, CandidateReport
from workflow.register.candidates.reporting import report_candidate
from workflow.tickets import desk

#: The chance that a family is reported on a working day, and that one that was seen is judged on it.
_REPORTED, _JUDGED, _REGISTERED = 0.25, 0.3, 0.5
_SEEN = (
    "户主长期患病，家中无稳定收入，房屋漏雨",
    "外出务工返乡后失业，孩子在读，靠借款生活",
    "独居老人，子女在外失去联系，无固定收入",
    "因火灾损失房屋和农具，暂住亲戚家",
)
_REASONS = ("有稳定经营收入，人均超过标准", "已随子女在县城购房居住，不符合条件")


class CandidateReports:
    """Reports and verdicts of a working day, in schemes that have candidates."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, vault: Vault | None) -> None:
        self.engine, self.settled = engine, settled
        # Nobody reported has a number yet, so that any vault will do.
        self.vault = vault or Vault("a county without numbers")
        # A random generator of its own, so that nothing else in the county changes by it.
        self.rng = random.Random(f"candidates {rng.getstate()[1][:3]}")
        self.codes = 0

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day."""
        with writing(self.engine) as session:
            erasure.erase_due(session, now)
        if setting.scheme.candidates is None:
            return
        if self.rng.random() < _REPORTED:
            self._report(setting, now)
        with reading(self.engine) as session:
            waiting = select(Ticket.id, Ticket.confirmer_unit_id, Candidate.consent_on).join(
                Candidate, Candidate.id == Ticket.candidate_id
            )
            rows = session.execute(waiting.where(Ticket.state == "resolved").order_by(Ticket.id)).all()
        for ticket, judge, consent in rows:
            if consent is not None and self.rng.random() < _JUDGED:
                self._judge(setting, ticket, stated(judge), now)

    def _report(self, setting: CountyContext, now: datetime) -> None:
        rng = self.rng
        village = rng.choice(self.settled.villages)
        seat = ("village", village.id) if rng.random() < 0.6 else ("unit", village.town_id)
        head = person(rng)
        people = [CandidatePerson(name=head, labour=rng.choice(("partly", "none", "with")))]
        if rng.random() < 0.7:
            people.append(CandidatePerson(name=head[0] + given_name(rng), relation="之子"))
        given = CandidateReport(
            village=village.code,
            people=people,
            seen=rng.choice(_SEEN),
            consent_by=head,
            consent_on=local_date(now),
            consent_how=rng.choice(("written", "written", "spoken")),
        )
        self._try(lambda session: report_candidate(session, self.settled.people[seat], now, self.vault, given))

    def _judge(self, setting: CountyContext, ticket: int, judge: int, now: datetime) -> None:
        who = self.settled.people[("unit", judge)]
        if self.rng.random() < _REGISTERED:
            self.codes += 1
            action = "register"
            given: dict[str, Any] = {"code": f"{setting.scheme.county.region}{setting.year}X{self.codes:04d}"}
        else:
            rule = setting.scheme.candidates
            grounds = rule.grounds if rule is not None else ()
            action, given = "refuse", {"ground": grounds[0].code, "reason": self.rng.choice(_REASONS)}
        self._try(lambda session: desk.perform(session, who, ticket, action, now, **given))

    def _try(self, act: Any) -> None:
        try:
            with writing(self.engine) as session:
                act(session)
        except WorkflowError:
            # The family is known, or its ticket moved meanwhile: life goes on.
            return
