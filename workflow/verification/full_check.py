"""Full check: `verify` collects the findings of all registered proofs, in their order."""

from sqlalchemy.orm import Session

from workflow.evidence import Place
from workflow.verification.proofs.findings import Finding
from workflow.verification.registry import PROOFS

__all__ = ["Finding", "verify"]


def verify(session: Session, files: Place) -> list[Finding]:
    """All contradictions between database, files and history; empty when there are none."""
    return [finding for proof in PROOFS.values() for finding in proof(session, files)]
