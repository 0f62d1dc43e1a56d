"""People in office in a county that lives: a deputy for a week, a leader who is entered late, a desk that is handed over."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Custody, Ticket, User
from models.engine import writing
from simulation.settlement import Settled
from workflow.actors import acting, actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import CountyContext, UnitFact
from workflow.county.posts import post_entries
from workflow.policy.worktime import local_date
from workflow.setup.departures import departure_act, holdings
from workflow.tickets import participation

#: On which working day at the earliest each happens, in this order.
_DAYS = (2, 3, 6, 9)
_WEEK = 7
_LATE = 6


class PostChanges:
    """What happens to the people of one bureau; each step waits for a day on which it can happen."""

    def __init__(self, engine: Engine, settled: Settled) -> None:
        self.engine, self.settled = engine, settled
        self.day, self.done = 0, 0
        self.steps: tuple[Callable[[Session, CountyContext, UnitFact, datetime], bool], ...] = (
            self._deputy,
            self._act,
            self._leader,
            self._leave,
        )

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day."""
        self.day += 1
        bureaus = [unit for unit in setting.units.values() if unit.type == "bureau" and unit.successor_id is None]
        if self.done == len(self.steps) or self.day < _DAYS[self.done] or not bureaus:
            return
        with writing(self.engine) as session:
            self.done += self.steps[self.done](session, setting, bureaus[0], now)

    def _deputy(self, session: Session, setting: CountyContext, unit: UnitFact, now: datetime) -> bool:
        """The duty officer is away for a week, and a colleague stands in."""
        ticket = self._ticket(session, unit)
        if ticket is None:
            return False
        clerk = self.settled.people[("unit", unit.id)]
        name = f"{unit.code}-3"
        accounts.create_user(
            session, system(), now, NewUser(name=name, role=unit.type, unit=unit.code, display_name="陈志强")
        )
        participation.name_handler(session, clerk, ticket, self.settled.clerks[unit.id], now)
        first = local_date(now)
        given = {
            "user": name,
            "kind": "deputy",
            "stands_for": self.settled.clerks[unit.id],
            "from_day": first,
            "until_day": first + timedelta(days=_WEEK),
            "document": f"{unit.name.removeprefix('县')}人〔{now.year}〕7号",
        }
        post_entries.enter(session, self.settled.people[("unit", setting.office.id)], now, given)
        return True

    def _act(self, session: Session, setting: CountyContext, unit: UnitFact, now: datetime) -> bool:
        """The deputy acts on a ticket of the one who is away."""
        deputy = self._person(session, unit)
        held = select(Custody.ticket_id).where(
            Custody.handler_id == self.settled.people[("unit", unit.id)].user_id, Custody.ended_at.is_(None)
        )
        ticket = session.scalars(held.order_by(Custody.ticket_id).limit(1)).one_or_none()
        if ticket is not None:
            person = acting(session, deputy, now)
            participation.comment(session, person, ticket, "已联系施工队，明天上午到场查看。", now)
            participation.name_handler(session, person, ticket, deputy.name, now)
        return True

    def _leader(self, session: Session, setting: CountyContext, unit: UnitFact, now: datetime) -> bool:
        """A new leader was appointed some days ago; the office enters it today."""
        new = NewUser(name=f"{unit.code}-4", role=unit.type, unit=unit.code, display_name="温国平")
        leader = accounts.create_user(session, system(), now, new)
        given = {
            "user": leader.name,
            "kind": "leader",
            "from_day": local_date(now) - timedelta(days=_LATE),
            "document": f"华组干〔{now.year}〕52号",
        }
        post_entries.enter(session, self.settled.people[("unit", setting.office.id)], now, given)
        self.settled.people[("leader", unit.id)] = actor_of(leader)
        return True

    def _leave(self, session: Session, setting: CountyContext, unit: UnitFact, now: datetime) -> bool:
        """The colleague leaves for another county; the duty officer takes over the desk, once the week is over."""
        person = self._person(session, unit)
        held = holdings.of_person(session, person, now)
        if any(each.kind in ("posts", "standing_in", "stood_for") for each in held):
            return False
        to = {each.kind: self.settled.clerks[unit.id] for each in held if each.kind not in holdings.ENDING}
        departure_act.carry_out(session, system(), now, person.name, {"to": to})
        return True

    def _ticket(self, session: Session, unit: UnitFact) -> int | None:
        held = select(Ticket.id).where(Ticket.holder_unit_id == unit.id, Ticket.ended_at.is_(None))
        return session.scalars(held.order_by(Ticket.id.desc()).limit(1)).one_or_none()

    def _person(self, session: Session, unit: UnitFact) -> User:
        return session.scalars(select(User).where(User.name == f"{unit.code}-3")).one()
