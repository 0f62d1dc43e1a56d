"""Reform act: renames, merges, divides and moves units and villages, as one act with one event of the county.

Locks as for a change of scheme: the county, then villages, then tickets by ascending id.  Each ticket moves through the
desk with an event of its own; that nothing open is left with what ends is refused by triggers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, Reform, Unit, UnitAlias, Village
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.county.in_force import lock_county
from workflow.county.successions import CHANGING, PENDING
from workflow.errors import BadInput, Stale
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.reform import endings
from workflow.reform.reform_holdings import Holdings, digest_of, of_unit, of_village
from workflow.reform.reform_input import Wanted, require_office, sources_of, wanted


@dataclass(frozen=True, slots=True)
class Preview:
    """A reform before it is applied: what each source has, of the successor too where it exists; `seen` is their digest."""

    wanted: Wanted
    sources: list[Holdings]
    into: Holdings | None
    seen: str


def preview(session: Session, actor: Actor, now: datetime, given: dict[str, Any], *, whole: bool = False) -> Preview:
    """What the reform would move; nothing is stored.  Raises NotAllowed, BadInput."""
    asked = wanted(session, actor, now, given, whole=whole)
    return _preview(session, asked)


def to_divide(session: Session, actor: Actor, given: dict[str, Any]) -> Unit:
    """The unit that is to be divided, before its successors are named.  Raises NotAllowed, BadInput."""
    require_office(actor)
    (unit,) = sources_of(session, "unit", "split", given.get("sources") or ())
    found: Unit = unit
    return found


def _preview(session: Session, asked: Wanted) -> Preview:
    setting = county_context(session)

    def held(row: Any) -> Holdings:
        return of_unit(session, setting, row.id) if asked.of_units else of_village(session, row)

    sources = [held(row) for row in asked.sources]
    return Preview(asked, sources, held(asked.into) if asked.into is not None else None, digest_of(sources))


def apply(session: Session, actor: Actor, now: datetime, given: dict[str, Any], *, seen: str | None = None) -> Reform:
    """Apply a reform; `seen` is the digest of the preview the person decided on, None on the command line.

    Raises NotAllowed, BadInput, also for a day to come (`planned_reforms`); Stale where what it moves has changed since
    the preview.
    """
    lock_county(session)
    asked = wanted(session, actor, now, given)
    if asked.from_day > local_date(now):
        raise BadInput("reform_ahead", "from_day")
    _lock(session, asked)
    before = _preview(session, asked)
    if seen is not None and seen != before.seen:
        raise Stale("reform_changed")
    # From here on this transaction reads the units as it writes them.
    session.info[CHANGING] = {}
    try:
        content = _rename(session, asked) if asked.kind == "rename" else endings.do(session, actor, now, asked)
        return _written(session, actor, now, asked, content)
    finally:
        del session.info[CHANGING]
        session.info.pop(PENDING, None)


def _written(session: Session, actor: Actor, now: datetime, asked: Wanted, content: dict[str, Any]) -> Reform:
    row = Reform(
        kind=asked.kind,
        subject=asked.subject,
        from_day=asked.from_day,
        document=asked.document,
        reason=asked.reason,
        content=content,
        at=now,
        by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    _keep_names(session, row, asked)
    event_log.of(session, row, actor, now, first=True).append(
        "reform",
        {"kind": asked.kind, "subject": asked.subject, "from": asked.from_day.isoformat(), "document": asked.document},
        {"content": content},
        private={"reason": asked.reason},
    )
    return row


def _lock(session: Session, asked: Wanted) -> None:
    """Lock the rows that change, so that nothing is opened with what ends."""
    into = [asked.into, asked.house, *(part.into for part in asked.parts)]
    for model in (Unit, Village):
        ids = sorted({row.id for row in (*asked.sources, *into) if isinstance(row, model)})
        session.execute(
            select(model)
            .where(model.id.in_(ids))
            .order_by(model.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()


def _rename(session: Session, asked: Wanted) -> dict[str, Any]:
    (row,) = asked.sources
    content = {"code": row.code, "id": row.id, "before": row.name, "after": asked.name}
    if asked.of_units:
        content |= {"before_en": row.name_en, "after_en": asked.name_en or row.name_en}
        row.name_en = content["after_en"]
        second = select(UnitAlias).where(UnitAlias.alias == asked.name, UnitAlias.unit_id == row.id)
        old = session.scalars(second).first()
        if old is not None:
            # Its second name has become its first.
            session.delete(old)
            session.flush()
        if session.scalar(select(UnitAlias.id).where(UnitAlias.name_key == row.name_key)) is None:
            session.add(UnitAlias(unit_id=row.id, alias=row.name))
    row.name = asked.name
    session.flush()
    return content


def _keep_names(session: Session, reform: Reform, asked: Wanted) -> None:
    """Keep what was renamed under its former name."""
    if asked.kind != "rename":
        return
    content, unit = reform.content, asked.of_units
    session.add(
        FormerName(
            reform_id=reform.id,
            unit_id=content["id"] if unit else None,
            village_id=None if unit else content["id"],
            name=content["before"],
            name_en=content.get("before_en", ""),
        )
    )
    session.flush()
