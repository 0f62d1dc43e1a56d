"""Runtime tables: idempotency keys, gapless counters, worker heartbeats, downtime, and reports of background jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, UserRef


class IdempotencyKey(Base):
    """The stored answer of a request; the same key and request get it again, another request is refused."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("user_id", "key"),)
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    key: Mapped[str]
    request_hash: Mapped[Digest] = mapped_column(comment="SHA-256 of method, path and body")
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Counter(Base):
    """A gapless number series (papers by year and kind); its row is locked last."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("series"),)
    id: Mapped[Id]
    series: Mapped[Code]
    last: Mapped[int] = mapped_column(default=0)


class WorkerHeartbeat(Base):
    """The last heartbeat of a worker, by its clock."""

    __tablename__ = "worker_heartbeat"
    id: Mapped[Id]
    worker: Mapped[Code] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    held_at: Mapped[datetime | None] = mapped_column(comment="since when the sweep holds, after a leap of the clock")
    held_why: Mapped[str | None] = mapped_column(comment="code: clock_backwards or clock_leap")


class LastLook(Base):
    """Up to when a person has seen what is new on the own first page; shown to nobody else, and overwritten.

    A visit of the page that comes an hour or more after the one before moves `since` to that one; so what is new stays
    on the page while somebody works with it.
    """

    __tablename__ = "last_look"
    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(unique=True)
    since: Mapped[datetime] = mapped_column(comment="what happened after it is new")
    looked_at: Mapped[datetime]


class WebHeartbeat(Base):
    """The last heartbeat of a web process: while one beats, people can work, whether or not a worker runs."""

    __tablename__ = "web_heartbeat"
    id: Mapped[Id]
    process: Mapped[Code] = mapped_column(unique=True)
    beat_at: Mapped[datetime]


class Downtime(Base):
    """A span without any sign of life (停机时段): no heartbeat of worker or web, no act of a person; recorded by the
    heartbeat that ended it; append-only."""

    __tablename__ = "downtime"
    __table_args__ = (
        UniqueConstraint("began_at"),
        CheckConstraint("ended_at > began_at", name="forward"),
    )
    id: Mapped[Id]
    began_at: Mapped[datetime] = mapped_column(comment="the last beat before it")
    ended_at: Mapped[datetime] = mapped_column(comment="the first beat after it")


class SweepReport(Base):
    """The last sweep and the last audit of a job: when, how late, what was found."""

    __tablename__ = "sweep_report"
    __table_args__ = (UniqueConstraint("job"),)
    id: Mapped[Id]
    job: Mapped[Code]
    at: Mapped[datetime]
    lag_seconds: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]]
