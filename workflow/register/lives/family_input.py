"""Family input: what a person submits about a change in a family, checked before anything is written.

Every refusal names the field and the remedy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models import Member
from models.household import LABOUR
from workflow.citizen_id import Faulty, IdNumber, check_id
from workflow.errors import BadInput, WrongState
from workflow.inputs import day_of, name_of, statement_of, text_of
from workflow.policy.worktime import local_date
from workflow.register.cells import values
from workflow.register.lives.life_kinds import KINDS, LifeKind

_LONGEST_RELATION = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person who begins in a household, as submitted; sex and birth may be left to the ID number."""

    name: str = ""
    relation: str = ""
    sex: str | None = None
    born_on: date | str | None = None
    id_number: str = ""
    labour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyInput:
    """A change as submitted: `members` by id, `person` of a beginning, `head` by id where the head ends, `to` the code of
    the household moved to; `ends`: it is understood that nobody is left and the household ends.

    Of a whole household: `to` is the code of the new or other household or the village; `tickets` are the numbers of
    those that go with who splits off; `address` and `cadre` of the new place; `head_name` is what a town that does not
    see the household knows of it.
    """

    kind: str
    on: date | str | None = None
    members: Sequence[int] = ()
    person: NewPerson | None = None
    head: int | None = None
    to: str | None = None
    reason: str = ""
    ends: bool = False
    tickets: Sequence[str] = ()
    address: str = ""
    cadre: str = ""
    head_name: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A person to be written, with the ID number still in the clear."""

    name: str
    relation: str
    sex: str | None
    born_on: date | None
    id_number: str | None
    labour: str


def kind_of(given: FamilyInput) -> LifeKind:
    """The kind.  Raises BadInput."""
    kind = KINDS.get(given.kind)
    if kind is None:
        raise BadInput("life_kind_unknown" if given.kind else "missing", "kind", kind=given.kind[:40])
    return kind


def day_on(given: FamilyInput, now: datetime) -> date:
    """The day it happened, up to today.  Raises BadInput."""
    if given.on is None or given.on == "":
        raise BadInput("missing", "on")
    day = day_of("on", given.on)
    if day > local_date(now):
        raise BadInput("date_in_future", "on")
    return day


def reason_in(given: FamilyInput, kind: LifeKind) -> str:
    """The reason in words, where the kind needs one or it was given.  Raises BadInput."""
    if kind.reason_needed:
        return statement_of("reason", given.reason)
    return statement_of("reason", given.reason) if given.reason.strip() else ""


def chosen_members(given: FamilyInput, living: Mapping[int, Member], former: Mapping[int, Member]) -> list[Member]:
    """The living members that are meant, each once.

    Raises BadInput for none or one the household does not have, WrongState for one who ended already.
    """
    if not given.members:
        raise BadInput("missing", "members")
    for number in given.members:
        if number in former:
            raise WrongState("member_ended", "members", name=former[number].name)
        if number not in living:
            raise BadInput("no_such_member", "members")
    return [living[number] for number in dict.fromkeys(given.members)]


def check_days(members: Sequence[Member], on: date) -> None:
    """Raises BadInput where a member was not born yet or had not begun here on the day."""
    for row in members:
        first = max((day for day in (row.born_on, row.begins_on) if day is not None), default=None)
        if first is not None and on < first:
            raise BadInput("before_the_beginning", "on", name=row.name, day=first.isoformat())


def check_person(given: FamilyInput, kind: LifeKind, on: date, now: datetime) -> Begun:
    """The person of a beginning.  Raises BadInput at `name`, `relation`, `sex`, `born_on`, `id_number` or `labour`."""
    person = given.person or NewPerson()
    number = _id_number(person, local_date(now))
    born_on = on if kind.code == "born" else _birth(person)
    sex = person.sex or None
    if sex not in (None, "m", "f"):
        raise BadInput("unknown_choice", "sex")
    if number is not None:
        if sex not in (None, number.sex):
            raise BadInput("id_contradicts", "sex")
        if born_on not in (None, number.born_on):
            raise BadInput("id_contradicts", "on" if kind.code == "born" else "born_on")
        sex, born_on = number.sex, number.born_on
    if born_on is not None and on < born_on:
        raise BadInput("before_the_birth", "on", day=born_on.isoformat())
    labour = person.labour or ("none" if kind.code == "born" else "unknown")
    if labour not in LABOUR:
        raise BadInput("unknown_choice", "labour")
    relation = name_of("relation", person.relation, _LONGEST_RELATION) if person.relation.strip() else ""
    return Begun(_name(person), relation, sex, born_on, number.number if number else None, labour)


def _name(person: NewPerson) -> str:
    text = text_of("name", person.name)
    try:
        return values.name(text)
    except Faulty as error:
        raise BadInput("name_signs", "name") from error


def _id_number(person: NewPerson, today: date) -> IdNumber | None:
    if not person.id_number.strip():
        return None
    try:
        return check_id(person.id_number, today)
    except Faulty as error:
        raise BadInput("id_number_wrong", "id_number") from error


def _birth(person: NewPerson) -> date | None:
    return day_of("born_on", person.born_on) if person.born_on not in (None, "") else None
