"""Proofs of counted rows: what the office entered of villages, their surveyed incomes, and the quota's houses equal their
events.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret, QuotaHouse, Village, VillageSurvey
from workflow.register.counted import quota, village_surveys
from workflow.register.counted import villages as entered
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
    actual=lambda row: (row.household_id, quota.quota_payload(row)),
    subject=lambda row: f"quota house {row.id}",
    differs="quota_house_differs",
    missing="quota_house_differs",
    missing_subject=lambda key: f"quota house {key}",
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
        recorded[event.effect["quota"]["id"]] = (event.subject_id, event.effect["quota"])
    yield from _HOUSES.findings(session.scalars(select(QuotaHouse).order_by(QuotaHouse.id)), recorded)
