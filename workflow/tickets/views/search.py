"""Search: finds tickets and households by number, code, name, pinyin or village, recognised by the shape of the text.

Only readable columns are searched: where names are masked, a name neither finds nor confirms a guess.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Candidate, FormerCode, FormerName, Household, NamePart, Ticket, Village
from workflow import folding
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.inputs import whole
from workflow.paging import escaped
from workflow.tickets.lookup import id_of
from workflow.tickets.visibility import COUNTY_WIDE, masks_names, visible

LONGEST = 64
#: So many characters of a code are looked for anywhere in it.
_PART = 3
#: Greater than every character of a code or name.
_LAST = "\U0010ffff"


def cleaned(text: str | None) -> str:
    """Search text on one line, folded as `folding.narrow`, without characters no database accepts.

    Raises BadInput for more than LONGEST characters.
    """
    text_cleaned = folding.narrow((text or "").replace("\x00", ""))
    if len(text_cleaned) > LONGEST:
        # A truncated text would find something else.
        raise BadInput("too_long", "q", most=LONGEST)
    return text_cleaned


def households(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """The condition that a `Household` row matches a (cleaned) text.

    The office's search of 100,000 households is one pass over a covering index.
    """
    ticket = id_of(text)
    if ticket is not None:
        return Household.id.in_(select(Ticket.household_id).where(Ticket.id == ticket, visible(actor)))
    tests = coded(text)
    if not masks_names(actor):
        tests += named(text)
    if reads_members(actor):
        tests += with_member(text)
    ids = villages(session, actor, text)
    if ids:
        tests.append(Household.village_id.in_(ids))
    return or_(*tests)


def coded(text: str) -> list[ColumnElement[bool]]:
    """The conditions that a household's code or a former one matches: its beginning, or with a digit any part of it."""
    former = select(FormerCode.household_id).where(or_(*_spelt(FormerCode.code, text)))
    return [*_spelt(Household.code, text), Household.id.in_(former)]


def _spelt(column: InstrumentedAttribute[Any], text: str) -> list[ColumnElement[bool]]:
    tests = [starts(column, code) for code in sorted({text, text.upper()})]
    if len(text) >= _PART and any(sign.isdigit() for sign in text):
        tests += [column.like(f"%{escaped(code)}%", escape="\\") for code in sorted({text, text.upper()})]
    return tests


def number_part(text: str) -> int | None:
    """The id of the ticket whose number ends like this: 123, 000123 or 18-000123 of 2018-000123."""
    head, hyphen, tail = text.rpartition("-")
    return whole(tail) if not hyphen or (head.isascii() and head.isdigit() and len(head) < 4) else None


def named(text: str, of: type[Household] | type[Candidate] = Household) -> list[ColumnElement[bool]]:
    """The conditions that the head of a household or candidate matches: part of the name, simplified or traditional, or
    its beginning in pinyin."""
    word = folding.pinyin_key(text)
    if word:
        return [of.initials.like(f"{word}%"), of.initials.like(f"% {word}%")]
    if text.isascii():
        return []
    # A space may stand where the register has an interpunct, or where it has nothing.
    typed = dict.fromkeys((text, "·".join(text.split())))
    parts = dict.fromkeys(fold(each) for each in typed for fold in (folding.name, folding.key))
    tests = [of.head_name.like(f"%{escaped(part)}%", escape="\\") for part in parts if part]
    # A name in other characters than the simplified ones has these among its search words.
    return [*tests, *(of.initials.like(f"%{escaped(folding.key(each))}%", escape="\\") for each in typed)]


def reads_members(actor: Actor) -> bool:
    """Whether the actor reads the names of a household's members, and so may find the household by them: not a bureau,
    which sees the head alone, nor a reader of masked names."""
    return actor.role in ("office", "town", "village")


def with_member(text: str) -> list[ColumnElement[bool]]:
    """The conditions that a household has a living member of this name, found as the head is: a range of an index."""
    parts = [starts(NamePart.part, part) for part in member_parts(text)]
    return [Household.id.in_(select(NamePart.household_id).where(or_(*parts)))] if parts else []


def member_parts(text: str) -> list[str]:
    """How a `NamePart` begins that matches the text: as pinyin, or as part of a name, where a space may stand for an
    interpunct."""
    word = folding.pinyin_key(text)
    if word or text.isascii():
        return [word] if word else []
    return list(dict.fromkeys(part for each in (text, "·".join(text.split())) if (part := folding.key(each))))


def villages(session: Session, actor: Actor, text: str) -> list[int]:
    """The villages whose present or former name contains the text, and their successors, within the actor's sight."""
    names = sorted({text, folding.name(text), folding.key(text)} - {""})
    present, former = (
        or_(*(column.like(f"%{escaped(name)}%", escape="\\") for name in names))
        for column in (Village.name, FormerName.name)
    )
    known = select(FormerName.village_id).where(former)
    query = select(Village.id, Village.successor_id).where(or_(present, Village.id.in_(known)))
    query = query.where(Village.withdrawn_at.is_(None))
    rows = session.execute(query.where(*around(actor)))
    return sorted({village for row in rows for village in row if village is not None})


def around(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition that a `Village` row is in the actor's own area: a village, a town; none for readers of the
    county."""
    if actor.role == "village":
        return [actor.own_village(Village.id)]
    return [Village.town_id == actor.unit_id] if actor.role == "town" else []


def within(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition that a `Household` row is in the actor's own area."""
    if actor.role in (*COUNTY_WIDE, "bureau"):
        return [true()]
    if actor.role == "village":
        return [Household.village_id == actor.village_id]
    own = select(Village.id).where(*around(actor))
    return [Household.village_id.in_(own)]


def starts(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """The condition that a column sorted by bytes begins with a text: a range, which an index finds on both
    databases."""
    return and_(column >= text, column < text + _LAST)
