"""Random check proofs: draws of households (repeated), checks, and results with their findings equal the history; so do the
lists of bureaus with their lines; and so do the checks of figures, each of a figure that its ranking's snapshot draws.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Event, EventSecret, FigureCheck, RandomCheck, RandomDraw, RandomResult, Ranking
from models import Finding as SeenHave
from workflow.assessment.checking import figure_checks
from workflow.assessment.ranking import rankings
from workflow.history import event_log
from workflow.history.event_log import stamp
from workflow.register.bulk_lists.line_records import payload as line_payload
from workflow.register.random_checks import household_draw
from workflow.register.random_checks.random_results import payload
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison

#: The events of a household that record results and rechecks.
_TELLING = ("random_holds", "random_failed", "random_lapsed", "recheck_given")


def checks(session: Session) -> Iterator[Finding]:
    """Check every draw, check and result against its event, and every draw by repeating it; there are no others."""
    events = session.execute(
        select(Event.subject_id, Event.effect)
        .where(Event.subject_type == "household", Event.action.in_(_TELLING))
        .order_by(Event.id)
    ).all()
    yield from _draws(session, {row["id"]: row for _, effect in events for row in effect.get("rechecks", ())})
    results = {row["id"]: (household, row) for household, effect in events for row in effect.get("random_checks", ())}
    yield from _results(session, results)


def _draws(session: Session, rechecks: dict[int, dict[str, Any]]) -> Iterator[Finding]:
    events = select(Event).where(Event.subject_type == "random_draw")
    recorded = {
        event.subject_id: (event.given, event.at, event.effect.get("checks")) for event in session.scalars(events)
    }
    rows = session.scalars(select(RandomDraw).order_by(RandomDraw.id)).all()
    drawn = {
        draw.id: [household_draw.given(row) for row in household_draw.drawn_checks(session, draw.id)] for draw in rows
    }
    comparison = RowComparison[RandomDraw, int](
        key=lambda row: row.id,
        actual=lambda row: (household_draw.figures(row), row.drawn_at, drawn[row.id]),
        subject=lambda row: f"random checks of {row.period}",
        differs="random_draw_differs",
        missing="random_draw_missing",
        missing_subject=lambda key: f"random draw {key}",
    )
    yield from comparison.findings(rows, recorded)
    for draw in rows:
        try:
            differing = household_draw.repeated(session, draw)
        except (KeyError, ValueError, TypeError, NoResultFound):
            # A nonexistent period, unit or household: so altered that the draw cannot be repeated.
            differing = ["random_sample_differs"]
        for code in differing:
            yield Finding(code, f"random checks of {draw.period}")
    known = {row["id"] for of_draw in drawn.values() for row in of_draw}
    again = RowComparison[RandomCheck, int](
        key=lambda row: row.id,
        actual=household_draw.given,
        subject=lambda row: f"random check {row.id}",
        differs="random_check_differs",
        missing="random_check_missing",
        missing_subject=lambda key: f"random check {key}",
    )
    others = select(RandomCheck).where(RandomCheck.id.not_in(known)).order_by(RandomCheck.id)
    yield from again.findings(session.scalars(others), rechecks)


def _results(session: Session, recorded: dict[int, tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    seen: dict[int, list[SeenHave]] = {}
    for finding in session.scalars(
        select(SeenHave).join(RandomResult, RandomResult.checkup_id == SeenHave.checkup_id).order_by(SeenHave.id)
    ):
        seen.setdefault(finding.checkup_id, []).append(finding)
    comparison = RowComparison[RandomResult, int](
        key=lambda row: row.check_id,
        actual=lambda row: (row.household_id, payload(row, seen.get(row.checkup_id or 0, []))),
        subject=lambda row: f"random check {row.check_id}",
        differs="random_result_differs",
        missing="random_result_missing",
        missing_subject=lambda key: f"random check {key}",
    )
    yield from comparison.findings(session.scalars(select(RandomResult).order_by(RandomResult.id)), recorded)


class _SomeText:
    """The digest of a text that was recorded without one: it equals any."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    __hash__ = None  # type: ignore[assignment]


_SOME_TEXT = _SomeText()
_LISTS = RowComparison[BulkList, int](
    key=lambda row: row.id,
    actual=lambda row: (
        (row.kind, row.sha256, row.brought_by_id, row.unit_id, row.filename, event_log.stamp(row.brought_at)),
        (event_log.stamp(row.taken_at) if row.taken_at else None, row.have),
    ),
    subject=lambda row: f"bulk list {row.id}",
    differs="bulk_list_differs",
    missing="bulk_list_differs",
    missing_subject=lambda key: f"bulk list {key}",
)
_LINES = RowComparison[BulkLine, int](
    key=lambda row: row.id,
    actual=line_payload,
    subject=lambda row: f"line {row.id} of bulk list {row.list_id}",
    differs="bulk_line_differs",
    missing="bulk_line_differs",
    missing_subject=lambda key: f"line {key} of a bulk list",
)


def lists(session: Session) -> Iterator[Finding]:
    """Check every bulk list and every line against the last event that recorded it."""
    brought: dict[int, Any] = {}
    taken: dict[int, Any] = {}
    lines: dict[int, dict[str, Any]] = {}
    events = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "bulk_list")
        .order_by(Event.id)
    )
    for event, body in session.execute(events):
        at, given = event_log.stamp(event.at), event.given
        if event.action == "bring_list":
            name = (body or {}).get("filename", ANYTHING)
            brought[event.subject_id] = (
                given["kind"],
                given["sha256"],
                event.actor_id,
                event.actor_unit_id,
                name,
                at,
            )
        elif event.action == "take_list":
            # Lists of before their lines were stored first do not say it.
            taken[event.subject_id] = (at, given.get("have", ANYTHING))
        for line in event.effect.get("lines", ()):
            # A rotated key tells the new texts alone; lines of before the digests say only that they keep one.
            known = {"reminded_at": None} | lines.get(line["id"], {}) | line
            # The row record proves its place in the file; earlier events had a digest of it.
            known.pop("row", None)
            lines[line["id"]] = known | {"sealed": _SOME_TEXT} if known["sealed"] is True else known
    recorded: dict[int, object] = {number: (said, taken.get(number, (None, None))) for number, said in brought.items()}
    yield from _LISTS.findings(session.scalars(select(BulkList).order_by(BulkList.id)), recorded)
    yield from _LINES.findings(session.scalars(select(BulkLine).order_by(BulkLine.id)), lines)


_FIGURE_CHECKS = RowComparison[FigureCheck, int](
    key=lambda row: row.id,
    actual=lambda row: (
        *(row.ranking_id, row.measure, row.town_id, row.by_id, stamp(row.at)),
        *(figure_checks.payload(row), row.source, row.note),
    ),
    subject=lambda row: f"figure check {row.id}",
    differs="figure_check_differs",
    missing="row_missing",
    missing_subject=lambda key: f"figure check {key}",
)


def figure_checked(session: Session) -> Iterator[Finding]:
    """Rows of figure checks that differ from their event, have none, are missing, or were not drawn."""
    recorded: dict[int, Any] = {}
    events = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "ranking", Event.action == "check_figure")
        .order_by(Event.id)
    )
    for event, body in session.execute(events):
        told = event.effect["figure_check"]
        words = (ANYTHING, ANYTHING) if body is None else (body.get("source", ""), body.get("note", ""))
        recorded[told["id"]] = (
            *(event.subject_id, event.given["measure"], event.given["town"], event.actor_id, stamp(event.at)),
            *(told, *words),
        )
    rows = session.scalars(select(FigureCheck).order_by(FigureCheck.id)).all()
    yield from _FIGURE_CHECKS.findings(rows, recorded)
    drawn: dict[int, set[tuple[str, int, int, int, int]]] = {}
    for row in rows:
        if row.ranking_id not in drawn:
            drawn[row.ranking_id] = _drawn_figures(session, row.ranking_id)
        if (row.measure, row.town_id, row.reporter_unit_id, row.said_of, row.said_to) not in drawn[row.ranking_id]:
            yield Finding("figure_check_not_drawn", f"figure check {row.id}")


def _drawn_figures(session: Session, ranking_id: int) -> set[tuple[str, int, int, int, int]]:
    """Measure, town, reporting unit and numbers of the figures that a ranking's snapshot draws."""
    row = session.get(Ranking, ranking_id)
    try:
        setting = rankings.setting_of(session, row) if row is not None else None
        figures = figure_checks.drawn_of(setting, row) if setting is not None and row is not None else []
        return {
            (one.measure.code, setting.by_code[one.town].id, setting.by_code[one.reporter].id, *one.said)
            for one in figures
            if setting is not None
        }
    except (KeyError, ValueError, TypeError, NoResultFound):
        # A snapshot or scheme so altered that nothing can be drawn from it.
        return set()
