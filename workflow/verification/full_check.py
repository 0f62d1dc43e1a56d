"""Full check: `verify` collects the findings of all registered proofs, in their order."""

from sqlalchemy.orm import Session

from workflow.evidence import Place
from workflow.verification.checkpoint.lots import Checkpoint
from workflow.verification.proofs.findings import Finding
from workflow.verification.registry import PROOFS, findings

__all__ = ["Finding", "verify"]


def verify(session: Session, files: Place, checkpoint: Checkpoint | None = None) -> list[Finding]:
    """All contradictions between database, files and history, from a checkpoint on if one is given; empty when there are
    none."""
    return [finding for name in PROOFS for finding in findings(name, session, files, checkpoint)]
