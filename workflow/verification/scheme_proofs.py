"""Scheme proofs: each version and adoption equals its events, and the version in force is the one adopted last."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import County, Event, SchemeAdoption, SchemeVersion
from workflow.history.event_log import digest, stamp
from workflow.verification.findings import ANYTHING, Finding, RowComparison

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
