"""Bureaus that will not make it in time ask for more; the office grants it, refuses it, or lets them wait too long."""

import random
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from models import Ticket, TimeRequest
from models.engine import reading, writing
from simulation import camera
from simulation.settlement import Settled
from workflow import evidence
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.evidence import Place
from workflow.policy.worktime import local_date
from workflow.tickets import attachments, time_requests
from workflow.tickets.time_requests import RequestInput

#: Who asks, asks within so many working days of the deadline; a stopped clock now and then before that.
_NEAR = 3
_PLANS = ("材料备齐后三日内办理", "已排定入户时间，办完即报验", "分两批办理，先急后缓")
_REASONS = ("承办人员同时办理多户", "材料未到齐", "路面塌方，车辆进不去", "农户尚未返家")


class Asking:
    """The requests for time of a county, and how its office goes about them."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, files: Place) -> None:
        self.engine, self.settled, self.files = engine, settled, files
        # A die of its own: whether somebody asks changes nothing in how the rest of the county decides.
        self.rng = random.Random(rng.random())

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day: what was asked before is answered, then more is asked."""
        self._answer(setting, now)
        self._ask(setting, now)

    def _ask(self, setting: CountyContext, now: datetime) -> None:
        rng, near = self.rng, _NEAR * setting.clock.minutes_per_day
        with reading(self.engine) as session:
            mending = session.execute(
                select(Ticket.id, Ticket.lead_unit_id, Ticket.due_at)
                .where(Ticket.state == "in_progress", Ticket.type == "deficiency", Ticket.due_at > now)
                .where(Ticket.id.not_in(select(TimeRequest.ticket_id).where(TimeRequest.status == "waiting")))
                .order_by(Ticket.id)
            ).all()
        for ticket_id, unit_id, due_at in mending:
            if unit_id is None or due_at is None:
                continue
            close = setting.clock.minutes_between(now, due_at) < near
            if rng.random() > (0.2 if close else 0.006):
                continue
            later = close and rng.random() < 0.75
            start, most = (due_at, 12) if later else (now, 20)
            until = setting.clock.worked_from(local_date(start) + timedelta(days=rng.randrange(3, most)))
            self._one(setting, ticket_id, unit_id, now, "extension" if later else "suspension", until.isoformat())

    def _one(self, setting: CountyContext, ticket_id: int, unit_id: int, now: datetime, kind: str, until: str) -> None:
        rng, who = self.rng, self.settled.people[("unit", unit_id)]
        ground = rng.choice(setting.scheme.suspension.grounds).code
        kept = evidence.take(
            self.files, camera.snap(f"{ticket_id} {now}", now, ticket_id), f"IMG_{now:%Y%m%d_%H%M}.jpg"
        )
        with writing(self.engine) as session:
            try:
                with session.begin_nested():
                    proof = [attachments.add(session, who, ticket_id, now, **kept).id] if kind == "suspension" else []
                    time_requests.ask(
                        session,
                        who,
                        now,
                        ticket_id,
                        RequestInput(
                            kind=kind,
                            until=until,
                            reason=rng.choice(_REASONS),
                            plan=rng.choice(_PLANS),
                            ground=ground,
                            evidence=proof,
                        ),
                    )
            except WorkflowError:
                # A third extension, a day past the hard stop, a deadline that lapsed meanwhile: the door says so.
                return

    def _answer(self, setting: CountyContext, now: datetime) -> None:
        with reading(self.engine) as session:
            waiting = session.execute(
                select(TimeRequest.id, TimeRequest.asked_of_id)
                .where(TimeRequest.status == "waiting")
                .order_by(TimeRequest.id)
            ).all()
        for request_id, asked_of in waiting:
            # One in three lies at the bottom of the pile.
            if self.rng.random() > (0.03 if request_id % 3 == 0 else 0.3):
                continue
            grant = self.rng.random() < 0.75
            with writing(self.engine) as session:
                try:
                    with session.begin_nested():
                        time_requests.answer(
                            session,
                            self.settled.people[("unit", asked_of)],
                            now,
                            request_id,
                            grant,
                            reason="施工困难属实，同意" if grant else "理由不充分，请按期办结",
                        )
                except WorkflowError:
                    # Answered too late for the day that was wanted; it goes on waiting or lapses.
                    continue
