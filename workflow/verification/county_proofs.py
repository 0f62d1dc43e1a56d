"""County proofs: working days, downtime, matters, exit dossiers, spot check draws (repeated) and evidence with its
bytes equal the history.
"""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from models import (
    County,
    Downtime,
    Event,
    EventSecret,
    Evidence,
    ExitDossier,
    FigureProof,
    Matter,
    SpotCheck,
    SpotDraw,
    SpotPending,
    Ticket,
    WorkingDayOverride,
)
from workflow.accountability.oversight import monthly_draw
from workflow.evidence import Place, Store, store_at
from workflow.history.event_log import canonical, digest, stamp
from workflow.tickets.attachments import figures, words
from workflow.tickets.consequences import pending_checks
from workflow.verification.checks import Finding

_CHUNK = 2000


def calendar(session: Session) -> Iterator[Finding]:
    """Check that every changed working day is as the last change recorded it, and that each change raised the
    version."""
    recorded: dict[tuple[str, str], list[object]] = {}
    last: int | None = None
    changes = select(Event).where(Event.subject_type == "county", Event.action == "calendar").order_by(Event.id)
    for event in session.scalars(changes):
        last = event.effect["version"]
        for day, works, name in event.effect["days"]:
            recorded[day, event.given["source"]] = [works, name]
    actual = {
        (row.day.isoformat(), row.source): [row.works, row.name] for row in session.scalars(select(WorkingDayOverride))
    }
    for key, said in sorted(recorded.items()):
        if actual.get(key, [None, ""]) != said:
            yield Finding("calendar_differs", f"day {key[0]}")
    if last is not None and session.scalar(select(County.calendar_version)) != last:
        yield Finding("calendar_differs", "version")


def downtimes(session: Session) -> Iterator[Finding]:
    """Check every span of downtime against its event, and that there is none without an event."""
    said = select(Event.given).where(Event.subject_type == "county", Event.action == "downtime")
    recorded = {(given.get("from"), given.get("to")) for given in session.scalars(said)}
    actual = {(stamp(row.began_at), stamp(row.ended_at)) for row in session.scalars(select(Downtime))}
    for began, _ in sorted(recorded ^ actual, key=str):
        yield Finding("downtime_differs", f"downtime {began}")


def matters(session: Session) -> Iterator[Finding]:
    """Check that a matter equals its first event and is open exactly while one of its tickets is; membership is proved
    by the fold of the tickets."""
    first = select(Event.subject_id, Event.given).where(Event.subject_type == "matter", Event.seq == 1)
    opened = {row[0]: row[1] for row in session.execute(first)}
    is_open = select(Ticket.matter_id).where(Ticket.matter_id.is_not(None), Ticket.ended_at.is_(None))
    live = set(session.scalars(is_open))
    for matter in session.scalars(select(Matter).order_by(Matter.id)):
        recorded = opened.get(matter.id, {})
        if (recorded.get("village"), recorded.get("kind")) != (matter.village_id, matter.kind):
            yield Finding("matter_differs", f"matter {matter.id}")
        if (matter.ended_at is None) != (matter.id in live):
            yield Finding("matter_not_ended", f"matter {matter.id}")


def evidence(session: Session, files: Place) -> Iterator[Finding]:
    """Check every row of evidence against its event, that none is missing, and that bytes and thumbnail are intact."""
    store, checked = store_at(files), dict[str, bool]()
    said = (
        select(Event.given, Event.actor_unit_id, Event.actor_id, Event.at, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.action == "evidence")
    )
    recorded = {
        given.get("id"): (given, unit, person, at, body) for given, unit, person, at, body in session.execute(said)
    }
    for row in session.scalars(select(Evidence).order_by(Evidence.id).execution_options(yield_per=_CHUNK)):
        given, unit, person, at, body = recorded.pop(row.id, (None, None, None, None, None))
        openly = (figures(row), row.unit_id, row.uploaded_by_id, row.uploaded_at)
        if (given, unit, person, at) != openly or body not in (None, words(row)):
            yield Finding("evidence_differs", f"evidence {row.id}")
        for sha256 in filter(None, (row.sha256, row.thumbnail)):
            if sha256 not in checked:
                checked[sha256] = _evidence_file_is_whole(store, sha256)
            if not checked[sha256]:
                yield Finding("bytes_missing", f"evidence {row.id}")
    for missing in recorded:
        yield Finding("evidence_missing", f"evidence {missing}")
    # Rows of files that prove figures are compared in `ranking_proofs`; here only their bytes.
    for number, sha256 in session.execute(select(FigureProof.id, FigureProof.sha256).order_by(FigureProof.id)):
        if sha256 not in checked:
            checked[sha256] = _evidence_file_is_whole(store, sha256)
        if not checked[sha256]:
            yield Finding("bytes_missing", f"figure file {number}")


def _evidence_file_is_whole(store: Store, sha256: str) -> bool:
    found = hashlib.sha256()
    try:
        with store.open(sha256) as stream:
            while piece := stream.read(1 << 20):
                found.update(piece)
    except FileNotFoundError:
        return False
    return found.hexdigest() == sha256


def draws(session: Session) -> Iterator[Finding]:
    """Check every draw of spot checks against its event and by repeating it, and that there are no other checks."""
    recorded = {
        event.subject_id: event for event in session.scalars(select(Event).where(Event.subject_type == "spot_draw"))
    }
    known = set()
    for draw in session.scalars(select(SpotDraw).order_by(SpotDraw.id)):
        label, event = f"spot checks of {draw.month}", recorded.pop(draw.id, None)
        checks = monthly_draw.checks_of(session, draw.id)
        known |= {check.id for check in checks}
        said = (event.given, event.at, event.effect.get("checks")) if event else None
        if said != (monthly_draw.figures(draw), draw.drawn_at, [monthly_draw.given(check) for check in checks]):
            yield Finding("draw_differs", label)
        try:
            differing = monthly_draw.drawn_again(session, draw)
        except (KeyError, ValueError, NoResultFound):
            # A nonexistent month or unit: so altered that the draw cannot be repeated.
            differing = ["spot_sample_differs"]
        for code in differing:
            yield Finding(code, label)
    for missing in recorded:
        yield Finding("draw_missing", f"draw {missing}")
    for stray in set(session.scalars(select(SpotCheck.id))) - known:
        yield Finding("draw_differs", f"spot check {stray}")
    pending = {(row.check_id, row.due_at) for row in session.scalars(select(SpotPending))}
    to_be_made = {(row.id, row.due_at) for row in session.scalars(select(SpotCheck).where(pending_checks.pending()))}
    for check, _ in sorted(pending ^ to_be_made):
        yield Finding("spot_pending_differs", f"spot check {check}")


def dossiers(session: Session) -> Iterator[Finding]:
    """Check every exit dossier against its own hash and against its event."""
    recorded = {
        given["dossier"]: given["hash"]
        for given in session.scalars(
            select(Event.given).where(Event.subject_type == "household", Event.action == "exit")
        )
    }
    for dossier_id, content, hashed in session.execute(select(ExitDossier.id, ExitDossier.content, ExitDossier.hash)):
        known = recorded.pop(dossier_id, None)
        if digest(canonical(content)) != hashed or known != hashed:
            yield Finding("dossier_altered", f"dossier {dossier_id}")
    for dossier_id in recorded:
        yield Finding("dossier_missing", f"dossier {dossier_id}")
