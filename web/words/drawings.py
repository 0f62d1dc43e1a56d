"""Custody strips: drawings with one lane a unit, one bar a stretch, the part past its deadline apart.

Figures for an SVG 1000 units wide, so that pages need no inline style and no script.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from web.words.dates import moment
from web.words.labels import label
from web.words.system import unit_name
from workflow.accountability.cases.case_views import CaseView
from workflow.county.context import UnitFact
from workflow.tickets.views.custody_lines import CustodyLine, CustodyPeople
from workflow.tickets.views.detail import TicketView

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: from `x`, `width` wide, of which the last `late` lie past its deadline; `ahead` is time left."""

    x: int
    width: int
    late: int
    ahead: int
    stopped: bool
    title: str


@dataclass(slots=True)
class Lane:
    """All stretches of one unit."""

    unit: UnitFact
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Strip:
    """The whole drawing with its two ends; `now` is where today's line goes, None once it is over."""

    lanes: list[Lane]
    begins: datetime
    ends: datetime
    now: int | None

    @property
    def looks(self) -> set[str]:
        """The looks that the legend of the drawing explains."""
        looks = set()
        for bar in (bar for lane in self.lanes for bar in lane.bars):
            looks |= {"stopped" if bar.stopped else "held"}
            looks |= {"past"} if bar.late else set()
            looks |= {"ahead"} if bar.ahead else set()
        return looks


def strip(view: TicketView, now: datetime) -> Strip | None:
    """The drawing of what the actor may see of a ticket's custodies; None when there is nothing to draw."""
    return drawn(view.custodies, now) if view.custodies else None


def drawn(lines: Sequence[CustodyLine], now: datetime) -> Strip:
    """The drawing of these stretches, of which there is at least one, as of `now`."""
    begins = lines[0].began_at
    running = lines[-1].ended_at is None
    ends = max(now, lines[-1].due_at) if running else (lines[-1].ended_at or now)
    span = max((ends - begins).total_seconds(), 1.0)

    def at(value: datetime) -> int:
        return round(WIDTH * min(max((value - begins).total_seconds() / span, 0.0), 1.0))

    lanes: dict[int, Lane] = {}
    for line in lines:
        lanes.setdefault(line.unit.id, Lane(line.unit)).bars.append(_bar(line, now, at))
    return Strip(list(lanes.values()), begins, ends, at(now) if running else None)


def _bar(line: CustodyLine, now: datetime, column_of: Callable[[datetime], int]) -> Bar:
    end = line.ended_at or now
    x, stop, due = column_of(line.began_at), column_of(end), column_of(line.due_at)
    words = f"{unit_name(line.unit)} · {label('ticket.stage', line.stage)} · {moment(line.began_at)} – {moment(line.ended_at)}"
    return Bar(
        x=x,
        # A stretch of minutes in months is still to be seen.
        width=max(stop - x, 3),
        late=max(stop - max(due, x), 0) if end > line.due_at else 0,
        ahead=max(due - stop, 0) if line.ended_at is None else 0,
        stopped=line.stage == "hold",
        title=words,
    )


def drawn_case(view: CaseView) -> Strip:
    """The drawing of the ticket's custodies as the dossier froze them."""
    facts = view.content["facts"]
    lines = [
        CustodyLine(
            seq=line["seq"],
            episode=line["episode"],
            unit=view.setting.unit(line["unit"]),
            stage=line["stage"],
            began_at=datetime.fromisoformat(line["began_at"]),
            due_at=datetime.fromisoformat(line["due_at"]),
            ended_at=_at(line["ended_at"]),
            verdict=line["verdict"],
            minutes=line["minutes"],
            late_minutes=line["late"],
            people=CustodyPeople(handler=line["handler"]),
            account={},
            rung=0,
            lapses_at=None,
        )
        for line in facts["custodies"]
    ]
    return drawn(lines, datetime.fromisoformat(facts["at"]))


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
