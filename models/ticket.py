"""The ticket, the units that assist with it, and its evidence.

Everything that must never happen is refused by a CHECK or a (partial) unique index here, not by a look before a write.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Id, Partial, UnitRef, UserRef, one_of, stated
from models.candidate import Candidate
from models.county import Unit, Village
from models.household import Household

_CHINA = timezone(timedelta(hours=8))
STATES = ("reported", "returned", "assigned", "disputed", "in_progress", "suspended", "resolved", "closed", "withdrawn")

#: The unique keys that allow one open ticket per subject, kind and cause, and of what the system finds one at all.
OPEN_TICKET_KEYS = ("uq_ticket_open_household", "uq_ticket_open_village", "uq_ticket_open_unit", "uq_ticket_by_system")

#: Predicates of the partial indexes.
OPEN_TICKETS = Partial("ticket", "ended_at IS NULL")
OPEN_OF_HOUSEHOLD = Partial("ticket", "ended_at IS NULL AND household_id IS NOT NULL")
OPEN_OF_VILLAGE = Partial("ticket", "ended_at IS NULL AND village_id IS NOT NULL")
OPEN_OF_UNIT = Partial("ticket", "ended_at IS NULL AND subject_unit_id IS NOT NULL")
TICKETS_OF_VILLAGE = Partial("ticket", "village_id IS NOT NULL")
TICKETS_OF_UNIT = Partial("ticket", "subject_unit_id IS NOT NULL")
FILED_BY_BUREAU = Partial("ticket", "filed_as = 'bureau' AND household_id IS NULL")
BY_SYSTEM = Partial("ticket", "filed_as = 'system' AND subject_unit_id IS NOT NULL")
OF_CANDIDATES = Partial("ticket", "candidate_id IS NOT NULL")
DUTY_TICKETS = Partial("ticket", "duty_unit_id IS NOT NULL")
UNVISITED_CLOSINGS = Partial("ticket", "visited_on IS NULL AND state = 'closed' AND type = 'deficiency'")


def number_of(ticket_id: int, filed_at: datetime) -> str:
    """A ticket's number (`Ticket.number`) without the row."""
    return f"{filed_at.astimezone(_CHINA).year}-{ticket_id:06d}"


class Ticket(Base):
    """One deficiency of one household, village or unit, one candidate, or one duty of one unit, from filing to closing."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(one_of("type", ("deficiency", "duty")), name="type"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(
            "(CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN village_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN duty_unit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN subject_unit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN candidate_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_subject",
        ),
        CheckConstraint("(type = 'duty') = (duty_unit_id IS NOT NULL)", name="duty_subject"),
        CheckConstraint(
            "type = 'deficiency' OR (duty_code IS NOT NULL AND period IS NOT NULL"
            " AND state NOT IN ('reported', 'returned', 'assigned'))",
            name="duty_states",
        ),
        CheckConstraint(
            "type = 'duty' OR subject_unit_id IS NOT NULL OR (in_village_id IS NOT NULL AND town_id IS NOT NULL)",
            name="place",
        ),
        CheckConstraint(
            "subject_unit_id IS NULL OR (source <> '' AND state NOT IN ('reported', 'returned')"
            " AND (filed_as = 'system' OR"
            " (filed_unit_id IS NOT NULL AND (confirmer_unit_id <> filed_unit_id OR filed_as = 'leaders'))))",
            name="unit_subject",
        ),
        # Nobody judges a family they reported.
        CheckConstraint(
            "candidate_id IS NULL OR (filed_unit_id IS NOT NULL AND confirmer_unit_id <> filed_unit_id)",
            name="candidate_subject",
        ),
        CheckConstraint("(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(state = 'closed') = (closed_by_unit_id IS NOT NULL)", name="closed_by"),
        CheckConstraint("(state IN ('resolved', 'closed')) = (resolved_by_unit_id IS NOT NULL)", name="resolved_by"),
        CheckConstraint("(resolved_by_unit_id IS NULL) = (resolved_at IS NULL)", name="resolved_at"),
        CheckConstraint("closed_by_unit_id IS NULL OR closed_by_unit_id <> resolved_by_unit_id", name="not_own_work"),
        CheckConstraint("(ended_at IS NULL) = (holder_unit_id IS NOT NULL)", name="holder"),
        CheckConstraint("(holder_unit_id IS NULL) = (due_at IS NULL)", name="due"),
        CheckConstraint(
            "state NOT IN ('assigned', 'in_progress', 'suspended', 'resolved', 'closed')"
            " OR (lead_unit_id IS NOT NULL AND confirmer_unit_id IS NOT NULL)",
            name="dispatched",
        ),
        CheckConstraint("confirmer_unit_id <> lead_unit_id", name="confirmer_is_another"),
        CheckConstraint("version >= 1 AND episode >= 1", name="counts"),
        OPEN_OF_HOUSEHOLD.index("uq_ticket_open_household", "household_id", "kind", "cause", unique=True),
        OPEN_OF_VILLAGE.index("uq_ticket_open_village", "village_id", "kind", "cause", unique=True),
        OPEN_OF_UNIT.index(
            "uq_ticket_open_unit", "subject_unit_id", "kind", "cause", "source", "source_reference", unique=True
        ),
        BY_SYSTEM.index("uq_ticket_by_system", "subject_unit_id", "kind", "source_reference", unique=True),
        DUTY_TICKETS.index("uq_ticket_duty", "duty_unit_id", "duty_code", "period", unique=True),
        DUTY_TICKETS.index("ix_ticket_duty_period", "period", "duty_code"),
        OPEN_TICKETS.index("ix_ticket_open", "due_at", "id"),
        OPEN_TICKETS.index("ix_ticket_open_filed", "filed_at", "id"),
        OPEN_TICKETS.index("ix_ticket_open_kind", "kind", "due_at", "id"),
        OPEN_TICKETS.index("ix_ticket_open_holder", "holder_unit_id", "due_at", "id"),
        OPEN_TICKETS.index("ix_ticket_open_town", "town_id", "due_at", "id"),
        OPEN_TICKETS.index("ix_ticket_open_village", "in_village_id", "due_at", "id"),
        OPEN_TICKETS.index("ix_ticket_open_lead", "lead_unit_id", "due_at", "id"),
        OF_CANDIDATES.index("uq_ticket_candidate", "candidate_id", unique=True),
        Index("ix_ticket_household", "household_id"),
        Index("ix_ticket_matter", "matter_id"),
        TICKETS_OF_VILLAGE.index("ix_ticket_village", "village_id", "id"),
        TICKETS_OF_UNIT.index("ix_ticket_subject_unit", "subject_unit_id", "due_at", "id"),
        FILED_BY_BUREAU.index("ix_ticket_filed_by_bureau", "filed_unit_id", "due_at", "id"),
        UNVISITED_CLOSINGS.index("ix_ticket_unvisited", "ended_at"),
    )
    id: Mapped[Id]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), comment="the policy it lives under")
    type: Mapped[str] = mapped_column(String(16), default="deficiency")
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1, comment="raised by every move; rungs and uploads do not")
    episode: Mapped[int] = mapped_column(default=1)

    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    duty_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    subject_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), comment="the unit a deficiency is found at"
    )
    candidate_id: Mapped[int | None] = mapped_column(
        ForeignKey("candidate.id"), comment="the family that is not registered; its only ticket"
    )
    duty_code: Mapped[str | None] = mapped_column(String(64))
    period: Mapped[str | None] = mapped_column(String(16))
    in_village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), comment="where it is")
    town_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the town it lies in")
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), comment="the matter (事项) that bundles it")
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id"), comment="the finding of a checkup it came from"
    )

    kind: Mapped[Code]
    cause: Mapped[str] = mapped_column(String(64), default="", comment="empty where the kind asks for none")
    urgent: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(default="")
    filed_at: Mapped[datetime]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    filed_as: Mapped[str] = mapped_column(String(16), comment="role it was filed in, or system")
    filed_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the unit that filed it")
    source: Mapped[str] = mapped_column(
        String(64), default="", server_default="", comment="code of the source; empty before sources were kept"
    )
    source_reference: Mapped[str] = mapped_column(
        String(100),
        default="",
        server_default="",
        comment="number of the audit report, instruction, petition … it rests on",
    )
    relapse_of_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), comment="the closed ticket it repeats")

    route: Mapped[str] = mapped_column(String(64), default="", comment="code of the route that named the unit")
    route_labour: Mapped[str] = mapped_column(String(16), default="unknown", comment="labour force as routed")
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the one responsible unit")
    confirmer_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    may_decline: Mapped[bool] = mapped_column(default=True)
    declines: Mapped[int] = mapped_column(default=0, comment="in this episode")
    proposed_kind: Mapped[str | None] = mapped_column(String(64), comment="a reclassification awaiting its ruling")
    proposed_cause: Mapped[str | None] = mapped_column(String(64))
    extensions: Mapped[int] = mapped_column(default=0, comment="of the mending time, in this episode")
    hard_stop: Mapped[date | None]
    cap_at: Mapped[datetime | None] = mapped_column(comment="the whole-ticket limit; watched, never shortening a stage")

    holder_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="unit of the open custody")
    due_at: Mapped[datetime | None] = mapped_column(comment="due date of the open custody")
    resolved_at: Mapped[datetime | None]
    resolved_by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    closed_by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    visited_on: Mapped[date | None] = mapped_column(comment="day of the visit that confirmed it")
    ended_at: Mapped[datetime | None]
    false_closings: Mapped[int] = mapped_column(default=0, comment="closings a spot check proved false (虚假办结)")
    relapses: Mapped[int] = mapped_column(
        default=0, comment="closings after which a checkup found the same unmet again"
    )

    household: Mapped[Household | None] = relationship(lazy="raise")
    candidate: Mapped[Candidate | None] = relationship(lazy="raise")
    in_village: Mapped[Village | None] = relationship(lazy="raise", foreign_keys=in_village_id)
    holder: Mapped[Unit | None] = relationship(lazy="raise", foreign_keys=holder_unit_id)
    lead: Mapped[Unit | None] = relationship(lazy="raise", foreign_keys=lead_unit_id)
    town: Mapped[Unit | None] = relationship(lazy="raise", foreign_keys=town_id)

    @property
    def subject_sort(self) -> str:
        """The sort of its subject: `household`, `village`, `candidate` or `unit`."""
        if self.candidate_id:
            return "candidate"
        return "household" if self.household_id else "village" if self.village_id else "unit"

    @property
    def number(self) -> str:
        """The number people use: the year it was filed, in China, and a running figure, which may have gaps."""
        return number_of(self.id, self.filed_at)

    @property
    def own_town_id(self) -> int:
        """The town of a deficiency; a duty lies in none."""
        return stated(self.town_id)

    @property
    def responsible_unit_id(self) -> int:
        """The responsible unit of a dispatched ticket."""
        return stated(self.lead_unit_id)

    @property
    def holding_unit_id(self) -> int:
        """The holder of an open ticket."""
        return stated(self.holder_unit_id)

    @property
    def owing_unit_id(self) -> int:
        """The unit that owes a duty."""
        return stated(self.duty_unit_id)

    @property
    def duty_period(self) -> str:
        """The code of a duty's period."""
        return stated(self.period)


class Party(Base):
    """A unit besides the ticket's town, lead and holder that sees it: one invited to assist (协办), or a former holder.

    It has no clock of its own.  The row lets an index find what a unit may see, however long the history grows.
    """

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("ticket_id", "unit_id"),
        CheckConstraint(one_of("standing", ("assisting", "former")), name="standing"),
        Index("ix_party_unit", "unit_id", "ticket_id"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[UnitRef]
    standing: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]


class Evidence(Base):
    """A photo or paper (佐证材料) of a ticket or a checkup, kept under its SHA-256; the unit that brought it may cite
    it.

    A photo is stored re-encoded, without what the camera wrote into it; when and where it was taken stand here instead.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("ticket_id", "unit_id", "sha256"),
        UniqueConstraint("checkup_id", "sha256"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(ticket_id IS NULL) <> (checkup_id IS NULL)", name="of_one"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    checkup_id: Mapped[int | None] = mapped_column(ForeignKey("checkup.id"))
    unit_id: Mapped[UnitRef]
    uploaded_by_id: Mapped[UserRef]
    uploaded_at: Mapped[datetime]
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(comment="bytes")
    media_type: Mapped[str] = mapped_column(String(100))
    filename: Mapped[str] = mapped_column(String(200))
    taken_at: Mapped[datetime | None] = mapped_column(comment="as the camera said")
    latitude: Mapped[float | None] = mapped_column(comment="as the camera said")
    longitude: Mapped[float | None]
    look: Mapped[str | None] = mapped_column(String(16), comment="perceptual hash of a picture, 64 bits in hexadecimal")
    thumbnail: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of its small picture")
    resembles: Mapped[list[Any]] = mapped_column(
        default=list, comment="ids of earlier evidence of other tickets and checkups that looks nearly the same"
    )


class LookBand(Base):
    """A quarter of a photo's look, by which photos that look nearly the same are found; see
    `workflow.pictures.perceptual_hash`.

    Found by its key alone, so the rows lie in its order where the database can do that.
    """

    __tablename__ = "look_band"
    __table_args__ = {"sqlite_with_rowid": False}
    key: Mapped[int] = mapped_column(primary_key=True, comment="number of the band, then its 16 bits")
    look: Mapped[str] = mapped_column(String(16), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
