"""List matching: whose household each line of a list is, by ID number in the whole county, else by name in its village.

A line is a `check` of one household, of a family that nobody knows (`unknown`), `asked` where people have to say which is
meant, or left out.  Names and places are compared as everywhere (`folding`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Household, Member, Village
from models.household import GONE
from workflow import folding
from workflow.citizen_id import Faulty
from workflow.county.vault import Vault
from workflow.register.bulk_lists.list_sheet import ListLine
from workflow.register.importing.place_names import Place, Places, read_places

_MOST = 5000


@dataclass(frozen=True, slots=True)
class Matched:
    """A line with what it means: `outcome` is check, unknown, asked or left_out; `why` a code of the question or reason.

    `household_id` is of a check; `place` the village the line names, where the county has it.
    """

    line: ListLine
    outcome: str
    why: str = ""
    household_id: int | None = None
    town_id: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class _Home:
    id: int
    village_id: int
    town_id: int
    gone: bool


@dataclass(frozen=True, slots=True)
class _Person:
    home: _Home
    name: str
    id_index: str | None


def match_lines(session: Session, vault: Vault, lines: Sequence[ListLine]) -> list[Matched]:
    """What each line means, in their order.  Reads only."""
    places = read_places(session)
    indexes = [vault.indexes(line.id_number) if line.id_number else [] for line in lines]
    by_number = _by_number(session, [index for own in indexes for index in own])
    placed = [place_of(places, line) for line in lines]
    # Only of lines whom no number finds the names are looked at: a village has a thousand people.
    named = [place for own, place in zip(indexes, placed, strict=True) if not any(each in by_number for each in own)]
    by_village = _by_village(session, {place.id for place in named if place is not None and place.id is not None})
    found: list[Matched] = []
    for line, own, place in zip(lines, indexes, placed, strict=True):
        if line.fault:
            found.append(Matched(line, "left_out", line.fault))
            continue
        person = next((by_number[index] for index in own if index in by_number), None)
        if person is not None:
            found.append(_of_number(line, person, place))
        elif place is None:
            found.append(Matched(line, "asked", "list_village"))
        else:
            found.append(_of_name(line, place, by_village.get(place.id or 0, ()), bool(own)))
    return found


def _of_number(line: ListLine, person: _Person, place: Place | None) -> Matched:
    home = person.home
    if home.gone:
        return Matched(line, "left_out", "list_gone", town_id=home.town_id, place=place)
    if folding.key(line.name) != folding.key(person.name):
        return Matched(line, "asked", "list_name_differs", home.id, home.town_id, place)
    return Matched(line, "check", "", home.id, home.town_id, place)


def _of_name(line: ListLine, place: Place, people: Iterable[_Person], numbered: bool) -> Matched:
    """By the names of the person and of the head; two people of one name with a number each are not the same person."""
    wanted = {folding.key(name) for name in (line.name, line.head) if name}
    alike = [each for each in people if folding.key(each.name) in wanted and not each.home.gone]
    homes = {each.home.id: each.home for each in alike}
    if line.head and len(homes) > 1:
        # Both are named: the family in which both live.
        both = [home for home in homes if wanted <= {folding.key(each.name) for each in alike if each.home.id == home}]
        homes = {both[0]: homes[both[0]]} if len(both) == 1 else homes
    if not homes:
        return Matched(line, "unknown", "", None, place.town_id, place)
    if len(homes) > 1:
        return Matched(line, "asked", "list_several", None, place.town_id, place)
    (home,) = homes.values()
    own = [each for each in alike if folding.key(each.name) == folding.key(line.name)]
    if numbered and own and all(each.id_index for each in own):
        return Matched(line, "asked", "list_number_differs", home.id, place.town_id, place)
    return Matched(line, "check", "", home.id, place.town_id, place)


def place_of(places: Places, line: ListLine) -> Place | None:
    """The village of the county that the line names; None where there is none, or more than one."""
    try:
        town = places.town(line.town) if line.town else None
        place = places.village(line.village, town, add=False) if line.village else None
    except Faulty:
        return None
    return place if place is not None and place.id is not None else None


def _by_number(session: Session, indexes: Sequence[str]) -> Mapping[str, _Person]:
    found: dict[str, _Person] = {}
    for start in range(0, len(indexes), _MOST):
        query = _people().where(Member.id_index.in_(indexes[start : start + _MOST]))
        found |= {row.id_index: _person(row) for row in session.execute(query) if row.id_index}
    return found


def _by_village(session: Session, villages: Iterable[int]) -> Mapping[int, list[_Person]]:
    """The living people of these villages, and the heads of households of which the register knows nobody."""
    ids, found = sorted(villages), dict[int, list[_Person]]()
    for start in range(0, len(ids), 200):
        some = ids[start : start + 200]
        for row in session.execute(_people().where(Household.village_id.in_(some))):
            found.setdefault(row.village_id, []).append(_person(row))
        heads = (
            select(
                Household.id, Household.village_id, Village.town_id, Household.status, Household.head_name.label("name")
            )
            .join(Village, Village.id == Household.village_id)
            .where(
                Household.village_id.in_(some),
                ~select(Member.id).where(Member.household_id == Household.id).exists(),
            )
        )
        for row in session.execute(heads):
            home = _Home(row.id, row.village_id, row.town_id, row.status in GONE)
            found.setdefault(row.village_id, []).append(_Person(home, row.name, None))
    return found


def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(Household.id, Household.village_id, Village.town_id, Household.status, Member.name, Member.id_index)
        .join(Member, Member.household_id == Household.id)
        .join(Village, Village.id == Household.village_id)
        .where(Member.ends_on.is_(None))
        .order_by(Household.id, Member.position)
    )


def _person(row: Any) -> _Person:
    return _Person(_Home(row.id, row.village_id, row.town_id, row.status in GONE), row.name, row.id_index)
