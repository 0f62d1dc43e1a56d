"""Case proofs: each accountability case equals the fold of its events, and every dossier is as it was frozen."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountabilityCase, CaseDossier, Event
from workflow.accountability.cases.case_record import FOLDED, folded
from workflow.verification.proofs.findings import Finding, RowComparison, is_intact

_DOSSIERS = RowComparison[CaseDossier, tuple[int, int]](
    key=lambda row: (row.case_id, row.seq),
    actual=lambda row: row.hash,
    intact=is_intact,
    subject=lambda row: f"case {row.case_id} #{row.seq}",
    differs="dossier_altered",
    missing="dossier_missing",
    missing_subject=lambda key: f"case {key[0]} #{key[1]}",
)


def cases(session: Session) -> Iterator[Finding]:
    """All differences between cases and their history."""
    recorded: dict[int, dict[str, Any]] = {}
    hashes: dict[tuple[int, int], Any] = {}
    for event in session.scalars(
        select(Event).where(Event.subject_type == "case").order_by(Event.subject_id, Event.seq)
    ):
        recorded.setdefault(event.subject_id, {}).update(event.effect.get("case") or {})
        hashes[event.subject_id, event.seq] = event.effect.get("dossier")
    rows = {case.id: case for case in session.scalars(select(AccountabilityCase).order_by(AccountabilityCase.id))}
    for key, case in rows.items():
        if key not in recorded:
            yield Finding("history_missing", f"case {key}")
            continue
        actual = folded(case)
        for name in FOLDED:
            if recorded[key].get(name) != actual[name]:
                yield Finding("row_differs", f"case {key} {name}")
    for key in sorted(recorded.keys() - rows.keys()):
        yield Finding("row_missing", f"case {key}")
    dossiers = select(CaseDossier).order_by(CaseDossier.id).execution_options(yield_per=500)
    yield from _DOSSIERS.findings(session.scalars(dossiers), hashes)
