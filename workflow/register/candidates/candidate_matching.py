"""Candidate matching: whether a family is on the register already, or reported already, by ID number and by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Candidate, CandidatePerson, Household, Member, Ticket
from models.household import GONE
from workflow import folding
from workflow.county.vault import Vault


class Named(Protocol):
    """A person by name and ID number (empty: none known), as submitted or checked."""

    @property
    def name(self) -> str: ...
    @property
    def id_number(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Match:
    """The household or the open candidate that a reported family is, and by what: `id_number` or `name`.

    `position`: the person by whom it was found, from 0.
    """

    by: str
    position: int
    household_id: int | None = None
    candidate_id: int | None = None


def find_match(session: Session, vault: Vault, people: Sequence[Named], village_id: int | None) -> Match | None:
    """The household of the register that the people are, else the open candidate; None for a family nobody knows.

    By ID number within the whole county, then by name within the village: the head's, or two people of one family.
    """
    numbers = [(at, vault.indexes(each.id_number)) for at, each in enumerate(people) if each.id_number]
    return (
        _registered_number(session, numbers)
        or _open_number(session, numbers)
        or (_registered_name(session, people, village_id) if village_id is not None else None)
        or (_open_name(session, people, village_id) if village_id is not None else None)
    )


def _registered_number(session: Session, numbers: Sequence[tuple[int, list[str]]]) -> Match | None:
    wanted = {index: at for at, indexes in numbers for index in indexes}
    query = select(Member.id_index, Member.household_id).where(Member.id_index.in_(wanted), Member.ends_on.is_(None))
    row = session.execute(query.order_by(Member.household_id).limit(1)).one_or_none() if wanted else None
    return Match("id_number", wanted[str(row[0])], household_id=row[1]) if row else None


def _open_number(session: Session, numbers: Sequence[tuple[int, list[str]]]) -> Match | None:
    wanted = {index: at for at, indexes in numbers for index in indexes}
    query = select(CandidatePerson.id_index, CandidatePerson.candidate_id).where(
        CandidatePerson.open, CandidatePerson.id_index.in_(wanted)
    )
    row = session.execute(query.limit(1)).one_or_none() if wanted else None
    return Match("id_number", wanted[str(row[0])], candidate_id=row[1]) if row else None


def _registered_name(session: Session, people: Sequence[Named], village_id: int) -> Match | None:
    """The village's households are compared by their folded names: a few hundred at most."""
    heads = session.execute(
        select(Household.id, Household.head_name, Member.id_index)
        .outerjoin(Member, (Member.household_id == Household.id) & (Member.position == 1))
        .where(Household.village_id == village_id, Household.status.not_in(GONE))
        .order_by(Household.id)
    )
    return next((Match("name", 0, household_id=row[0]) for row in heads if _is(people, row[1], row[2])), None)


def _open_name(session: Session, people: Sequence[Named], village_id: int) -> Match | None:
    heads = session.execute(
        select(Candidate.id, Candidate.head_name, CandidatePerson.id_index)
        .join(Ticket, Ticket.candidate_id == Candidate.id)
        .join(CandidatePerson, (CandidatePerson.candidate_id == Candidate.id) & (CandidatePerson.position == 1))
        .where(Ticket.in_village_id == village_id, Ticket.ended_at.is_(None))
        .order_by(Candidate.id)
    )
    return next((Match("name", 0, candidate_id=row[0]) for row in heads if _is(people, row[1], row[2])), None)


def _is(people: Sequence[Named], name: str, id_index: str | None) -> bool:
    """Whether the head has this name; two of one name with a number each are two people, or it was found by number."""
    head = people[0]
    return folding.key(head.name) == folding.key(name) and not (head.id_number and id_index)
