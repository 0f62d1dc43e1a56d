"""Family rows: the members of one locked household, and writing their ends and head so that every constraint holds.

A household with living members has exactly one head, at position 1; who ended keeps a position further down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member
from workflow.history.cadre_record import recorded_cadre
from workflow.policy.counted_people import counted, labour_of, life_payload
from workflow.register.lives.relations import HEAD, seen_from
from workflow.register.names.pinyin import initials

#: What figures about people read of a beginning or end; an event records what it was before.
_FACTS = ("position", "begins_on", "ends_on")
_TOLD = (
    "code",
    "status",
    "village_id",
    "labour",
    "people",
    "income_fen",
    "income_year",
    "income_people",
    "successor_id",
    "origin_id",
)


@dataclass(slots=True)
class Family:
    """The people of a locked household now, and what they and the household were before the change."""

    home: Household
    living: dict[int, Member]
    former: dict[int, Member]
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    told_before: dict[str, Any] = field(default_factory=dict)
    labour_before: str = "unknown"
    count_before: int = 0
    touched: list[Member] = field(default_factory=list)

    @property
    def head(self) -> Member | None:
        """The head; None while nobody lives there."""
        return next((row for row in self.living.values() if row.position == 1), None)

    @property
    def status_before(self) -> str:
        return str(self.told_before["status"])

    def free_position(self) -> int:
        """The first position after all that were ever given; never that of the head."""
        return max((row.position for row in (*self.living.values(), *self.former.values())), default=1) + 1

    def add(self, row: Member) -> None:
        """A new row of this household."""
        self.living[row.id] = row
        self.touched.append(row)

    def settle_household(self) -> None:
        """Bring what the household's row says of its people up to date: their number, labour force, version.

        The labour force that the register gives changes only where that of the known members does.
        """
        home, change = self.home, len(self.living) - self.count_before
        base = self.count_before if home.people is None else home.people
        if change and home.income_fen is not None and home.income_people is None:
            home.income_people = base
        if change and home.people is not None:
            home.people = max(home.people + change, len(self.living))
        labour = labour_of(row.labour for row in self.living.values()) if self.living else self.labour_before
        if labour not in (self.labour_before, "unknown"):
            home.labour = labour
        home.version += 1

    def effect(self) -> dict[str, Any]:
        """What the event records: the household's figures, the touched lives, and what was before; codes and days only."""
        now_is = {name: getattr(self.home, name) for name in _TOLD}
        was = {
            str(number): changed
            for number, row in (self.living | self.former).items()
            if number in self.before
            and (changed := {n: _plain(v) for n, v in self.before[number].items() if v != getattr(row, n)})
        }
        cadre = recorded_cadre(self.home.cadre_name, self.home.cadre_id)
        new = [row.position for number, row in self.living.items() if number not in self.before]
        return {
            "household": {**now_is, **cadre, "members": len(self.living), "version": self.home.version},
            "was": {name: value for name, value in self.told_before.items() if value != now_is[name]},
            "people_was": {"new": new, "was": was},
            "lives": [life_payload(row) for row in self.touched],
        }


def read_family(session: Session, home: Household, on: date) -> Family:
    """The members of a locked household as counted on a day."""
    rows = session.scalars(
        select(Member)
        .where(Member.household_id == home.id)
        .order_by(Member.position)
        .execution_options(populate_existing=True)
    ).all()
    living = {row.id: row for row in rows if counted(row, on)}
    former = {row.id: row for row in rows if row.id not in living}
    return Family(
        home,
        living,
        former,
        before={row.id: {name: getattr(row, name) for name in _FACTS} for row in rows},
        told_before={name: getattr(home, name) for name in _TOLD},
        labour_before=labour_of(row.labour for row in living.values()) if living else "unknown",
        count_before=len(living),
    )


def write_ends(
    session: Session, family: Family, members: Sequence[Member], on: date, reason: str, target: Household | None
) -> None:
    """End members from a day; a head among them first gives up the position."""
    for row in members:
        if row.position == 1:
            row.position = family.free_position()
        row.ends_on, row.end_reason = on, reason
        row.moved_to_id = target.id if target is not None else None
        family.former[row.id] = family.living.pop(row.id)
        family.touched.append(row)
        session.flush()


def write_head(session: Session, family: Family, row: Member) -> None:
    """Make a living member the head; one who was it before goes to a free position.  What the others are to the new head
    is derived from what they were to the former one."""
    others = [each for each in family.living.values() if each is not row]
    for each in others:
        was = HEAD if each is family.head else each.relation
        each.relation = seen_from(row.relation, row.sex, was, each.sex)
    if family.head is not None:
        family.head.position = family.free_position()
        session.flush()
    row.position, row.relation = 1, HEAD
    family.home.head_name, family.home.initials = row.name, initials(row.name)
    session.flush()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
