"""Recorded reforms: the rows in the order of their entry, and the one that an act is about to write."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Reform
from workflow.county.successions import PendingReform, ReformFact

#: Keys in `Session.info` of the contexts of an act that changes the units, and of the reform it is about to write.
CHANGING, PENDING = "contexts_of_a_reform", "reform_to_be_written"


def recorded_reforms(session: Session, last: int | None) -> tuple[list[ReformFact], list[ReformFact]]:
    """The reforms up to the one with the id `last` (None: all, and the one about to be written), and those after it."""
    rows = session.scalars(select(Reform).order_by(Reform.id)).all()
    if last is not None:
        return [row for row in rows if row.id <= last], [row for row in rows if row.id > last]
    pending: PendingReform | None = session.info.get(PENDING)
    return [*rows, *([pending] if pending is not None else [])], []


def renames(reforms: Iterable[ReformFact]) -> Iterator[ReformFact]:
    """Those that renamed units."""
    return (reform for reform in reforms if reform.subject == "unit" and reform.kind == "rename")
