"""Person matching: matches the people of a file with those of the register within one household."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, User, Village
from workflow import folding
from workflow.county.vault import Vault, mask_id
from workflow.policy.counted_people import schooling_of
from workflow.register.cells.births import Birth, agree, closest
from workflow.register.importing.assembly import Incoming, Person

#: The columns of a person an import may write.
COLUMNS = (
    "position",
    "name",
    "relation",
    "id_sealed",
    "id_index",
    "id_masked",
    "sex",
    "born_on",
    "born_exact",
    "labour",
    "beyond_help",
    "schooling",
    "illness",
    "insured",
    "pension",
    "allowance",
)
_MOST = 5000
_FRESH: dict[str, Any] = {
    "relation": "",
    "born_exact": "day",
    "labour": "unknown",
    "beyond_help": False,
    "schooling": "",
    "illness": "",
}


class Owner(NamedTuple):
    """Where a person lives: the household's code and town, the person's row, and whether the person is head there."""

    code: str
    town_id: int
    member: int
    head: bool


@dataclass(slots=True)
class People:
    """New people, changed ones (with row id and compared values), and the changed columns.

    `tied`: a person of the file is known; `absent`: the number the file no longer names, with their labour, and
    `head_absent`: the head is among them; `count`: the new total.  `ended`: whom an undone import had added, with
    the columns of their end.
    """

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    before: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    moved: bool = False
    tied: bool = False
    absent: int = 0
    count: int = 0
    head_absent: bool = False
    absent_labour: list[str] = field(default_factory=list)
    ended: list[dict[str, Any]] = field(default_factory=list)


def merge_people(
    vault: Vault, incoming: Incoming, members: Sequence[Member], indexes: Sequence[Sequence[str]], last: int = 0
) -> People:
    """Match the living by ID number, else by name.  No person is removed; the head of the file moves to the first
    position.  `last`: the last position that anybody has, also who ended."""
    matches = _matched(incoming, members, indexes)
    people = People(absent=len(members) - len(matches), tied=bool(matches))
    people.count = len(members) + len(incoming.people) - len(matches)
    named = {member.id for member in matches.values()}
    left = [member for member in members if member.id not in named]
    people.head_absent = any(member.position == 1 for member in left)
    people.absent_labour = [member.labour for member in left]
    positions = _positions(incoming, last, matches)
    for number, (person, own) in enumerate(zip(incoming.people, indexes, strict=True)):
        member = matches.get(number)
        old = {name: getattr(member, name) if member else _FRESH.get(name) for name in COLUMNS}
        new = {**old, **person.said, "name": spelt(person.name, old["name"]), "position": positions[number]}
        new["sex"] = person.sex or old["sex"]
        new["born_on"], new["born_exact"] = _birth(person, member) or (old["born_on"], old["born_exact"])
        if person.id_number and old["id_index"] not in own:
            new["id_sealed"], new["id_index"] = vault.seal(person.id_number), own[0]
            new["id_masked"] = mask_id(person.id_number)
        if member is None:
            people.new.append(new)
            people.fields.add("new")
        else:
            _settle(people, member, old, new)
    return people


def heir_of(incoming: Incoming, members: Sequence[Member]) -> dict[str, int]:
    """As `heir`, the one member of this name whom the file has as head, where there is one and is not head already."""
    named = folding.key(incoming.people[0].name) if incoming.people else ""
    heirs = [row.id for row in members if row.position != 1 and folding.key(row.name) == named]
    return {"heir": heirs[0]} if len(heirs) == 1 else {}


def spelt(name: str, known: str | None) -> str:
    """The name as the register spells it, where the file only writes its interpunct or width in another way."""
    return known if known is not None and folding.name(known) == name else name


def born_of(member: Member) -> Birth | None:
    return Birth(member.born_on, member.born_exact) if member.born_on else None


def _birth(person: Person, member: Member | None) -> Birth | None:
    """The birth as the file has it; a closer one of the register stays where the two agree."""
    known = born_of(member) if member is not None else None
    return closest(known, person.born) if agree(known, person.born) else person.born


#: What figures about people read; an event records what it was before.
_COUNTED = ("position", "born_on", "labour", "beyond_help", "insured", "pension", "allowance")


def people_before(people: People) -> dict[str, Any]:
    """What counted facts of the people were before a change, by their ids, and the positions of those added: codes and
    days, so that figures of an earlier moment can be proved; empty where no counted fact changes."""
    was: dict[str, dict[str, Any]] = {}
    for row in people.changed:
        before = dict(zip(COLUMNS, people.before[row["id"]], strict=True))
        facts = {name: _plain(before[name]) for name in _COUNTED if before[name] != row[name]}
        schools = [schooling_of(each["schooling"]) for each in (before, row)]
        if facts or schools[0] != schools[1]:
            was[str(row["id"])] = facts | ({"schooling": schools[0]} if schools[0] != schools[1] else {})
    for row in people.ended:
        was.setdefault(str(row["id"]), {}).update(begins_on=None, ends_on=None)
    new = [row["position"] for row in people.new]
    return {"new": new, "was": was} if new or was else {}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _settle(people: People, member: Member, old: dict[str, Any], new: dict[str, Any]) -> None:
    changed = {name for name in COLUMNS if new[name] != old[name]}
    if changed:
        people.changed.append({"id": member.id, **new})
        people.before[member.id] = tuple(old[name] for name in COLUMNS)
        people.fields |= changed
        people.moved = people.moved or "position" in changed


def _matched(incoming: Incoming, members: Sequence[Member], indexes: Sequence[Sequence[str]]) -> dict[int, Member]:
    """Number of the incoming person → the matching person of the register."""
    matches: dict[int, Member] = {}
    left = {member.id: member for member in members}
    by_index = {member.id_index: member for member in members if member.id_index}
    for number, own in enumerate(indexes):
        member = next((by_index[index] for index in own if index in by_index), None)
        if member is not None and member.id in left:
            matches[number] = left.pop(member.id)
    for number, person in enumerate(incoming.people):
        if number not in matches:
            heads = number == 0 and not incoming.headless
            alike = [member for member in left.values() if _same_person(person, member, heads)]
            if alike:
                matches[number] = left.pop(alike[0].id)
    return matches


def _same_person(person: Person, member: Member, heads: bool) -> bool:
    """The same name without a contradicting birth: an ID number was added or corrected.

    For a head the name is enough, since the code agrees.
    """
    if folding.key(person.name) != folding.key(member.name):
        return False
    return agree(person.born, born_of(member)) or (heads and member.position == 1)


def _positions(incoming: Incoming, last: int, matches: dict[int, Member]) -> list[int]:
    """The head first; known people keep their position, new ones follow."""
    positions = []
    for number, _ in enumerate(incoming.people):
        member = matches.get(number)
        if number == 0 and not incoming.headless:
            positions.append(1)
        elif member is not None and (member.position != 1 or incoming.headless):
            positions.append(member.position)
        else:
            last = max(last, 1) + 1
            positions.append(last)
    return positions


def all_of_one(found: Sequence[Owner | None], indexes: Sequence[Sequence[str]], named: Container[str]) -> bool:
    """Whether all people of a household who have a number live in one other, whose code is not among the `named`."""
    homes = {owner.code if owner else "" for owner, own in zip(found, indexes, strict=True) if own}
    return len(homes) == 1 and "" not in homes and not any(code in named for code in homes)


def owners_of(session: Session, indexes: Sequence[str]) -> dict[str, Owner]:
    """Keyed hash of an ID number → where the person lives."""
    owners: dict[str, Owner] = {}
    for start in range(0, len(indexes), _MOST):
        query = (
            select(Member.id_index, Household.code, Village.town_id, Member.id, Member.position == 1)
            .join(Household, Household.id == Member.household_id)
            .join(Village, Village.id == Household.village_id)
            .where(Member.id_index.in_(indexes[start : start + _MOST]), Member.ends_on.is_(None))
        )
        rows = session.execute(query)
        owners.update((row[0], Owner(*row[1:])) for row in rows if row[0] is not None)
    return owners


def cadres_by_name(session: Session) -> dict[tuple[int, str], int]:
    """The accounts of villages and towns by town and name, where one name is one account."""
    rows = session.execute(
        select(User.unit_id, User.display_name, User.id).where(User.role.in_(("village", "town")), User.active)
    ).all()
    alike = Counter((unit_id, name) for unit_id, name, _ in rows)
    return {(unit_id, name): user_id for unit_id, name, user_id in rows if unit_id and alike[(unit_id, name)] == 1}


def same_family(incoming: Incoming, people: People, row: Household, members: Sequence[Member]) -> bool:
    """Whether the code still means the same family: at least one person matches.

    For a household without known people the village must match.
    """
    if people.tied or incoming.headless or folding.key(incoming.people[0].name) == folding.key(row.head_name):
        return True
    return not members and row.village_id == incoming.place.id
