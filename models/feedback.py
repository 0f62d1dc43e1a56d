"""Feedback: what people say about the system itself, and what the county office answers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UserRef

UNANSWERED = Partial("feedback", "answered_at IS NULL")


class Feedback(Base):
    """A complaint or a suggestion about the system itself; it is answered once, and counts for nobody's assessment."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint(
            "(answered_at IS NULL) = (answer = '') AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered",
        ),
        Index("ix_feedback_user", "user_id", "id"),
        UNANSWERED.index("ix_feedback_unanswered", "id"),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    page: Mapped[str] = mapped_column(String(200), default="", comment="path of the page it is about; empty: none")
    words: Mapped[str]
    sent_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
