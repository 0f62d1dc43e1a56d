"""Rung issue: writes papers, many at once for the sweep or one for a person, frozen in the rung's transaction.

A paper supersedes open papers of lower rungs of the same tenure and stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from models import Authorisation, Escalation, Paper, PaperAct, PaperPending
from models.custody import FIRST_PAPER, RUNGS
from workflow.accountability.ladder_steps import LadderStep
from workflow.accountability.paper_content import Case, contents, leaders
from workflow.accountability.replies.talks import TALK
from workflow.county.context import CountyContext
from workflow.county.document_numbers import take_documents
from workflow.history.event_log import canonical, digest, stamp
from workflow.policy.worktime import local_date


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper to issue: by a person with the printed reason, or by the system on an authorisation."""

    number: str
    case: Case
    by_id: int | None = None
    reason: str | None = None
    escalation_id: int | None = None
    authorisation: Authorisation | None = None
    talk: Mapping[str, Any] | None = None


#: The number of the rung that is a talk (约谈).
TALK_RUNG = RUNGS.index(TALK) + 1
# Bulk statements on tables, without the unit of work.
_PAPER, _ACT = insert(Paper.__table__), insert(PaperAct.__table__)
_PENDING = insert(PaperPending.__table__)


def number(session: Session, now: datetime, steps: Sequence[tuple[CountyContext, LadderStep]]) -> dict[int, str]:
    """Numbers for the steps that are papers, by tenure; their counter rows are locked last, so there are no gaps.

    Issuers come in the order of their ids, so that no two transactions wait for each other.
    """
    of_issuer: dict[tuple[int, int], list[tuple[CountyContext, LadderStep]]] = {}
    for setting, due in steps:
        if due.top.rung >= FIRST_PAPER:
            key = (setting.overseer(due.held.unit_id).id, setting.scheme_version_id)
            of_issuer.setdefault(key, []).append((setting, due))
    by_tenure: dict[int, str] = {}
    for (issuer, _), wanted in sorted(of_issuer.items(), key=lambda entry: entry[0]):
        setting = wanted[0][0]
        numbers = take_documents(session, setting, setting.unit(issuer), local_date(now).year, len(wanted))
        by_tenure |= {due.held.tenure_id: text for (_, due), text in zip(wanted, numbers, strict=True)}
    return by_tenure


def next_number(session: Session, now: datetime, setting: CountyContext, unit_id: int) -> str:
    """The number of one paper against a unit, the next of its issuer."""
    return take_documents(session, setting, setting.overseer(unit_id), local_date(now).year)[0]


def issue(session: Session, now: datetime, wanted: Sequence[Wanted]) -> dict[int, dict[str, Any]]:
    """Write the papers, one per tenure, whose rungs are already written; returns the event payloads by tenure:
    `{"paper": …, "papers": [superseded ones]}`.
    """
    if not wanted:
        return {}
    led = leaders(session, [entry.case.unit_id for entry in wanted], now)
    rungs = _escalations_of_papers(session, wanted)
    printed = [
        content | _basis(entry)
        for entry, content in zip(wanted, contents(session, now, [e.case for e in wanted], led), strict=True)
    ]
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


def _basis(entry: Wanted) -> dict[str, Any]:
    """What a paper rests on beside its grounds: the talk it appoints, or the standing authorisation on which the system
    issues it."""
    found = entry.authorisation
    if found is None:
        return {"talk": dict(entry.talk)} if entry.talk else {}
    days = {"from": found.from_day.isoformat(), "until": found.until_day.isoformat()}
    return {"authorised": {"document": found.document, **days}}


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
    # What a talk demands in writing follows the talk; and nobody is talked to before the paper counts as received.
    talk = datetime.fromisoformat(entry.talk["at"]) if entry.talk else None
    deemed = clock.due(now, ladder.deemed_receipt)
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
        # After the custody has ended, no work is left to demand; a talk is open until its record is in.
        "met_by": demand.met_by if case.ended_at is None and not entry.talk else "answer",
        "demand_due_at": clock.due(talk or now, demand.days),
        "deemed_at": min(deemed, talk) if talk is not None else deemed,
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
    recorded = select(PaperAct.id).where(PaperAct.paper_id == Paper.id, PaperAct.act == "record").exists()
    before = session.execute(
        select(Paper.id, Paper.number, Paper.rung, Paper.tenure_id, Paper.stage, PaperPending.deemed_at)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .where(PaperPending.tenure_id.in_([row["tenure_id"] for row in rows]), PaperPending.open)
        # A talk that was appointed is not done with before its record is in.
        .where(or_(Paper.rung != TALK_RUNG, recorded))
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
