"""Scheme proofs: each version and adoption equals its events, and the version in force is the one adopted last."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import County, Event, SchemeAdoption, SchemeVersion
from workflow.history.event_log import digest, stamp
from workflow.verification.checks import Finding


def schemes(session: Session) -> Iterator[Finding]:
    """All differences between schemes and the history."""
    hashes: dict[int, str] = {}
    in_force: int | None = None
    recorded: dict[int, tuple[Any, ...]] = {}
    states: dict[int, str] = {}
    for event in session.scalars(select(Event).where(Event.subject_type == "scheme").order_by(Event.id)):
        given, adoption = event.given, int(event.effect.get("adoption", 0))
        if event.action == "adopt":
            hashes[event.subject_id] = str(given.get("content_hash"))
            if adoption:
                day = given.get("from")
                recorded[adoption] = (event.subject_id, day, stamp(event.at), event.actor_id)
                states[adoption] = "in_force" if day is None else "waiting"
            states |= dict.fromkeys(event.effect.get("superseded", ()), "superseded")
        elif event.action == "revoke_adoption":
            states[adoption] = "revoked"
        elif event.action == "in_force":
            states[adoption] = "in_force"
        if event.action == "in_force" or (event.action == "adopt" and "from" not in given):
            in_force = event.subject_id
    for version in session.scalars(select(SchemeVersion)):
        if digest(f"{version.year}\n{version.content}") != version.content_hash or (
            hashes.get(version.id) != version.content_hash
        ):
            yield Finding("scheme_altered", f"version {version.version}")
    county = session.scalars(select(County).where(County.scheme_version_id.is_not(None))).one_or_none()
    if county is not None and in_force != county.scheme_version_id:
        yield Finding("scheme_not_adopted", f"county {county.code}")
    actual = {row.id: row for row in session.scalars(select(SchemeAdoption))}
    for key in sorted(actual.keys() | recorded.keys()):
        row, said = actual.get(key), recorded.get(key)
        if (
            row is None
            or said is None
            or states[key] != row.state
            or said
            != (
                row.scheme_version_id,
                row.from_day.isoformat() if said[1] else None,
                stamp(row.adopted_at),
                row.adopted_by_id,
            )
        ):
            yield Finding("adoption_differs", f"adoption {key}")
