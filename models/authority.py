"""Authorisations (授权): what the leader of a unit has put on record for days, with a document."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UnitRef, UserRef, one_of

#: What may be authorised: signing the unit's papers, issuing its papers of the ladder by the system, and protecting personal data.
AUTHORITIES = ("sign", "supervise", "data")

#: Predicates of the unique indexes: what is in force is on record once, however often the form was sent.
_LIVE_TO_SIGN = Partial("authorisation", "kind = 'sign' AND ended_at IS NULL")
_LIVE_TO_SUPERVISE = Partial("authorisation", "kind = 'supervise' AND ended_at IS NULL")
_LIVE_TO_PROTECT = Partial("authorisation", "kind = 'data' AND ended_at IS NULL")


class Authorisation(Base):
    """One authorisation by the leader of a unit: to a person to sign for it (授权签发) or to protect personal data
    (个人信息保护负责人), or to the system to issue papers (督办授权).

    It holds from its first to its last day in China, until it is ended, and only while its giver leads the unit.
    """

    __tablename__ = "authorisation"
    __table_args__ = (
        CheckConstraint(one_of("kind", AUTHORITIES), name="kind"),
        CheckConstraint("(user_id IS NULL) = (kind = 'supervise')", name="whom"),
        CheckConstraint("user_id IS NULL OR user_id <> by_id", name="not_oneself"),
        CheckConstraint("until_day >= from_day", name="days"),
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"),
        Index("ix_authorisation_unit", "unit_id", "kind"),
        _LIVE_TO_SIGN.index(
            "uq_authorisation_sign",
            *("unit_id", "user_id", "by_id", "from_day", "until_day", "document", "doubled"),
            unique=True,
        ),
        _LIVE_TO_SUPERVISE.index(
            "uq_authorisation_supervise",
            *("unit_id", "by_id", "from_day", "until_day", "document", "doubled"),
            unique=True,
        ),
        _LIVE_TO_PROTECT.index(
            "uq_authorisation_data",
            *("unit_id", "user_id", "by_id", "from_day", "until_day", "document", "doubled"),
            unique=True,
        ),
    )
    id: Mapped[Id]
    unit_id: Mapped[UnitRef]
    kind: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the system")
    from_day: Mapped[date] = mapped_column(comment="first day, in China")
    until_day: Mapped[date] = mapped_column(comment="last day, in China")
    document: Mapped[str] = mapped_column(String(100), comment="number of the paper that says so (文号)")
    doubled: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        comment="0, or the number of a line recorded twice before this was refused",
    )
    by_id: Mapped[UserRef] = mapped_column(comment="leader of the unit, who put it on record")
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="ended before its last day")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
