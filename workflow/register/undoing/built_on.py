"""Built on: why a household that an import changed cannot be put back, since something was recorded on it afterwards.

Looks at full numbers and searches build on nothing; every other event of the household does, and so do tickets filed, random
checks given and lists of bureaus handed out for it since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Event, EventSecret, Household, ImportChange, Member, RandomCheck, Ticket
from models.base import stated
from workflow.county.vault import Vault
from workflow.errors import BadInput

#: Events of a household after which it is as it was.
_LOOKS = ("reveal", "find_by_number")
LOT = 500


@dataclass(slots=True)
class Kept:
    """One change of an import as it was kept: its event, the values before and after (None: erased, or none were kept),
    and household and people as they are now."""

    change: ImportChange
    event: Event
    body: Mapping[str, Any] | None
    home: Household
    members: list[Member] = field(default_factory=list)

    @property
    def new(self) -> bool:
        """Whether the import made the household."""
        return self.event.seq == 1

    def added(self) -> list[Member]:
        """The living members whom the import added."""
        places = None if self.new else set((self.body or {}).get("new", ()))
        living = [row for row in self.members if row.ends_on is None]
        return living if places is None else [row for row in living if row.position in places]


class Obstacle(NamedTuple):
    """Why a change stays: `action` the kind of event, at its moment, or a code of its own."""

    code: str
    params: Mapping[str, Any] = MappingProxyType({})


def read_lot(session: Session, changes: Sequence[ImportChange], *, lock: bool = False) -> list[Kept]:
    """The changes with what was kept of them; with `lock` their households are locked, by ascending id."""
    homes = select(Household).where(Household.id.in_({row.household_id for row in changes})).order_by(Household.id)
    if lock:
        homes = homes.with_for_update().execution_options(populate_existing=True)
    by_id = {row.id: row for row in session.scalars(homes)}
    query = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.id.in_([row.event_id for row in changes]))
    )
    told = {event.id: (event, body) for event, body in session.execute(query)}
    kept = [Kept(row, *told[row.event_id], by_id[row.household_id]) for row in changes]
    people: dict[int, list[Member]] = {}
    members = select(Member).where(Member.household_id.in_(by_id)).order_by(Member.position)
    for member in session.scalars(members.execution_options(populate_existing=lock)):
        people.setdefault(member.household_id, []).append(member)
    for each in kept:
        each.members = people.get(each.home.id, [])
    return kept


def obstacles(session: Session, vault: Vault, lot: Sequence[Kept]) -> list[Obstacle | None]:
    """For each change what keeps it from being undone, or None."""
    later = _later_events(session, lot)
    ids = {each.home.id for each in lot}
    filed = select(Ticket).where(Ticket.household_id.in_(ids)).order_by(Ticket.id)
    given = select(RandomCheck).where(RandomCheck.household_id.in_(ids)).order_by(RandomCheck.id)
    named = (
        select(BulkLine.household_id, BulkList.taken_at)
        .join(BulkList, BulkList.id == BulkLine.list_id)
        .where(BulkLine.household_id.in_(ids))
        .order_by(BulkLine.id)
    )
    tickets = _since([(row.household_id, row.filed_at, row.number) for row in session.scalars(filed)], lot)
    checks = _since([(row.household_id, row.given_at, "") for row in session.scalars(given)], lot)
    lists = _since([(home, stated(at), "") for home, at in session.execute(named)], lot)
    found: list[Obstacle | None] = []
    for each in lot:
        number = each.change.id
        if number in later:
            found.append(Obstacle(later[number].action, {"at": later[number].at.isoformat()}))
        elif number in tickets:
            found.append(Obstacle("ticket", {"number": tickets[number]}))
        elif number in checks:
            found.append(Obstacle("random_check"))
        elif number in lists:
            found.append(Obstacle("bulk_check"))
        else:
            found.append(_unrecoverable(session, vault, each))
    return found


def _later_events(session: Session, lot: Sequence[Kept]) -> dict[int, Event]:
    """By change, the first event after it that built on the household."""
    query = (
        select(Event)
        .where(
            Event.subject_type == "household",
            Event.subject_id.in_({each.home.id for each in lot}),
            Event.id > min((each.event.id for each in lot), default=0),
            Event.action.not_in(_LOOKS),
        )
        .order_by(Event.seq.desc())
    )
    later: dict[int, Event] = {}
    by_home: dict[int, list[Kept]] = {}
    for each in lot:
        by_home.setdefault(each.home.id, []).append(each)
    for event in session.scalars(query):
        for each in by_home[event.subject_id]:
            if event.seq > each.event.seq:
                later[each.change.id] = event
    return later


def _since(rows: Iterable[tuple[int | None, datetime, str]], lot: Sequence[Kept]) -> dict[int, str]:
    """By change, the name of the first row (household, moment, name) that was made for its household since."""
    homes: dict[int, list[Kept]] = {}
    for each in lot:
        homes.setdefault(each.home.id, []).append(each)
    first: dict[int, str] = {}
    for household_id, at, name in rows:
        for each in homes.get(household_id or 0, ()):
            if at >= each.event.at:
                first.setdefault(each.change.id, name)
    return first


def _unrecoverable(session: Session, vault: Vault, each: Kept) -> Obstacle | None:
    """What was before is not kept, is sealed under a key that is gone, or is a number of somebody else by now."""
    if each.new:
        return None
    if each.body is None or "household" not in each.body:
        return Obstacle("not_kept")
    numbers: list[tuple[int, str]] = []
    try:
        if sealed := each.body["household"].get("phone_sealed", [None])[0]:
            vault.open(sealed)
        for member, pairs in each.body["people"].items():
            if sealed := pairs.get("id_sealed", [None])[0]:
                numbers.append((int(member), vault.open(sealed)))
    except BadInput:
        return Obstacle("key_missing")
    for member_id, number in numbers:
        same = select(Member.id).where(Member.id_index.in_(vault.indexes(number)), Member.ends_on.is_(None))
        if session.scalar(same.where(Member.id != member_id)) is not None:
            return Obstacle("number_elsewhere")
    return None


def value_of(name: str, recorded: Any) -> Any:
    """The value of a column as the record has it."""
    if recorded is not None and name == "born_on":
        return date.fromisoformat(recorded)
    return float(recorded) if recorded is not None and name in ("latitude", "longitude") else recorded
