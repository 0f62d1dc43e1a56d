"""Household assembly: builds one household from its checked rows, and finds contradictions between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workflow.folding import key
from workflow.policy.counted_people import labour_of
from workflow.register.cells.births import Birth, agree
from workflow.register.cells.columns import Layout
from workflow.register.cells.values import HEADS, plain
from workflow.register.importing.place_names import Place
from workflow.register.importing.rows import OF_HOUSEHOLD, OF_PERSON, Row, RowNumber


@dataclass(slots=True)
class Person:
    """One person of the file; `said` holds only the given values."""

    name: str
    id_number: str | None
    sex: str | None
    born: Birth | None
    said: dict[str, Any]
    row: Row


@dataclass(slots=True)
class Incoming:
    """One household of the file; its head comes first, unless the head it names has ended (`headless`)."""

    code: str
    rows: list[Row]
    place: Place
    said: dict[str, Any]
    people: list[Person]
    headless: bool = False

    @property
    def head(self) -> Person | None:
        return None if self.headless else self.people[0]

    @property
    def first(self) -> Row:
        """The row at which faults and notices about the household are given."""
        return self.people[0].row if self.people else self.rows[0]


#: ID number without its check character, or the number of another document → the row it first appeared in.
SeenIds = dict[int | str, RowNumber]


def assemble(rows: Sequence[Row], layout: Layout, seen: SeenIds) -> Incoming | None:
    """The household of these rows, which have one code; None when any of them is faulty.

    A household is accepted whole or not at all: the other rows of a refused one name the faulty row.  Of its people only
    one whose name cannot be read is left out, and counts.
    """
    _share_place(rows)
    _look_for_repeated_ids(rows, seen)
    head = _head_of_people(rows, layout) if layout.by_person else _only_row(rows)
    again = _take_together(rows, head) if layout.by_person and head is not None else ()
    if head is not None and "id_number" in layout.columns:
        _note_missing_id(head)
    nameless = _leave_out_nameless(rows, head) if layout.by_person else ()
    if any(row.faults for row in rows):
        if not is_asked(rows):
            tell_companions(rows)
        return None
    assert head is not None
    village = head.place
    assert village is not None
    ordered = [head, *(row for row in rows if row is not head and row not in nameless and row not in again)]
    said = {name: row.said[name] for name in OF_HOUSEHOLD for row in reversed(ordered) if name in row.said}
    people = [_assemble_person(row, layout) for row in ordered]
    if layout.by_person:
        if "people" not in layout.columns:
            said["people"] = len(rows) - len(again)
        named = len(rows) - len(again)
        # The number may be without those whom the file itself calls dead or gone; they are taken from it later.
        if named - sum(row.gone for row in ordered) <= said.get("people", named) < named:
            said["people"] = named
        if said.get("people", named) != named:
            head.fault("people_differs", "people", said=said["people"], rows=named)
            tell_companions(rows)
            return None
        labour = labour_of(person.said.get("labour", "unknown") for person in people)
        # Of people whose ability is not known the household's labour force is not derived.
        if labour != "unknown":
            said["labour"] = labour
    elif "labour" in head.said:
        said["labour"] = people[0].said.pop("labour")
    return Incoming(head.code, list(rows), village, said, people)


def _share_place(rows: Sequence[Row]) -> None:
    """Give rows without town and village those of the household: whoever lists a family writes them once."""
    place = next((row.place for row in rows if row.place is not None), None)
    asked = any(fault.field == "village" and fault.code in ASKING for row in rows for fault in row.faults)
    for row in rows:
        codes = {fault.code for fault in row.faults}
        elsewhere = place is not None and row.said.get("town", place.town_id) != place.town_id
        if "village_missing" not in codes or elsewhere or (place is None and not asked):
            continue
        row.faults = [fault for fault in row.faults if fault.code not in ("village_missing", "town_missing")]
        if place is not None:
            row.said["village"] = place


#: Faults that ask what happened in a family or which village is meant: once that is recorded, the same file is taken.
ASKING = (
    *("village_asked", "village_several", "village_of_sheet", "head_asked", "moved_asked", "gone_asked"),
    *("id_elsewhere", "id_in_other_town", "ended_asked"),
)


def is_asked(rows: Sequence[Row]) -> bool:
    """Whether a household is asked about: it has faults, and all of them ask."""
    codes = {fault.code for row in rows for fault in row.faults}
    return bool(codes) and codes <= set(ASKING)


def tell_companions(rows: Sequence[Row]) -> None:
    """Name the faulty row on the other rows of a refused household."""
    first = next(row for row in rows if row.faults)
    for row in rows:
        if not row.faults:
            row.fault("companion", "code", row=first.number)


def _look_for_repeated_ids(rows: Sequence[Row], seen: SeenIds) -> None:
    for row in rows:
        if (id_number := row.number_of) is not None:
            number = id_number.number
            first = seen.setdefault(int(number[:17]) if len(number) == 18 else number, row.number)
            if first != row.number:
                row.fault("id_twice", "id_number", row=first)


def _note_missing_id(head: Row) -> None:
    """A head should have an ID number; a small child of the household may not have one yet."""
    if "id_number" not in head.said and not any(note.field == "id_number" for note in head.notes):
        head.leave_out("id_missing", "id_number")


def _leave_out_nameless(rows: Sequence[Row], head: Row | None) -> list[Row]:
    """The rows of members whose name is missing or no name: named, and left out where nothing else is wrong."""
    nameless = [
        row for row in rows if head is not None and row is not head and [f.field for f in row.faults] == ["name"]
    ]
    for row in nameless:
        fault = row.faults.pop()
        row.leave_out(fault.code, fault.field, **fault.params)
    return nameless


def _take_together(rows: Sequence[Row], head: Row) -> list[Row]:
    """The rows that name a person of the household once more, with nothing that tells two people apart: what such a row
    adds is taken into the person's other one, and it is named.

    Where the household states as many people as it has rows, they are people of one name.
    """
    if any(row.faults or row.said.get("people") == len(rows) for row in rows):
        return []
    # The head's row and those with a number come first, so that a person's last row is the one that says least.
    kept, again = list[Row](), list[Row]()
    for row in sorted(rows, key=lambda row: (row is not head, row.number_of is None)):
        same = next((each for each in kept if _one_person(each, row, head)), None)
        if same is None:
            kept.append(row)
            continue
        same.said = {**row.said, **same.said}
        row.leave_out("person_twice", "name", row=same.number)
        again.append(row)
    return again


def _one_person(one: Row, other: Row, head: Row) -> bool:
    """Whether two rows have one name, and neither numbers, nor births, nor what they are to the head tell them apart."""
    if "name" not in one.said or "name" not in other.said or key(one.said["name"]) != key(other.said["name"]):
        return False
    related = {row.said.get("relation") for row in (one, other)} - {None}
    return (
        (one.number_of is None or other.number_of is None)
        and agree(_birth_of(one), _birth_of(other))
        and (one is head or len(related) < 2)
    )


def _birth_of(row: Row) -> Birth | None:
    id_number = row.number_of
    return Birth(id_number.born_on, "day") if id_number and id_number.born_on else row.said.get("born_on")


def _only_row(rows: Sequence[Row]) -> Row:
    """The one row of a household; a second one with its code is a fault, whatever else it says."""
    first = rows[0]
    for row in rows[1:]:
        if key(row.said.get("head", "")) != key(first.said.get("head", "")):
            row.fault("code_other_head", "code", row=first.number)
        elif row.place is not None and first.place is not None and row.place is not first.place:
            row.fault("code_other_village", "code", row=first.number)
        else:
            row.fault("code_twice", "code", row=first.number)
    return first


def _head_of_people(rows: Sequence[Row], layout: Layout) -> Row | None:
    _look_for_contradictions(rows)
    heads, field = [row for row in rows if plain(row.said.get("relation", "")) in HEADS], "relation"
    named = next((row.said["head"] for row in rows if "head" in row.said), None)
    if not heads and "head" in layout.columns:
        # The head's name need not stand beside everybody: exports merge these cells.
        field = field if "relation" in layout.columns and named is None else "head"
        heads = [row for row in rows if named is not None and key(row.said.get("name", "")) == key(named)]
    for row in heads[1:]:
        row.fault("two_heads", field, row=heads[0].number)
    if not heads:
        _miss_head(rows, layout, field)
    return heads[0] if heads else None


def _miss_head(rows: Sequence[Row], layout: Layout, field: str) -> None:
    # Where a relation or a name is missing or unreadable, that is the fault; it may be the head's.
    if "relation" in layout.columns and field == "relation":
        silent = [row for row in rows if "relation" not in row.said]
        for row in silent:
            row.fault("relation_missing", "relation")
        if silent:
            return
    told = field == "relation" or all("name" in row.said for row in rows)
    if told and not any(fault.field == field for row in rows for fault in row.faults):
        rows[0].fault("no_head", field)


def _look_for_contradictions(rows: Sequence[Row]) -> None:
    """Rows of one code with another head or village than the first."""
    by_head = next((row for row in rows if "head" in row.said), None)
    placed = next((row for row in rows if row.place is not None), None)
    for row in rows:
        if by_head is not None and key(row.said.get("head", by_head.said["head"])) != key(by_head.said["head"]):
            row.fault("code_other_head", "code", row=by_head.number)
        elif placed is not None and row.place is not None and row.place is not placed.place:
            row.fault("code_other_village", "code", row=placed.number)


def _assemble_person(row: Row, layout: Layout) -> Person:
    id_number = row.number_of
    said = {name: row.said[name] for name in OF_PERSON if name in row.said}
    if not layout.by_person:
        said.setdefault("relation", "户主")
    return Person(
        name=row.said["name" if layout.by_person else "head"],
        id_number=id_number.number if id_number else None,
        sex=(id_number.sex if id_number else None) or row.said.get("sex"),
        born=_birth_of(row),
        said=said,
        row=row,
    )
