"""County proofs: posts, authorisations, working days, downtime, matters, exit dossiers, spot check draws (repeated) and evidence
with its bytes equal the history.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from models import (
    Authorisation,
    Candidate,
    County,
    Downtime,
    Event,
    EventSecret,
    Evidence,
    ExitDossier,
    FigureProof,
    Matter,
    Post,
    SpotCheck,
    SpotDraw,
    SpotPending,
    Ticket,
    WaitingReminder,
    WorkingDayOverride,
)
from models.sealing import KeyMissing
from workflow.accountability.oversight import monthly_draw
from workflow.county.authorisations import folded
from workflow.county.posts.post_record import folded as folded_post
from workflow.evidence import Damaged, Place, Store, store_at
from workflow.history.event_log import stamp
from workflow.tickets.attachments import figures, words
from workflow.tickets.consequences import pending_checks
from workflow.verification.proofs.erasure_proofs import ERASED, ERASED_TICKETS, dossier_is_intact
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison

_CHUNK = 2000
_AUTHORISATIONS = RowComparison[Authorisation, int](
    key=lambda row: row.id,
    actual=folded,
    subject=lambda row: f"authorisation {row.id}",
    differs="authorisation_differs",
    missing="authorisation_differs",
    missing_subject=lambda key: f"authorisation {key}",
)
_POSTS = RowComparison[Post, int](
    key=lambda row: row.id,
    actual=folded_post,
    subject=lambda row: f"post {row.id}",
    differs="posts_differ",
    missing="posts_differ",
    missing_subject=lambda key: f"post {key}",
)
_DOWNTIMES = RowComparison[Downtime, tuple[str, str]](
    key=lambda row: (stamp(row.began_at), stamp(row.ended_at)),
    actual=lambda row: True,
    subject=lambda row: f"downtime {stamp(row.began_at)}",
    differs="downtime_differs",
    missing="downtime_differs",
    missing_subject=lambda key: f"downtime {key[0]}",
)
_REMINDERS = RowComparison[WaitingReminder, str](
    key=lambda row: row.day.isoformat(),
    actual=lambda row: (row.waiting, row.at),
    subject=lambda row: f"reminder {row.day}",
    differs="reminder_differs",
    missing="reminder_differs",
    missing_subject=lambda key: f"reminder {key}",
)
_MATTERS = RowComparison[Matter, int](
    key=lambda row: row.id,
    actual=lambda row: (row.village_id, row.kind),
    subject=lambda row: f"matter {row.id}",
    differs="matter_differs",
)
_EVIDENCE = RowComparison[Evidence, int](
    key=lambda row: row.id,
    actual=lambda row: (figures(row), row.unit_id, row.uploaded_by_id, row.uploaded_at, words(row)),
    subject=lambda row: f"evidence {row.id}",
    differs="evidence_differs",
    missing="evidence_missing",
    missing_subject=lambda key: f"evidence {key}",
)
_DOSSIERS = RowComparison[ExitDossier, int](
    key=lambda row: row.id,
    actual=lambda row: row.hash,
    subject=lambda row: f"dossier {row.id}",
    differs="dossier_altered",
    missing="dossier_missing",
    missing_subject=lambda key: f"dossier {key}",
)


#: Where evidence was erased: tickets of candidates and of households, and checkups, which the household's chain tells.
_ERASED = or_(
    and_(
        Event.subject_type == "ticket",
        or_(
            Event.subject_id.in_(
                select(Ticket.id)
                .join(Candidate, Candidate.id == Ticket.candidate_id)
                .where(Candidate.erased_at.is_not(None))
            ),
            Event.subject_id.in_(ERASED_TICKETS),
        ),
    ),
    and_(Event.subject_type == "household", Event.subject_id.in_(ERASED)),
)
_WORKING_DAYS = select(
    WorkingDayOverride.day, WorkingDayOverride.source, WorkingDayOverride.works, WorkingDayOverride.name
)


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
    actual = {(day.isoformat(), source): [works, name] for day, source, works, name in session.execute(_WORKING_DAYS)}
    for key, expected in sorted(recorded.items()):
        if actual.get(key, [None, ""]) != expected:
            yield Finding("calendar_differs", f"day {key[0]}")
    if last is not None and session.scalar(select(County.calendar_version)) != last:
        yield Finding("calendar_differs", "version")


def authorisations(session: Session) -> Iterator[Finding]:
    """Check that every authorisation is as its last event recorded it, and that there is none without an event."""
    events = select(Event).where(Event.subject_type == "authorisation").order_by(Event.subject_id, Event.seq)
    recorded = {event.subject_id: event.effect.get("authorisation") for event in session.scalars(events)}
    rows = session.scalars(select(Authorisation).order_by(Authorisation.id))
    yield from _AUTHORISATIONS.findings(rows, recorded)


def posts(session: Session) -> Iterator[Finding]:
    """Check that every post is as its last event recorded it, and that there is none without an event.

    Those entered before posts had a history of their own are recorded by an event of the account, with their beginning.
    """
    events = list(session.scalars(select(Event).where(Event.subject_type == "post").order_by(Event.id)))
    recorded = {event.subject_id: event.effect.get("post") for event in events}
    own = {event.subject_id for event in events if event.action == "appointed"}
    rows = list(session.scalars(select(Post).order_by(Post.id)))
    yield from _POSTS.findings([row for row in rows if row.id in recorded], recorded)
    of_accounts = select(Event).where(Event.subject_type == "user", Event.action == "appointed")
    old: Counter[tuple[Any, ...]] = Counter(
        (event.subject_id, event.given.get("post"), event.given.get("unit"), stamp(event.at))
        for event in session.scalars(of_accounts)
    )
    actual: Counter[tuple[Any, ...]] = Counter(
        (r.user_id, r.kind, r.unit_id, stamp(r.from_at)) for r in rows if r.id not in own
    )
    for user_id in sorted({key[0] for key in (*(old - actual), *(actual - old))}):
        yield Finding("posts_differ", f"user {user_id}")
    # Who was relieved has the end of the post that followed, or an event of its own.
    begun = {(row.unit_id, row.kind, row.from_at) for row in rows}
    for row in rows:
        if row.id not in recorded and row.until_at is not None and (row.unit_id, row.kind, row.until_at) not in begun:
            yield Finding("posts_differ", f"user {row.user_id} until")


def downtimes(session: Session) -> Iterator[Finding]:
    """Check every span of downtime against its event, and that there is none without an event."""
    events = select(Event.given).where(Event.subject_type == "county", Event.action == "downtime")
    recorded = {(given.get("from"), given.get("to")): True for given in session.scalars(events)}
    rows = session.scalars(select(Downtime).order_by(Downtime.began_at))
    yield from _DOWNTIMES.findings(rows, recorded)


def reminders(session: Session) -> Iterator[Finding]:
    """Check every reminder of waiting papers against its event, and that there is none without an event."""
    events = select(Event.given, Event.at).where(Event.subject_type == "county", Event.action == "papers_waiting")
    recorded = {given["day"]: (given["waiting"], at) for given, at in session.execute(events)}
    yield from _REMINDERS.findings(session.scalars(select(WaitingReminder).order_by(WaitingReminder.day)), recorded)


def matters(session: Session) -> Iterator[Finding]:
    """Check that a matter equals its first event and is open exactly while one of its tickets is; membership is proved
    by the fold of the tickets."""
    first = select(Event.subject_id, Event.given).where(Event.subject_type == "matter", Event.seq == 1)
    recorded = {subject: (given.get("village"), given.get("kind")) for subject, given in session.execute(first)}
    is_open = select(Ticket.matter_id).where(Ticket.matter_id.is_not(None), Ticket.ended_at.is_(None))
    live = set(session.scalars(is_open))
    rows = session.scalars(select(Matter).order_by(Matter.id)).all()
    yield from _MATTERS.findings(rows, recorded)
    for matter in rows:
        if (matter.ended_at is None) != (matter.id in live):
            yield Finding("matter_not_ended", f"matter {matter.id}")


def evidence(session: Session, files: Place) -> Iterator[Finding]:
    """Check every row of evidence against its event, that none is missing, and that bytes and thumbnail are intact."""
    events = (
        select(Event.given, Event.actor_unit_id, Event.actor_id, Event.at, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.action == "evidence", ~_ERASED)
    )
    recorded = {
        given.get("id"): (given, unit, person, at, ANYTHING if body is None else body)
        for given, unit, person, at, body in session.execute(events)
    }
    rows = session.scalars(select(Evidence).order_by(Evidence.id).execution_options(yield_per=_CHUNK))
    yield from _EVIDENCE.findings(rows, recorded)
    store, checked = store_at(files), dict[str, str | None]()
    stored = select(Evidence.id, Evidence.sha256, Evidence.thumbnail).order_by(Evidence.id)
    for number, *hashes in session.execute(stored.execution_options(yield_per=_CHUNK)):
        for sha256 in filter(None, hashes):
            if sha256 not in checked:
                checked[sha256] = _fault_of_file(store, sha256)
            if fault := checked[sha256]:
                yield Finding(fault, f"evidence {number}")
    # Rows of files that prove figures are compared in `ranking_proofs`; here only their bytes.
    for number, sha256 in session.execute(select(FigureProof.id, FigureProof.sha256).order_by(FigureProof.id)):
        if sha256 not in checked:
            checked[sha256] = _fault_of_file(store, sha256)
        if fault := checked[sha256]:
            yield Finding(fault, f"figure file {number}")


def _fault_of_file(store: Store, sha256: str) -> str | None:
    """Code of what is wrong with a stored file: missing or other bytes, damaged, or sealed under a key that is not configured."""
    digest = hashlib.sha256()
    try:
        with store.open(sha256) as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
    except FileNotFoundError:
        return "bytes_missing"
    except Damaged:
        return "bytes_damaged"
    except KeyMissing:
        return "bytes_key_missing"
    return None if digest.hexdigest() == sha256 else "bytes_missing"


def draws(session: Session) -> Iterator[Finding]:
    """Check every draw of spot checks against its event and by repeating it, and that there are no other checks."""
    events = select(Event).where(Event.subject_type == "spot_draw")
    recorded = {
        event.subject_id: (event.given, event.at, event.effect.get("checks")) for event in session.scalars(events)
    }
    rows = session.scalars(select(SpotDraw).order_by(SpotDraw.id)).all()
    checks = {draw.id: monthly_draw.checks_of(session, draw.id) for draw in rows}
    comparison = RowComparison[SpotDraw, int](
        key=lambda row: row.id,
        actual=lambda row: (
            *(monthly_draw.figures(row), row.drawn_at),
            [monthly_draw.given(check) for check in checks[row.id]],
        ),
        subject=lambda row: f"spot checks of {row.month}",
        differs="draw_differs",
        missing="draw_missing",
        missing_subject=lambda key: f"draw {key}",
    )
    yield from comparison.findings(rows, recorded)
    for draw in rows:
        try:
            differing = monthly_draw.drawn_again(session, draw)
        except (KeyError, ValueError, NoResultFound):
            # A nonexistent month or unit: so altered that the draw cannot be repeated.
            differing = ["spot_sample_differs"]
        for code in differing:
            yield Finding(code, f"spot checks of {draw.month}")
    known = {check.id for of_draw in checks.values() for check in of_draw}
    for stray in set(session.scalars(select(SpotCheck.id))) - known:
        yield Finding("draw_differs", f"spot check {stray}")
    pending = {(row.check_id, row.due_at) for row in session.scalars(select(SpotPending))}
    to_be_made = {(row.id, row.due_at) for row in session.scalars(select(SpotCheck).where(pending_checks.pending()))}
    for check, _ in sorted(pending ^ to_be_made):
        yield Finding("spot_pending_differs", f"spot check {check}")


def dossiers(session: Session) -> Iterator[Finding]:
    """Check every exit dossier against its own hash and against its event."""
    events = select(Event.given).where(Event.subject_type == "household", Event.action == "exit")
    recorded = {given["dossier"]: given["hash"] for given in session.scalars(events)}
    comparison = replace(_DOSSIERS, intact=dossier_is_intact(session))
    yield from comparison.findings(session.scalars(select(ExitDossier).execution_options(yield_per=_CHUNK)), recorded)
