"""Duties in a county that lives: units enter what they did, hand in what they owe, late now and then, and are confirmed.

Each working day at its close; most of what is owed is handed in shortly before it is due, so a day costs little.
"""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Ticket, Village
from models.engine import reading, writing
from simulation.form_words import Writer
from simulation.plausible_forms import as_rows, obeying, plausible_form, silent
from simulation.settlement import Settled
from workflow import evidence
from workflow.actors import Actor
from workflow.assessment import duty_calendar, duty_status, entries
from workflow.assessment.duty_status import DutyLine
from workflow.assessment.entries import EntryInput
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.evidence import Place
from workflow.policy.form_rules import broken
from workflow.policy.periods import period_of
from workflow.policy.scheme.duties import Count, Duty
from workflow.policy.worktime import local_date
from workflow.tickets import attachments, desk
from workflow.tickets.actions import own_gaps
from workflow.tickets.actions.known_answers import known_answers

#: Days before the deadline from which a unit thinks of handing in.
_NEAR = timedelta(days=9)
#: How many forms fall short of the item where chance has it.
_SHORT = 0.1
#: How many forms count more than the register holds yet.
_AHEAD = 0.2
#: What a county gets done on one day; the rest waits until the next.
_MOST = 80
#: The chance that a visit to a village not seen yet is entered on a day, and of a town that lets things lie; whoever visits
#: the whole county sees several villages on such a day.
_VISITS, _SELDOM, _VILLAGES_A_DAY, _NOW_AND_THEN = 0.4, 0.1, 3, 0.1


class Duties:
    """What units of the county owe, and how they go about it."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, files: Place) -> None:
        self.engine, self.settled, self.files = engine, settled, files
        # A die of its own: what becomes of duties changes nothing in how the rest of the county lives.
        self.rng = random.Random(rng.random())
        #: The villages (codes) of each town today.
        self.villages: dict[int, list[str]] = {}
        #: The names of the county's towns.
        self.towns: tuple[str, ...] = ()
        #: What each unit put together today; one bundle of papers serves all it hands in.
        self.kept: dict[tuple[int, str], evidence.Kept] = {}
        #: The villages entered already, by the ticket of the duty.
        self.seen: dict[int, set[str]] = {}
        #: How many households each village (by code) has today.
        self.homes: Counter[str] = Counter()
        #: The villages there were at first: one that a reform made was visited as those that became it.
        self.first: set[str] = {village.code for village in settled.villages}

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day."""
        if not setting.scheme.duties.list:
            return
        self._look_at_places()
        self.towns = tuple(unit.name for unit in setting.units.values() if unit.type == "town")
        with reading(self.engine) as session:
            owed = duty_status.lines(session, setting, now)
        due: list[tuple[str, DutyLine]] = []
        for line in owed:
            duty = setting.scheme.duty(line.code)
            counts = duty.count is not None and not duty.count.by_register
            # A report on a ranking is handed in on the ranking's page.
            if line.state == "in_progress" and not duty.of_ranking:
                if counts:
                    due += [("enter", line)] * self._entries_today(line, duty)
                if line.due_at - now < _NEAR and self.rng.random() < (0.1 if line.unit_id % 17 == 0 else 0.4):
                    due.append(("resolve", line))
            elif line.state == "resolved" and self.rng.random() < 0.5:
                due.append(("confirm", line))
        due.sort(key=lambda entry: (entry[0] == "resolve", entry[1].due_at, entry[1].ticket_id))
        self.kept.clear()
        if due:
            with writing(self.engine) as session:
                for what, line in due[:_MOST]:
                    self._one(session, setting, now, what, line)

    def _look_at_places(self) -> None:
        self.villages = {}
        for village in self.settled.villages:
            self.villages.setdefault(village.town_id, []).append(village.code)
        codes = {village.id: village.code for village in self.settled.villages}
        self.homes = Counter(codes[village_id] for _, village_id in self.settled.households)

    def _entries_today(self, line: DutyLine, duty: Duty) -> int:
        """How many entries a unit makes today: of villages visited in turn, until it has seen them all, or now and then."""
        if not _goes_round(duty.count):
            return int(self.rng.random() < _NOW_AND_THEN)
        if self.rng.random() >= (_SELDOM if line.unit_id % 17 == 0 else _VISITS):
            return 0
        return 1 if line.unit_id in self.villages else _VILLAGES_A_DAY

    def _one(self, session: Session, setting: CountyContext, now: datetime, what: str, line: DutyLine) -> None:
        duty = setting.scheme.duty(line.code)
        try:
            with session.begin_nested():
                if what == "enter":
                    self._enter(session, setting, now, line, duty)
                elif what == "resolve":
                    self._hand_in(session, setting, now, line, duty)
                else:
                    self._confirm(session, setting, now, line)
        except WorkflowError:
            # A day outside the period, a step that lapsed meanwhile: the door says so and life goes on.
            return

    def _seat(self, unit_id: int) -> Actor:
        return self.settled.people[("unit", unit_id)]

    def _paper(self, session: Session, line: DutyLine, now: datetime, name: str) -> int:
        key = (line.unit_id, name)
        if key not in self.kept:
            text = f"{name}\n{line.unit_id}\n{now.isoformat()}\n"
            self.kept[key] = evidence.take(self.files, text.encode(), f"{name}.txt")
        return attachments.add(session, self._seat(line.unit_id), line.ticket_id, now, **self.kept[key]).id

    def _enter(self, session: Session, setting: CountyContext, now: datetime, line: DutyLine, duty: Duty) -> None:
        assert duty.count is not None
        first = period_of(duty, line.period, setting.year).start
        on = max(first, local_date(now) - timedelta(days=self.rng.randrange(4)))
        fields = self._filled(line, duty.count, on)
        if duty.count.of == "villages" and duty.count.sum is not None:
            fields[duty.count.sum] = str(sum(map(len, self.villages.values())))
        if _goes_round(duty.count) and not self._next_village(session, line, duty.count, fields):
            return
        entries.enter(
            session,
            self._seat(line.unit_id),
            line.ticket_id,
            now,
            EntryInput(
                on=on,
                fields=fields,
                evidence=[self._paper(session, line, now, "进展记录")],
            ),
        )

    def _next_village(self, session: Session, line: DutyLine, count: Count, fields: dict[str, str]) -> bool:
        """Puts the next village not seen yet into an entry, with all its households where they are counted; whether there
        is one."""
        seen = self.seen.setdefault(line.ticket_id, set())
        codes = self.villages.get(line.unit_id)
        if codes is None:
            listed = select(Village.code).where(Village.ended_on.is_(None)).order_by(Village.code)
            codes = list(session.scalars(listed.where(Village.listed_poor) if count.villages == "listed" else listed))
        of_households = [field.code for field in count.fields if field.most == "village_households"]
        unseen = [code for code in codes if code in self.first and code not in seen]
        left = [code for code in unseen if self.homes[code] or not of_households]
        if not left:
            return False
        code = self.rng.choice(left)
        seen.add(code)
        fields |= {field.code: code for field in count.fields if field.type == "village"}
        fields |= {name: str(self.homes[code]) for name in of_households}
        return True

    def _hand_in(self, session: Session, setting: CountyContext, now: datetime, line: DutyLine, duty: Duty) -> None:
        period = period_of(duty, line.period, setting.year)
        on = max(period.start, min(period.end, local_date(now)))
        ticket = session.get_one(Ticket, line.ticket_id)
        rows = own_gaps.held(session, setting, ticket, duty.fields)
        form = self._filled(line, duty, on, short=self.rng.random() < _SHORT)
        # What the system counts is its own answer; the rest of the form fits it.
        form = obeying(
            as_rows(form | known_answers(session, setting, ticket, duty.fields), duty.fields, rows),
            duty.rules,
            short=bool(broken(duty.rules, form, "reached", duty.fields)),
        )
        if self.rng.random() >= _AHEAD:
            # Most type what their register holds, whatever the item demands; some count what it does not hold yet.
            form = obeying(as_rows(form, duty.fields, rows), duty.rules, short=True)
        form = silent(form, duty.fields)
        given: dict[str, Any] = {"form": form, "note": "佐证材料已随表报送，请核验"}
        if any(broken(duty.rules, form, demand, duty.fields) for demand in ("reached", "usual")):
            given["missing"] = "未达到要求，主要因基础数据核实滞后，下一步逐项补齐"
        elif own_gaps.gaps(duty.fields, form, rows, setting.scheme.figures):
            given["missing"] = "台账更新滞后，新办理的尚未录入，已安排专人补录"
        counted = duty_calendar.progress(session, line, now)
        if counted is not None and counted.target is not None and counted.done < counted.target:
            if line.due_at > now:
                # There is still time to reach it.
                return
            given["missing"] = f"尚缺{counted.target - counted.done}，因人员抽调进度滞后，下月补齐"
        proof = self._paper(session, line, now, "佐证材料")
        desk.perform(session, self._seat(line.unit_id), line.ticket_id, "resolve", now, evidence=[proof], **given)

    def _confirm(self, session: Session, setting: CountyContext, now: datetime, line: DutyLine) -> None:
        confirmer = session.scalars(select(Ticket.confirmer_unit_id).where(Ticket.id == line.ticket_id)).one()
        assert confirmer is not None
        who = self._seat(confirmer)
        if self.rng.random() < 0.06:
            desk.perform(session, who, line.ticket_id, "reject", now, reason="材料不齐，请补充后再报")
        else:
            desk.perform(session, who, line.ticket_id, "confirm", now, note="材料与台账一致，核验通过")

    def _filled(self, line: DutyLine, duty: Duty | Count, on: date, short: bool = False) -> dict[str, str]:
        known = self.villages.get(line.unit_id) or [code for codes in self.villages.values() for code in codes]
        # Who visits households goes where there are some.
        known = [code for code in known if self.homes[code]] or known
        writer = Writer(line.unit_id in self.villages, self.towns, self.homes)
        return plausible_form(self.rng, duty.fields, duty.rules, on, lambda: self.rng.choice(known), short, writer)


def _goes_round(count: Count | None) -> bool:
    """Whether a count is one of villages or of households village by village."""
    return count is not None and any(field.type == "village" for field in count.fields)
