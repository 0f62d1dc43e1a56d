"""Commitments (承诺事项): what a unit promises in its answer or in a talk, each with a day that becomes a due date.

They are due while the paper is open; the issuer's check of the paper (核实落实) settles them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Paper, PaperAct, PaperCommitment, PaperPending, Ticket
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.inputs import check_deadline_day, day_of, statement_of
from workflow.policy.worktime import WorkClock, local_date

#: The most commitments of one answer or record.
MOST = 10


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment before it is written: its words and the day it is done by."""

    words: str
    on: date


def of_reply(session: Session, ticket: Ticket, raw: Any, now: datetime) -> list[Promise]:
    """The commitments given with a reply to a paper of the ticket, under its scheme.  Raises BadInput."""
    setting = county_context(session, ticket.scheme_version_id)
    return parsed(raw, now, setting.clock, setting.scheme.ladder.promise_within)


def parsed(raw: Any, now: datetime, clock: WorkClock, within: int) -> list[Promise]:
    """The commitments given as a list of `{words, due_on}`, due within so many working days; lines without both are left
    out.  Raises BadInput."""
    if raw is None:
        return []
    if not isinstance(raw, list | tuple) or len(raw) > MOST:
        raise BadInput("bad_commitments", "commitments", most=MOST)
    last = local_date(clock.due(now, within))
    found = []
    for line in raw:
        if not isinstance(line, Mapping):
            raise BadInput("bad_commitments", "commitments", most=MOST)
        words, day = line.get("words") or "", line.get("due_on") or ""
        if not str(words).strip() and not str(day).strip():
            continue
        if not str(words).strip() or not str(day).strip():
            raise BadInput("commitment_incomplete", "commitments")
        promise = Promise(statement_of("commitments", words), day_of("commitments", day))
        if promise.on < local_date(now):
            raise BadInput("commitment_past", "commitments", day=promise.on.isoformat())
        if promise.on > last:
            raise BadInput(
                "commitment_too_far", "commitments", day=promise.on.isoformat(), days=within, last=last.isoformat()
            )
        check_deadline_day("commitments", promise.on, clock)
        found.append(promise)
    return found


def write(
    session: Session, setting: CountyContext, paper: Paper, act: PaperAct, promises: Iterable[Promise]
) -> list[PaperCommitment]:
    """Write the commitments of an act, each due at the close of its day."""
    rows = [
        PaperCommitment(
            paper_id=paper.id,
            act_id=act.id,
            unit_id=paper.unit_id,
            position=position,
            words=promise.words,
            due_at=setting.clock.closing(promise.on),
        )
        for position, promise in enumerate(promises, start=1)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def of_paper(session: Session, paper_id: int) -> list[PaperCommitment]:
    """The commitments on a paper, the earliest due first."""
    query = select(PaperCommitment).where(PaperCommitment.paper_id == paper_id)
    return list(session.scalars(query.order_by(PaperCommitment.due_at, PaperCommitment.id)))


def late_papers(now: datetime) -> Any:
    """The subquery of open papers with a commitment past its day."""
    return (
        select(PaperCommitment.paper_id)
        .join(PaperPending, PaperPending.paper_id == PaperCommitment.paper_id)
        .where(PaperPending.open, PaperCommitment.due_at < now)
    )
