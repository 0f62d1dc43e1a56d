"""The people of one household: who of the file is who of the register, and what is to be written of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models import Member
from workflow.county.vault import Vault, mask_id
from workflow.register.importing.assembly import Incoming, Person

#: What an import may write of a person.
COLUMNS = (
    "position",
    "name",
    "relation",
    "id_sealed",
    "id_index",
    "id_masked",
    "sex",
    "born_on",
    "labour",
    "beyond_help",
    "schooling",
    "illness",
    "insured",
    "pension",
    "allowance",
)
_FRESH: dict[str, Any] = {"relation": "", "labour": "unknown", "beyond_help": False, "schooling": "", "illness": ""}


@dataclass(slots=True)
class People:
    """New people, changed ones (with their row id, and what they were compared with), and what of them changed.

    `tied`: somebody of the file is known; `absent`: how many the file no longer names; `count`: how many there will
    be.
    """

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    before: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    moved: bool = False
    tied: bool = False
    absent: int = 0
    count: int = 0


def merge_people(
    vault: Vault, incoming: Incoming, members: Sequence[Member], indexes: Sequence[Sequence[str]]
) -> People:
    """Who is who: by ID number, else by name.  Nobody is taken out; the head of the file comes to stand first."""
    found = _matched(incoming, members, indexes)
    people = People(absent=len(members) - len(found), tied=bool(found))
    people.count = len(members) + len(incoming.people) - len(found)
    positions = _positions(incoming, members, found)
    for number, (person, own) in enumerate(zip(incoming.people, indexes, strict=True)):
        member = found.get(number)
        old = {name: getattr(member, name) if member else _FRESH.get(name) for name in COLUMNS}
        new = {**old, **person.said, "name": person.name, "position": positions[number]}
        new["sex"], new["born_on"] = person.sex or old["sex"], person.born_on or old["born_on"]
        if person.id_number and old["id_index"] not in own:
            new["id_sealed"], new["id_index"] = vault.seal(person.id_number), own[0]
            new["id_masked"] = mask_id(person.id_number)
        if member is None:
            people.new.append(new)
            people.fields.add("new")
        else:
            _settle(people, member, old, new)
    _make_room(people, incoming, members, found, positions)
    return people


def _settle(people: People, member: Member, old: dict[str, Any], new: dict[str, Any]) -> None:
    changed = {name for name in COLUMNS if new[name] != old[name]}
    if changed:
        people.changed.append({"id": member.id, **new})
        people.before[member.id] = tuple(old[name] for name in COLUMNS)
        people.fields |= changed
        people.moved = people.moved or "position" in changed


def _matched(incoming: Incoming, members: Sequence[Member], indexes: Sequence[Sequence[str]]) -> dict[int, Member]:
    """Number of the incoming person → who that is in the register."""
    found: dict[int, Member] = {}
    left = {member.id: member for member in members}
    by_index = {member.id_index: member for member in members if member.id_index}
    for number, own in enumerate(indexes):
        member = next((by_index[index] for index in own if index in by_index), None)
        if member is not None and member.id in left:
            found[number] = left.pop(member.id)
    for number, person in enumerate(incoming.people):
        if number not in found:
            alike = [member for member in left.values() if _alike(person, member, number == 0)]
            if alike:
                found[number] = left.pop(alike[0].id)
    return found


def _alike(person: Person, member: Member, heads: bool) -> bool:
    """The same name, and nothing of the birth against it: an ID number was added or put right.

    Of a head the name is enough: the code says the same already.
    """
    if person.name != member.name:
        return False
    births = {person.born_on, member.born_on} - {None}
    return len(births) < 2 or (heads and member.position == 1)


def _positions(incoming: Incoming, members: Sequence[Member], found: dict[int, Member]) -> list[int]:
    """The head first; who is known keeps their place, who is new comes behind."""
    last = max((member.position for member in members), default=0)
    positions = []
    for number, _ in enumerate(incoming.people):
        member = found.get(number)
        if number == 0:
            positions.append(1)
        elif member is not None and member.position != 1:
            positions.append(member.position)
        else:
            last = max(last, 1) + 1
            positions.append(last)
    return positions


def _make_room(
    people: People, incoming: Incoming, members: Sequence[Member], found: dict[int, Member], positions: Sequence[int]
) -> None:
    """Whoever stood first and is not named any more makes room for the new head."""
    first = next((member for member in members if member.position == 1), None)
    if first is None or any(member is first for member in found.values()):
        return
    taken = max(*positions, *(member.position for member in members))
    old = {name: getattr(first, name) for name in COLUMNS}
    people.changed.append({"id": first.id, **old, "position": taken + 1})
    people.before[first.id] = tuple(old.values())
    people.fields.add("position")
    people.moved = True
