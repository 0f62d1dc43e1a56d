"""Lists of bureaus in a county that lives: large medical bills, no enrolment, income drop, matched, looked at and answered.

The bureau takes its list, villages go to the households it names, and towns and the office answer what is not clear.
"""

import io
import random
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine, select

from models import BulkLine, Household, Village
from models.engine import reading, writing
from simulation.settlement import Settled, person
from simulation.visits import Visits
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.errors import WorkflowError
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.register.bulk_lists import list_answers, list_erasure, list_taking, list_views, list_work
from workflow.register.bulk_lists.list_answers import LineAnswer
from workflow.register.importing.sealed_files import sha256_of

#: The chance that a bureau brings a list on a working day, that a line's household is visited on it, and that a question is
#: answered on it.
_BROUGHT, _VISITED, _ANSWERED = 0.12, 0.06, 0.08
#: Lines of a list: the most of households of the register, and of families nobody knows.
_KNOWN, _UNKNOWN = 8, 2
#: What lines say in a column, by a word of its name.
_SAID = {
    "金额": ("23,600元", "31,250元", "48,900元", "72,300元"),
    "期间": ("1月至6月", "1月至9月"),
    "学校": ("镇中心小学", "镇初级中学"),
    "年级": ("三年级", "五年级", "八年级"),
    "情形": ("务工返乡后失业", "主要劳动力患病", "养殖受灾"),
    "时间": ("上月", "两个月前"),
}
_LEFT_OUT = "户籍已迁往外县，核对后不属本县"


class ListMatching:
    """The lists of a county; the day after a list, and the days after that."""

    def __init__(
        self, engine: Engine, settled: Settled, rng: random.Random, visits: Visits, vault: Vault | None
    ) -> None:
        self.engine, self.settled = engine, settled
        # Nobody named on these lists has a number, so that any vault will do.
        self.vault = vault or Vault("a county without numbers")
        # A random generator of its own, so that nothing else in the county changes by it.
        self.rng = random.Random(f"lists {rng.getstate()[1][:3]}")
        self.visits = Visits(engine, settled, self.rng, visits.files)
        self.visits.poor = visits.poor
        self.brought = False

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day: a first list, later one now and then, and what follows from those before."""
        if not setting.scheme.bulk_lists:
            return
        with writing(self.engine) as session:
            list_erasure.erase_due(session, now)
        self._look(setting, now)
        self._answer(setting, now)
        if not self.brought or self.rng.random() < _BROUGHT:
            self._bring(setting, now)

    def _bring(self, setting: CountyContext, now: datetime) -> None:
        kind = self.rng.choice(setting.scheme.bulk_lists)
        codes = {unit.code: unit.id for unit in setting.living}
        bureaus = [codes[code] for code in kind.units if ("unit", codes.get(code)) in self.settled.people]
        if not bureaus:
            return
        who = self.settled.people[("unit", self.rng.choice(bureaus))]
        stream = io.BytesIO(self._sheet(setting, kind).encode())
        with writing(self.engine) as session:
            row = list_taking.bring_list(
                session, who, now, kind.code, sha256=sha256_of(stream), filename=f"{kind.name.zh}.csv"
            )
            book = list_taking.read_lines(session, now, kind.code, stream)
            list_taking.take_list(session, who, now, self.vault, row.id, book)
        list_work.run(partial(reading, self.engine), partial(writing, self.engine), self.vault, now)
        self.brought = True

    def _sheet(self, setting: CountyContext, kind: BulkListKind) -> str:
        """A list: households of the register, families that nobody knows, and one in a village that nobody knows."""
        rng, towns = self.rng, {unit.id: unit.name for unit in setting.living}
        count = min(_KNOWN, len(self.settled.households))
        codes = [code for code, _ in rng.sample(self.settled.households, rng.randint(min(3, count), count))]
        query = select(Household.head_name, Village).join(Village).where(Household.code.in_(codes))
        with reading(self.engine) as session:
            lines = [(head, village) for head, village in session.execute(query.order_by(Household.id))]
        lines += [(person(rng), rng.choice(self.settled.villages)) for _ in range(rng.randint(1, _UNKNOWN))]
        rows = [(head, towns.get(village.town_id, ""), village.name) for head, village in lines]
        rows.append((person(rng), rows[0][1], "旧村名"))
        heads = ["姓名", "镇", "村", *(column.name.zh for column in kind.columns)]
        says = [next((_SAID[word] for word in _SAID if word in name), ("见附件",)) for name in heads[3:]]
        said = [[rng.choice(choices) for choices in says] for _ in rows]
        table = [heads, *([*row, *more] for row, more in zip(rows, said, strict=True))]
        return "\n".join("\t".join(cells) for cells in table)

    def _look(self, setting: CountyContext, now: datetime) -> None:
        """Village cadres go to some of the households that lists named."""
        office = self.settled.people[("unit", setting.office.id)]
        with reading(self.engine) as session:
            due = list_views.to_check(session, office, self.vault, now)
        villages = dict(self.settled.households)
        for code in sorted({line.code for line in due if line.code in villages and self.rng.random() < _VISITED}):
            self.visits.visit(setting, now, code, villages[code])

    def _answer(self, setting: CountyContext, now: datetime) -> None:
        office = self.settled.people[("unit", setting.office.id)]
        with reading(self.engine) as session:
            asked = session.scalars(select(BulkLine.id).where(BulkLine.outcome == "asked").order_by(BulkLine.id)).all()
        for line in asked:
            if self.rng.random() < _ANSWERED:
                given: dict[str, Any] = {"answer": "left_out", "reason": _LEFT_OUT}
                if self.rng.random() < 0.5:
                    given = {"answer": "candidate", "village": self.rng.choice(self.settled.villages).code}
                try:
                    with writing(self.engine) as session:
                        list_answers.answer_line(session, office, now, self.vault, line, LineAnswer(**given))
                except WorkflowError:
                    # A household of that village has the name: the office looks again another day.
                    continue
