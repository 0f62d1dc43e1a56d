"""Family events: records what happened to the people of a household; the only door by which a person begins or ends.

One transaction locks the household (and the one moved to, by ascending id), writes members, head, number of people and
labour force, and says so in the event of each household, which `verify` folds.  Open tickets about what depends on the
people are marked to be looked at again; a household of which nobody is left ends, and its open tickets are cancelled.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, Ticket
from models.former_code import present_code
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import county_context
from workflow.county.vault import Vault, mask_id
from workflow.errors import BadInput, Duplicate, NotAllowed, WrongState
from workflow.policy.worktime import local_date
from workflow.register.access import find_household, refuse_erased
from workflow.register.lives.family_consequences import (
    append,
    arrive,
    check_head_known,
    end_household,
    look_again,
    open_tickets,
)
from workflow.register.lives.family_input import (
    Begun,
    FamilyInput,
    check_days,
    check_person,
    chosen_members,
    day_on,
    kind_of,
    reason_in,
)
from workflow.register.lives.family_rows import Family, read_family, write_ends, write_head
from workflow.register.lives.life_kinds import LifeKind

#: Roles that record what happened in a family: those of its village and town, and the office.
RECORDERS = ("village", "town", "office")
#: Statuses of households without people that somebody who begins there takes back.
TAKEN_BACK = ("ended", "undone")


@dataclass(slots=True)
class Happened:
    """A recorded change: the household, the members it was about, the head from now on, the tickets to be looked at again
    and those cancelled because the household ended."""

    household: Household
    kind: LifeKind
    on: date
    members: list[Member]
    head: Member | None = None
    again: list[Ticket] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    ended: bool = False


def record(session: Session, actor: Actor, now: datetime, vault: Vault, code: str, given: FamilyInput) -> Happened:
    """Record what happened in the family of the household with this code.

    Raises NotFound, NotAllowed, BadInput, Duplicate, or WrongState: a household that is gone, a member who ended
    already, a household that would end and needs the office for its open tickets.
    """
    if actor.role not in RECORDERS:
        raise NotAllowed("family_not_yours")
    kind = kind_of(given)
    home, target = _locked(session, actor, code, given.to if kind.does == "moves" else None)
    on, reason, today = day_on(given, now), reason_in(given, kind), local_date(now)
    _check_open(session, actor, home, kind)
    setting, family = county_context(session), read_family(session, home, today)
    if kind.does == "begins":
        made = _begin(session, vault, family, kind, on, check_person(given, kind, on, now))
    elif kind.does == "heads":
        made = _pass_head(session, family, given, on)
    else:
        made = _end(session, family, kind, on, given, target)
    if made.ended:
        if not given.ends:
            raise BadInput("nobody_remains", "ends", tickets=len(open_tickets(session, home)))
        made.cancelled = end_household(session, actor, now, home, reason)
    else:
        made.again = look_again(session, actor, now, setting, home, kind, on)
    codes: dict[str, Any] = {"members": [row.id for row in made.members]}
    if target is not None:
        codes["to"] = target.code
    if made.cancelled:
        codes["cancelled"] = made.cancelled
    append(session, actor, now, family, {"kind": kind.code, "on": on.isoformat(), **codes}, reason)
    if target is not None:
        arrive(session, actor, now, target, made.members, on, home)
    return made


def _locked(session: Session, actor: Actor, code: str, to: str | None) -> tuple[Household, Household | None]:
    """The household within the actor's reach, and the one moved to, which may be anywhere in the county; both locked in
    the order of their ids."""
    found = find_household(session, actor, code).household
    if to is not None:
        to = session.scalar(select(present_code(to.strip()))) or ""
    codes = [found.code] if to is None else [found.code, to]
    rows = session.scalars(
        select(Household)
        .where(Household.code.in_(codes))
        .order_by(Household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_code = {row.code: row for row in rows}
    if to is None:
        return by_code[found.code], None
    target = by_code.get(to)
    if not to:
        raise BadInput("missing", "to")
    if target is None or target.gone:
        raise BadInput("no_household_to_move_to", "to", code=to[:64])
    if target.code == found.code:
        raise BadInput("moves_to_itself", "to")
    return by_code[found.code], target


def _check_open(session: Session, actor: Actor, home: Household, kind: LifeKind) -> None:
    """Raises WrongState for a household that is gone; the office takes one without people back by letting somebody begin."""
    takes_back = home.status in TAKEN_BACK and kind.does == "begins" and actor.role == "office"
    if home.gone and not takes_back:
        raise WrongState("household_cleared", "household", code=home.code)
    if home.gone:
        refuse_erased(session, home)


def _begin(session: Session, vault: Vault, family: Family, kind: LifeKind, on: date, person: Begun) -> Happened:
    check_head_known(family, person.name, "name")
    known = {(row.name, row.born_on) for row in family.living.values()}
    if (person.name, person.born_on) in known:
        raise Duplicate("already_a_member", "name", name=person.name)
    row = Member(
        household_id=family.home.id,
        position=family.free_position(),
        name=person.name,
        relation=person.relation,
        sex=person.sex,
        born_on=person.born_on,
        labour=person.labour,
        begins_on=on,
        begin_reason=kind.code,
    )
    if person.id_number is not None:
        numbered = (Member.id_index.in_(vault.indexes(person.id_number)), Member.ends_on.is_(None))
        other = session.scalars(select(Member).where(*numbered).limit(1)).first()
        if other is not None and other.household_id == family.home.id:
            raise Duplicate("number_of_a_member", "id_number", name=other.name)
        if other is not None:
            raise Duplicate("lives_elsewhere", "id_number")
        row.id_sealed, row.id_index = vault.seal(person.id_number), vault.index(person.id_number)
        row.id_masked = mask_id(person.id_number)
    session.add(row)
    with refused_as(Duplicate("lives_elsewhere", "id_number"), "uq_member_living"):
        session.flush()
    family.add(row)
    if family.head is None:
        write_head(session, family, row)
    if family.home.status in TAKEN_BACK:
        family.home.status = "in"
    return Happened(family.home, kind, on, [row])


def _pass_head(session: Session, family: Family, given: FamilyInput, on: date) -> Happened:
    members = chosen_members(given, family.living, family.former)
    if len(members) > 1:
        raise BadInput("one_head", "members")
    check_days(members, on)
    if members[0] is family.head:
        raise BadInput("head_already", "members", name=members[0].name)
    write_head(session, family, members[0])
    return Happened(family.home, kind_of(given), on, members, members[0])


def _end(
    session: Session, family: Family, kind: LifeKind, on: date, given: FamilyInput, target: Household | None
) -> Happened:
    members = chosen_members(given, family.living, family.former)
    check_days(members, on)
    staying = {number: row for number, row in family.living.items() if row not in members}
    head = None
    if staying and family.head in members:
        head = staying.get(given.head) if given.head is not None else None
        if given.head is None:
            raise BadInput("head_missing", "head")
        if head is None:
            raise BadInput("no_such_member", "head")
        check_days([head], on)
    write_ends(session, family, members, on, kind.code, target)
    if head is not None:
        write_head(session, family, head)
    return Happened(family.home, kind, on, members, head, ended=not staying)
