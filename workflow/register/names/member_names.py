"""Member names: keeps the index `name_part`, by which a household is found by part of the name of a living member.

When a transaction commits, the index of the households whose members it changed is brought up to date, whichever act changed
them, in a bulk statement or not.  The head is found by the household's own columns and is not in it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models import Household, Member, NamePart
from models.row_changes import noted
from workflow import folding
from workflow.bulk_rows import pour
from workflow.register.names.pinyin import initials

#: Search text has no more characters, so nothing longer is compared.
LONGEST = 64
_CHUNK = 2000
_TABLE = NamePart.__table__


@lru_cache(maxsize=8192)
def parts(name: str) -> frozenset[str]:
    """The texts that begin what a reader may type for a name: the folded name from each of its characters on, and its pinyin
    under every reading.

    >>> sorted(parts("王小明"))
    ['wangxiaoming', 'wxm', '小明', '明', '王小明']
    """
    key = folding.key(name)
    # Letters alone are searched as pinyin, from the beginning.
    tails = [] if key.isascii() else [key[start:] for start, character in enumerate(key) if character != " "]
    return frozenset(part[:LONGEST] for part in (*tails, *initials(name).split()))


def matches(name: str, wanted: Collection[str]) -> bool:
    """Whether a part of the name begins like one of the wanted texts."""
    return any(part.startswith(text) for part in parts(name) for text in wanted)


def matching(session: Session, household_ids: Sequence[int], wanted: Collection[str]) -> dict[int, list[str]]:
    """The names of living members other than the head with a part that begins like one of the wanted texts, by
    household, in the order of the register."""
    query = _LIVING.where(Member.household_id.in_(household_ids)).order_by(Member.position)
    found: dict[int, list[str]] = {}
    for household_id, name in session.execute(query):
        if matches(name, wanted):
            found.setdefault(household_id, []).append(name)
    return found


def fill_in(session: Session) -> None:
    """Fill the index of an older database, which has none."""
    if session.scalar(select(NamePart.household_id).limit(1)) is None:
        for each in differences(session):
            _write(session, each)


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows that the index lacks and has too many, as pairs of household and part."""

    missing: set[tuple[int, str]]
    surplus: set[tuple[int, str]]


def differences(session: Session) -> Iterator[Difference]:
    """What the index of all households lacks and has too much, some thousand households at a time."""
    last = 0
    while ids := session.scalars(
        select(Household.id).where(Household.id > last).order_by(Household.id).limit(_CHUNK)
    ).all():
        yield _difference(session, ids)
        last = ids[-1]


def _difference(session: Session, household_ids: Sequence[int]) -> Difference:
    members = session.execute(_LIVING.where(Member.household_id.in_(household_ids)))
    expected = {(household_id, part) for household_id, name in members for part in parts(name)}
    known = select(NamePart.household_id, NamePart.part).where(NamePart.household_id.in_(household_ids))
    actual = {(row[0], row[1]) for row in session.execute(known)}
    return Difference(expected - actual, actual - expected)


def _write(session: Session, difference: Difference) -> None:
    for household_id, part in sorted(difference.surplus):
        session.execute(_TABLE.delete().where(_TABLE.c.household_id == household_id, _TABLE.c.part == part))
    pour(session, _TABLE, [{"part": part, "household_id": number} for number, part in sorted(difference.missing)])


def _keep(session: Session) -> None:
    """Before a commit, by itself: bring the index of the households with changed members up to date."""
    if session.in_nested_transaction():
        return
    session.flush()
    changed = noted(session, "member")
    for start in range(0, len(changed), _CHUNK):
        query = select(Member.household_id).where(Member.id.in_(changed[start : start + _CHUNK])).distinct()
        _write(session, _difference(session, session.scalars(query).all()))


_LIVING = select(Member.household_id, Member.name).where(Member.ends_on.is_(None), Member.position != 1)
# Before the rows of the transaction are recorded, which forgets them.
event.listen(Session, "before_commit", _keep, insert=True)
