"""Wordings: sentences that a unit uses again in reasons, notes and answers, kept by its people, and by the office for all units.

A village reads those of its town and keeps none.  What is sent is in the history of its act, whatever becomes of the wording.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import Wording
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound
from workflow.inputs import statement_of

#: Wordings of one unit, and of all units; characters of one.
MOST, LONGEST = 30, 200
_NAMES = ("uq_wording_unit", "uq_wording_for_all")


def keeps(actor: Actor) -> bool:
    """Whether the actor keeps wordings of a unit: not a village's people, nor an administrator."""
    return actor.role not in ("admin", "village") and actor.unit_id is not None


def list_wordings(session: Session, actor: Actor) -> Sequence[Wording]:
    """The wordings that the actor may use, the unit's own first.  Raises NotAllowed for an administrator."""
    if actor.role == "admin":
        raise NotAllowed("wordings_not_yours")
    ours: ColumnElement[bool] = Wording.unit_id.is_(None)
    if actor.unit_id is not None:
        ours = or_(ours, actor.own(Wording.unit_id))
    return session.scalars(select(Wording).where(ours).order_by(Wording.unit_id.is_(None), Wording.id)).all()


def add(session: Session, actor: Actor, now: datetime, words: str, *, for_all: bool = False) -> Wording:
    """Add a wording of the actor's unit, or as the office one `for_all`.

    Raises NotAllowed, BadInput for a text that says nothing or is too long and where there are MOST already, and Conflict for
    one that is there already.
    """
    if not keeps(actor):
        raise NotAllowed("wordings_not_yours")
    if for_all and actor.role != "office":
        raise NotAllowed("only_office_for_all")
    if not words.strip():
        raise BadInput("missing", "words")
    text = statement_of("words", words)
    if len(text) > LONGEST:
        raise BadInput("too_long", "words", most=LONGEST)
    among = Wording.unit_id.is_(None) if for_all else actor.own(Wording.unit_id)
    if (session.scalar(select(func.count()).select_from(Wording).where(among)) or 0) >= MOST:
        raise BadInput("too_many_wordings", "words", most=MOST)
    made = Wording(unit_id=None if for_all else actor.own_unit_id, words=text, by_id=actor.account_id, at=now)
    with refused_as(Conflict("wording_taken", "words"), *_NAMES):
        session.add(made)
        session.flush()
    return made


def delete_wording(session: Session, actor: Actor, number: int) -> None:
    """Delete a wording of the actor's unit, or as the office one for all.  Raises NotFound."""
    row = session.scalars(select(Wording).where(Wording.id == number, _kept_by(actor)).with_for_update()).one_or_none()
    if row is None or not keeps(actor):
        raise NotFound("no_such_wording")
    session.delete(row)


def _kept_by(actor: Actor) -> ColumnElement[bool]:
    own = actor.own(Wording.unit_id)
    return or_(own, Wording.unit_id.is_(None)) if actor.role == "office" else own
