"""The household register, to the depth a ticket needs; the register itself widens it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, CountyRef, Id, Name, one_of
from models.county import Village

LABOUR = ("with", "partly", "none", "unknown")


class Household(Base):
    """A registered (建档立卡) household."""

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        CheckConstraint(one_of("labour", LABOUR), name="labour"),
        Index("ix_household_village_code", "village_id", "code"),
    )
    id: Mapped[Id]
    county_id: Mapped[CountyRef]
    code: Mapped[Code]
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    head_name: Mapped[Name]
    labour: Mapped[str] = mapped_column(String(16), default="unknown", comment="labour force: with, partly, none")
    pre_exit: Mapped[bool] = mapped_column(default=False, comment="about to leave the register (预脱贫户)")
    village: Mapped[Village] = relationship(lazy="raise")
