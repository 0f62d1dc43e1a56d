"""Held files: what a person has uploaded for a form that has not been carried out yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id, UserRef
from models.sealing import SealedBytes


class HeldFile(Base):
    """A file on its way or arrived, named by the SHA-256 of the bytes as its owner has them; deleted with its form's act.

    `kept` is what `evidence.take` made of it: the columns of the row that will name the stored bytes.
    """

    __tablename__ = "held_file"
    __table_args__ = (
        UniqueConstraint("user_id", "sha256"),
        CheckConstraint("got >= 0 AND got <= size", name="got"),
        CheckConstraint("stored IS NULL OR got = size", name="whole"),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    sha256: Mapped[Digest]
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(comment="bytes")
    got: Mapped[int] = mapped_column(default=0, comment="bytes that have arrived, from the first on")
    stored: Mapped[Digest | None] = mapped_column(comment="SHA-256 under which the store has it")
    thumbnail: Mapped[Digest | None]
    kept: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime] = mapped_column(index=True)


class HeldSlice(Base):
    """A slice of a held file, until the file is whole."""

    __tablename__ = "held_slice"
    __table_args__ = (UniqueConstraint("file_id", "at"),)
    id: Mapped[Id]
    file_id: Mapped[int] = mapped_column(ForeignKey("held_file.id", ondelete="CASCADE"))
    at: Mapped[int] = mapped_column(comment="the first byte, counted from 0")
    content: Mapped[bytes] = mapped_column(SealedBytes("held_slice.content"))
