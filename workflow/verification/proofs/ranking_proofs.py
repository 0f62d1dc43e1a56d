"""Ranking proofs: snapshots, figures, their files, signatures and objections equal their events.

Whether a snapshot follows from the history is proved by `rank --prove`; here only that the rows are unchanged.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
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
from workflow.assessment import figure_files
from workflow.history.event_log import stamp
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison, is_intact

#: The action of the history, and the field of its effect with the number of the row.
_ACTIONS = {"sign_ranking": "sign", "object_ranking": "objection", "answer_objection": "answer"}
#: Of each of these, the private text that its row holds, and the unit in its payload.
_TEXTS = {"sign": ("remark", "unit"), "objection": ("reason", "town"), "answer": ("reason", None)}
_RANKINGS = RowComparison[Ranking, int](
    key=lambda row: row.id,
    actual=lambda row: (
        *(row.hash, row.on.isoformat(), row.edition, stamp(row.as_of), stamp(row.made_at), row.by_id),
        row.reason,
    ),
    intact=is_intact,
    subject=lambda row: f"ranking {row.id}",
    differs="ranking_differs",
    missing="row_missing",
    missing_subject=lambda key: f"ranking {key}",
)
_FIGURES = RowComparison[ReportedFigure, int](
    key=lambda row: row.id,
    actual=lambda row: (
        *(row.measure, row.up_to.isoformat(), row.town_id, row.numerator, row.denominator),
        *(row.replaces_id, row.by_id, row.unit_id, stamp(row.at), row.source, row.reason, row.none_here),
    ),
    subject=lambda row: f"figure {row.id}",
    differs="figure_differs",
    missing="row_missing",
    missing_subject=lambda key: f"figure {key}",
)
_FILES = RowComparison[FigureProof, int](
    key=lambda row: row.id,
    actual=lambda row: (figure_files.figure_file_payload(row), row.figures, row.figure_id, row.filename),
    subject=lambda row: f"figure file {row.id}",
    differs="figure_file_differs",
    missing="row_missing",
    missing_subject=lambda key: f"figure file {key}",
)
_SIGNATURES = RowComparison[RankingSign, int](
    key=lambda row: row.id,
    actual=lambda row: (row.ranking_id, row.by_id, None, None, stamp(row.at), row.remark, row.unit_id),
    subject=lambda row: f"ranking {row.ranking_id}",
    differs="signature_differs",
    missing="row_missing",
    missing_subject=lambda key: f"sign {key}",
)
_OBJECTIONS = RowComparison[RankingObjection, int](
    key=lambda row: row.id,
    actual=lambda row: (row.ranking_id, row.by_id, row.measure, None, stamp(row.at), row.reason, row.town_id),
    subject=lambda row: f"objection {row.id}",
    differs="objection_differs",
    missing="row_missing",
    missing_subject=lambda key: f"objection {key}",
)
_ANSWERS = RowComparison[tuple[ObjectionAnswer, RankingObjection], int](
    key=lambda row: row[0].id,
    actual=lambda row: (
        (
            *(row[1].ranking_id, row[0].by_id, row[1].measure, row[0].upheld),
            *(stamp(row[0].at), row[0].reason, None),
        )
        if row[1]
        else ()
    ),
    subject=lambda row: f"objection {row[0].objection_id}",
    differs="objection_answer_differs",
    missing="row_missing",
    missing_subject=lambda key: f"answer {key}",
)


#: A ranking is large, so few are held at a time.
_CONTENTS = select(Ranking).order_by(Ranking.id).execution_options(yield_per=20)


@dataclass(slots=True)
class _Recorded:
    """What the events recorded of each table, by the id of the row."""

    rankings: dict[int, Any] = field(default_factory=dict)
    figures: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    files: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    acts: dict[str, dict[int, tuple[Any, ...]]] = field(
        default_factory=lambda: {name: {} for name in _ACTIONS.values()}
    )


def rankings(session: Session) -> Iterator[Finding]:
    """Rows of rankings that differ from their event, have none, or are missing."""
    recorded = _recorded(session)
    yield from _RANKINGS.findings(session.scalars(_CONTENTS), recorded.rankings)
    yield from _FIGURES.findings(session.scalars(select(ReportedFigure)), recorded.figures)
    yield from _FILES.findings(session.scalars(select(FigureProof).order_by(FigureProof.id)), recorded.files)
    yield from _SIGNATURES.findings(session.scalars(select(RankingSign)), recorded.acts["sign"])
    yield from _OBJECTIONS.findings(session.scalars(select(RankingObjection)), recorded.acts["objection"])
    answers = select(ObjectionAnswer, RankingObjection).outerjoin(
        RankingObjection, RankingObjection.id == ObjectionAnswer.objection_id
    )
    yield from _ANSWERS.findings(session.execute(answers), recorded.acts["answer"])


def _recorded(session: Session) -> _Recorded:
    recorded = _Recorded()
    events = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.action.in_(["rank", "report_figures", *_ACTIONS]))
        .order_by(Event.id)
    )
    for event, body in session.execute(events):
        if event.action == "rank":
            recorded.rankings[event.subject_id] = (
                *(event.effect["hash"], event.given["on"], event.given["edition"], stamp(event.effective_at)),
                *(stamp(event.at), event.actor_id, _text(event, body, "reason")),
            )
        elif event.action == "report_figures":
            _add_figures(recorded, event, body)
        else:
            name = _ACTIONS[event.action]
            given = (event.given.get("measure"), event.given.get("upheld"))
            text, unit = _TEXTS[name]
            recorded.acts[name][event.effect[name]] = (
                *(event.subject_id, event.actor_id, *given, stamp(event.at), _text(event, body, text)),
                event.given.get(unit) if unit is not None else None,
            )
    return recorded


def _text(event: Event, body: dict[str, Any] | None, name: str) -> Any:
    """A private text of an event as the row holds it; an erased one cannot be compared."""
    return ANYTHING if event.commitment is not None and body is None else (body or {}).get(name) or ""


@dataclass(frozen=True, slots=True)
class _GivenOrEmpty:
    """Equal to a text and to none: figures entered at once share the reason, which only those that need one keep."""

    text: Any

    def __eq__(self, other: object) -> bool:
        return other == "" or bool(self.text == other)


def _none_here(event: Event, body: dict[str, Any] | None, number: int) -> Any:
    """Why there is none of a figure, which each has for itself; an erased text cannot be compared."""
    told = _text(event, body, "none_here")
    return told.get(str(number), "") if isinstance(told, dict) else told


def _add_figures(recorded: _Recorded, event: Event, body: dict[str, Any] | None) -> None:
    """Add the figures of an event and the files uploaded with them; an erased file name cannot be compared."""
    given, figures, reason = event.given, event.effect["figures"], _text(event, body, "reason")
    for figure in figures:
        none = figure.get("none_here", False)
        recorded.figures[figure["id"]] = (
            *(given["measure"], given["up_to"], figure["town"], figure["numerator"], figure["denominator"]),
            *(figure["replaces"], event.actor_id, event.actor_unit_id, stamp(event.at), _text(event, body, "source")),
            _none_here(event, body, figure["id"]) if none else reason if figure["replaces"] else _GivenOrEmpty(reason),
            none,
        )
    ids = [figure["id"] for figure in figures]
    for file in event.effect.get("files", ()):
        name = body.get("files", {}).get(str(file["id"])) if body is not None else ANYTHING
        recorded.files[file["id"]] = (file, ids, ids[0], name)
