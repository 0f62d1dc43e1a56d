"""Floor of filing and of a ticket's life: a bare Flask app on SQLAlchemy's ORM.

After the same token look-up it writes, in one transaction on the same engine, as many rows into the same tables as the
product does (`bench.pattern`), with ready-made contents: no rules, routes, deadlines, hashes or views.
"""

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

import models
from bench.pattern import Step
from models import ApiToken, Custody, Event, Evidence, Household, Tenure, Ticket, User
from models.engine import in_transaction, make_engine, reading
from settings import DEVELOPMENT_SECRET

Columns = dict[str, Any]


def create_app() -> Flask:
    """The floor's app, on the database and the pattern named by the environment."""
    app = Flask("floor")
    files = Path(os.environ["XIAOHAO_FILES"])
    engine = make_engine(os.environ["XIAOHAO_DATABASE_URL"], DEVELOPMENT_SECRET)
    steps: dict[str, Step] = pickle.loads(Path(os.environ["BENCH_PATTERN"]).read_bytes())
    with reading(engine) as session:
        households = dict(session.execute(select(Household.code, Household.id)).tuples().all())
    engine.dispose()

    def known() -> bool:
        hashed = hashlib.sha256(request.headers["Authorization"][7:].encode()).hexdigest()
        query = select(User).join(ApiToken, ApiToken.user_id == User.id)
        query = query.where(ApiToken.token_hash == hashed, ApiToken.revoked_at.is_(None), User.active)
        with reading(engine) as session:
            return session.scalars(query).one_or_none() is not None

    @app.before_request
    def _guard() -> Response | None:
        return None if known() else Response(status=401)

    @app.post("/api/v1/tickets")
    def file() -> tuple[Response, int]:
        given: Columns = request.get_json()
        own = {"household_id": households[given["household"]], "kind": given["kind"], "cause": given.get("cause") or ""}

        def work(session: Session) -> int:
            ticket = Ticket(**(steps["file"].one("Ticket") | own | {"id": None}))
            session.add(ticket)
            _add(session, steps["file"], ticket, None)
            return ticket.id

        return jsonify(number=str(in_transaction(engine, work))), 201

    @app.post("/api/v1/tickets/<int:number>/evidence")
    def evidence(number: int) -> tuple[Response, int]:
        content = request.files["file"].read()
        path = files / hashlib.sha256(content).hexdigest()
        with path.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())

        def work(session: Session) -> int:
            ticket = session.get_one(Ticket, number, with_for_update=True)
            # Both pieces of a life have their own place in its history.
            step = steps[f"evidence@{ticket.version}"]
            row = Evidence(**(step.one("Evidence") | {"id": None, "ticket_id": number, "sha256": path.name}))
            session.add(row)
            _add(session, step, ticket, None)
            return row.id

        return jsonify(id=in_transaction(engine, work)), 201

    @app.post("/api/v1/tickets/<int:number>/<action>")
    def move(number: int, action: str) -> Response:
        step = steps[action]

        def work(session: Session) -> None:
            ticket = session.get_one(Ticket, number, with_for_update=True)
            ended, tenure = session.execute(
                select(Custody, Tenure)
                .join(Tenure, Tenure.id == Custody.tenure_id)
                .where(Custody.ticket_id == number, Custody.ended_at.is_(None))
            ).one()
            _change(ended, step.changed["Custody"])
            session.flush()
            _change(tenure, step.changed["Tenure"])
            _change(ticket, step.changed["Ticket"])
            _add(session, step, ticket, tenure)

        in_transaction(engine, work)
        return jsonify(number=str(number))

    return app


def _change(row: Any, columns: Columns) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _add(session: Session, step: Step, ticket: Ticket, tenure: Tenure | None) -> None:
    """Adds a step's rows to a ticket; a custody without a tenure of its own keeps the one before."""
    for columns in step.rows("Tenure"):
        tenure = Tenure(**_without(columns, "id", "ticket_id"), ticket=ticket)
        session.add(tenure)
    for columns in step.rows("Custody"):
        session.add(Custody(**_without(columns, "id", "ticket_id", "tenure_id"), ticket=ticket, tenure=tenure))
    session.flush()
    event = Event(**(step.one("Event") | {"id": None, "subject_id": ticket.id}))
    session.add(event)
    for model in ("EventSecret", "Outbox"):
        session.add_all(getattr(models, model)(**_without(c, "event_id"), event=event) for c in step.rows(model))
    session.flush()


def _without(columns: Columns, *names: str) -> Columns:
    return {name: value for name, value in columns.items() if name not in names}
