"""Candidate matching: whether a family is on the register already, or reported already, by ID number and by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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


#: A family to be found: its people, the head first, and the village it lives in, if that is known.
Family = tuple[Sequence[Named], int | None]
#: Ids by village and folded name of the head, each with whether its ID number is known.
_Heads = dict[tuple[int, str], list[tuple[int, bool]]]


def find_match(session: Session, vault: Vault, people: Sequence[Named], village_id: int | None) -> Match | None:
    """The household of the register that the people are, else the open candidate; None for a family nobody knows."""
    return KnownFamilies(session, vault, [(people, village_id)]).match(people, village_id)


class KnownFamilies:
    """What register and open candidates hold of some families, read at once with four queries for all of them.

    A family is found by ID number within the whole county, then by name within the village: its head's.
    """

    def __init__(self, session: Session, vault: Vault, families: Iterable[Family]) -> None:
        self._vault = vault
        wanted = list(families)
        indexes = {index for people, _ in wanted for each in people for index in self._indexes(each)}
        villages = sorted({village for _, village in wanted if village is not None})
        self._registered, self._open = _registered_numbers(session, indexes), _open_numbers(session, indexes)
        self._homes, self._reported = _registered_heads(session, villages), _open_heads(session, villages)

    def match(self, people: Sequence[Named], village_id: int | None) -> Match | None:
        """The household or open candidate that the people are; they must be among the families this was made for."""
        numbers = {index: at for at, each in enumerate(people) for index in self._indexes(each)}
        if found := self._by_number(numbers, self._registered):
            return Match("id_number", found[1], household_id=found[0])
        if found := self._by_number(numbers, self._open):
            return Match("id_number", found[1], candidate_id=found[0])
        if village_id is None:
            return None
        if (home := _by_name(people[0], village_id, self._homes)) is not None:
            return Match("name", 0, household_id=home)
        if (reported := _by_name(people[0], village_id, self._reported)) is not None:
            return Match("name", 0, candidate_id=reported)
        return None

    def add(self, candidate_id: int, people: Sequence[Named], village_id: int) -> None:
        """Know a family that was reported meanwhile."""
        for each in people:
            self._open.update(dict.fromkeys(self._indexes(each), candidate_id))
        heads = self._reported.setdefault((village_id, folding.key(people[0].name)), [])
        heads.append((candidate_id, bool(people[0].id_number)))

    def _indexes(self, person: Named) -> list[str]:
        return self._vault.indexes(person.id_number) if person.id_number else []

    @staticmethod
    def _by_number(numbers: dict[str, int], known: dict[str, int]) -> tuple[int, int] | None:
        return min(((known[index], at) for index, at in numbers.items() if index in known), default=None)


def _by_name(head: Named, village_id: int, known: _Heads) -> int | None:
    """Two of one name with a number each are two people, or would have been found by number."""
    found = known.get((village_id, folding.key(head.name)), ())
    return next((row_id for row_id, numbered in found if not (head.id_number and numbered)), None)


def _registered_numbers(session: Session, indexes: Iterable[str]) -> dict[str, int]:
    wanted = sorted(indexes)
    query = select(Member.id_index, Member.household_id).where(Member.id_index.in_(wanted), Member.ends_on.is_(None))
    return {str(index): home for index, home in session.execute(query)} if wanted else {}


def _open_numbers(session: Session, indexes: Iterable[str]) -> dict[str, int]:
    wanted = sorted(indexes)
    query = select(CandidatePerson.id_index, CandidatePerson.candidate_id).where(
        CandidatePerson.open, CandidatePerson.id_index.in_(wanted)
    )
    return {str(index): candidate for index, candidate in session.execute(query)} if wanted else {}


def _registered_heads(session: Session, villages: Sequence[int]) -> _Heads:
    """A village has a few hundred households at most."""
    query = (
        select(Household.village_id, Household.id, Household.head_name, Member.id_index)
        .outerjoin(Member, (Member.household_id == Household.id) & (Member.position == 1))
        .where(Household.village_id.in_(villages), Household.status.not_in(GONE))
        .order_by(Household.id)
    )
    return _heads(session.execute(query) if villages else ())


def _open_heads(session: Session, villages: Sequence[int]) -> _Heads:
    query = (
        select(Ticket.in_village_id, Candidate.id, Candidate.head_name, CandidatePerson.id_index)
        .join(Ticket, Ticket.candidate_id == Candidate.id)
        .join(CandidatePerson, (CandidatePerson.candidate_id == Candidate.id) & (CandidatePerson.position == 1))
        .where(Ticket.in_village_id.in_(villages), Ticket.ended_at.is_(None))
        .order_by(Candidate.id)
    )
    return _heads(session.execute(query) if villages else ())


def _heads(rows: Iterable[Any]) -> _Heads:
    heads: _Heads = {}
    for village, row_id, name, index in rows:
        heads.setdefault((village, folding.key(name)), []).append((row_id, index is not None))
    return heads
