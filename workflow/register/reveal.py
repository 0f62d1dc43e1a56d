"""Reveal: shows personal data in full to those who may see it, on a ground, with an event for every view.

Allowed are the household's own town and the unit responsible for an open ticket of it, not the village, which knows its
people, and not the office, which rules and counts.  Searching by ID number or phone is for the register's own roles,
exact only, and every hit is an event as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, Ticket, Village
from models.former_code import present_code
from workflow.actors import Actor
from workflow.citizen_id import Faulty, check_id, check_phone
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.history import event_log
from workflow.history.grounds import OF_NUMBERS
from workflow.inputs import remark_of, statement_of
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.redaction import masked
from workflow.register import household_listing
from workflow.tickets.visibility import masks_names

_FINDERS = ("office", "town", "village")


@dataclass(frozen=True, slots=True)
class Person:
    """One member as a page shows them; `born` is the year.

    `id_number` is masked unless revealed; None where unknown, and for readers of masked names.
    """

    position: int
    name: str
    relation: str
    sex: str | None
    born: int | None
    labour: str
    id_number: str | None


@dataclass(frozen=True, slots=True)
class People:
    """The people of one household.  Iterates over its members."""

    code: str
    members: list[Person]
    phone: str | None
    address: str
    may_reveal: bool
    revealed: bool

    def __iter__(self) -> Iterator[Person]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)


def may_reveal(session: Session, actor: Actor, household: Household) -> bool:
    """Whether the actor's unit is the household's own town, or responsible for an open ticket of it."""
    if actor.unit_id is None:
        return False
    if actor.role == "town" and session.scalar(select(Village.town_id).where(Village.id == household.village_id)) == (
        actor.unit_id
    ):
        return True
    if actor.role not in ("town", "bureau", "office"):
        return False
    return (
        session.scalar(
            select(Ticket.id)
            .where(Ticket.household_id == household.id, Ticket.ended_at.is_(None), Ticket.lead_unit_id == actor.unit_id)
            .limit(1)
        )
        is not None
    )


def people_of(
    session: Session, actor: Actor, vault: Vault, household: Household, on: date, reveal: bool = False
) -> People:
    """The members of a visible household living on a day, with ID numbers and phone masked; in full with `reveal`.

    Only `reveal_people` passes `reveal`: it checks the right and writes the event.
    """
    hide = masks_names(actor)
    rows = session.scalars(select(Member).where(Member.household_id == household.id).order_by(Member.position))
    members = [
        Person(
            position=row.position,
            name=masked(row.name) if hide else row.name,
            relation=row.relation,
            sex=row.sex,
            born=row.born_on.year if row.born_on and not hide else None,
            labour=row.labour,
            id_number=vault.open(row.id_sealed) if reveal and row.id_sealed else None if hide else row.id_masked,
        )
        for row in rows
        if counted(row, on)
    ]
    phone = None if hide else household.phone_masked
    return People(
        code=household.code,
        members=members,
        phone=vault.open(household.phone_sealed) if reveal and household.phone_sealed else phone,
        address="" if hide else household.address,
        may_reveal=may_reveal(session, actor, household),
        revealed=reveal,
    )


def reveal_people(
    session: Session, actor: Actor, vault: Vault, code: str, now: datetime, *, ground: str, note: str = ""
) -> People:
    """The people of a household in full, with an event on the household's chain: viewer, moment and ground.

    Raises NotFound, NotAllowed, or BadInput without a ground of OF_NUMBERS (`other` needs a note).
    """
    household = session.scalars(
        select(Household)
        .where(Household.code == present_code(code), household_listing.in_sight(actor))
        .with_for_update()
    ).one_or_none()
    if household is None:
        raise NotFound("no_such_household", code=code[:64])
    if not may_reveal(session, actor, household):
        raise NotAllowed("may_not_reveal")
    if ground not in OF_NUMBERS:
        raise BadInput("look_without_ground", "ground")
    # A ground of the list says why; “other” says nothing without its words.
    words = statement_of("note", note) if ground == "other" else remark_of("note", note) if note.strip() else ""
    shown = people_of(session, actor, vault, household, local_date(now), reveal=True)
    count = sum(person.id_number is not None for person in shown)
    event_log.of(session, household, actor, now).append(
        "reveal",
        {"ground": ground, "id_numbers": count},
        private={"note": words} if words else None,
        notify=False,
    )
    return shown


def number_in(text: str, today: date) -> tuple[str, str] | None:
    """Whether a search text is an ID number or a phone: the kind (`id_number`, `phone`) and its canonical form."""
    try:
        return "id_number", check_id(text, today).number
    except Faulty:
        pass
    try:
        number = check_phone(text)
    except Faulty:
        return None
    # A number with another beginning is more likely the code of a household or ticket than a phone.
    is_phone = (len(number) == 11 and number.startswith("1")) or (len(number) >= 10 and number.startswith("0"))
    return ("phone", number) if is_phone else None


def find_by_number(
    session: Session, actor: Actor, vault: Vault, kind: str, number: str, now: datetime
) -> list[household_listing.HouseholdLine]:
    """The households with this ID number or phone in the actor's sight; each hit is an event.

    Empty for roles without this search, as for an unknown number.
    """
    if actor.role not in _FINDERS:
        return []
    keys = vault.indexes(number)
    if kind == "phone":
        holds = Household.phone_index.in_(keys)
    else:
        holds = Household.id.in_(select(Member.household_id).where(Member.id_index.in_(keys)))
    rows = session.execute(select(Household.id, Household.code).where(household_listing.in_sight(actor), holds)).all()
    for household_id, _ in rows:
        chain = event_log.of(session, ("household", household_id), actor, now)
        chain.append("find_by_number", {"by": kind}, notify=False)
    return [
        household_listing.find_household(session, actor, code)
        for _, code in sorted(rows, key=lambda row: str(row.code))
    ]
