"""Scheme proofs: each version and adoption equals its events, and the version in force is the one adopted last.

And reforms: each reform and former name equals its event, and units and villages ended as the reforms say.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    County,
    Event,
    EventSecret,
    FormerName,
    PlannedReform,
    Reform,
    SchemeAdoption,
    SchemeVersion,
    Unit,
    Village,
)
from workflow.history.event_log import digest, stamp
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison

_VERSIONS = RowComparison[SchemeVersion, int](
    key=lambda row: row.id,
    actual=lambda row: row.content_hash,
    intact=lambda row: digest(f"{row.year}\n{row.content}") == row.content_hash,
    subject=lambda row: f"version {row.version}",
    differs="scheme_altered",
)
_ADOPTIONS = RowComparison[SchemeAdoption, int](
    key=lambda row: row.id,
    actual=lambda row: (
        *(row.scheme_version_id, row.from_day.isoformat(), stamp(row.adopted_at), row.adopted_by_id),
        row.state,
    ),
    subject=lambda row: f"adoption {row.id}",
    differs="adoption_differs",
    missing="adoption_differs",
    missing_subject=lambda key: f"adoption {key}",
)


def schemes(session: Session) -> Iterator[Finding]:
    """All differences between schemes and the history."""
    hashes: dict[int, str] = {}
    in_force: int | None = None
    adopted: dict[int, tuple[Any, ...]] = {}
    states: dict[int, str] = {}
    for event in session.scalars(select(Event).where(Event.subject_type == "scheme").order_by(Event.id)):
        given, adoption = event.given, int(event.effect.get("adoption", 0))
        if event.action == "adopt":
            hashes[event.subject_id] = str(given.get("content_hash"))
            if adoption:
                day = given.get("from")
                # What is adopted at once records no day.
                adopted[adoption] = (
                    event.subject_id,
                    ANYTHING if day is None else day,
                    stamp(event.at),
                    event.actor_id,
                )
                states[adoption] = "in_force" if day is None else "waiting"
            states |= dict.fromkeys(event.effect.get("superseded", ()), "superseded")
        elif event.action == "revoke_adoption":
            states[adoption] = "revoked"
        elif event.action == "in_force":
            states[adoption] = "in_force"
        if event.action == "in_force" or (event.action == "adopt" and "from" not in given):
            in_force = event.subject_id
    yield from _VERSIONS.findings(session.scalars(select(SchemeVersion)), hashes)
    county = session.scalars(select(County).where(County.scheme_version_id.is_not(None))).one_or_none()
    if county is not None and in_force != county.scheme_version_id:
        yield Finding("scheme_not_adopted", f"county {county.code}")
    recorded = {key: (*values, states[key]) for key, values in adopted.items()}
    rows = session.scalars(select(SchemeAdoption).order_by(SchemeAdoption.id))
    yield from _ADOPTIONS.findings(rows, recorded)


_REFORMS = RowComparison[Reform, int](
    key=lambda row: row.id,
    actual=lambda row: (
        *(row.kind, row.subject, row.from_day.isoformat(), row.document),
        *(row.content, row.at, row.by_id, row.reason),
    ),
    subject=lambda row: f"reform {row.id}",
    differs="reform_differs",
    missing="reform_differs",
    missing_subject=lambda key: f"reform {key}",
)
_NAMES = RowComparison[FormerName, int](
    key=lambda row: row.reform_id,
    actual=lambda row: (row.unit_id, row.village_id, row.name, row.name_en),
    subject=lambda row: f"former name {row.id}",
    differs="former_name_differs",
    missing="former_name_differs",
    missing_subject=lambda key: f"former name of reform {key}",
)


_PLANNED = RowComparison[PlannedReform, int](
    key=lambda row: row.id,
    actual=lambda row: (
        *(row.kind, row.subject, row.from_day.isoformat(), row.document, row.content),
        *(row.entered_at, row.by_id, row.reason, row.state, row.settled_at, row.reform_id, row.refusal),
    ),
    subject=lambda row: f"planned reform {row.id}",
    differs="planned_reform_differs",
    missing="planned_reform_differs",
    missing_subject=lambda key: f"planned reform {key}",
)
_SETTLED = {"withdraw_reform": "withdrawn", "reform_applied": "applied", "reform_refused": "refused"}


def planned_reforms(session: Session) -> Iterator[Finding]:
    """Check every reform that was entered before its day against its events."""
    recorded: dict[int, Any] = {}
    query = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "planned_reform")
        .order_by(Event.id)
    )
    for event, body in session.execute(query):
        given = event.given
        if event.action == "plan_reform":
            reason = ANYTHING if body is None else body["reason"]
            known = (given["kind"], given["subject"], given["from"], given["document"], event.effect["content"])
            entered = (*known, event.at, event.actor_id, reason)
            recorded[event.subject_id] = (*entered, "waiting", None, None, "")
        else:
            state = (_SETTLED[event.action], event.at, event.effect.get("reform"), given.get("refusal", ""))
            recorded[event.subject_id] = (*recorded[event.subject_id][:8], *state)
    rows = session.scalars(select(PlannedReform).order_by(PlannedReform.id))
    yield from _PLANNED.findings(rows, recorded)


def reforms(session: Session) -> Iterator[Finding]:
    """Check every reform and former name against its event, and every unit and village against the reforms that ended
    it, or the act that withdrew it; none ended without one."""
    recorded: dict[int, Any] = {}
    names: dict[int, Any] = {}
    ended: dict[str, dict[int, tuple[str, int]]] = {"unit": {}, "village": {}}
    query = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "reform", Event.action == "reform")
        .order_by(Event.id)
    )
    for event, body in session.execute(query):
        given, content = event.given, event.effect["content"]
        reason = ANYTHING if body is None else body["reason"]
        known = (given["kind"], given["subject"], given["from"], given["document"])
        recorded[event.subject_id] = (*known, content, event.at, event.actor_id, reason)
        if given["kind"] == "rename":
            unit, village = (content["id"] if given["subject"] == name else None for name in ("unit", "village"))
            names[event.subject_id] = (unit, village, content["before"], content.get("before_en", ""))
        elif "ids" in content:
            _merge(ended[given["subject"]], content, given["from"])
    yield from _REFORMS.findings(session.scalars(select(Reform).order_by(Reform.id)), recorded)
    yield from _NAMES.findings(session.scalars(select(FormerName).order_by(FormerName.id)), names)
    models: tuple[tuple[Any, str], ...] = ((Unit, "unit"), (Village, "village"))
    for model, label in models:
        withdrawn = _withdrawn(session, label)
        for row in session.scalars(select(model).order_by(model.id)):
            actual = (row.ended_on.isoformat() if row.ended_on else None, row.successor_id, row.withdrawn_at)
            by_reform: tuple[str | None, int | None] = ended[label].get(row.id) or (None, None)
            expected: Any = withdrawn.get(row.id) or (*by_reform, None)
            if actual != expected:
                yield Finding(f"{label}_ended_differs", f"{label} {row.code}")


def _withdrawn(session: Session, label: str) -> dict[int, tuple[str, None, datetime]]:
    """The units or villages that were entered by mistake and not entered again, as their events say."""
    events = select(Event).where(Event.subject_type == label, Event.action.in_(("place_withdrawn", "place_restored")))
    last = {event.subject_id: event for event in session.scalars(events.order_by(Event.id))}
    return {
        number: (event.effect["ended_on"], None, event.at)
        for number, event in last.items()
        if event.action == "place_withdrawn"
    }


def _merge(ended: dict[int, tuple[str, int]], content: dict[str, Any], from_day: str) -> None:
    heir = content["successor_id"]
    for row_id, (day, successor) in list(ended.items()):
        if successor in content["ids"]:
            ended[row_id] = (day, heir)
    ended.update(dict.fromkeys(content["ids"], (from_day, heir)))
