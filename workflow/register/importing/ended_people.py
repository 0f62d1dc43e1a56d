"""Ended people in a file: whom a file still names although the register knows that they died or left.

They are left out of the household and named by their row; everything else of the household is taken.  An import lets
nobody end and nobody begin again: what happened in a family is recorded on the household's page.  Only what an import had
entered and its undoing took back may be entered again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, HouseholdErasure, Member
from workflow.folding import key
from workflow.policy.counted_people import labour_of, never_counted
from workflow.register.cells.births import agree
from workflow.register.importing.assembly import Incoming, Person, is_asked, tell_companions
from workflow.register.importing.matching import born_of


def without_ended(
    incoming: Incoming,
    indexes: Sequence[list[str]],
    living: Sequence[Member],
    former: Sequence[Member],
    by_person: bool,
) -> tuple[Incoming, list[list[str]], list[Person]]:
    """The household of the file without those who ended, their hashes likewise, and those who were left out."""
    kept: list[tuple[Person, list[str]]] = []
    left_out: list[tuple[Person, list[str]]] = []
    for person, own in zip(incoming.people, indexes, strict=True):
        ended = any(_is(person, own, row) for row in former) or person.row.gone
        ended = ended and not any(_is(person, own, row) for row in living)
        (left_out if ended else kept).append((person, own))
    if not left_out:
        return incoming, list(indexes), []
    # Of a family of which nobody is left the file says nothing any more.
    said = dict(incoming.said) if kept else {}
    if by_person and kept:
        said["people"] = said["people"] - len(left_out)
        if "labour" in said:
            said["labour"] = labour_of(person.said.get("labour", "unknown") for person, _ in kept)
    else:
        for name in ("people", "labour"):
            said.pop(name, None)
    head_ended = incoming.people[0] is left_out[0][0]
    people = [person for person, _ in kept]
    if head_ended:
        # What the file calls each to the head is meant of a head who is no longer.
        for person in people:
            person.said.pop("relation", None)
    changed = replace(incoming, said=said, people=people, headless=head_ended)
    return changed, [own for _, own in kept], [person for person, _ in left_out]


def ask_about_gone(incoming: Incoming, indexes: Sequence[list[str]], living: Sequence[Member]) -> bool:
    """Put faults on the rows of those whom the file itself calls dead or gone, where the register has them as living, or
    where they head a household that is new; whether there are any."""
    asked = False
    for person, own in zip(incoming.people, indexes, strict=True):
        if not person.row.gone:
            continue
        row = next((row for row in living if _may_be(person, own, row)), None)
        if row is not None:
            person.row.fault("gone_asked", "name", household=incoming.code, member=row.id)
        elif not living and person is incoming.head:
            person.row.fault("gone_heads", "head")
        asked = asked or bool(person.row.faults)
    if asked and not is_asked(incoming.rows):
        tell_companions(incoming.rows)
    return asked


def _may_be(person: Person, own: Sequence[str], row: Member) -> bool:
    if own and row.id_index:
        return row.id_index in own
    return key(person.name) == key(row.name) and agree(person.born, born_of(row))


def _is(person: Person, own: Sequence[str], row: Member) -> bool:
    """By ID number, or where one of the two has none, by name and birth."""
    if own and row.id_index:
        return row.id_index in own
    return key(person.name) == key(row.name) and person.born == born_of(row)


def undone_by_import(session: Session, households: Sequence[int]) -> set[int]:
    """Those of the given households with status `undone` that became it by the undoing of an import."""
    if not households:
        return set()
    query = (
        select(Event.subject_id, Event.action)
        .where(
            Event.subject_type == "household",
            Event.subject_id.in_(households),
            Event.to_state == "undone",
            Event.from_state != "undone",
        )
        .order_by(Event.seq)
    )
    last = {row.subject_id: row.action for row in session.execute(query)}
    return {number for number, action in last.items() if action == "undo_import"}


def erased_of(session: Session, household_ids: Sequence[int]) -> set[int]:
    """Those of these households whose personal data was erased."""
    if not household_ids:
        return set()
    erased = HouseholdErasure.household_id.in_(household_ids) & HouseholdErasure.erased_at.is_not(None)
    return set(session.scalars(select(HouseholdErasure.household_id).where(erased)))


def drop_withdrawn(session: Session, former: Mapping[int, list[Member]]) -> None:
    """Take from the former members of each household, by its id, those whom an undone import had added: they may be named
    again, unlike people who died or left."""
    doubtful = [number for number, rows in former.items() if any(never_counted(row) for row in rows)]
    if not doubtful:
        return
    query = select(Event.effect).where(
        Event.subject_type == "household", Event.subject_id.in_(doubtful), Event.action == "undo_import"
    )
    gone = {life["id"] for effect in session.scalars(query) for life in effect.get("lives", ())}
    for number in doubtful:
        former[number][:] = [row for row in former[number] if row.id not in gone]
