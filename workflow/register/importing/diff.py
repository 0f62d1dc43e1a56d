"""Import comparison: compares households of a file with the register: new, changed, unchanged or refused.

Missing columns, empty cells and people no longer named leave the register unchanged.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, Ticket, Village
from workflow.actors import Actor
from workflow.county.vault import Vault, mask_phone
from workflow.policy.counted_people import counted, labour_of
from workflow.register.cells.monitoring import MONITORING
from workflow.register.importing import ended_people, matching
from workflow.register.importing.assembly import Incoming, is_asked, tell_companions
from workflow.register.importing.ended_people import ask_about_gone, drop_withdrawn, undone_by_import, without_ended
from workflow.register.importing.matching import Owner, People, cadres_by_name, heir_of, merge_people, owners_of, spelt
from workflow.register.importing.rows import Row, RowNumber
from workflow.register.names.pinyin import initials

#: The columns of a household an import may write.  The day of the last visit is not among it, and the status only by
#: `_status`.
COLUMNS = (
    "village_id",
    "head_name",
    "initials",
    "status",
    "labour",
    "address",
    "latitude",
    "longitude",
    "people",
    "income_fen",
    "income_year",
    "income_people",
    "cause",
    "cadre_name",
    "cadre_id",
    "phone_sealed",
    "phone_index",
    "phone_masked",
    "monitoring",
)
#: The columns an event records with values; of others only that they changed.
TOLD = ("village_id", "status", "labour", "people", "income_fen", "income_year")
_PLAIN = ("labour", "address", "latitude", "longitude", "people", "cause")
FRESH: dict[str, Any] = {
    "status": "in",
    "labour": "unknown",
    "address": "",
    "cause": "",
    "cadre_name": "",
    "initials": "",
    "monitoring": {},
}


class Notice(NamedTuple):
    """A notice about a household that is accepted nevertheless, or with row 0 about the file."""

    code: str
    row: RowNumber
    household: str
    field: str = ""
    params: Mapping[str, str | int] = MappingProxyType({})


@dataclass(slots=True)
class Change:
    """The change of one household; `id` is empty for a new one, `before` the compared values, `row` its first row in the
    file; `undoes`: the id of the import's change that this one takes back."""

    code: str
    village_code: str
    values: dict[str, Any]
    people: People
    id: int | None = None
    before: tuple[Any, ...] = ()
    fields: list[str] = field(default_factory=list)
    row: RowNumber = 0
    undoes: int | None = None


@dataclass(slots=True)
class _Known:
    """`again`: its entry was undone with the import that made it, so that a file may enter it again; `last`: the last
    position that was given; `erased`: its personal data was erased."""

    row: Household
    town_id: int
    members: list[Member] = field(default_factory=list)
    former: list[Member] = field(default_factory=list)
    again: bool = False
    erased: bool = False
    last: int = 0


class Comparer:
    """Compares chunk after chunk with the register as one session sees it; `named`: the codes of the whole file."""

    def __init__(self, session: Session, actor: Actor, vault: Vault, today: date, named: Container[str] = ()) -> None:
        self._session, self._actor, self._vault, self._today, self._named = session, actor, vault, today, named
        self._cadres = cadres_by_name(session)
        self.notices: list[Notice] = []
        self.absent_people = 0
        self._wanting: set[str] = set()

    def compare(self, chunk: Sequence[Incoming], by_person: bool) -> list[Change | None]:
        """For each household its change, or None: unchanged, or refused with the faults put on its rows."""
        known = self._known([incoming.code for incoming in chunk])
        self._wanting = self._with_tickets([h.code for h in chunk if h.said.get("status") == "cleared"])
        indexed = [[self._vault.indexes(p.id_number) if p.id_number else [] for p in h.people] for h in chunk]
        owners = owners_of(self._session, [index for h in indexed for person in h for index in person])
        return [
            self._one(incoming, known.get(incoming.code), indexes, owners, by_person)
            for incoming, indexes in zip(chunk, indexed, strict=True)
        ]

    def _known(self, codes: list[str]) -> dict[str, _Known]:
        rows = self._session.execute(
            select(Household, Village.town_id)
            .join(Village, Village.id == Household.village_id)
            .where(Household.code.in_(codes))
        ).all()
        by_id = {row.id: _Known(row, town_id) for row, town_id in rows}
        if by_id:
            members = select(Member).where(Member.household_id.in_(list(by_id))).order_by(Member.position)
            for member in self._session.scalars(members):
                known = by_id[member.household_id]
                known.last = max(known.last, member.position)
                (known.members if counted(member, self._today) else known.former).append(member)
            drop_withdrawn(self._session, {number: known.former for number, known in by_id.items()})
        for number in undone_by_import(self._session, [row.id for row, _ in rows if row.status == "undone"]):
            by_id[number].again = True
        for number in ended_people.erased_of(self._session, [row.id for row, _ in rows if row.gone]):
            by_id[number].erased = True
        self._session.expunge_all()
        return {known.row.code: known for known in by_id.values()}

    def _with_tickets(self, codes: list[str]) -> set[str]:
        """The households with open tickets: clearing one cancels them, which a file may not do."""
        query = (
            select(Household.code)
            .join(Ticket, Ticket.household_id == Household.id)
            .where(Household.code.in_(codes), Ticket.ended_at.is_(None))
        )
        return set(self._session.scalars(query)) if codes else set()

    def _one(
        self,
        incoming: Incoming,
        known: _Known | None,
        indexes: list[list[str]],
        owners: dict[str, Owner],
        by_person: bool,
    ) -> Change | None:
        living, former = (known.members, known.former) if known is not None else ([], [])
        if known is not None and known.erased:
            # What was erased does not come back by a file: a family that is registered again has a code of its own.
            incoming.first.fault("erased_code", "code")
            tell_companions(incoming.rows)
            return None
        if ask_about_gone(incoming, indexes, living):
            return None
        if former or any(person.row.gone for person in incoming.people):
            incoming, indexes, ended = without_ended(incoming, indexes, living, former, by_person)
            self.notices += [Notice("ended_named", p.row.number, incoming.code) for p in ended if not p.row.gone]
        found = [next((owners[i] for i in own if i in owners), None) for own in indexes]
        facts = {"fresh": int(known is None), "together": int(matching.all_of_one(found, indexes, self._named))}
        for person, owner in zip(incoming.people, found, strict=True):
            if owner is not None and owner.code != incoming.code:
                self._ask_about_move(person.row, owner, heads=int(person is incoming.head), **facts)
        last = known.last if known else 0
        people = merge_people(self._vault, incoming, known.members if known else [], indexes, last)
        if known is not None:
            self._check_family(incoming, known, people)
        if any(row.faults for row in incoming.rows):
            if not is_asked(incoming.rows):
                tell_companions(incoming.rows)
            return None
        return self._change(incoming, known, people, by_person)

    def _ask_about_move(self, row: Row, owner: Owner, **facts: int) -> None:
        """A person who lives elsewhere, in a household outside its area a town is not told of; `fresh`: the file's is new,
        `heads`: the person is its head, `together`: with all the others, whose household the file lacks."""
        if self._actor.role == "town" and owner.town_id != self._actor.unit_id:
            row.fault("id_in_other_town", "id_number")
            return
        row.fault("id_elsewhere", "id_number", household=owner.code, member=owner.member, head=int(owner.head), **facts)

    def _check_family(self, incoming: Incoming, known: _Known, people: People) -> None:
        """Put faults on the first row: no longer there, another family, in another village (no file moves one), no head."""
        if known.again:
            return
        if known.row.status in ("ended", "merged", "undone"):
            if incoming.people:
                incoming.first.fault("ended_asked", "code")
        elif not matching.same_family(incoming, people, known.row, known.members):
            incoming.first.fault("other_household", "code")
        elif known.row.village_id != incoming.place.id:
            village = {"village": incoming.place.code} if incoming.place.id is not None else {}
            incoming.first.fault(
                "moved_asked", "village", household=incoming.code, where=incoming.place.name, **village
            )
        elif people.head_absent and not incoming.headless:
            head = next(row.id for row in known.members if row.position == 1)
            heir = heir_of(incoming, known.members)
            incoming.first.fault("head_asked", "head", household=incoming.code, member=head, **heir)

    def _change(self, incoming: Incoming, known: _Known | None, people: People, by_person: bool) -> Change | None:
        old = {name: getattr(known.row, name) if known else FRESH.get(name) for name in COLUMNS}
        new = {**old, "village_id": incoming.place.id}
        if incoming.head is not None:
            new["head_name"] = spelt(incoming.head.name, old.get("head_name"))
        new.update({name: incoming.said[name] for name in _PLAIN if name in incoming.said})
        new["monitoring"] = {
            **dict(old["monitoring"] or {}),
            **{n: v for n, v in incoming.said.items() if n in MONITORING},
        }
        if known is None and by_person:
            new["people"] = new["people"] or people.count
        new["status"] = self._status(incoming, old["status"] if known and not known.again else None)
        if "income" in incoming.said:
            if "income_year" in incoming.said:
                new["income_fen"], new["income_year"] = incoming.said["income"], incoming.said["income_year"]
                if (new["income_fen"], new["income_year"]) != (old["income_fen"], old["income_year"]):
                    # Only a new figure is one for the people of today.
                    new["income_people"] = None
            else:
                self._notice("income_without_year", incoming)
        self._cadre(incoming, old, new)
        phone = incoming.said.get("phone")
        if phone is not None and old["phone_index"] not in self._vault.indexes(phone):
            new["phone_sealed"], new["phone_index"] = self._vault.seal(phone), self._vault.index(phone)
            new["phone_masked"] = mask_phone(phone)
        if new["head_name"] != old["head_name"]:
            new["initials"] = initials(str(new["head_name"]))
        if by_person and people.absent:
            self._count_absent(incoming, people, new)
        fields = [name for name in COLUMNS if new[name] != old[name]]
        if known is not None and not fields and not people.new and not people.changed:
            return None
        return Change(
            incoming.code,
            incoming.place.code,
            new,
            people,
            known.row.id if known else None,
            tuple(old[name] for name in COLUMNS) if known else (),
            fields + [f"member_{name}" for name in sorted(people.fields)],
            incoming.first.number,
        )

    def _count_absent(self, incoming: Incoming, people: People, new: dict[str, Any]) -> None:
        """Members whom the file does not name stay, and count among the people and the labour force."""
        self.absent_people += people.absent
        self._notice("people_absent", incoming)
        if "people" in incoming.said:
            new["people"] = max(incoming.said["people"], people.count)
        if "labour" in incoming.said:
            new["labour"] = labour_of([incoming.said["labour"], *people.absent_labour])

    def _status(self, incoming: Incoming, old: str | None) -> str:
        """The status to be written.  Only the exit gate sets exited, and only a relapse takes it back."""
        said: str = incoming.said.get("status", old or "in")
        if old is None or said == old:
            return said
        if said == "exited":
            self._notice("exit_only_by_gate", incoming)
        elif old == "ended":
            self._notice("ended_here", incoming)
        elif old == "exited" and said != "cleared":
            self._notice("exited_here", incoming)
        elif said == "cleared" and self._actor.role == "town":
            self._notice("cleared_by_office", incoming)
        elif said == "cleared" and incoming.code in self._wanting:
            self._notice("cleared_with_tickets", incoming)
        else:
            return said
        return old

    def _cadre(self, incoming: Incoming, old: dict[str, Any], new: dict[str, Any]) -> None:
        name = incoming.said.get("cadre")
        if name is None:
            return
        new["cadre_name"] = name
        if name != old["cadre_name"] or old["cadre_id"] is None:
            new["cadre_id"] = self._cadres.get((incoming.place.town_id, name))

    def _notice(self, code: str, incoming: Incoming) -> None:
        self.notices.append(Notice(code, incoming.first.number, incoming.code))
