"""Counted people (在册人口): the one rule of who is counted among the people of registered households, and of what kind.

Every figure about people reads it.  Unknown facts are never guessed: a person with an empty cell counts among those it
is asked of, and not among those it is true for.  Source: the notice's items 7 to 9 and 12.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Literal, Protocol

#: At school; a level of compulsory school, which says nothing of an adult; not at school; not known.
Schooling = Literal["in", "level", "out", "unknown"]
_OUT = ("辍学", "失学", "休学", "退学", "毕业", "非在校", "不在校", "未入学", "学龄前", "文盲", "未上学")
#: Words by which the column says that a person is at school, whatever the age.
_AT_SCHOOL = ("在校", "在读", "就读", "年级", "高一", "高二", "高三", "大一", "大二", "大三", "大四")
_LEVELS = ("小学", "初中", "初级中学")
#: Words by which the register's column (健康状况) says that an illness is a major one (大病).
_GRAVE = ("大病", "重病", "重特大疾病")
#: The nine compulsory years begin for who is six on 31 August (义务教育法 art. 11).
_SCHOOL_AGES = range(6, 15)


class Lived(Protocol):
    """The days of a person's life in one household; a row of `Member` has them."""

    @property
    def born_on(self) -> date | None: ...
    @property
    def begins_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...


class RecordedLife(Lived, Protocol):
    """The same, with why the person began and ended, and the household moved to; a row of `Member` has them."""

    @property
    def id(self) -> int: ...
    @property
    def begin_reason(self) -> str: ...
    @property
    def end_reason(self) -> str | None: ...
    @property
    def moved_to_id(self) -> int | None: ...


class Person(Lived, Protocol):
    """The facts of a person that the rule reads; a row of `Member` has them, but for `schooling`, a code here."""

    @property
    def labour(self) -> str: ...
    @property
    def beyond_help(self) -> bool: ...
    @property
    def schooling(self) -> Schooling: ...


class RecordedPerson(Person, Protocol):
    """The same, with what the register records of insurance, pension and allowance (None: not known)."""

    @property
    def insured(self) -> bool | None: ...
    @property
    def pension(self) -> bool | None: ...
    @property
    def allowance(self) -> bool | None: ...


def schooling_of(text: str) -> Schooling:
    """What the register's column (文化程度 or 在校生状况) says about being at school.

    >>> schooling_of("小学"), schooling_of("初中辍学"), schooling_of("高中二年级在校"), schooling_of("")
    ('level', 'out', 'in', 'unknown')
    """
    if any(word in text for word in _OUT):
        return "out"
    if any(word in text for word in _AT_SCHOOL):
        return "in"
    return "level" if any(word in text for word in _LEVELS) else "unknown"


def gravely_ill(text: str) -> bool:
    """Whether the register's column (健康状况) records a major illness (item 8).

    >>> gravely_ill("患有大病"), gravely_ill("长期慢性病")
    (True, False)
    """
    return any(word in text for word in _GRAVE)


def never_counted(life: Lived) -> bool:
    """Whether a stretch has no day: an entry by mistake, which an undone import had made."""
    return life.begins_on is not None and life.begins_on == life.ends_on


def counted(person: Lived, on: date) -> bool:
    """Whether a person of a registered household is counted on a day: born, begun here, and not ended by it.

    The day of an end is the first on which the person is not counted, so that on the day of a move the new household
    alone counts the person.
    """
    return (
        (person.born_on is None or person.born_on <= on)
        and (person.begins_on is None or person.begins_on <= on)
        and (person.ends_on is None or on < person.ends_on)
    )


def labour_of(people: Iterable[str]) -> str:
    """The labour force of a household of such people: one of them has it, or has it partly; none only if none has.

    >>> labour_of(["none", "partly"]), labour_of(["none", "unknown"]), labour_of(["none"])
    ('partly', 'unknown', 'none')
    """
    words = set(people)
    return next((word for word in ("with", "partly", "unknown") if word in words), "none")


def age(born_on: date, on: date) -> int:
    """The full years of age on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _aged(person: Person, on: date, first: int, last: int) -> bool:
    return person.born_on is not None and first <= age(person.born_on, on) <= last


def _of_school_age(person: Person, on: date) -> bool:
    began = date(on.year if on.month > 8 else on.year - 1, 8, 31)
    return person.born_on is not None and age(person.born_on, began) in _SCHOOL_AGES


def _pension_due(person: Person, on: date) -> bool:
    """16 to 59 and not at school, or 60 and over (item 9)."""
    if person.born_on is None or age(person.born_on, on) < 16:
        return False
    return age(person.born_on, on) >= 60 or person.schooling != "in"


def _labourer(person: Person, on: date) -> bool:
    """Able to work wholly or partly, and of working age where the birth is known (item 12)."""
    return person.labour in ("with", "partly") and (person.born_on is None or _aged(person, on, 16, 59))


def _beyond_help(person: Person, on: date) -> bool:
    """Wholly or partly unable to work and beyond help by work or farming (item 8)."""
    return person.labour in ("none", "partly") and person.beyond_help


def _pension_paying(person: Person, on: date) -> bool:
    """16 to 59 and not at school: the premium is paid for (item 9)."""
    return _pension_due(person, on) and not _pension_age(person, on)


def _pension_age(person: Person, on: date) -> bool:
    """60 and over: the pension is drawn monthly (item 9)."""
    return person.born_on is not None and age(person.born_on, on) >= 60


def _pupil(person: Person, on: date) -> bool:
    """At school, whatever the age; a level of compulsory school says so only of a child (item 7)."""
    return person.schooling == "in" or (person.schooling == "level" and _of_school_age(person, on))


#: The groups of counted people by code.
GROUPS: dict[str, Callable[[Person, date], bool]] = {
    "registered": lambda person, on: True,
    "school_age": _of_school_age,
    "pupils": _pupil,
    "pension_due": _pension_due,
    "pension_paying": _pension_paying,
    "pension_age": _pension_age,
    "labourers": _labourer,
    "beyond_help": _beyond_help,
}
#: What the register records to be true, by code: of which group it is asked, and the fact.
RECORDED: dict[str, tuple[str, str]] = {
    "insured": ("registered", "insured"),
    "enrolled": ("school_age", "at_school"),
    "covered": ("beyond_help", "allowance"),
    "pensioned": ("pension_due", "pension"),
    "pension_paid": ("pension_paying", "pension"),
    "pension_drawn": ("pension_age", "pension"),
}


def recorded(person: RecordedPerson, fact: str) -> bool | None:
    """Whether the register records a fact of a person; None where it says nothing of it."""
    if fact == "at_school":
        # A level of compulsory school is what a child of school age is at; the fact is asked of those alone.
        return None if person.schooling == "unknown" else person.schooling in ("in", "level")
    known: bool | None = getattr(person, fact)
    return known


def life_payload(row: RecordedLife) -> dict[str, Any]:
    """The beginning and end of a member as the events of its household record them."""
    return {
        "id": row.id,
        "begins_on": row.begins_on.isoformat() if row.begins_on else None,
        "begin_reason": row.begin_reason,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "end_reason": row.end_reason,
        "moved_to": row.moved_to_id,
    }
