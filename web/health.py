"""Whether it is alive: /healthz for a watchman, /metrics for Prometheus."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event, Outbox, SweepReport, Tenure, WorkerHeartbeat
from web import db

blueprint = Blueprint("health", __name__)
#: A sweep or a message later than this is a fault.
LATE = timedelta(minutes=10)
#: A worker beats every minute; after so long without a beat it counts as dead, whether or not anything is due.
DEAD = timedelta(minutes=5)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while all is well; 503 when the worker is dead or holds, or a rung or a message is late.

    A county that is only being tried out without a worker is well; in production, and once a worker has run, it must beat.
    """
    now = db.now()
    with db.reading() as session:
        beat = session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(1)).first()
        reports = {row.job: row for row in session.scalars(select(SweepReport))}
        lag, untold = _lag(session, now), _untold(session, now)
    expected = beat is not None or current_app.config["ENV_NAME"] == "production"
    dead = expected and (beat is None or now - beat.beat_at > DEAD)
    held = beat.held_why if beat else None
    late = expected and (lag > LATE.total_seconds() or untold > 0)
    answer = {
        "alive": True,
        "worker": beat.beat_at.isoformat() if beat else None,
        "worker_dead": dead,
        "held": held,
        "last_sweep": reports["sweep"].at.isoformat() if "sweep" in reports else None,
        "lag_seconds": lag,
        "untold": untold,
        "audit": _audit(reports.get("audit")),
    }
    return jsonify(answer), 503 if dead or late or held is not None else 200


def _lag(session: Session, now: datetime) -> int:
    """How many seconds ago the oldest rung that has not fired was due."""
    oldest = session.scalar(select(Tenure.next_at).where(Tenure.next_at.is_not(None)).order_by(Tenure.next_at).limit(1))
    return max(0, int((now - oldest).total_seconds())) if oldest else 0


def _untold(session: Session, now: datetime) -> int:
    """How many events have waited too long for somebody to be told of them."""
    waiting = select(func.count()).select_from(Outbox).join(Event, Event.id == Outbox.event_id)
    return int(session.scalar(waiting.where(Event.at < now - LATE)) or 0)


def _audit(report: SweepReport | None) -> dict[str, Any] | None:
    """The auditor's last comparison: when, over how many custodies, and how many of them did not agree."""
    if report is None:
        return None
    found = report.result
    return {
        "at": report.at.isoformat(),
        "looked_at": found["looked_at"],
        "missing": len(found["missing"]),
        "unfounded": len(found["unfounded"]),
    }


@blueprint.get("/metrics")
def metrics() -> Response:
    registry = CollectorRegistry()
    now = db.now()
    with db.reading() as session:
        lag = _lag(session, now)
        waiting = session.scalar(select(func.count()).select_from(Outbox)) or 0
    Gauge("xiaohao_sweep_lag_seconds", "How late the oldest due rung is", registry=registry).set(lag)
    Gauge("xiaohao_outbox_waiting", "Events nobody was told of yet", registry=registry).set(waiting)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
