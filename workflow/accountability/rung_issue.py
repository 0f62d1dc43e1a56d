"""Rung issue: writes papers, many at once for the sweep or one for a person, frozen in the rung's transaction.

A paper supersedes open papers of lower rungs of the same tenure and stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import Escalation, Paper, PaperAct, PaperPending
from workflow.accountability.paper_content import Case, contents, leaders
from workflow.history.event_log import canonical, digest, stamp


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper to issue; with the printed reason only where a person issues it."""

    number: str
    case: Case
    by_id: int | None = None
    reason: str | None = None
    escalation_id: int | None = None


# Bulk statements on tables, without the unit of work.
_PAPER, _ACT = insert(Paper.__table__), insert(PaperAct.__table__)
_PENDING = insert(PaperPending.__table__)


def issue(session: Session, now: datetime, wanted: Sequence[Wanted]) -> dict[int, dict[str, Any]]:
    """Write the papers, one per tenure, whose rungs are already written; returns the event payloads by tenure:
    `{"paper": …, "papers": [superseded ones]}`.
    """
    if not wanted:
        return {}
    led = leaders(session, [entry.case.unit_id for entry in wanted])
    rungs = _escalations_of_papers(session, wanted)
    printed = contents(session, now, [entry.case for entry in wanted], led)
    rows = [
        _rung_row(now, entry, content, led, rungs[entry.case.tenure_id])
        for entry, content in zip(wanted, printed, strict=True)
    ]
    ended = _supersede(session, now, rows)
    session.connection().execute(_PAPER, rows)
    ids = {
        row[0]: row[1]
        for row in session.execute(
            select(Paper.escalation_id, Paper.id).where(
                Paper.tenure_id.in_([row["tenure_id"] for row in rows]),
                Paper.escalation_id.in_([row["escalation_id"] for row in rows]),
            )
        )
    }
    pending = [
        {
            "paper_id": ids[row["escalation_id"]],
            "open": True,
            **{name: row[name] for name in ("ticket_id", "tenure_id", "unit_id", "deemed_at")},
        }
        for row in rows
    ]
    session.connection().execute(_PENDING, pending)
    return {
        row["tenure_id"]: {
            "paper": _rung_payload(row),
            **({"papers": said} if (said := ended.get(row["tenure_id"])) else {}),
        }
        for row in rows
    }


def _escalations_of_papers(session: Session, wanted: Sequence[Wanted]) -> dict[int, int]:
    """The escalation of each paper, by tenure."""
    known = {entry.case.tenure_id: entry.escalation_id for entry in wanted if entry.escalation_id is not None}
    asked = {entry.case.tenure_id: entry.number for entry in wanted if entry.escalation_id is None}
    if asked:
        rows = session.execute(
            select(Escalation.tenure_id, Escalation.id).where(
                Escalation.tenure_id.in_(list(asked)), Escalation.paper.in_(sorted(set(asked.values())))
            )
        )
        known |= {row[0]: row[1] for row in rows}
    return known


def _rung_row(
    now: datetime, entry: Wanted, content: dict[str, Any], led: dict[int, tuple[int, str]], escalation_id: int
) -> dict[str, Any]:
    case = entry.case
    clock, ladder = case.setting.clock, case.setting.scheme.ladder
    demand = ladder.rungs[case.rung - 1].demands
    return {
        "number": entry.number,
        "escalation_id": escalation_id,
        "ticket_id": case.ticket_id,
        "tenure_id": case.tenure_id,
        "custody_id": case.custody_id,
        "stage": case.stage,
        "rung": case.rung,
        "unit_id": case.unit_id,
        "leader_id": led[case.unit_id][0] if case.unit_id in led else None,
        "issuer_id": case.issuer.id,
        "issued_at": now,
        "issued_by_id": entry.by_id,
        "reason": entry.reason,
        # After the custody has ended, no work is left to demand.
        "met_by": demand.met_by if case.ended_at is None else "answer",
        "demand_due_at": clock.due(now, demand.days),
        "deemed_at": clock.due(now, ladder.deemed_receipt),
        "content": content,
        "hash": digest(canonical(content)),
    }


def _rung_payload(row: dict[str, Any]) -> dict[str, Any]:
    """The event payload of a paper, which `verify` folds."""
    plain = ("number", "leader_id", "issuer_id", "issued_by_id", "met_by", "hash")
    moments = ("issued_at", "demand_due_at", "deemed_at")
    return {**{name: row[name] for name in plain}, **{name: stamp(row[name]) for name in moments}}


def _supersede(session: Session, now: datetime, rows: Sequence[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Supersede open papers of lower rungs of the same tenure and stage; by tenure."""
    over = {(row["tenure_id"], row["stage"]): row for row in rows}
    before = session.execute(
        select(Paper.id, Paper.number, Paper.rung, Paper.tenure_id, Paper.stage, PaperPending.deemed_at)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .where(PaperPending.tenure_id.in_([row["tenure_id"] for row in rows]), PaperPending.open)
        .order_by(Paper.id)
    )
    superseded: dict[int, list[dict[str, Any]]] = {}
    acts: list[dict[str, Any]] = []
    received: list[int] = []
    waiting: list[int] = []
    for paper_id, number, rung, tenure_id, stage, deemed_at in before:
        new = over.get((tenure_id, stage))
        if new is None or rung >= new["rung"]:
            continue
        common = {"act": "end", "how": "superseded"}
        acts.append(
            {
                **common,
                "ticket_id": new["ticket_id"],
                "paper_id": paper_id,
                "at": now,
                "effective_at": now,
                "by_id": None,
                "asked_by_id": None,
                "words": None,
            }
        )
        said = {**common, "paper": number, "effective_at": stamp(now), "by": None, "asked_by": None}
        superseded.setdefault(tenure_id, []).append(said)
        (received if deemed_at is None else waiting).append(paper_id)
    if acts:
        session.connection().execute(_ACT, acts)
        session.execute(delete(PaperPending).where(PaperPending.paper_id.in_(received)))
        session.execute(update(PaperPending).where(PaperPending.paper_id.in_(waiting)).values(open=False))
    return superseded
