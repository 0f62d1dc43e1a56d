"""Whether it is alive: /livez and /readyz for what starts processes and sends them requests, /healthz for a watchman, /metrics
for Prometheus."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from migrations.state import strange
from models import Event, Outbox, SweepReport, Tenure, WorkerHeartbeat
from models.history import UNSEALED_EVENTS
from notifications import failed_deliveries
from web import db, form_files, maintenance
from workflow.accountability import deemed_receipts, sweep_watch
from workflow.county import vault
from workflow.county.leaders import leaderless
from workflow.tickets.custody import clock_guard, downtime

blueprint = Blueprint("health", __name__)
#: A sweep or a message later than this is a fault.
LATE = timedelta(minutes=10)
#: A worker beats every minute; after so long without a beat it counts as dead, whether or not anything is due.
DEAD = downtime.SILENCE

#: Roles that may know how the product is doing: who administers accounts, and who oversees.
OPERATORS = ("admin", "office", "leaders", "inspectorate")
#: The auditor compares every ten minutes; after so long without a comparison the sweep is unwatched.
SILENT = timedelta(minutes=30)


@blueprint.get("/livez")
def livez() -> Response:
    """200 as long as this process answers at all; it asks for nothing, since no restart mends a database that is away."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 while requests may be sent here: the database answers with this version's schema, data key and evidence store are
    the county's, and no maintenance is under way; else 503."""
    closed = maintenance.sentence() is not None
    fits = not closed and strange(db.county().engine) is None
    if fits:
        with db.read_session() as session:
            fits = not vault.is_wrong_key(session) and not form_files.is_astray()
    return jsonify(ready=fits, maintenance=closed), 200 if fits else 503


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while all is well; 503 when the worker is dead or holds, the clock is in doubt, the data key or
    the evidence store is not the county's, a rung, a message or the sealing is late, the auditor
    has found the same ticket, paper or case amiss twice in a row, or no longer compares.

    A county that is only being tried out without a worker is well; in production, and once a worker has run, it must beat.
    There, only who operates or oversees is told more than whether it is alive.
    """
    now = db.now()
    with db.read_session() as session:
        beat = session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(1)).first()
        reports = {row.job: row for row in session.scalars(select(SweepReport))}
        lag, untold = _lag(session, now), _untold(session, now)
        held, seats, lost = (
            sweep_watch.hold_reason(session),
            len(leaderless(session, db.now())),
            downtime.total_seconds(session),
        )
        unsealed = _unsealed(session, now)
        known, is_wrong_key = clock_guard.signs(session), vault.is_wrong_key(session)
        stuck, slow = failed_deliveries.count_stuck(session), failed_deliveries.lag(session, now)
    expected = beat is not None or current_app.config["ENV_NAME"] == "production"
    dead = expected and (beat is None or now - beat.beat_at > DEAD)
    late = expected and (lag > LATE.total_seconds() or untold > 0)
    audit = _audit(reports.get("audit"))
    silent = audit is not None and now - reports["audit"].at > SILENT
    amiss = expected and (silent or (audit is not None and audit["again"] + audit["beside_again"] > 0))
    # A worker seals every minute: what waits longer could be cut off unseen.
    unwatched = expected and unsealed > LATE.total_seconds()
    guard = db.county().clock_guard
    skew, doubt = guard.skew_seconds(known), guard.doubt(known)
    strayed = form_files.is_astray()
    ill = dead or late or amiss or unwatched or held is not None or doubt is not None or is_wrong_key or strayed
    answer = {
        "alive": True,
        "well": not ill,
        "worker": beat.beat_at.isoformat() if beat else None,
        "worker_dead": dead,
        "held": held,
        "clock_in_doubt": doubt.code if doubt is not None else None,
        "clock_skew_seconds": skew,
        "data_key_wrong": is_wrong_key,
        "store_unmarked": strayed,
        "last_sweep": reports["sweep"].at.isoformat() if "sweep" in reports else None,
        "lag_seconds": lag,
        "untold": untold,
        "audit": audit,
        "audit_silent": silent,
        "without_leader": seats,
        "downtime_seconds": lost,
        "undelivered": stuck,
        "delivery_lag_seconds": slow,
        "unsealed_seconds": unsealed,
    }
    return jsonify(answer if _told_more() else {"alive": True, "well": not ill}), 503 if ill else 200


def _told_more() -> bool:
    """Whether who asks may know more than that it is alive; while it is tried out, everybody may."""
    operates = current_user.is_authenticated and current_user.user.role in OPERATORS
    return current_app.config["ENV_NAME"] != "production" or operates


def _lag(session: Session, now: datetime) -> int:
    """Seconds since the oldest rung that has not fired, or the oldest receipt that was not recorded, was due."""
    rung = session.scalar(select(Tenure.next_at).where(Tenure.next_at.is_not(None)).order_by(Tenure.next_at).limit(1))
    due = [at for at in (rung, deemed_receipts.next_due(session, now)) if at is not None]
    return max(0, int((now - min(due)).total_seconds())) if due else 0


def _unsealed(session: Session, now: datetime) -> int:
    """The age in seconds of the oldest event that is not sealed yet."""
    oldest = select(Event.at).where(UNSEALED_EVENTS.predicate).order_by(Event.id).limit(1)
    at = session.scalar(oldest)
    return max(0, int((now - at).total_seconds())) if at is not None else 0


def _untold(session: Session, now: datetime) -> int:
    """The number of events whose notifications are overdue; those set aside wait for a person and count as undelivered."""
    waiting = select(func.count()).select_from(Outbox).join(Event, Event.id == Outbox.event_id)
    return int(session.scalar(waiting.where(Event.at < now - LATE, failed_deliveries.STILL_TRIED)) or 0)


def _audit(report: SweepReport | None) -> dict[str, Any] | None:
    """The auditor's last comparison: when, over how many custodies, papers and cases, and how many of them did not agree."""
    if report is None:
        return None
    result = report.result
    return {
        "at": report.at.isoformat(),
        "open": result.get("open", result["looked_at"]),
        "looked_at": result["looked_at"],
        "missing": len(result["missing"]),
        "unfounded": len(result["unfounded"]),
        "again": len(result.get("again", ())),
        **{name: result.get(name, 0) for name in ("papers", "cases")},
        **{name: len(result.get(name, ())) for name in ("beside", "beside_again")},
    }


@blueprint.get("/metrics")
def metrics() -> Response:
    """The same figures for Prometheus, in production with the token of who operates or oversees.

    What has never been looked at has no figure.  Raises Unauthorized.
    """
    if not _told_more():
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    # Only here: most processes are never asked.
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

    registry, now = CollectorRegistry(), db.now()
    with db.read_session() as session:
        held = sweep_watch.hold_reason(session) is not None
        figures: dict[str, tuple[str, float | None]] = {
            "sweep_lag_seconds": ("How late the oldest due rung is", _lag(session, now)),
            "sweep_held": ("1 while the sweep holds after a jump of the clock", held),
            "outbox_waiting": (
                "Events nobody was told of yet",
                session.scalar(select(func.count()).select_from(Outbox)) or 0,
            ),
            "downtime_seconds": (
                "Seconds in which no worker was alive, as written down",
                downtime.total_seconds(session),
            ),
            "deliveries_given_up": (
                "Messages that did not get through and wait for a person",
                failed_deliveries.count_stuck(session),
            ),
            "delivery_lag_seconds": (
                "How late the oldest message is that is to leave",
                failed_deliveries.lag(session, now),
            ),
            "unsealed_seconds": ("How old the oldest event is that is not sealed", _unsealed(session, now)),
            "units_without_leader": ("Units whose leader nobody can reach", len(leaderless(session, db.now()))),
        }
        figures |= _clock(session)
        figures["store_unmarked"] = ("1 while the evidence store is not the county's", form_files.is_astray())
        figures["data_key_wrong"] = ("1 while the data key is not the database's", vault.is_wrong_key(session))
        beat = session.scalar(select(func.max(WorkerHeartbeat.beat_at)))
        report = session.scalars(select(SweepReport).where(SweepReport.job == "audit")).first()
        figures["worker_beat_age_seconds"] = ("Seconds since a worker last beat", _age(beat, now))
        audited = report.at if report else None
        figures["audit_age_seconds"] = ("Seconds since the auditor last compared", _age(audited, now))
        result = _audit(report) or {}
    for name in ("open", "looked_at", "missing", "unfounded", "again"):
        figures[f"audit_{name}"] = (f"Open custodies in the auditor's comparison: {name}", result.get(name))
    figures["audit_papers"] = ("Papers in the auditor's comparison", result.get("papers"))
    figures["audit_cases"] = ("Cases under way in the auditor's comparison", result.get("cases"))
    figures["audit_beside_missing"] = ("What papers and cases lack by the auditor's comparison", result.get("beside"))
    figures["audit_beside_again"] = ("What they lacked in the comparison before as well", result.get("beside_again"))
    for name, (meaning, value) in figures.items():
        if value is not None:
            Gauge(f"xiaohao_{name}", meaning, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _clock(session: Session) -> dict[str, tuple[str, float | None]]:
    known, guard = clock_guard.signs(session), db.county().clock_guard
    return {
        "clock_in_doubt": ("1 while the clock cannot be right and nothing is written", guard.doubt(known) is not None),
        "clock_skew_seconds": ("How far the clock is ahead of the database server's", guard.skew_seconds(known)),
    }


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (now - at).total_seconds()
