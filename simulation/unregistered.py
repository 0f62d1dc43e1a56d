"""Families that are not registered (candidates), in a county that lives: reported by village, town or a bureau's list, seen
by the town, judged by the office, which registers most and refuses some."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from models import Candidate, Household, Ticket
from models.engine import reading, writing
from simulation.settlement import Settled, given_name, person
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.register.candidates.reporting import CandidatePerson, CandidateReport, report_candidate
from workflow.tickets import desk

#: The chance that a family is reported on a working day, and that it is a bureau that matches data.
_A_DAY, _BY_LIST = 0.15, 0.25
_SEEN = (
    "户主去年因病住院，自付费用大，家中无其他收入来源，未纳入建档",
    "外出务工返乡后失业，两个孩子上学，住房漏雨，村内议事时提出",
    "独居老人，子女长期失联，现靠邻里接济，入户走访时发现",
)
_MATCHED = "医疗费用数据比对：年度自付超过预警线，登记系统中查无此户"
#: States in which the ticket of a candidate goes on here alone, and the chance that it does on a day.
OWN_STEPS, _GOES_ON = ("in_progress", "resolved"), 0.3
#: What the town writes when it has been there.
_VISITED = "已入户核实家庭人口、收入和住房，邻里走访情况一致"
_REFUSED = "经核实家庭收入稳定，有住房和劳动力，不符合识别条件"


class Unregistered:
    """The candidates of a county."""

    def __init__(
        self,
        engine: Engine,
        settled: Settled,
        rng: random.Random,
        photo: Callable[..., int],
        vault: Vault | None,
    ) -> None:
        self.engine, self.settled, self.photo = engine, settled, photo
        # Nobody reported has a number, so that any vault will do.
        self.vault = vault or Vault("a county without numbers")
        # A random generator of its own, so that nothing else in the county changes by it.
        self.rng = random.Random(f"unregistered {rng.getstate()[1][:3]}")
        self.registered = 0

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day: what was reported goes on, and now and then somebody reports."""
        if setting.scheme.candidates is None:
            return
        with reading(self.engine) as session:
            open_ones = session.execute(
                select(Ticket.id, Ticket.state, Ticket.holder_unit_id)
                .where(Ticket.candidate_id.is_not(None), Ticket.state.in_(OWN_STEPS), Ticket.ended_at.is_(None))
                .order_by(Ticket.id)
            ).all()
        for ticket, state, holder in open_ones:
            if self.rng.random() < _GOES_ON:
                self._go_on(setting, now, ticket, state, self.settled.people[("unit", holder or 0)])
        if self.rng.random() < _A_DAY:
            self._report(setting, now)

    def _go_on(self, setting: CountyContext, now: datetime, ticket: int, state: str, who: Actor) -> None:
        """The town has seen the family, or the office judges."""
        try:
            with writing(self.engine) as session:
                if state == "in_progress":
                    proof = self.photo(session, who, ticket, now)
                    desk.perform(session, who, ticket, "resolve", now, note=_VISITED, evidence=[proof])
                    return
                action, given = self._verdict(setting)
                desk.perform(session, who, ticket, action, now, **given)
                row = session.get_one(Candidate, session.get_one(Ticket, ticket).candidate_id)
                home = session.get(Household, row.household_id) if row.household_id is not None else None
                entered = (home.code, home.village_id) if home is not None else None
        except WorkflowError:
            # Nobody of the family consented: the town asks first.
            return
        if entered is not None:
            self.settled.households.append(entered)

    def _report(self, setting: CountyContext, now: datetime) -> None:
        village = self.rng.choice(self.settled.villages)
        by_list = self.rng.random() < _BY_LIST
        head = CandidatePerson(name=person(self.rng), sex=self.rng.choice("mf"), labour="unknown")
        child = CandidatePerson(name=head.name[0] + given_name(self.rng), relation="之子", sex="m", labour="none")
        given = CandidateReport(
            village=village.code,
            people=[head, child][: self.rng.choice((1, 2))],
            seen=_MATCHED if by_list else self.rng.choice(_SEEN),
            consent_by="" if by_list else head.name,
            consent_on=None if by_list else local_date(now) - timedelta(days=1),
            consent_how="" if by_list else "written",
            address=f"{village.name}{self.rng.randrange(1, 90)}号",
            source="matching" if by_list else None,
            reference=f"{local_date(now):%Y年%m月}比对批次" if by_list else "",
        )
        with writing(self.engine) as session:
            try:
                with session.begin_nested():
                    report_candidate(session, self._reporter(setting, village.id, by_list), now, self.vault, given)
            except WorkflowError:
                # The bureau has no source for candidates, or the family is known.
                return

    def _reporter(self, setting: CountyContext, village_id: int, by_list: bool) -> Actor:
        if by_list:
            bureaus = [unit.id for unit in setting.living if unit.type == "bureau"]
            return self.settled.people[("unit", self.rng.choice(bureaus))]
        seat = ("village", village_id) if self.rng.random() < 0.7 else ("unit", self.settled.towns[village_id])
        return self.settled.people[seat]

    def _verdict(self, setting: CountyContext) -> tuple[str, dict[str, Any]]:
        """What the office decides about a family that was seen: the action, and what it takes."""
        rule = setting.scheme.candidates
        if rule is not None and self.rng.random() < 0.3:
            return "refuse", {"ground": rule.grounds[0].code, "reason": _REFUSED}
        self.registered += 1
        return "register", {"code": f"HH9{self.registered:05d}"}
