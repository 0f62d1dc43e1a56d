"""Reform parts: the successors of a unit that is divided, and what each is given of it.

The first successor has everything that no other is given, and what was closed before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit, User, Village
from workflow.county.context import CountyContext
from workflow.county.unit_names import find_unit
from workflow.county.unit_references import topics_naming
from workflow.errors import BadInput
from workflow.reform.reform_names import new_name, short_text

#: A division names at least two successors, and the page offers this many.
LEAST, MOST = 2, 6


@dataclass(frozen=True, slots=True)
class Part:
    """One successor, existing (`into`) or new (`name`), and what it is given: topics (`kind:…`, `item:…`), villages and
    accounts."""

    into: Any | None
    name: str
    name_en: str
    topics: tuple[str, ...] = ()
    villages: tuple[Village, ...] = ()
    accounts: tuple[User, ...] = ()

    @property
    def called(self) -> str:
        """Its name."""
        return self.into.name if self.into is not None else self.name


@dataclass(frozen=True, slots=True)
class Divisible:
    """What of a unit can be given to one of several successors."""

    topics: tuple[str, ...]
    villages: tuple[Village, ...]
    accounts: tuple[User, ...]


def divisible(session: Session, setting: CountyContext, unit: Unit) -> Divisible:
    """A bureau is divided by kinds of tickets and items of the notice, a town by villages; both by accounts."""
    villages: Sequence[Village] = ()
    if unit.type == "town":
        query = select(Village).where(Village.town_id == unit.id, Village.ended_on.is_(None))
        villages = session.scalars(query.order_by(Village.code)).all()
    accounts = session.scalars(
        select(User).where(User.unit_id == unit.id, User.village_id.is_(None), User.active).order_by(User.name)
    ).all()
    topics = topics_naming(setting.scheme, unit.code) if unit.type == "bureau" else ()
    return Divisible(topics, tuple(villages), tuple(accounts))


def parts_of(
    session: Session, setting: CountyContext, unit: Unit, given: Any, *, sure: bool = False
) -> tuple[Part, ...]:
    """The successors that `given` names, each a mapping of `into` or `name`, `name_en`, `kinds`, `items`, `villages` and
    `accounts`.  Raises BadInput at `parts`."""
    if not isinstance(given, Sequence) or not LEAST <= len(given) <= MOST:
        raise BadInput("parts_needed", "parts", least=LEAST, most=MOST)
    known = divisible(session, setting, unit)
    taken: set[str] = set()
    parts = tuple(_part(session, unit, known, each, taken, sure) for each in given)
    names = [part.called for part in parts]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInput("part_twice", "parts", name=twice)
    return parts


def _part(session: Session, unit: Unit, known: Divisible, given: Any, taken: set[str], sure: bool) -> Part:
    if not isinstance(given, Mapping):
        raise BadInput("parts_needed", "parts", least=LEAST, most=MOST)
    into = None
    if str(given.get("into") or "").strip():
        into = find_unit(session, str(given["into"]), "parts")
        if into.ended_on is not None:
            raise BadInput("ended_already", "parts", name=into.name)
        if into.id == unit.id:
            raise BadInput("into_itself", "parts", name=into.name)
        if into.type != unit.type:
            raise BadInput("one_type_of_unit", "parts")
    name = new_name(session, "unit", (unit,), str(given.get("name") or ""), "parts", needed=into is None, sure=sure)
    if into is not None and name:
        raise BadInput("into_or_name", "parts")
    topics = [
        *(f"kind:{code}" for code in _texts(given, "kinds")),
        *(f"item:{number}" for number in _texts(given, "items")),
    ]
    return Part(
        into,
        name,
        short_text("parts", given.get("name_en") or ""),
        tuple(_once(topic, known.topics, topic, taken) for topic in topics),
        tuple(_village(text, known, taken) for text in _texts(given, "villages")),
        tuple(_account(text, known, taken) for text in _texts(given, "accounts")),
    )


def _texts(given: Mapping[str, Any], name: str) -> list[str]:
    value = given.get(name) or []
    return [str(value)] if isinstance(value, str | int) else [str(each).strip() for each in value]


def _once(text: str, known: Sequence[str], key: str, taken: set[str]) -> str:
    if text not in known:
        raise BadInput("part_unknown", "parts", name=text.partition(":")[2][:64] or text[:64])
    if key in taken:
        raise BadInput("part_twice", "parts", name=text.partition(":")[2] or text)
    taken.add(key)
    return text


def _village(text: str, known: Divisible, taken: set[str]) -> Village:
    row = next((row for row in known.villages if text in (row.code, row.name)), None)
    _once(text, [text] if row is not None else [], f"village:{row.id if row else 0}", taken)
    return next(each for each in known.villages if each is row)


def _account(text: str, known: Divisible, taken: set[str]) -> User:
    row = next((row for row in known.accounts if text == row.name), None)
    _once(text, [text] if row is not None else [], f"account:{row.id if row else 0}", taken)
    return next(each for each in known.accounts if each is row)
