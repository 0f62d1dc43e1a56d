"""Household record: one household as an actor may see it (facts, people, haves, income, tickets, checkups, status
history).

A bureau sees what its work needs: head and place, the haves of its own kinds, its own tickets.  Names are masked and
the address omitted for roles that read the whole county without working in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from models import Candidate, Checkup, Event, EventSecret, ExitDossier, Household, Member, Party, Ticket, User
from workflow.actors import Actor
from workflow.county.context import UnitFact
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.redaction import masked
from workflow.register.access import Located, find_household, own_haves, visible_area
from workflow.register.exit_gate import ON_REGISTER, Examination, Item, changes_for, examine
from workflow.register.income import Judgement
from workflow.register.lives.relatives import Relative, relatives
from workflow.tickets.visibility import masks_names, visible

_STEPS = ("exit", "status", "taken_back")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One member, living or former; the ID number only masked.  `moved_to`, `came_from`: the codes of the
    households moved to and come from, which the actor may open if it `opens`."""

    id: int
    head: bool
    name: str
    relation: str
    id_masked: str | None
    sex: str | None
    born_on: date | None
    labour: str
    beyond_help: bool
    schooling: str
    illness: str
    insured: bool | None
    pension: bool | None
    allowance: bool | None
    begins_on: date | None
    begin_reason: str
    ends_on: date | None
    end_reason: str | None
    moved_to: str | None
    came_from: str | None
    opens: bool


@dataclass(frozen=True, slots=True)
class CheckupLine:
    """One checkup in the list of a household's; `household`: the code of the relative in which it was made."""

    id: int
    source: str
    seen_on: date
    by: str
    unit: UnitFact
    present: str
    note: str
    household: str | None = None


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One change of status with its reason."""

    at: datetime
    by: str | None
    unit: UnitFact | None
    action: str
    before: str | None
    after: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """The content of a household's page; `whole` is false for a bureau, which sees a part."""

    located: Located
    whole: bool
    hide: bool
    name: str
    #: Whether the account of the responsible cadre is closed, so that nobody sees to the household.
    cadre_closed: bool
    examination: Examination
    items: tuple[Item, ...]
    income: Judgement | None
    people: list[PersonLine]
    former: list[PersonLine]
    tickets: list[Ticket]
    checkups: list[CheckupLine]
    steps: list[StatusLine]
    exits: list[ExitDossier]
    relatives: Sequence[Relative]
    may_check: bool
    may_tell: bool
    may_exit: bool
    changes: tuple[str, ...]


def dossier(session: Session, actor: Actor, code: str, now: datetime) -> Dossier:
    """The household with this code as the actor may see it.  Raises NotFound."""
    located = find_household(session, actor, code)
    household, setting = located.household, located.setting
    whole = actor.role != "bureau"
    working = whole or _at_work(session, actor, household.id)
    hide = masks_names(actor) or not working
    seen, mine = examine(session, setting, household, now), own_haves(setting, actor)
    rule = setting.scheme.exit.income
    # A bureau that only formerly held a ticket reads up to its exit and not the present.
    mine = mine if working else frozenset()
    tickets = session.scalars(
        select(Ticket)
        .where(
            or_(Ticket.household_id == household.id, _reported_as(household)),
            visible(actor) if whole else _works_on(actor),
        )
        .order_by(Ticket.ended_at.is_not(None), Ticket.id.desc())
    )
    rules = actor.role in ("town", "office")
    kin = relatives(session, actor, household) if whole else []
    people, former = _people(session, actor, household.id, local_date(now)) if whole else ([], [])
    return Dossier(
        located=located,
        whole=whole,
        cadre_closed=household.cadre_id is not None and not session.get_one(User, household.cadre_id).active,
        hide=hide,
        name=masked(household.head_name) if hide else household.head_name,
        examination=seen,
        items=tuple(item for item in seen.items if item.state.have.code in mine),
        income=seen.income if rule is not None and rule.have in mine else None,
        people=people,
        former=former,
        tickets=list(tickets),
        checkups=_checkups(session, located, actor, kin),
        steps=_steps(session, located, hide) if whole else [],
        relatives=kin,
        exits=list(session.scalars(_exits(household.id))) if whole else [],
        may_check=not household.gone
        and (actor.role in ("village", "town", "office") or (actor.role == "bureau" and bool(mine))),
        may_tell=actor.role in ("village", "town", "office") and household.status not in ("cleared", "merged"),
        may_exit=rules and household.status in ON_REGISTER,
        changes=changes_for(actor, household.status) if rules else (),
    )


def exit_dossiers(session: Session, view: Dossier) -> list[tuple[ExitDossier, str, UnitFact]]:
    """The frozen dossiers of the household's exits, the latest first, with the deciding person and unit."""
    ids = [row.passed_by_id for row in view.exits]
    names = {row.id: row.display_name for row in session.scalars(select(User).where(User.id.in_(ids)))}
    return [(row, names.get(row.passed_by_id, ""), view.located.setting.unit(row.unit_id)) for row in view.exits]


def _exits(household_id: int) -> Select[ExitDossier]:
    return select(ExitDossier).where(ExitDossier.household_id == household_id).order_by(ExitDossier.id.desc())


def _reported_as(household: Household) -> ColumnElement[bool]:
    """The condition that a ticket is that of the candidate which became this household."""
    return Ticket.candidate_id.in_(select(Candidate.id).where(Candidate.household_id == household.id))


def _at_work(session: Session, actor: Actor, household_id: int) -> bool:
    """Whether a bureau holds an open ticket of the household now."""
    mine = select(Ticket.id).where(Ticket.household_id == household_id, _works_on(actor))
    return bool(session.scalar(mine.limit(1)))


def _works_on(actor: Actor) -> ColumnElement[bool]:
    helps = select(Party.ticket_id).where(actor.own(Party.unit_id), Party.standing == "assisting")
    return or_(actor.own(Ticket.lead_unit_id), actor.own(Ticket.holder_unit_id), Ticket.id.in_(helps))


def _people(session: Session, actor: Actor, household_id: int, on: date) -> tuple[list[PersonLine], list[PersonLine]]:
    """Those who live there on a day, the head first, and the former members, the latest end first."""
    rows = session.execute(
        select(Member, Household.code)
        .outerjoin(Household, Household.id == Member.moved_to_id)
        .where(Member.household_id == household_id)
        .order_by(Member.position)
    ).all()
    came = _came_from(session, household_id)
    others = {code for _, code in rows} | set(came.values())
    opens = set(session.scalars(select(Household.code).where(Household.code.in_(others), visible_area(actor))))
    living, former = list[PersonLine](), list[PersonLine]()
    for row, moved_to in rows:
        here = counted(row, on)
        line = _person(row, moved_to, came.get(row.id), masks_names(actor))
        (living if here else former).append(replace(line, opens=(line.came_from if here else moved_to) in opens))
    return living, sorted(former, key=lambda line: line.ends_on or on, reverse=True)


def _came_from(session: Session, household_id: int) -> dict[int, str]:
    """The code of the household from which a member came, by the member's id."""
    given = session.scalars(
        select(Event.given).where(
            Event.subject_type == "household", Event.subject_id == household_id, Event.action == "family"
        )
    )
    return {number: each["from"] for each in given if "from" in each for number in each["members"]}


def _person(row: Member, moved_to: str | None, came_from: str | None, hide: bool) -> PersonLine:
    return PersonLine(
        id=row.id,
        head=row.position == 1,
        name=masked(row.name) if hide else row.name,
        relation=row.relation,
        id_masked=row.id_masked,
        sex=row.sex,
        born_on=None if hide else row.born_on,
        labour=row.labour,
        beyond_help=row.beyond_help,
        schooling=row.schooling,
        illness="" if hide else row.illness,
        insured=row.insured,
        pension=row.pension,
        allowance=row.allowance,
        begins_on=row.begins_on,
        begin_reason=row.begin_reason,
        ends_on=row.ends_on,
        end_reason=row.end_reason,
        moved_to=moved_to,
        came_from=came_from,
        opens=False,
    )


def _checkups(session: Session, located: Located, actor: Actor, kin: Sequence[Relative]) -> list[CheckupLine]:
    """The latest checkups, with those of the households from which its people came."""
    here = Checkup.household_id == located.household.id
    before = [
        and_(Checkup.household_id == each.id, Checkup.seen_on <= each.until if each.until else true())
        for each in kin
        if each.earlier
    ]
    codes = {each.id: each.code for each in kin}
    query = (
        select(Checkup, User.display_name)
        .join(User, User.id == Checkup.by_id)
        .where(or_(here, *before))
        .order_by(Checkup.seen_on.desc(), Checkup.id.desc())
        .limit(30)
    )
    if actor.role == "bureau":
        query = query.where(actor.own(Checkup.unit_id))
    hide = masks_names(actor)
    return [
        CheckupLine(
            row.id,
            row.source,
            row.seen_on,
            by,
            located.setting.unit(row.unit_id),
            "" if hide else row.present,
            "" if hide else row.note,
            codes.get(row.household_id),
        )
        for row, by in session.execute(query)
    ]


def _steps(session: Session, located: Located, hide: bool) -> list[StatusLine]:
    query = (
        select(Event, EventSecret.body, User.display_name)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(
            Event.subject_type == "household",
            Event.subject_id == located.household.id,
            or_(
                Event.action.in_(_STEPS),
                and_(Event.action.in_(("import", "undo_import", "family")), Event.from_state != Event.to_state),
            ),
        )
        .order_by(Event.seq.desc())
    )
    return [
        StatusLine(
            event.at,
            by,
            located.setting.units.get(event.actor_unit_id) if event.actor_unit_id else None,
            event.action,
            event.from_state,
            event.to_state,
            "" if hide else str((body or {}).get("reason", "")),
        )
        for event, body, by in session.execute(query)
    ]
