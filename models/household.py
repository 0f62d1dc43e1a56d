"""Household register (建档立卡档案): households, their people, and imports.

ID numbers and phones are encrypted under a key outside the database, beside a keyed hash for look-ups and a masked form
for pages; only `workflow.county.vault` decrypts them.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Id, Name, Partial, UnitRef, UserRef, by_bytes, one_of
from models.county import Village
from models.sealing import Sealed

LABOUR = ("with", "partly", "none", "unknown")
#: new 新增 · in 在档 · pre_exit 预脱贫 · exited 已脱贫 · cleared 清退 · ended 销户, nobody of it is left · merged 并户, with its
#: people and all that is open in another household · undone 误录撤销, never should have been entered
STATUSES = ("new", "in", "pre_exit", "exited", "cleared", "ended", "merged", "undone")
#: Statuses on the register.
ON_REGISTER = ("new", "in", "pre_exit")
#: Statuses of households for which nothing is recorded, filed or reopened.
GONE = ("cleared", "ended", "merged", "undone")
#: Why a person belongs to a household: registered 建档登记 · born 出生 · came_in 嫁入等迁入 · moved_in from another household
BEGINNINGS = ("registered", "born", "came_in", "moved_in")
#: Why a person no longer does: died 死亡 · married_out 婚嫁迁出 · moved_away 外迁 · struck 误录核减 · moved to another household
ENDINGS = ("died", "married_out", "moved_away", "struck", "moved")

#: Predicates of the partial indexes.
REGISTERED = Partial("household", one_of("status", ON_REGISTER))
LIVING_WITH_ID = Partial("member", "id_index IS NOT NULL AND ends_on IS NULL")
CHANGED_PEOPLE = Partial("member", "COALESCE(begins_on, ends_on) IS NOT NULL")
MERGED = Partial("household", "successor_id IS NOT NULL")
WAITING_IMPORTS = Partial("register_import", "status IN ('reading', 'queued', 'undoing')")


class Household(Base):
    """A registered (建档立卡) household."""

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("labour", LABOUR), name="labour"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("(successor_id IS NOT NULL) = (status = 'merged')", name="succeeded"),
        CheckConstraint("successor_id <> id", name="successor_is_another"),
        CheckConstraint("origin_id <> id", name="origin_is_another"),
        CheckConstraint("(income_fen IS NULL) = (income_year IS NULL)", name="income"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        Index("ix_household_village_code", "village_id", "code"),
        # Covering index for searches in list order, so that skipped rows are never read.
        Index("ix_household_search", "code", "head_name", "initials", "village_id"),
        Index("ix_household_initials", "initials", "code"),
        Index("ix_household_phone_index", "phone_index"),
        MERGED.index("ix_household_successor", "successor_id"),
        REGISTERED.index("ix_household_visited_on", "village_id", "visited_on", "status"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(by_bytes(64))
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    head_name: Mapped[str] = mapped_column(by_bytes(200))
    initials: Mapped[str] = mapped_column(
        by_bytes(200), default="", comment="the head's name in pinyin and its initials, every reading; sorts by name"
    )
    status: Mapped[str] = mapped_column(String(16), default="in")
    labour: Mapped[str] = mapped_column(String(16), default="unknown", comment="labour force: with, partly, none")
    address: Mapped[Name] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    people: Mapped[int | None] = mapped_column(
        comment="家庭人口 as the register says; its members may not all be known"
    )
    income_fen: Mapped[int | None] = mapped_column(
        Sealed("int", "household.income_fen"), comment="disposable income a head in `income_year`, in fen"
    )
    income_year: Mapped[int | None]
    income_people: Mapped[int | None] = mapped_column(
        comment="for how many people the income was entered, if their number changed since"
    )
    cause: Mapped[str] = mapped_column(
        Sealed("text", "household.cause"), default="", comment="cause of poverty (致贫原因), as the register words it"
    )
    cadre_name: Mapped[Name] = mapped_column(default="", comment="responsible cadre (包户责任人)")
    cadre_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="the cadre's account, if any")
    phone_sealed: Mapped[str | None] = mapped_column(String(200))
    phone_index: Mapped[str | None] = mapped_column(String(64))
    phone_masked: Mapped[str | None] = mapped_column(String(32))
    visited_on: Mapped[date | None] = mapped_column(comment="day of the last visit (入户核查)")
    version: Mapped[int] = mapped_column(default=1, comment="raised by every change of the register")
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id"), comment="the household it was merged into; never a merged one"
    )
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), comment="the household it split from")
    monitoring: Mapped[dict[str, Any]] = mapped_column(
        Sealed("json", "household.monitoring"),
        default=dict,
        comment="columns of the monitoring system's export, by field, as written",
    )
    village: Mapped[Village] = relationship(lazy="raise")

    @property
    def pre_exit(self) -> bool:
        """Whether it is about to leave the register (预脱贫户)."""
        return self.status == "pre_exit"

    @property
    def gone(self) -> bool:
        """Whether it was cleared from the register, nobody of it is left, or its people are counted elsewhere."""
        return self.status in GONE


class Member(Base):
    """One person of a household, from a first day until an end; a person who moves to another household ends in one and
    begins in the other.

    The four columns of beginning and end are derived: the events of the household record them, `verify` compares.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("household_id", "position"),
        CheckConstraint(one_of("sex", ("m", "f"), optional=True), name="sex"),
        CheckConstraint(one_of("born_exact", ("day", "month", "year")), name="born_exact"),
        CheckConstraint("(id_sealed IS NULL) = (id_index IS NULL)", name="id_number"),
        CheckConstraint(one_of("begin_reason", BEGINNINGS), name="begin_reason"),
        CheckConstraint("begin_reason = 'registered' OR begins_on IS NOT NULL", name="begun"),
        CheckConstraint(one_of("end_reason", ENDINGS, optional=True), name="end_reason"),
        CheckConstraint("(ends_on IS NULL) = (end_reason IS NULL)", name="ended"),
        CheckConstraint("begins_on IS NULL OR ends_on IS NULL OR ends_on >= begins_on", name="forward"),
        CheckConstraint("(moved_to_id IS NOT NULL) = (end_reason IS NOT NULL AND end_reason = 'moved')", name="moved"),
        # Nobody who ended is head, and a household has one head.
        CheckConstraint("ends_on IS NULL OR position <> 1", name="head"),
        # A living person is in one household: two rows with one ID number are an error.
        LIVING_WITH_ID.index("uq_member_living", "id_index", unique=True),
        Index("ix_member_id_index", "id_index"),
        CHANGED_PEOPLE.index("ix_member_changed", "household_id", "begins_on", "ends_on"),
    )
    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    position: Mapped[int] = mapped_column(comment="1 is the head")
    name: Mapped[Name]
    relation: Mapped[Name] = mapped_column(default="", comment="to the head (与户主关系)")
    id_sealed: Mapped[str | None] = mapped_column(String(200))
    id_index: Mapped[str | None] = mapped_column(String(64))
    id_masked: Mapped[str | None] = mapped_column(String(32))
    sex: Mapped[str | None] = mapped_column(String(1))
    born_on: Mapped[date | None] = mapped_column(Sealed("date", "member.born_on"))
    born_exact: Mapped[str] = mapped_column(
        String(8),
        default="day",
        server_default="day",
        comment="how exactly born_on is known; a month or year is stored as its first day",
    )
    labour: Mapped[str] = mapped_column(Sealed("text", "member.labour", LABOUR), default="unknown")
    beyond_help: Mapped[bool] = mapped_column(
        Sealed("bool", "member.beyond_help"), default=False, comment="cannot be lifted by work or farming"
    )
    schooling: Mapped[Name] = mapped_column(default="")
    illness: Mapped[str] = mapped_column(Sealed("text", "member.illness"), default="")
    insured: Mapped[bool | None] = mapped_column(comment="basic and major-illness insurance paid; empty: not known")
    pension: Mapped[bool | None] = mapped_column(comment="pension insurance paid or drawn; empty: not known")
    allowance: Mapped[bool | None] = mapped_column(
        Sealed("bool", "member.allowance"),
        comment="draws the minimum living allowance (低保); empty: not known",
    )
    begins_on: Mapped[date | None] = mapped_column(
        comment="first day in this household; empty: since the household was registered"
    )
    begin_reason: Mapped[str] = mapped_column(String(16), default="registered", server_default="registered")
    ends_on: Mapped[date | None] = mapped_column(comment="first day on which the person is not counted here any more")
    end_reason: Mapped[str | None] = mapped_column(String(16))
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), comment="the household moved to")


class NamePart(Base):
    """A part of the name of a household's living member other than its head, by which the household is found: derived from
    `member`, see `workflow.register.names.member_names`.

    Found by its beginning, so the rows are stored in its order where the database can do that.
    """

    __tablename__ = "name_part"
    __table_args__ = (Index("ix_name_part_household", "household_id"), {"sqlite_with_rowid": False})
    part: Mapped[str] = mapped_column(
        by_bytes(64), primary_key=True, comment="the folded name from one of its characters on, or its pinyin"
    )
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)


#: uploaded: its columns are being chosen · reading: to be read by the worker · read: the preview is there ·
#: queued: to be applied by the worker · applied · failed: `problem` says why ·
#: undoing: to be undone by the worker · undone: what nothing was built on
IMPORT_STATUSES = ("uploaded", "reading", "read", "queued", "applied", "failed", "undoing", "undone")


class RegisterImport(Base):
    """One register spreadsheet uploaded by one unit: its result and state."""

    __tablename__ = "register_import"
    __table_args__ = (
        UniqueConstraint("sha256", "unit_id"),
        CheckConstraint(one_of("status", IMPORT_STATUSES), name="status"),
        CheckConstraint("status <> 'applied' OR applied_at IS NOT NULL", name="applied"),
        WAITING_IMPORTS.index("ix_register_import_waiting", "id"),
    )
    id: Mapped[Id]
    unit_id: Mapped[UnitRef] = mapped_column(comment="whose it is; the office's, too, what the command line brought")
    sha256: Mapped[Digest]
    filename: Mapped[Name]
    mapping: Mapped[dict[str, Any]] = mapped_column(comment="column heading → field, as the person corrected it")
    income_year: Mapped[int | None] = mapped_column(comment="of its incomes, where the file does not say it")
    counts: Mapped[dict[str, Any]] = mapped_column(comment="new, changed, unchanged, refused, absent; faults by code")
    status: Mapped[str] = mapped_column(String(16))
    problem: Mapped[str | None] = mapped_column(String(64), comment="code of why the file cannot be read or applied")
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    read_at: Mapped[datetime]
    applied_at: Mapped[datetime | None] = mapped_column(comment="when it was last applied")


class ImportChange(Base):
    """What one import did to one household; the values before and after are in the private part of its event."""

    __tablename__ = "import_change"
    __table_args__ = (
        UniqueConstraint("event_id"),
        UniqueConstraint("undone_id"),
        CheckConstraint("undone_id > event_id", name="undone_later"),
        Index("ix_import_change_import", "import_id", "id"),
        Index("ix_import_change_household", "household_id"),
    )
    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), comment="the event `import` of the household")
    row: Mapped[Name] = mapped_column(comment="the household's first row in the file, as the preview called it")
    undone_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), comment="the event that undid it")


class HeadingChoice(Base):
    """The field chosen by a person for a column heading; remembered for the next file."""

    __tablename__ = "heading_choice"
    __table_args__ = (UniqueConstraint("heading"),)
    id: Mapped[Id]
    heading: Mapped[Name]
    field: Mapped[Code]
    chosen_by_id: Mapped[UserRef]
    chosen_at: Mapped[datetime]
