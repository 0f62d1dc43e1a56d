"""The API's households: one with its haves, its checkups, and the exit gate."""

from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import Session

from models import Ticket
from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from web.errors import problem
from web.words.errors import sentence
from web.words.labels import label
from web.words.register import kept_sentence, observed_sentence, reason_sentence
from workflow.errors import BadInput, ExitRefused
from workflow.register import checkups, exit_gate, exits_in_doubt, household_listing, household_record
from workflow.register.checkup_input import Found
from workflow.register.income import Judgement
from workflow.tickets.permissions import sees


@blueprint.get("/households/<code>")
def household(code: str) -> Response:
    """A household with its haves and the income rule; never a personal number."""
    who, now = actor(), db.now()
    with db.read_session() as session:
        line = shapes.household(household_listing.find_household(session, who, code))
        view = household_record.dossier(session, who, code, now)
    return jsonify(
        {
            **line,
            "name": view.name,
            "status": view.found.household.status,
            "labour": view.found.household.labour,
            "visited_on": _day_argument(view.found.household.visited_on) if view.whole else None,
            "haves": [_have(item) for item in view.items],
            "income": _income(view.income),
            "in_doubt": exits_in_doubt.numbers(view.found.place, view.found.household, view.tickets),
            "dossiers": [
                {"id": row.id, "hash": row.hash, "passed_at": shapes.when(row.passed_at), "content": row.content}
                for row in view.exits
            ],
        }
    )


def _day_argument(value: Any) -> str | None:
    return value.isoformat() if value else None


def _have(item: exit_gate.Item) -> dict[str, Any]:
    state = item.state
    return {
        "code": state.have.code,
        "name": state.have.name.model_dump(),
        "result": None if state.result == "never" else state.result,
        "seen_on": _day_argument(state.seen_on),
        "source": state.source,
        "cause": state.cause or None,
        "open_tickets": list(state.open),
    }


def _income(judgement: Judgement | None) -> dict[str, Any] | None:
    if judgement is None:
        return None
    return {
        "result": judgement.result,
        "reasons": [reason.code for reason in judgement.reasons],
        "income_fen": judgement.income_fen,
        "year": judgement.year,
        "percent": judgement.percent,
        "average_yuan": str(judgement.average.yuan) if judgement.average else None,
        "threshold_fen": judgement.threshold_fen,
        "example": judgement.average.example if judgement.average else None,
    }


@blueprint.post("/households/<code>/checkups")
def checkup(code: str) -> Response:
    """Record a checkup; the same Idempotency-Key records it once."""
    given = _given(body(("seen_on", "source", "present", "note", "findings", "file")))
    who, now = actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = checkups.record(session, who, now, household=code, **given)
        return 201, _recorded(session, made, who)

    return idempotent(work)


def _given(found: dict[str, Any]) -> dict[str, Any]:
    """The fields of a checkup with their types.  Raises BadInput."""
    for name in ("seen_on", "source", "present", "note"):
        if found.get(name) is not None and not isinstance(found[name], str):
            raise BadInput("not_text", name)
    file = [] if found.get("file") is None else found["file"]
    if not isinstance(file, list) or not all(isinstance(have, str) for have in file):
        raise BadInput("not_haves", "file")
    told = {} if found.get("findings") is None else found["findings"]
    if not isinstance(told, dict):
        raise BadInput("bad_findings", "findings")
    return {
        "seen_on": found.get("seen_on"),
        "source": found.get("source") or None,
        "present": found.get("present") or "",
        "note": found.get("note") or "",
        "findings": {have: _parse_finding(entry) for have, entry in told.items()},
        "file": file,
    }


def _parse_finding(entry: Any) -> Found:
    if not isinstance(entry, dict) or not set(entry) <= {"result", "cause", "note"}:
        raise BadInput("bad_findings", "findings")
    parts = {name: value for name, value in entry.items() if value is not None}
    if not isinstance(parts.get("result"), str) or not all(isinstance(value, str) for value in parts.values()):
        raise BadInput("bad_findings", "findings")
    return Found(**parts)


def _recorded(session: Session, made: checkups.Recorded, who: Any) -> dict[str, Any]:
    def tickets(tickets: list[Ticket]) -> list[dict[str, Any]]:
        return [
            {"number": row.number, "kind": row.kind, "state": row.state if sees(who, row, session) else None}
            for row in tickets
        ]

    return {
        "id": made.checkup.id,
        "source": made.checkup.source,
        "seen_on": made.checkup.seen_on.isoformat(),
        "findings": {
            finding.have: {"result": finding.result, "cause": finding.cause or None, "note": finding.note or None}
            for finding in made.findings
        },
        "income": _income(made.income),
        "tickets": tickets(made.filed),
        "already_open": tickets(made.open),
        "reopened": tickets(made.reopened),
        "taken_back": made.taken_back,
    }


@blueprint.post("/households/<code>/exit")
def leave(code: str) -> Response:
    """Let a household out through the gate, or say what is missing."""
    body(())
    who, now = actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = exit_gate.exit_household(session, who, now, code)
        return 200, {
            "status": "exited",
            "dossier": made.id,
            "hash": made.hash,
            "passed_at": shapes.when(made.passed_at),
        }

    try:
        return idempotent(work)
    except ExitRefused as refusal:
        return problem(409, sentence(refusal), refusal.code, missing=_missing(refusal.examination))


def _missing(seen: exit_gate.Examination) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "have": item.state.have.code,
            "why": item.missing,
            "seen_on": _day_argument(item.state.seen_on),
            "tickets": list(item.state.open),
            "detail": label("exit.missing", item.missing),
        }
        for item in seen.items
        if item.missing
    ]
    if seen.income is not None and not seen.income_holds:
        found += [
            {"have": "income_rule", "why": reason.code, "detail": reason_sentence(reason, seen.income)}
            for reason in seen.income.reasons
        ]
    if seen.observed is not None and not seen.observed.long_enough:
        found.append({"have": "observation", "why": "not_long_enough", "detail": observed_sentence(seen.observed)})
    if seen.kept:
        found.append({"have": "labour", "why": "kept", "detail": kept_sentence()})
    return found
