"""Search: finds tickets and households by number, code, name, pinyin or village, recognised by the shape of the text.

Only readable columns are searched: where names are masked, a name neither finds nor confirms a guess.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import FormerName, Household, Ticket, Village
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.paging import escaped
from workflow.tickets.lookup import id_of
from workflow.tickets.visibility import COUNTY_WIDE, masks_names, visible

LONGEST = 64
#: Full-width letters, digits and hyphens, as Chinese keyboards write them, mapped to ASCII.
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
#: Greater than every character of a code or name.
_LAST = "\U0010ffff"


def cleaned(text: str | None) -> str:
    """Search text on one line, without characters no database accepts, Latin letters and digits in ASCII.

    Raises BadInput for more than LONGEST characters.
    """
    text_cleaned = " ".join((text or "").replace("\x00", "").translate(NARROW).split())
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
    tests = [starts(Household.code, code) for code in sorted({text, text.upper()})]
    if not masks_names(actor):
        tests += named(text)
    ids = villages(session, actor, text)
    if ids:
        tests.append(Household.village_id.in_(ids))
    return or_(*tests)


def named(text: str) -> list[ColumnElement[bool]]:
    """The conditions that a household's head matches: part of the name, or its beginning in pinyin."""
    if not text.isascii():
        return [Household.head_name.like(f"%{escaped(text)}%", escape="\\")]
    word = "".join(text.split()).lower()
    if not word.isalpha():
        return []
    return [Household.initials.like(f"{word}%"), Household.initials.like(f"% {word}%")]


def villages(session: Session, actor: Actor, text: str) -> list[int]:
    """The villages whose present or former name contains the text, and their successors, within the actor's sight."""
    like = f"%{escaped(text)}%"
    former = select(FormerName.village_id).where(FormerName.name.like(like, escape="\\"))
    query = select(Village.id, Village.successor_id).where(
        or_(Village.name.like(like, escape="\\"), Village.id.in_(former))
    )
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
