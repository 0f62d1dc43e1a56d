"""Instructions of the leading group in a county that lives: on the tickets overdue for longest, answered by their units; the
first answer is returned for another one, the others are accepted.
"""

import random
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Instruction, Ticket
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.accountability.instructions import instruction_desk, instruction_sweep, instruction_views
from workflow.county.context import CountyContext
from workflow.policy.worktime import local_date

#: On which parts of the life an instruction is given; a life of fewer days has none.
_GIVEN, _SHORTEST = (0.5, 0.75, 0.95), 10
#: Working days until an answer is due, and the chance that one is given, or looked at, in a quarter of a day.
_WITHIN, _ANSWERED, _LOOKED_AT = 3, 0.12, 0.2

_WORDS = (
    "该事项拖延已久，请说明卡在哪个环节、由谁负责、何时办结",
    "请主要负责人到现场查看，书面报告进展和办结日期",
    "已多次催办仍未办结，请逐条说明难点和下一步措施",
)
_ANSWERS = (
    "施工材料已到村，由分管副职负责，本月底前办结并报镇核验",
    "前期因资金拨付滞后停工，资金已到位，两周内完成",
    "已到现场查看，落实专人每日跟进，完成后上传照片",
)
_RETURNED = "没有写明责任人和办结日期，补充后重新报告"
_ACCEPTED = "报告的措施和日期可行，照此办结并上传照片"


class Instructing:
    """The instructions of a county."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        self.given, self.returned = 0, False
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(f"instructions {rng.getstate()[1][:4]}")

    def live(self, setting: CountyContext, now: datetime, number: int, days: int) -> None:
        """A quarter of a working day, on the day `number` of `days`."""
        if self.given:
            self._go_on(setting, now)
            instruction_sweep.run(partial(reading, self.engine), partial(writing, self.engine), now)
        if days >= _SHORTEST and self.given < sum(number >= int(days * part) for part in _GIVEN):
            with writing(self.engine) as session:
                self._give(session, setting, now)

    def _give(self, session: Session, setting: CountyContext, now: datetime) -> None:
        """One instruction, to whoever holds the ticket overdue for longest of those without one; without such, another day."""
        late = (
            select(Ticket)
            .where(Ticket.ended_at.is_(None), Ticket.due_at < now)
            .where(Ticket.id.not_in(select(Instruction.ticket_id)))
            .order_by(Ticket.due_at, Ticket.id)
            .limit(1)
        )
        ticket = session.scalars(late).first()
        units = instruction_views.addressees(session, setting, ticket) if ticket is not None else []
        if ticket is None or not units:
            return
        leaders, due = self.settled.people[("unit", setting.leaders.id)], setting.clock.due(now, _WITHIN)
        words = _WORDS[self.given % len(_WORDS)]
        instruction_desk.instruct(session, leaders, now, ticket, units[0].code, words, local_date(due))
        self.given += 1

    def _go_on(self, setting: CountyContext, now: datetime) -> None:
        """Answers, and what the leading group says to them."""
        open_ = select(Instruction.id, Instruction.unit_id, Instruction.state).where(
            Instruction.state.in_(("waiting", "answered"))
        )
        with reading(self.engine) as session:
            rows = session.execute(open_.order_by(Instruction.id)).all()
        for number, unit_id, state in rows:
            if self.rng.random() >= (_ANSWERED if state == "waiting" else _LOOKED_AT):
                continue
            with writing(self.engine) as session:
                if state == "waiting":
                    unit = self.settled.people[("unit", setting.present(unit_id).id)]
                    instruction_desk.answer(session, unit, now, number, self.rng.choice(_ANSWERS))
                else:
                    self._say(session, setting, now, number)

    def _say(self, session: Session, setting: CountyContext, now: datetime, number: int) -> None:
        """The leading group returns the first answer of all, and accepts every other."""
        leaders = self.settled.people[("unit", setting.leaders.id)]
        if self.returned:
            instruction_desk.accept(session, leaders, now, number, _ACCEPTED)
        else:
            due = local_date(setting.clock.due(now, _WITHIN))
            instruction_desk.send_back(session, leaders, now, number, _RETURNED, due)
            self.returned = True
