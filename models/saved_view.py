"""Saved views: addresses of the ticket list kept under a name, and who is notified when tickets enter one."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UserRef

OWN_VIEWS = Partial("saved_view", "ended_at IS NULL AND unit_id IS NULL")
VIEWS_OF_UNITS = Partial("saved_view", "ended_at IS NULL AND village_id IS NULL AND unit_id IS NOT NULL")
VIEWS_OF_VILLAGES = Partial("saved_view", "ended_at IS NULL AND village_id IS NOT NULL")


class SavedView(Base):
    """A view of the ticket list: of one person, or of the people of a unit or village; what it shows is read as its reader.

    A deleted view keeps its id, to which messages lead, and nothing else.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("village_id IS NULL OR unit_id IS NOT NULL", name="shared"),
        CheckConstraint("(ended_at IS NULL) = (name <> '')", name="ended"),
        OWN_VIEWS.index("uq_saved_view_own", "user_id", "name", unique=True),
        VIEWS_OF_UNITS.index("uq_saved_view_unit", "unit_id", "name", unique=True),
        VIEWS_OF_VILLAGES.index("uq_saved_view_village", "village_id", "name", unique=True),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(comment="who made it")
    unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), comment="whose people share it; empty: its maker's"
    )
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    name: Mapped[str] = mapped_column(String(40))
    asked: Mapped[dict[str, Any]] = mapped_column(
        comment="the address: parameters of the ticket list, without search text"
    )
    position: Mapped[int] = mapped_column(comment="its place among the views of the same people")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ViewWatch(Base):
    """A person's wish to be notified of tickets that enter a view, with those that were in it when it was last read.

    `sight` names role, unit and village under which `seen` was read; empty: not read yet, or too many.
    """

    __tablename__ = "view_watch"
    __table_args__ = (UniqueConstraint("view_id", "user_id"), Index("ix_view_watch_checked", "checked_at"))
    id: Mapped[Id]
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"))
    user_id: Mapped[UserRef]
    seen: Mapped[list[Any]] = mapped_column(comment="ids of tickets")
    sight: Mapped[str] = mapped_column(String(64))
    checked_at: Mapped[datetime]
