"""Duties (任务): dated entries, report forms, and the opening mark.

A duty itself is a ticket.  Entries and forms are append-only: a correction is a new entry that names the old one.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import ONLY_ROW, Base, Id, RowId, UnitRef, UserRef


class DutyEntry(Base):
    """One entry (任务进展记录) of a countable duty: what was done on a day, with evidence.

    An entry with `corrects_id` replaces another; a `void` one withdraws it and counts nothing.
    """

    __tablename__ = "duty_entry"
    __table_args__ = (
        UniqueConstraint("corrects_id"),
        # A phone with a bad signal may send a form twice; it is one entry.
        UniqueConstraint("ticket_id", "once"),
        CheckConstraint("NOT void OR corrects_id IS NOT NULL", name="void"),
        CheckConstraint("corrects_id <> id", name="corrects_another"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    on: Mapped[date] = mapped_column(comment="the day it was done, in China")
    fields: Mapped[dict[str, Any]] = mapped_column(comment="what the duty's form of entries asks for")
    evidence: Mapped[list[Any]] = mapped_column(comment="ids of the evidence shown")
    unit_id: Mapped[UnitRef]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("duty_entry.id"))
    void: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="", comment="why an entry was corrected or withdrawn")
    once: Mapped[str | None] = mapped_column(String(64), comment="token of the form it was sent with, if any")


class DutyForm(Base):
    """The form of a reported duty, with the explanation of a shortfall."""

    __tablename__ = "duty_form"
    __table_args__ = (Index("ix_duty_form_ticket", "ticket_id", "id"),)
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    by_id: Mapped[UserRef]
    fields: Mapped[dict[str, Any]] = mapped_column(comment="what the duty's form asks for")
    missing: Mapped[str] = mapped_column(default="", comment="what is missing of the target, in the unit's words")
    done: Mapped[int | None] = mapped_column(comment="how far the count was")
    target: Mapped[int | None] = mapped_column(comment="how far it had to be")


class DutyOpening(Base):
    """The day up to which duties have been opened, and the scheme version; one row."""

    __tablename__ = "duty_opening"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False, default=ONLY_ROW)
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"))
    through: Mapped[date]
