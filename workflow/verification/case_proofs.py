"""Case proofs: each accountability case equals the fold of its events, and every dossier is as it was frozen."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountabilityCase, CaseDossier, Event
from workflow.accountability.cases.case_record import FOLDED, folded
from workflow.history.event_log import canonical, digest
from workflow.verification.checks import Finding


def cases(session: Session) -> Iterator[Finding]:
    """All differences between cases and their history."""
    recorded: dict[int, dict[str, Any]] = {}
    hashes: dict[tuple[int, int], Any] = {}
    for event in session.scalars(
        select(Event).where(Event.subject_type == "case").order_by(Event.subject_id, Event.seq)
    ):
        recorded.setdefault(event.subject_id, {}).update(event.effect.get("case") or {})
        hashes[event.subject_id, event.seq] = event.effect.get("dossier")
    actual = {case.id: case for case in session.scalars(select(AccountabilityCase).order_by(AccountabilityCase.id))}
    for key, case in actual.items():
        if key not in recorded:
            yield Finding("history_missing", f"case {key}")
            continue
        now = folded(case)
        for name in FOLDED:
            if recorded[key].get(name) != now[name]:
                yield Finding("row_differs", f"case {key} {name}")
    for key in sorted(recorded.keys() - actual.keys()):
        yield Finding("row_missing", f"case {key}")
    for row in session.scalars(select(CaseDossier).order_by(CaseDossier.id).execution_options(yield_per=500)):
        known = hashes.pop((row.case_id, row.seq), None)
        if digest(canonical(row.content)) != row.hash or known != row.hash:
            yield Finding("dossier_altered", f"case {row.case_id} #{row.seq}")
    for case_id, seq in sorted(hashes):
        yield Finding("dossier_missing", f"case {case_id} #{seq}")
