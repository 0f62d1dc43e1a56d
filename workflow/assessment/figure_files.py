"""Figure files (佐证材料): prove reported figures; bytes are stored first and named by the act that reports the
figures.

A correction has its own files; those of an earlier entry stay with it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import FigureProof, ReportedFigure
from workflow.actors import Actor
from workflow.errors import NotFound
from workflow.evidence.media_types import safe_name
from workflow.evidence.uploads import Kept
from workflow.redaction import without_numbers
from workflow.tickets.visibility import COUNTY_WIDE, masks_names


def add(session: Session, figures: Sequence[ReportedFigure], files: Sequence[Kept]) -> list[FigureProof]:
    """Attach stored files as proof of these figures, recorded together; the same bytes once."""
    rows = [
        FigureProof(
            figure_id=figures[0].id,
            figures=[figure.id for figure in figures],
            sha256=kept["sha256"],
            size=kept["size"],
            media_type=kept["media_type"],
            filename=safe_name(without_numbers(kept["filename"]), kept["media_type"]),
        )
        for kept in {kept["sha256"]: kept for kept in files}.values()
    ]
    session.add_all(rows)
    session.flush()
    return rows


def of(session: Session, figure: ReportedFigure) -> tuple[FigureProof, ...]:
    """The files of a figure."""
    first = aliased(ReportedFigure)
    query = (
        select(FigureProof)
        .join(first, first.id == FigureProof.figure_id)
        .where(
            first.measure == figure.measure,
            first.up_to == figure.up_to,
            first.by_id == figure.by_id,
            first.at == figure.at,
        )
        .order_by(FigureProof.id)
    )
    return tuple(proof for proof in session.scalars(query) if figure.id in proof.figures)


def find_figure_file(session: Session, actor: Actor, number: int) -> FigureProof:
    """A file uploaded by the actor's own unit, ranked or not; readers of the county open any.  Raises NotFound."""
    query = (
        select(FigureProof, ReportedFigure.unit_id)
        .join(ReportedFigure, ReportedFigure.id == FigureProof.figure_id)
        .where(FigureProof.id == number)
    )
    proof, unit_id = session.execute(query).one_or_none() or (None, None)
    if proof is None or not (actor.role in COUNTY_WIDE or (actor.role == "bureau" and actor.is_of(unit_id))):
        raise NotFound("no_such_evidence")
    return proof


def name_for(actor: Actor, proof: FigureProof) -> str:
    """The name of a file for this actor; readers of masked names get its number."""
    return str(proof.id) if masks_names(actor) else proof.filename


def figure_file_payload(proof: FigureProof) -> dict[str, Any]:
    """The public part of a file in the history."""
    return {"id": proof.id, "sha256": proof.sha256, "size": proof.size, "media_type": proof.media_type}
