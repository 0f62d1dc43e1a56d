"""Life proofs: who began or ended in a household, and when, equals its history; every household has the head it must have."""

from collections.abc import Iterator

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from models import Event, Household, Member
from models.household import LIVING
from workflow.register.lives.family_rows import life_payload
from workflow.verification.findings import Finding, RowComparison

_LIVES = RowComparison[Member, int](
    key=lambda row: row.id,
    actual=lambda row: (row.household_id, life_payload(row)),
    subject=lambda row: f"member {row.id}",
    differs="life_differs",
    missing="life_differs",
    missing_subject=lambda key: f"member {key}",
)


def lives(session: Session) -> Iterator[Finding]:
    """Check every beginning and end against the last event that recorded it, and that there is none without an event."""
    recorded: dict[int, object] = {}
    events = select(Event.subject_id, Event.effect).where(Event.subject_type == "household", Event.action == "family")
    for household_id, effect in session.execute(events.order_by(Event.id)):
        for life in effect["lives"]:
            recorded[life["id"]] = (household_id, life)
    rows = session.scalars(
        select(Member)
        .where(
            or_(
                Member.begins_on.is_not(None),
                Member.begin_reason != "registered",
                Member.ends_on.is_not(None),
            )
        )
        .order_by(Member.id)
    )
    yield from _LIVES.findings(rows, recorded)
    yield from _heads(session)


def _heads(session: Session) -> Iterator[Finding]:
    """Households of which members live and none of them is head; that two are is refused by the database."""
    heads = func.sum(case((Member.position == 1, 1), else_=0))
    query = (
        select(Household.code)
        .join(Member, Member.household_id == Household.id)
        .where(LIVING.predicate)
        .group_by(Household.code)
        .having(heads != 1)
        .order_by(Household.code)
    )
    for code in session.scalars(query):
        yield Finding("household_without_head", f"household {code}")
