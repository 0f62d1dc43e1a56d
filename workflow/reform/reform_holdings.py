"""Reform holdings: what a unit or village still has, counted for the preview and once more before the act."""

from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from models import (
    AccountabilityCase,
    ApiToken,
    Escalation,
    Household,
    PaperPending,
    Post,
    Robot,
    RungWaiting,
    Ticket,
    User,
    Village,
)
from workflow.county.context import CountyContext, UnitFact, reformed
from workflow.county.unit_references import rules_naming
from workflow.history import event_log
from workflow.policy.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one unit or village has: open tickets by state (those it holds, is responsible for, confirms, or that lie in it),
    duties, papers, cases, waiting rungs, villages, households, accounts, posts, and the rules of the scheme naming it."""

    code: str
    name: str
    tickets: dict[str, int] = field(default_factory=dict)
    duties: int = 0
    papers: int = 0
    cases: int = 0
    rungs: int = 0
    villages: int = 0
    households: int = 0
    accounts: int = 0
    posts: int = 0
    #: Accounts of programs (with a token in use), and group bots.
    programs: int = 0
    robots: int = 0
    rules: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing would be left behind."""
        counts = (self.duties, self.papers, self.cases, self.rungs, self.villages, self.households, self.accounts)
        return not (self.tickets or any(counts) or self.posts or self.robots or self.rules)


def of_unit(session: Session, setting: CountyContext, unit_id: int) -> Holdings:
    """What a unit has."""
    unit = setting.unit(unit_id)
    of_it = open_with([unit_id], [])
    return Holdings(
        unit.code,
        unit.name,
        tickets=_by_state(session, of_it, Ticket.type == "deficiency"),
        duties=_count(session, select(func.count()).where(Ticket.duty_unit_id == unit_id, Ticket.ended_at.is_(None))),
        papers=_count(session, select(func.count()).where(PaperPending.unit_id == unit_id, PaperPending.open)),
        cases=_count(
            session,
            select(func.count()).where(
                AccountabilityCase.ended_at.is_(None),
                or_(AccountabilityCase.unit_id == unit_id, AccountabilityCase.decider_unit_id == unit_id),
            ),
        ),
        rungs=_count(session, select(func.count()).select_from(waiting_rungs([unit_id]).subquery())),
        villages=_count(session, select(func.count()).where(Village.town_id == unit_id, Village.ended_on.is_(None))),
        households=_count(
            session,
            select(func.count(Household.id))
            .join(Village, Village.id == Household.village_id)
            .where(Village.town_id == unit_id),
        ),
        accounts=_count(session, select(func.count()).where(User.unit_id == unit_id, User.active)),
        posts=_count(session, select(func.count()).where(Post.unit_id == unit_id, Post.until_at.is_(None))),
        programs=_count(
            session,
            select(func.count(User.id.distinct()))
            .join(ApiToken, ApiToken.user_id == User.id)
            .where(User.unit_id == unit_id, User.active, ApiToken.revoked_at.is_(None)),
        ),
        robots=_count(session, select(func.count()).where(Robot.unit_id == unit_id, Robot.ended_at.is_(None))),
        rules=tuple(rules_naming(setting.scheme, unit.code)),
    )


def of_village(session: Session, village: Village) -> Holdings:
    """What a village has."""
    return Holdings(
        village.code,
        village.name,
        tickets=_by_state(session, open_with([], [village.id])),
        households=_count(session, select(func.count()).where(Household.village_id == village.id)),
        accounts=_count(session, select(func.count()).where(User.village_id == village.id, User.active)),
    )


def dropped(session: Session, setting: CountyContext, old: Scheme, new: Scheme) -> list[Holdings]:
    """What units still have that a new scheme leaves out: of the county's, where `old` is in force, else of those that
    `old` names.  Those with nothing are not named; successors count as named where the ended unit is."""
    kept = {unit.code for unit in reformed(session, setting, new).units}
    known = {unit.code for unit in (setting.living if old == setting.scheme else reformed(session, setting, old).units)}
    left = [unit.id for unit in setting.living if unit.code in known - kept]
    return [held for held in (of_unit(session, setting, unit_id) for unit_id in left) if not held.empty]


def ended_in(setting: CountyContext, scheme: Scheme) -> list[tuple[UnitFact, tuple[UnitFact, ...]]]:
    """The units that a scheme names though they have ended, each with the successors its rules go to."""
    codes = {unit.code for unit in scheme.units}
    return [
        (unit, setting.successors(unit.id))
        for unit in setting.units.values()
        if unit.successor_id is not None and unit.code in codes
    ]


def digest_of(holdings: list[Holdings]) -> str:
    """A digest of what was shown, so that only that is applied."""
    plain: list[dict[str, Any]] = [{**asdict(each), "rules": list(each.rules)} for each in holdings]
    return event_log.digest(event_log.canonical(plain))


def open_with(units: list[int], villages: list[int]) -> ColumnElement[bool]:
    """The condition of an open ticket that names one of these units or villages as of today."""
    columns = (
        Ticket.holder_unit_id,
        Ticket.lead_unit_id,
        Ticket.confirmer_unit_id,
        Ticket.town_id,
        Ticket.subject_unit_id,
        Ticket.duty_unit_id,
    )
    named = [column.in_(units) for column in columns] if units else []
    if villages:
        named += [Ticket.in_village_id.in_(villages), Ticket.village_id.in_(villages)]
    return Ticket.ended_at.is_(None) & or_(*named)


def waiting_rungs(units: list[int]) -> Select[int, int]:
    """The rungs against these units that wait for a person, or for the office to open."""
    return (
        select(Escalation.id, Escalation.ticket_id)
        .join(RungWaiting, RungWaiting.escalation_id == Escalation.id)
        .where(Escalation.unit_id.in_(units))
        .order_by(Escalation.ticket_id, Escalation.id)
    )


def _by_state(session: Session, *where: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(
        select(Ticket.state, func.count()).where(*where).group_by(Ticket.state).order_by(Ticket.state)
    )
    return {row[0]: row[1] for row in rows}


def _count(session: Session, query: Select[Any]) -> int:
    return int(session.scalar(query) or 0)
