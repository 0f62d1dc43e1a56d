"""Ranking proofs: snapshots, figures, their files, signatures and objections equal their events.

Whether a snapshot follows from the history is proved by `rank --prove`; here only that the rows are unchanged.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Event,
    EventSecret,
    FigureProof,
    ObjectionAnswer,
    Ranking,
    RankingObjection,
    RankingSign,
    ReportedFigure,
)
from workflow.assessment.figure_files import figure_file_payload as told_of
from workflow.history.event_log import canonical, digest
from workflow.verification.checks import Finding

#: A file in its event: the public part, its figures, the event.
_File = tuple[dict[str, Any], list[int], int]
_TELLS = {"sign_ranking": "sign", "object_ranking": "objection", "answer_objection": "answer"}


def rankings(session: Session) -> Iterator[Finding]:
    """Rows of rankings that differ from their event, have none, or are missing."""
    ranked: dict[int, str] = {}
    recorded: dict[tuple[str, int], tuple[object, ...]] = {}
    figures: dict[int, tuple[object, ...]] = {}
    files: dict[int, _File] = {}
    events = select(Event).where(Event.action.in_(["rank", "report_figures", *_TELLS])).order_by(Event.id)
    for event in session.scalars(events):
        given, effect = event.given, event.effect
        if event.action == "rank":
            ranked[event.subject_id] = effect["hash"]
        elif event.action == "report_figures":
            for told_figure in effect["figures"]:
                figures[told_figure["id"]] = (
                    given["measure"],
                    given["up_to"],
                    told_figure["town"],
                    told_figure["numerator"],
                    told_figure["denominator"],
                    told_figure["replaces"],
                    event.actor_id,
                )
            for file in effect.get("files", ()):
                files[file["id"]] = (file, [entry["id"] for entry in effect["figures"]], event.id)
        else:
            what = _TELLS[event.action]
            said = (given.get("measure"), given.get("upheld"))
            recorded[what, effect[what]] = (event.subject_id, event.actor_id, *said)
    for row in session.scalars(select(Ranking)):
        if ranked.pop(row.id, None) != row.hash or digest(canonical(row.content)) != row.hash:
            yield Finding("ranking_differs", f"ranking {row.id}")
    for figure in session.scalars(select(ReportedFigure)):
        actual: tuple[object, ...] = (
            figure.measure,
            figure.up_to.isoformat(),
            figure.town_id,
            figure.numerator,
            figure.denominator,
            figure.replaces_id,
            figure.by_id,
        )
        if figures.pop(figure.id, None) != actual:
            yield Finding("figure_differs", f"figure {figure.id}")
    yield from _files(session, files)
    of: dict[int, RankingObjection] = {row.id: row for row in session.scalars(select(RankingObjection))}
    for sign in session.scalars(select(RankingSign)):
        if recorded.pop(("sign", sign.id), None) != (sign.ranking_id, sign.by_id, None, None):
            yield Finding("signature_differs", f"ranking {sign.ranking_id}")
    for objection in of.values():
        actual = (objection.ranking_id, objection.by_id, objection.measure, None)
        if recorded.pop(("objection", objection.id), None) != actual:
            yield Finding("objection_differs", f"objection {objection.id}")
    for answer in session.scalars(select(ObjectionAnswer)):
        objected = of.get(answer.objection_id)
        actual = (objected.ranking_id, answer.by_id, objected.measure, answer.upheld) if objected else ()
        if recorded.pop(("answer", answer.id), None) != actual:
            yield Finding("objection_answer_differs", f"objection {answer.objection_id}")
    for name, gone in (("ranking", ranked), ("figure", figures), ("figure file", files)):
        yield from (Finding("row_missing", f"{name} {number}") for number in gone)
    yield from (Finding("row_missing", f"{what} {number}") for what, number in recorded)


def _files(session: Session, recorded: dict[int, _File]) -> Iterator[Finding]:
    """Files that differ from their events; matched ones are removed from `told`."""
    for row in session.scalars(select(FigureProof).order_by(FigureProof.id)):
        openly, figures, event = recorded.pop(row.id, ({}, [0], 0))
        body = session.scalar(select(EventSecret.body).where(EventSecret.event_id == event))
        # Erased text cannot be compared.
        name = body.get("files", {}).get(str(row.id)) if body is not None else row.filename
        actual = (told_of(row), row.figures, row.figure_id, row.filename)
        if actual != (openly, figures, figures[0], name):
            yield Finding("figure_file_differs", f"figure file {row.id}")
