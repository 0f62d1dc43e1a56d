"""Living: on every working day people file, accept, mend, look and rule, each after the temper of their unit.

Nothing is inserted: every change goes through the desk, rungs come from the sweep and messages from the dispatch.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from models import Ticket
from models.engine import reading, writing
from notifications.dispatch import BATCH, dispatch
from simulation import camera
from simulation.county_reform import CountyReform
from simulation.daily_round import DailyRound
from simulation.deliveries import Deliveries
from simulation.inboxes import Inboxes
from simulation.instructing import Instructing
from simulation.policy import Policy
from simulation.settlement import Settled
from simulation.unit_profiles import UnitProfile, inherit, profiles, slow_units
from simulation.unregistered import OWN_STEPS
from workflow import evidence
from workflow.accountability import sweep
from workflow.accountability.cases import case_sweep
from workflow.actors import Actor
from workflow.assessment import duty_opening
from workflow.boards import day_counts
from workflow.county import in_force
from workflow.county.context import CountyContext, county_context
from workflow.county.vault import Vault
from workflow.errors import Duplicate, WorkflowError
from workflow.evidence import Place
from workflow.history import sealing
from workflow.policy.worktime import SHANGHAI, local_date
from workflow.register.candidates import erasure
from workflow.tickets import attachments, desk, filing
from workflow.tickets.custody import downtime
from workflow.tickets.filing import Deficiency

#: How many units of a kind let things lie in a county that is calm on the whole.
CALM = {"bureau": 2, "town": 1}
#: So long before a deadline people hurry: a working day and the night before it.
_NEAR = timedelta(hours=32)
_HOURS = (time(9, 10), time(11, 20), time(15, 5), time(17, 10))


@dataclass
class DailyLife:
    """A county and its clock."""

    engine: Engine
    settled: Settled
    rng: random.Random
    files: Place
    vault: Vault | None = None
    slow: Mapping[str, int] = field(default_factory=lambda: CALM)
    #: What each unit's last photo showed.
    shown: dict[int | None, str] = field(default_factory=dict)

    def live(self, start: datetime, end: datetime, filed_a_day: float, progress: Callable[[int, int], None]) -> None:
        """Live from `start` to `end`; `progress` is told (days lived, days in all)."""
        with reading(self.engine) as session:
            setting = county_context(session)
        slow = slow_units(self.rng, setting, self.slow)
        tempers = profiles(self.rng, setting, slow)
        first, days = local_date(start), (local_date(end) - local_date(start)).days
        round_ = DailyRound(self.engine, self.settled, self.rng, self.files, self._photo, self.vault)
        round_.know(tempers)
        telling = Deliveries(self.engine, self.settled, self.rng, self.vault, end)
        policy, inboxes = Policy(self.engine, self.settled), Inboxes(self.engine, self.rng, slow)
        reform, instructing = CountyReform(self.engine, self.settled), Instructing(self.engine, self.settled, self.rng)
        failed, last_at_work = False, self._last_at_work(setting, start, end)
        # A life that ends before the first hour of its last day ends, for what happens at that hour, the day before.
        last = days - (end < datetime.combine(local_date(end), _HOURS[0], SHANGHAI))
        for number in range(days + 1):
            day = first + timedelta(days=number)
            for hour in _HOURS if setting.clock.is_working_day(day) else _HOURS[:1]:
                now = datetime.combine(day, hour, SHANGHAI)
                if not start <= now <= end:
                    continue
                works = setting.clock.is_working_day(day)
                if hour == _HOURS[0]:
                    if reform.live(now, number, last):
                        with reading(self.engine) as session:
                            setting = county_context(session)
                        inherit(setting, tempers)
                        round_.know(tempers)
                    round_.spotting.draw(now)
                    round_.random.draw(now)
                    if works:
                        inboxes.live(now)
                if works:
                    self._file(now, filed_a_day / len(_HOURS))
                    round_.before(setting, now, len(_HOURS), begun=number > days // 5)
                    self._act(setting, now, tempers)
                    round_.after(setting, now, first=hour == _HOURS[0], last=hour == _HOURS[-1])
                    instructing.live(setting, now, number, days)
                    if hour == _HOURS[-1] and number >= days // 2 and not failed:
                        failed = self._failed(now)
                    if now == last_at_work:
                        # A demo may end on a day off; nobody opens a case on one.
                        round_.accounting.finish(setting, now)
                if hour == _HOURS[0]:
                    policy.live(now, number, last)
                self._machinery(now)
                round_.ranked.make(setting, now)
                telling.live(now)
            progress(number, days)
        # Up to the very end: what fell due after the last quarter of the last day has fired as well.
        self._machinery(end)
        telling.live(end)

    @staticmethod
    def _last_at_work(setting: CountyContext, start: datetime, end: datetime) -> datetime | None:
        """The last quarter of a working day in the time lived; None without any."""
        day = local_date(end)
        while day >= local_date(start):
            quarters = [datetime.combine(day, hour, SHANGHAI) for hour in _HOURS]
            lived = [moment for moment in quarters if start <= moment <= end]
            if lived and setting.clock.is_working_day(day):
                return lived[-1]
            day -= timedelta(days=1)
        return None

    def _failed(self, now: datetime) -> bool:
        """One afternoon the power was out; what the worker's first beat afterwards writes down."""
        with writing(self.engine) as session:
            downtime.record(session, now - timedelta(minutes=110), now - timedelta(minutes=20))
        return True

    def _machinery(self, now: datetime) -> None:
        duty_opening.run(partial(reading, self.engine), partial(writing, self.engine), now)
        sweep.run(partial(reading, self.engine), partial(writing, self.engine), now)
        case_sweep.run(partial(reading, self.engine), partial(writing, self.engine), now)
        with writing(self.engine) as session:
            in_force.settle(session, now)
            erasure.erase_due(session, now)
            while dispatch(session, now) == BATCH:
                pass
            sealing.seal_all(session, now)
            day_counts.count(session, now)

    def _file(self, now: datetime, expected: float) -> None:
        count = int(expected) + (self.rng.random() < expected % 1)
        for _ in range(count):
            code, village_id = self.rng.choice(self.settled.households)
            by_town = self.rng.random() < 0.3
            with writing(self.engine) as session:
                setting = county_context(session)
                kind = self.rng.choice([kind for kind in setting.scheme.kinds if "household" in kind.subjects])
                cause = self.rng.choice(kind.causes).code if kind.causes else None
                town = self.settled.towns[village_id]
                who = self.settled.people[("unit", town) if by_town else ("village", village_id)]
                try:
                    with session.begin_nested():
                        reported = Deficiency(
                            household=code,
                            kind=kind.code,
                            cause=cause,
                            description=f"入户核查发现：{kind.name.zh}",
                            urgent=self.rng.random() < 0.05,
                        )
                        filing.file_ticket(session, who, now, reported)
                except Duplicate:
                    continue

    def _act(self, setting: CountyContext, now: datetime, tempers: dict[int, UnitProfile]) -> None:
        with reading(self.engine) as session:
            # What is bundled is accepted and mended once for all.
            alone = or_(Ticket.matter_id.is_(None), Ticket.state.not_in(("assigned", "in_progress")))
            # What is done with a family that is not registered is done in `unregistered`.
            of_register = or_(Ticket.candidate_id.is_(None), Ticket.state.not_in(OWN_STEPS))
            waiting = session.execute(
                select(Ticket.id, Ticket.holder_unit_id, Ticket.due_at)
                .where(Ticket.ended_at.is_(None), Ticket.type == "deficiency", alone, of_register)
                .order_by(Ticket.id)
            ).all()
            ended = session.scalars(
                select(Ticket.id).where(
                    Ticket.state == "closed", Ticket.type == "deficiency", Ticket.ended_at > now - timedelta(days=10)
                )
            ).all()
        for ticket_id, holder, due_at in waiting:
            if holder is None or due_at is None:
                continue
            if self.rng.random() < tempers[holder].chance(due_at - now < _NEAR):
                self._one(setting, ticket_id, now, tempers)
        for ticket_id in ended:
            if self.rng.random() < 0.003:
                with writing(self.engine) as session:
                    office = self.settled.people[("unit", setting.office.id)]
                    self._try(
                        session, office, ticket_id, "reopen", now, reason="抽查发现未真正解决", false_closing=True
                    )

    def _one(self, setting: CountyContext, ticket_id: int, now: datetime, tempers: dict[int, UnitProfile]) -> None:
        rng = self.rng
        with writing(self.engine) as session:
            ticket = session.get_one(Ticket, ticket_id)
            temper, who = tempers[ticket.holding_unit_id], self.settled.people[("unit", ticket.holding_unit_id)]
            act = partial(self._try, session, who, ticket_id)
            if ticket.state == "reported":
                if rng.random() < 0.08:
                    act("send_back", now, reason="请补充照片和具体位置")
                else:
                    act("endorse", now)
            elif ticket.state == "returned":
                assert ticket.in_village_id is not None
                assert ticket.town_id is not None
                seat = ("village", ticket.in_village_id) if ticket.filed_as == "village" else ("unit", ticket.town_id)
                self._try(session, self.settled.people[seat], ticket_id, "resubmit", now, note="已补充照片和具体位置")
            elif ticket.state == "assigned":
                if ticket.may_decline and rng.random() < temper.declines:
                    act("decline", now, ground=setting.scheme.decline.grounds[0].code, cited_duty="单位职责规定")
                else:
                    act("accept", now)
            elif ticket.state == "disputed":
                others = [u.code for u in setting.living if u.type == "bureau" and u.id != ticket.lead_unit_id]
                if rng.random() < 0.6:
                    act("uphold", now, reason="经核，属该单位职责")
                else:
                    act("reassign", now, unit=rng.choice(others), reason="职责另有归属")
            elif ticket.state == "in_progress":
                if rng.random() < 0.01:
                    # Unasked, where the office hears of it before the bureau does.
                    until = setting.clock.worked_from(local_date(now) + timedelta(days=rng.randrange(5, 15)))
                    overseer = setting.leaders if ticket.lead_unit_id == setting.office.id else setting.office
                    self._try(
                        session,
                        self.settled.people[("unit", overseer.id)],
                        ticket_id,
                        "suspend",
                        now,
                        ground=setting.scheme.suspension.grounds[0].code,
                        until=until.isoformat(),
                    )
                else:
                    proof = self._photo(session, who, ticket_id, now, temper.on_paper)
                    today = local_date(now)
                    done = f"{today.month}月{today.day}日到村到户处理，照片附后"
                    act("resolve", now, note=done, evidence=[proof])
            elif ticket.state == "resolved":
                # What is found on the spot depends on who mended it, not on who looks.
                if rng.random() < tempers[ticket.responsible_unit_id].found_unmended:
                    act("reject", now, reason="现场核验未解决")
                else:
                    act(
                        "confirm",
                        now,
                        visited_on=local_date(now).isoformat(),
                        note="到村到户查看，问题已消除，当事人签字确认",
                        evidence=[self._photo(session, who, ticket_id, now)],
                    )

    def _photo(self, session: Session, who: Actor, ticket_id: int, now: datetime, on_paper: float = 0) -> int:
        # A die of its own, so that what a photo shows changes nothing in how the county lives.
        rng = random.Random(f"{ticket_id} {who.unit_id} {now.isoformat()}")
        scene = f"{ticket_id} {now.isoformat()}"
        # Who closes on paper now and then shows the photo of another job.
        if rng.random() < on_paper / 3:
            scene = self.shown.get(who.unit_id, scene)
        self.shown[who.unit_id] = scene
        taken = now - timedelta(minutes=rng.randrange(10, 600))
        kept = evidence.take(self.files, camera.snap(scene, taken, ticket_id), f"IMG_{taken:%Y%m%d_%H%M%S}.jpg")
        return attachments.add(session, who, ticket_id, now, **kept).id

    def _try(self, session: Session, who: Actor, ticket_id: int, action: str, now: datetime, **given: Any) -> None:
        try:
            with session.begin_nested():
                desk.perform(session, who, ticket_id, action, now, **given)
        except WorkflowError:
            # People try what is no longer open, too; the door refuses and life goes on.
            return
