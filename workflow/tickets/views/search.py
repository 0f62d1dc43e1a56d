"""What a person types into a search box: a number, a code, a name or its pinyin, a village, told apart by their shape.

Only what the actor may read is looked at: where names are masked, a name neither finds nor confirms a guess.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Household, Ticket, Village
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.paging import escaped
from workflow.tickets.lookup import id_of
from workflow.tickets.permissions import COUNTY_WIDE, masks_names, visible

LONGEST = 64
#: Wide letters, figures and strokes, as Chinese keyboards write them, and how codes and numbers are written.
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
#: Greater than every sign a code or name is made of.
_LAST = "\U0010ffff"


def cleaned(text: str | None) -> str:
    """Search text on one line, without what no database takes, its Latin letters and figures of one width.

    Raises BadInput for more than LONGEST signs.
    """
    found = " ".join((text or "").replace("\x00", "").translate(NARROW).split())
    if len(found) > LONGEST:
        # Cut short it would find something else than what was asked for.
        raise BadInput("too_long", "q", most=LONGEST)
    return found


def households(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """The condition that a `Household` row is meant by a (cleaned) text.

    The office's search of 100,000 households is one pass over an index that holds all that is asked for.
    """
    ticket = id_of(text)
    if ticket is not None:
        return Household.id.in_(select(Ticket.household_id).where(Ticket.id == ticket, visible(actor)))
    tests = [starts(Household.code, code) for code in sorted({text, text.upper()})]
    if not masks_names(actor):
        tests += named(text)
    found = villages(session, actor, text)
    if found:
        tests.append(Household.village_id.in_(found))
    return or_(*tests)


def named(text: str) -> list[ColumnElement[bool]]:
    """The conditions that a household's head is called so: a part of the name, or how it begins in pinyin."""
    if not text.isascii():
        return [Household.head_name.like(f"%{escaped(text)}%", escape="\\")]
    word = "".join(text.split()).lower()
    if not word.isalpha():
        return []
    return [Household.initials.like(f"{word}%"), Household.initials.like(f"% {word}%")]


def villages(session: Session, actor: Actor, text: str) -> list[int]:
    """The villages whose name has the text in it, within the actor's own sight."""
    query = select(Village.id).where(Village.name.like(f"%{escaped(text)}%", escape="\\"))
    return list(session.scalars(query.where(*around(actor))))


def around(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition that a `Village` row lies in the actor's own place: a village, a town; none for the county's."""
    if actor.role == "village":
        return [Village.id == actor.village_id]
    return [Village.town_id == actor.unit_id] if actor.role == "town" else []


def within(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition that a `Household` row lies in the actor's own place."""
    if actor.role in (*COUNTY_WIDE, "bureau"):
        return [true()]
    if actor.role == "village":
        return [Household.village_id == actor.village_id]
    own = select(Village.id).where(*around(actor))
    return [Household.village_id.in_(own)]


def starts(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """That a column that sorts by bytes begins with a text: a range, which an index finds on both databases."""
    return and_(column >= text, column < text + _LAST)
