"""Write patterns: the rows one transaction of the product writes, recorded, so that floor and filling write the same."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from models import Event, EventSecret, Outbox

Row = tuple[str, dict[str, Any]]


@dataclass
class Step:
    """The rows one transaction adds, and the columns it changes in existing rows, by model name."""

    added: list[Row] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def rows(self, model: str) -> list[dict[str, Any]]:
        return [columns for name, columns in self.added if name == model]

    def one(self, model: str) -> dict[str, Any]:
        (row,) = self.rows(model)
        return row


class Recorder:
    """Records a session's writes from now on; read `step` after the last flush and before the session ends."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._added: list[Any] = []
        self._changed: dict[Any, set[str]] = {}
        event.listen(session, "pending_to_persistent", lambda _, made: self._added.append(made))
        event.listen(session, "before_flush", self._note)

    def _note(self, session: Session, _context: Any, _instances: Any) -> None:
        for row in session.dirty:
            changed = {entry.key for entry in inspect(row).attrs if entry.history.has_changes()}
            self._changed.setdefault(row, set()).update(changed)

    def step(self) -> Step:
        step = Step([(type(row).__name__, columns_of(row)) for row in (*self._added, *self._told())])
        for row, names in self._changed.items():
            step.changed.setdefault(type(row).__name__, {}).update({name: getattr(row, name) for name in names})
        return step

    def _told(self) -> list[Any]:
        """The last event and what stands beside it, which are not written through the unit of work."""
        last = self._session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        beside = (self._session.get(model, last.id) for model in (EventSecret, Outbox))
        return [last, *(row for row in beside if row is not None)]


def columns_of(row: Any) -> dict[str, Any]:
    """A row's columns and their values."""
    return {entry.key: getattr(row, entry.key) for entry in inspect(type(row)).column_attrs}
