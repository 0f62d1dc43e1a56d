"""Household input: what a person submits about a whole household, checked against the register before anything is written.

Every refusal names the field and the remedy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Household, Member, Ticket, Village
from models.former_code import FormerCode, present_code
from models.household import ON_REGISTER
from workflow import folding
from workflow.actors import Actor
from workflow.citizen_id import Faulty
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.inputs import name_of
from workflow.policy.worktime import local_date
from workflow.register.access import find_household, refuse_erased
from workflow.register.cells import values
from workflow.register.lives.family_consequences import check_head_known, open_tickets
from workflow.register.lives.family_input import FamilyInput, check_days, chosen_members, day_on
from workflow.register.lives.family_rows import Family, read_family
from workflow.register.lives.household_kinds import HOUSEHOLD_KINDS, HouseholdKind
from workflow.tickets.visibility import COUNTY_WIDE

#: Roles that record what happens to a household as a whole: its town, or the one it comes to, and the office.
HOUSEHOLD_RECORDERS = ("town", "office")
_LONGEST_PLACE = 200


@dataclass(slots=True)
class Wanted:
    """A checked act: the locked household with its people, who leaves it, the household or village it leads to, and the
    tickets that go with who splits off."""

    kind: HouseholdKind
    on: date
    home: Household
    family: Family
    leaving: list[Member]
    code: str = ""
    target: Household | None = None
    #: Of a split: the household that was merged into this one and comes back under its code.
    revived: Household | None = None
    village: Village | None = None
    tickets: Sequence[Ticket] = ()


def kinds_for(actor: Actor) -> list[HouseholdKind]:
    """The kinds of acts that the actor's role may record."""
    if actor.role not in HOUSEHOLD_RECORDERS:
        return []
    return [kind for kind in HOUSEHOLD_KINDS.values() if not kind.offices or actor.role == "office"]


def wanted(session: Session, actor: Actor, now: datetime, code: str, given: FamilyInput) -> Wanted:
    """The act that `given` describes; both households are locked, by ascending id.

    Raises NotFound, NotAllowed, BadInput with the field at fault, WrongState for a household that is gone.
    """
    kind = HOUSEHOLD_KINDS[given.kind]
    if actor.role not in HOUSEHOLD_RECORDERS or (kind.offices and actor.role != "office"):
        raise NotAllowed("household_act_not_yours" if not kind.offices else "undoing_is_the_offices")
    village = _village(session, given) if kind.to == "village" else None
    home, target = _locked(session, actor, code, given, kind, village)
    if home.gone:
        raise WrongState("household_cleared", "household", code=home.code)
    on, family = day_on(given, now), read_family(session, home, local_date(now))
    found = Wanted(kind, on, home, family, list(family.living.values()), village=village)
    if kind.code == "split":
        found.revived = target
        if target is not None:
            refuse_erased(session, target)
        _check_split(session, given, found)
    elif kind.code == "merged":
        found.target = target
        _check_merger(session, found, local_date(now))
    elif kind.code == "code_corrected":
        found.leaving, found.code = [], _other_code(session, home, given)
    elif village is not None and village.id == home.village_id:
        raise BadInput("lives_there_already", "to", village=village.name)
    if kind.code in ("split", "merged"):
        check_days(found.leaving, on)
    return found


def find_leaving(session: Session, actor: Actor, code: str, given: FamilyInput, reaches_target: bool) -> Household:
    """The household with this code: within the actor's reach, or one that comes to the actor's own town, which then says
    whose it is.  Raises NotFound; BadInput `head_name_wrong`."""
    try:
        return find_household(session, actor, code).household
    except NotFound:
        row = session.scalar(select(Household).where(Household.code == present_code(code))) if reaches_target else None
        if row is None:
            raise
    if not given.head_name.strip():
        raise BadInput("missing", "head_name")
    if folding.key(given.head_name) != folding.key(row.head_name):
        # One sentence for a wrong code and a wrong name: nothing is learnt of other towns' households.
        raise BadInput("head_name_wrong", "head_name", code=code[:64])
    return row


def _locked(
    session: Session, actor: Actor, code: str, given: FamilyInput, kind: HouseholdKind, village: Village | None
) -> tuple[Household, Household | None]:
    to = (given.to or "").strip() if kind.to == "household" else None
    if kind.code == "merged" and not to:
        raise BadInput("missing", "to")
    reaches = village is not None and (actor.role in COUNTY_WIDE or village.town_id == actor.unit_id)
    if to and kind.code == "merged":
        to = session.scalar(select(present_code(to))) or to
        reaches = _reaches(session, actor, to)
    found = find_leaving(session, actor, code, given, reaches)
    codes = [found.code, to] if to else [found.code]
    rows = session.scalars(
        select(Household)
        .where(Household.code.in_(codes))
        .order_by(Household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_code = {row.code: row for row in rows}
    home = by_code[found.code]
    if not to:
        return home, None
    target = by_code.get(to)
    if kind.code == "split":
        if target is not None and target.successor_id != home.id:
            raise BadInput("code_taken", "to", code=to[:64])
        return home, target
    if target is None or target.gone:
        raise BadInput("no_household_to_move_to", "to", code=to[:64])
    if target.id == home.id:
        raise BadInput("merges_with_itself", "to")
    return home, target


def _reaches(session: Session, actor: Actor, code: str) -> bool:
    try:
        find_household(session, actor, code)
    except NotFound:
        return False
    return True


def _village(session: Session, given: FamilyInput) -> Village:
    """The living village with this code, or the only one with this name.  Raises BadInput."""
    text = (given.to or "").strip()
    if not text:
        raise BadInput("missing", "to")
    same = or_(Village.code == text, Village.name == text)
    rows = session.scalars(select(Village).where(same, Village.ended_on.is_(None))).all()
    if len(rows) != 1:
        raise BadInput("village_ambiguous" if rows else "village_unknown", "to", village=text[:64])
    return rows[0]


def _check_split(session: Session, given: FamilyInput, found: Wanted) -> None:
    family = found.family
    found.leaving = chosen_members(given, family.living, family.former)
    if len(found.leaving) == len(family.living):
        raise BadInput("split_leaves_nobody", "members")
    if family.head in found.leaving:
        raise BadInput("pass_headship_first", "members")
    if len(found.leaving) > 1:
        heads = {row.id: row for row in found.leaving}
        if given.head is None:
            raise BadInput("missing", "head")
        if given.head not in heads:
            raise BadInput("no_such_member", "head")
        found.leaving = [heads.pop(given.head), *heads.values()]
    found.code = found.revived.code if found.revived else _new_code(session, found.home, (given.to or "").strip())
    by_number = {row.number: row for row in open_tickets(session, found.home)}
    unknown = [number for number in given.tickets if number not in by_number]
    if unknown:
        raise BadInput("no_such_open_ticket", "tickets", number=str(unknown[0])[:40])
    found.tickets = [by_number[number] for number in dict.fromkeys(given.tickets)]


def _new_code(session: Session, home: Household, text: str) -> str:
    """The code of the household that splits off; without one the household's own with the next number behind it."""
    if text:
        return _free_code(session, text)
    stem, taken = home.code[:60], set[str]()
    for column in (Household.code, FormerCode.code):
        taken |= set(session.scalars(select(column).where(column.startswith(f"{stem}-", autoescape=True))))
    return next(code for number in range(2, len(taken) + 3) if (code := f"{stem}-{number}") not in taken)


def _free_code(session: Session, text: str, home: Household | None = None) -> str:
    """A code that no household has or had, other than `home`.  Raises BadInput."""
    try:
        code = values.code(values.clean(text))
    except Faulty as error:
        raise BadInput("code_wrong", "to") from error
    holder = session.scalar(select(Household).where(Household.code == present_code(code)))
    if holder is not None and holder is not home:
        raise BadInput("code_taken" if holder.code == code else "code_was_anothers", "to", code=code, now=holder.code)
    return code


def _other_code(session: Session, home: Household, given: FamilyInput) -> str:
    """The code that a household is to have instead of its own.  Raises BadInput."""
    text = (given.to or "").strip()
    if not text:
        raise BadInput("missing", "to")
    code = _free_code(session, text, home)
    if code == home.code:
        raise BadInput("code_is_the_same", "to", code=code)
    return code


def _check_merger(session: Session, found: Wanted, today: date) -> None:
    """Nobody comes to have exited without the gate, and nobody becomes head in place of one who is known only by name."""
    assert found.target is not None
    if found.home.status in ON_REGISTER and found.target.status == "exited":
        raise BadInput("merges_into_exited", "to", code=found.target.code)
    if found.leaving:
        head = next((row for row in found.leaving if row.position == 1), found.leaving[0])
        check_head_known(read_family(session, found.target, today), head.name, "to")


def place_text(field: str, text: str) -> str:
    """A short text of a place or person, or nothing.  Raises BadInput."""
    return name_of(field, text, _LONGEST_PLACE) if text.strip() else ""
