"""Proofs of counted rows: what the office entered of villages, their surveyed incomes, the quota's houses, and who began
or ended in a household equal their events; every household has the head it must have.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from models import Event, EventSecret, Household, Member, QuotaHouse, Village, VillageSurvey
from workflow.register.counted import quota_history, quota_rows, village_surveys
from workflow.register.counted import villages as entered
from workflow.register.lives.family_rows import life_payload
from workflow.verification.findings import ANYTHING, Finding, RowComparison

_VILLAGES = RowComparison[Village, int](
    key=lambda row: row.id,
    actual=entered.facts,
    subject=lambda row: f"village {row.code}",
    differs="village_differs",
)
_SURVEYS = RowComparison[VillageSurvey, int](
    key=lambda row: row.id,
    actual=lambda row: (village_surveys.income_payload(row), row.village_id, row.by_id, row.source, row.reason),
    subject=lambda row: f"village survey {row.id}",
    differs="village_survey_differs",
    missing="village_survey_differs",
    missing_subject=lambda key: f"village survey {key}",
)
_HOUSES = RowComparison[QuotaHouse, int](
    key=lambda row: row.id,
    actual=lambda row: (row.household_id, quota_rows.payload(row)),
    subject=lambda row: f"quota house {row.id}",
    differs="quota_house_differs",
    missing="quota_house_differs",
    missing_subject=lambda key: f"quota house {key}",
)

_LIVES = RowComparison[Member, int](
    key=lambda row: row.id,
    actual=lambda row: (row.household_id, life_payload(row)),
    subject=lambda row: f"member {row.id}",
    differs="life_differs",
    missing="life_differs",
    missing_subject=lambda key: f"member {key}",
)


def villages(session: Session) -> Iterator[Finding]:
    """Check that every village is as its last event says: neither listed nor counted where none was recorded."""
    rows = session.scalars(select(Village).order_by(Village.id)).all()
    recorded: dict[int, object] = {row.id: {"listed_poor": False, "poor_people": None} for row in rows}
    events = select(Event).where(Event.subject_type == "village", Event.action == "describe_village")
    for event in session.scalars(events.order_by(Event.id)):
        recorded[event.subject_id] = event.effect["village"]
    yield from _VILLAGES.findings(rows, recorded)


def surveys(session: Session) -> Iterator[Finding]:
    """Check every surveyed income against its event, and that there is none without an event."""
    query = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "village", Event.action == "survey_village")
    )
    recorded: dict[int, object] = {}
    for event, body in session.execute(query):
        words = (ANYTHING, ANYTHING) if body is None else (body["source"], body.get("reason", ""))
        income = event.effect["income"]
        recorded[income["id"]] = (income, event.subject_id, event.actor_id, *words)
    yield from _SURVEYS.findings(session.scalars(select(VillageSurvey).order_by(VillageSurvey.id)), recorded)


def houses(session: Session) -> Iterator[Finding]:
    """Check that every house of the quota is as its last event says, and that there is none without an event."""
    recorded: dict[int, Any] = {}
    events = select(Event).where(Event.subject_type == "household", Event.action == "quota").order_by(Event.id)
    for event in session.scalars(events):
        recorded[event.effect["quota"]["id"]] = (event.subject_id, quota_history.recorded_house(event))
    yield from _HOUSES.findings(session.scalars(select(QuotaHouse).order_by(QuotaHouse.id)), recorded)


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
        .where(Member.ends_on.is_(None))
        .group_by(Household.code)
        .having(heads != 1)
        .order_by(Household.code)
    )
    for code in session.scalars(query):
        yield Finding("household_without_head", f"household {code}")
