"""County: its units and villages, scheme versions with adoptions, and working days."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models.base import ONLY_ROW, Base, Code, Digest, Id, Name, Partial, RowId, UnitRef, one_of
from models.look_alikes import NamedApart, folded_name, name_key_of

UNIT_TYPES = ("town", "bureau", "office", "leaders", "inspectorate")

#: Predicates of the partial indexes.
WAITING_ADOPTIONS = Partial("scheme_adoption", "state = 'waiting'")
LIVING_UNITS = Partial("unit", "ended_on IS NULL")
ENDED_UNITS = Partial("unit", "successor_id IS NOT NULL")
LIVING_VILLAGES = Partial("village", "ended_on IS NULL")
ENDED_VILLAGES = Partial("village", "successor_id IS NOT NULL")
#: What was entered by mistake ends without a successor, since nothing was ever built on it.
SUCCEEDED = "ended_on IS NULL OR successor_id IS NOT NULL OR withdrawn_at IS NOT NULL"
WITHDRAWN_ENDS = "withdrawn_at IS NULL OR (ended_on IS NOT NULL AND successor_id IS NULL)"
Withdrawn = Annotated[
    datetime | None, mapped_column(comment="when it was taken back with the workbook that had entered it by mistake")
]


class County(Base):
    """The county of this database: one row; no other table refers to it."""

    __tablename__ = "county"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False, default=ONLY_ROW)
    code: Mapped[Code]
    name: Mapped[Name]
    name_en: Mapped[Name]
    scheme_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("scheme_version.id", use_alter=True), comment="the version new tickets are filed under"
    )
    calendar_version: Mapped[int] = mapped_column(default=1, comment="raised with every change of working days")


class SchemeVersion(Base):
    """One version of the policy, stored whole as it was read; never changed afterwards."""

    __tablename__ = "scheme_version"
    __table_args__ = (UniqueConstraint("content_hash"), UniqueConstraint("version"))
    id: Mapped[Id]
    code: Mapped[Code]
    version: Mapped[int]
    year: Mapped[int] = mapped_column(comment="assessment year its month-and-day dates belong to")
    content_hash: Mapped[Digest]
    content: Mapped[str] = mapped_column(comment="canonical JSON of the validated scheme")
    loaded_at: Mapped[datetime]


class SchemeAdoption(Base):
    """The adoption of a version from a day on: waiting until then, afterwards in force for new tickets.

    Per day only one waits; a later adoption for the same day supersedes it.
    """

    __tablename__ = "scheme_adoption"
    __table_args__ = (
        CheckConstraint(one_of("state", ("waiting", "in_force", "superseded", "revoked")), name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        WAITING_ADOPTIONS.index("uq_scheme_adoption_waiting", "from_day", unique=True),
    )
    id: Mapped[Id]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"))
    from_day: Mapped[date] = mapped_column(comment="first day, in China, on which tickets are filed under it")
    adopted_at: Mapped[datetime]
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the command line")
    state: Mapped[str] = mapped_column(String(16))
    settled_at: Mapped[datetime | None] = mapped_column(
        comment="when it was seen to be in force, superseded or revoked"
    )


class Unit(NamedApart, Base):
    """A town government, a county bureau or a county office (责任单位)."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("code"),
        LIVING_UNITS.index("uq_unit_name", "name", unique=True),
        LIVING_UNITS.index("uq_unit_name_key", "name_key", unique=True),
        CheckConstraint(one_of("type", UNIT_TYPES), name="type"),
        CheckConstraint(SUCCEEDED, name="succeeded"),
        CheckConstraint(WITHDRAWN_ENDS, name="withdrawn"),
        CheckConstraint("successor_id <> id", name="successor_is_another"),
        ENDED_UNITS.index("ix_unit_successor", "successor_id"),
    )
    id: Mapped[Id]
    code: Mapped[Code]
    name: Mapped[Name] = mapped_column(comment="official name; one that has ended leaves it free")
    name_en: Mapped[Name]
    type: Mapped[str] = mapped_column(String(16))
    ruled_by_leaders: Mapped[bool] = mapped_column(
        default=False, comment="its disputes go to the leading group: the office itself, and who shares its house"
    )
    position: Mapped[int] = mapped_column(default=0, comment="order of the scheme, no order of rank")
    ended_on: Mapped[date | None] = mapped_column(comment="first day, in China, on which it no longer exists")
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), comment="the unit that has its tickets and rules today; never an ended one"
    )
    withdrawn_at: Mapped[Withdrawn]


class UnitAlias(Base):
    """Another name of the same unit (some offices have two); two that look alike are one."""

    __tablename__ = "unit_alias"
    __table_args__ = (UniqueConstraint("alias"), Index("uq_unit_alias_name_key", "name_key", unique=True))
    id: Mapped[Id]
    unit_id: Mapped[UnitRef]
    alias: Mapped[Name]
    name_key: Mapped[str] = name_key_of("alias")

    @validates("alias")
    def _fold(self, _attribute: str, alias: str) -> str:
        self.name_key = folded_name(alias)
        return alias


class Village(NamedApart, Base):
    """A village (村) of a town."""

    __tablename__ = "village"
    __table_args__ = (
        UniqueConstraint("code"),
        LIVING_VILLAGES.index("uq_village_town_id_name", "town_id", "name", unique=True),
        LIVING_VILLAGES.index("uq_village_town_id_name_key", "town_id", "name_key", unique=True),
        CheckConstraint(SUCCEEDED, name="succeeded"),
        CheckConstraint(WITHDRAWN_ENDS, name="withdrawn"),
        CheckConstraint("successor_id <> id", name="successor_is_another"),
        ENDED_VILLAGES.index("ix_village_successor", "successor_id"),
    )
    id: Mapped[Id]
    town_id: Mapped[UnitRef]
    code: Mapped[Code]
    name: Mapped[Name]
    listed_poor: Mapped[bool] = mapped_column(
        default=False, comment="a listed poor village (省定贫困村), notice item 2"
    )
    poor_people: Mapped[int | None] = mapped_column(comment="registered poor people, as the county says")
    ended_on: Mapped[date | None] = mapped_column(comment="first day, in China, on which it no longer exists")
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("village.id"), comment="the village that has its households today; never an ended one"
    )
    withdrawn_at: Mapped[Withdrawn]
    town: Mapped[Unit] = relationship(lazy="raise")


class WorkingDayOverride(Base):
    """A day that differs from Monday to Friday, by the State Council's notice or the county's own decision."""

    __tablename__ = "working_day_override"
    __table_args__ = (
        UniqueConstraint("day", "source"),
        CheckConstraint(one_of("source", ("state_council", "county")), name="source"),
    )
    id: Mapped[Id]
    day: Mapped[date]
    works: Mapped[bool]
    name: Mapped[Name] = mapped_column(comment="holiday, or the reason of the county")
    source: Mapped[str] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(String(100), default="", comment="number of the paper that says so (文号)")
