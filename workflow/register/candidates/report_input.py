"""Candidate input: what is submitted about a family that is not registered, checked before anything is written.

Every refusal names the field and the remedy; fields of a person after the head are numbered (`name_2`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.candidate import CONSENTS
from models.household import LABOUR
from workflow.actors import Actor
from workflow.citizen_id import Faulty, check_id, check_phone
from workflow.errors import BadInput
from workflow.inputs import day_of, name_of, statement_of, text_of
from workflow.policy.worktime import local_date
from workflow.register.cells import values

MOST_PEOPLE = 30
_LONGEST_RELATION, _LONGEST_PLACE = 20, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePerson:
    """A person as submitted, the head first; sex and birth may be left to the ID number."""

    name: str = ""
    relation: str = ""
    id_number: str = ""
    sex: str | None = None
    born_on: date | str | None = None
    labour: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateReport:
    """A family as submitted: `village` by its code or name, what was `seen`, and who consented, when and how.

    `source` is a code of the scheme's sources; a bureau and the office choose it, for others it is by default the first
    that is open to them.  `reference` is the number of the document or list it rests on.
    """

    village: str
    people: Sequence[CandidatePerson]
    seen: str
    consent_by: str = ""
    consent_on: date | str | None = None
    consent_how: str = ""
    address: str = ""
    phone: str = ""
    source: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked person, with the ID number still in the clear (empty: none)."""

    name: str
    relation: str
    id_number: str
    sex: str | None
    born_on: date | None
    labour: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Who consented, when and how."""

    by: str
    on: date
    how: str


def check_people(given: CandidateReport, now: datetime) -> list[Checked]:
    """The people, the head first.  Raises BadInput at the field of the person at fault."""
    if not given.people:
        raise BadInput("missing", "name")
    if len(given.people) > MOST_PEOPLE:
        raise BadInput("family_too_large", "people", most=MOST_PEOPLE)
    people = [_person(person, at, local_date(now)) for at, person in enumerate(given.people)]
    numbers = [person.id_number for person in people if person.id_number]
    for at, person in enumerate(people):
        if person.id_number and numbers.count(person.id_number) > 1:
            raise BadInput("id_number_twice", numbered("id_number", at))
    return people


def check_consent(by: str, on: date | str | None, how: str, now: datetime) -> Consent:
    """The consent as submitted.  Raises BadInput at `consent_by`, `consent_on` or `consent_how`."""
    person = _person_name("consent_by", by)
    if on is None or on == "":
        raise BadInput("missing", "consent_on")
    day = day_of("consent_on", on)
    if day > local_date(now):
        raise BadInput("date_in_future", "consent_on")
    if not how:
        raise BadInput("missing", "consent_how")
    if how not in CONSENTS:
        raise BadInput("unknown_choice", "consent_how")
    return Consent(person, day, how)


def consent_in(given: CandidateReport, actor: Actor, now: datetime) -> Consent | None:
    """The consent on record; only a bureau, which matches data it holds by law, may report without one.

    Raises BadInput.
    """
    none = not given.consent_by.strip() and not given.consent_on and not given.consent_how
    if none and actor.role == "bureau":
        return None
    return check_consent(given.consent_by, given.consent_on, given.consent_how, now)


def check_place(given: CandidateReport) -> tuple[str, str | None]:
    """Address and telephone, either of which may be left out.  Raises BadInput."""
    address = name_of("address", given.address, _LONGEST_PLACE) if given.address.strip() else ""
    if not given.phone.strip():
        return address, None
    try:
        return address, check_phone(given.phone)
    except Faulty as error:
        raise BadInput("phone_wrong", "phone") from error


def check_seen(given: CandidateReport) -> str:
    """What was seen, in words that say something.  Raises BadInput."""
    return statement_of("seen", given.seen)


def numbered(name: str, at: int) -> str:
    """The field of a person: of the head as such, of the others with their number from 2 on.

    >>> numbered("name", 0), numbered("name", 1)
    ('name', 'name_2')
    """
    return name if at == 0 else f"{name}_{at + 1}"


def _person(person: CandidatePerson, at: int, today: date) -> Checked:
    name = _person_name(numbered("name", at), person.name)
    sex, born_on, number = person.sex or None, _birth(person, at, today), ""
    if sex not in (None, "m", "f"):
        raise BadInput("unknown_choice", numbered("sex", at))
    if person.id_number.strip():
        try:
            card = check_id(person.id_number, today)
        except Faulty as error:
            raise BadInput("id_number_wrong", numbered("id_number", at)) from error
        if sex not in (None, card.sex):
            raise BadInput("id_contradicts", numbered("sex", at))
        if born_on not in (None, card.born_on):
            raise BadInput("id_contradicts", numbered("born_on", at))
        number, sex, born_on = card.number, card.sex, card.born_on
    labour = person.labour or "unknown"
    if labour not in LABOUR:
        raise BadInput("unknown_choice", numbered("labour", at))
    relation = ""
    if person.relation.strip() and at:
        relation = name_of(numbered("relation", at), person.relation, _LONGEST_RELATION)
    return Checked(name, relation, number, sex, born_on, labour)


def _person_name(name: str, text: str) -> str:
    """A person's name as typed into the field called `name`.  Raises BadInput."""
    try:
        return values.name(text_of(name, text))
    except Faulty as error:
        raise BadInput("name_signs", name) from error


def _birth(person: CandidatePerson, at: int, today: date) -> date | None:
    if person.born_on in (None, ""):
        return None
    day = day_of(numbered("born_on", at), person.born_on)
    if day > today:
        raise BadInput("date_in_future", numbered("born_on", at))
    return day
