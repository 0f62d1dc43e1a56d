"""Duplicates: finds the open ticket of the same deficiency, beside which no second is filed, and the last closed one.

The statements are built once: composing one takes longer than SQLite needs to execute it.
"""

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from models import Ticket
from workflow.county.context import CountyContext
from workflow.errors import Duplicate
from workflow.tickets.subjects import Subject


def _duplicate_queries(*conditions: ColumnElement[bool]) -> dict[str, Select[int]]:
    """The latest ticket of the same deficiency under these conditions, for a household and for a village."""
    same = (Ticket.kind == bindparam("kind"), Ticket.cause == bindparam("cause"), *conditions)
    columns = {"household": Ticket.household_id, "village": Ticket.village_id}
    return {
        name: select(Ticket.id).where(column == bindparam("subject"), *same).order_by(Ticket.id.desc()).limit(1)
        for name, column in columns.items()
    }


_CAUSES = {
    name: select(Ticket.cause).where(
        column == bindparam("subject"), Ticket.kind == bindparam("kind"), Ticket.ended_at.is_(None)
    )
    for name, column in (("household", Ticket.household_id), ("village", Ticket.village_id))
}
OPEN_MATCH, CLOSED_MATCH = _duplicate_queries(Ticket.ended_at.is_(None)), _duplicate_queries(Ticket.state == "closed")


def refuse_vague(session: Session, setting: CountyContext, subject: Subject, kind: str, cause: str | None) -> None:
    """A ticket without a cause covers every cause of its kind, so it excludes every other.  Raises
    Duplicate.

    The subject is locked; of two tickets with the same cause the unique index refuses the second.
    """
    if not setting.scheme.kind(kind).causes:
        return
    name, row = ("household", subject.household) if subject.household else ("village", subject.village)
    asked = {"subject": row.id, "kind": kind}
    causes = session.scalars(_CAUSES[name], asked).all()
    if causes and (not cause or "" in causes):
        raise Duplicate("duplicate_open_ticket", "kind", kind=kind)


def find_duplicate(
    session: Session, statements: dict[str, Select[int]], subject: Subject, kind: str, cause: str | None
) -> int | None:
    """The id of the matching ticket by one of the two sets of statements (OPEN, CLOSED), or None."""
    name, row = ("household", subject.household) if subject.household else ("village", subject.village)
    return session.scalar(statements[name], {"subject": row.id, "kind": kind, "cause": cause or ""})
