"""Whether it is alive: /healthz for a watchman, /metrics for Prometheus."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select

from models import Outbox, SweepReport, Tenure, WorkerHeartbeat
from web import db

blueprint = Blueprint("health", __name__)
#: A sweep later than this is a fault.
LATE = timedelta(minutes=10)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    now = db.now()
    with db.reading() as session:
        beat = session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(1)).first()
        sweep = session.scalars(select(SweepReport).where(SweepReport.job == "sweep")).one_or_none()
        oldest = session.scalar(
            select(Tenure.next_at).where(Tenure.next_at.is_not(None)).order_by(Tenure.next_at).limit(1)
        )
    lag = max(0, int((now - oldest).total_seconds())) if oldest else 0
    held = beat.held_why if beat else None
    late = beat is not None and (lag > LATE.total_seconds() or held is not None)
    answer = {
        "alive": True,
        "worker": beat.beat_at.isoformat() if beat else None,
        "held": held,
        "last_sweep": sweep.at.isoformat() if sweep else None,
        "lag_seconds": lag,
    }
    return jsonify(answer), 503 if late else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    registry = CollectorRegistry()
    now = db.now()
    with db.reading() as session:
        oldest = session.scalar(
            select(Tenure.next_at).where(Tenure.next_at.is_not(None)).order_by(Tenure.next_at).limit(1)
        )
        waiting = session.scalar(select(func.count()).select_from(Outbox)) or 0
    lag = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    Gauge("xiaohao_sweep_lag_seconds", "How late the oldest due rung is", registry=registry).set(lag)
    Gauge("xiaohao_outbox_waiting", "Events nobody was told of yet", registry=registry).set(waiting)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
