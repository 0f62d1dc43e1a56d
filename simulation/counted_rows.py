"""Counted rows in a county that lives: the office lists villages, towns keep the quota's list, incomes are surveyed."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Household, Village
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date
from workflow.register.counted import quota, quota_verdicts, village_surveys, villages
from workflow.register.counted.quota_verdicts import Judged
from workflow.register.counted.villages import Description

#: Of the villages so many are listed where the scheme names no number; of the households in the quota so many get on each day.
_LISTED, _A_DAY = 0.29, 0.04
#: Of the entered days that wait so many are confirmed on each day, and so many returned.
_CONFIRMED, _RETURNED = 0.7, 0.02


class CountedRowsOfYear:
    """How villages and houses are entered and go on."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A random generator of its own, so that nothing else in the county changes by it.
        self.rng = random.Random(f"rows {rng.getstate()[1][:3]}")
        self.begun = False

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day."""
        if not self.begun:
            self.begun = True
            with writing(self.engine) as session:
                self._list_villages(session, setting, now)
                self._list_houses(session, setting, now)
            return
        with reading(self.engine) as session:
            waiting = (
                [
                    (line.household.code, line.row.paid_on, line.village.town_id)
                    for line in quota.listed(session, self._seat(setting.office.id), setting)
                    if line.row.finished_on is None and self.rng.random() < _A_DAY
                ]
                if quota.duty_of(setting)
                else []
            )
        with writing(self.engine) as session:
            for code, paid_on, town_id in waiting:
                self._build(session, setting, now, code, paid_on, town_id)
            self._judge(session, setting, now)
            self._survey(session, setting, now)

    def _seat(self, unit_id: int) -> Actor:
        return self.settled.people[("unit", unit_id)]

    def _list_villages(self, session: Session, setting: CountyContext, now: datetime) -> None:
        query = (
            select(Village.code, func.coalesce(func.sum(Household.people), 0))
            .outerjoin(Household, Household.village_id == Village.id)
            .group_by(Village.code)
            .order_by(Village.code)
        )
        people = {row[0]: int(row[1] or 0) for row in session.execute(query)}
        chosen = set(self.rng.sample(sorted(people), min(_listed(setting.scheme, len(people)), len(people))))
        given = {code: Description(code in chosen, number) for code, number in people.items()}
        villages.describe(session, self._seat(setting.office.id), now, given)

    def _list_houses(self, session: Session, setting: CountyContext, now: datetime) -> None:
        if quota.duty_of(setting) is None:
            return
        of_town: dict[int, list[str]] = {}
        for code, village_id in self.settled.households:
            of_town.setdefault(self.settled.towns[village_id], []).append(code)
        for town_id, codes in of_town.items():
            most = min(quota.share_of(setting, setting.unit(town_id).code), len(codes))
            if chosen := self.rng.sample(codes, most):
                quota.add(session, self._seat(town_id), setting, now, chosen)
                today = local_date(now)
                old: dict[str, dict[str, date | None]] = {
                    code: {"paid_on": today - timedelta(days=self.rng.randrange(9, 60)), "finished_on": None}
                    for code in chosen
                    if self.rng.random() < 0.7
                }
                for days in old.values():
                    if self.rng.random() < 0.75:
                        days["finished_on"] = today - timedelta(days=self.rng.randrange(8))
                quota.settle(session, self._seat(town_id), setting, now, old)
                self._judge(session, setting, now)

    def _build(
        self, session: Session, setting: CountyContext, now: datetime, code: str, paid_on: date | None, town_id: int
    ) -> None:
        """One step of one house: first the money, then the house."""
        today = local_date(now)
        finished = today if paid_on is not None else None
        days = {"paid_on": paid_on or today, "finished_on": finished}
        quota.settle(session, self._seat(town_id), setting, now, {code: days})

    def _judge(self, session: Session, setting: CountyContext, now: datetime) -> None:
        """The bureau that guides the duty goes through what towns entered: it confirms most, returns some, leaves some."""
        duty = quota.duty_of(setting)
        if duty is None or duty.guided_by is None:
            return
        who = self._seat(setting.by_code[duty.guided_by].id)
        waiting = quota_verdicts.for_verdict(who, setting, quota.listed(session, who, setting))
        by_verdict: dict[str, list[Judged]] = {"confirmed": [], "returned": []}
        for day in waiting:
            drawn = self.rng.random()
            if drawn < _CONFIRMED:
                by_verdict["confirmed"].append(Judged(day.line.household.code, day.step, day.on))
            elif drawn < _CONFIRMED + _RETURNED and day.verdict is None:
                by_verdict["returned"].append(Judged(day.line.household.code, day.step, day.on))
        for verdict, days in by_verdict.items():
            if days:
                reason = "未附验收表和银行发放流水，请补充后再报" if verdict == "returned" else ""
                quota_verdicts.judge(session, who, setting, now, days, verdict, reason)

    def _survey(self, session: Session, setting: CountyContext, now: datetime) -> None:
        rule, line = setting.scheme.village_income, villages.income_line_fen(setting, setting.year)
        if rule is None or line is None:
            return
        who = self._seat(setting.by_code[rule.by].id)
        open_ = [
            row.village.code
            for row in village_surveys.listed(session, who, setting, setting.year)
            if row.income is None
        ]
        chosen = open_[: self.rng.randrange(4)]
        if chosen:
            incomes = {code: round(line * self.rng.uniform(0.94, 1.5)) for code in chosen}
            village_surveys.record(session, who, setting, now, incomes, "随机采样入户调查汇总表")


def _listed(scheme: Scheme, villages: int) -> int:
    """How many villages are listed: as many as the scheme has visited."""
    counts = [duty.count for duty in scheme.duties.list if duty.count is not None and duty.count.villages == "listed"]
    return next((count.target for count in counts if count.target is not None), round(villages * _LISTED))
