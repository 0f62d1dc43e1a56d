"""Figure gaps (填报与台账差额): a reported figure that has differed from the system's own rows for several rankings becomes
a ticket of item 18, once.

Read from the rankings as published, filed through the same door as every ticket; a unique index allows one ticket per
reporting unit, measure, town and first ranking day of the gap.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Ranking, Ticket
from workflow.actors import system
from workflow.county.context import CountyContext, county_context
from workflow.errors import Duplicate
from workflow.policy.scheme.measures import FigureRule, Measure
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency

Transactions = Callable[[], AbstractContextManager[Session]]
#: How many rankings back a gap's first day is looked for.
_FURTHEST = 120
#: What the parts of a figure are called: numerator and denominator.
PARTS = ("达标数", "总数")


@dataclass(frozen=True, slots=True)
class LastingGap:
    """A gap of one town's figure since a ranking day; `figure` and `own` are those of the last ranking."""

    measure: Measure
    town: str
    since: date
    rankings: int
    figure: tuple[int, int]
    own: tuple[int | None, int | None]

    @property
    def reference(self) -> str:
        """What names it in the ticket: measure, town and first day."""
        return f"{self.measure.code} {self.town} {self.since.isoformat()}"


@dataclass(frozen=True, slots=True)
class GapsFiled:
    """The newest ranking looked at (its id), and how many tickets were filed."""

    ranking: int
    count: int


def run(reading: Transactions, writing: Transactions, now: datetime, seen: int | None) -> GapsFiled | None:
    """File a ticket for every lasting gap, unless the newest ranking was looked at already (`seen`): then None."""
    with reading() as session:
        newest = session.scalar(select(Ranking.id).order_by(Ranking.id.desc()).limit(1))
        if newest is None or newest == seen:
            return None
        setting = county_context(session, at=now)
        found = list(lasting(session, setting)) if setting.scheme.figures.kind is not None else []
    return GapsFiled(newest, sum(_filed(writing, now, gap) for gap in found))


def lasting(session: Session, setting: CountyContext) -> Iterator[LastingGap]:
    """The gaps that every one of the last rankings shows, as many as the scheme says."""
    rule = setting.scheme.figures
    contents = _last_editions(session)
    if len(contents) < rule.gap_periods:
        return
    known = {measure.code: measure for measure in setting.scheme.measures if measure.own.terms and measure.reported_by}
    for code, measure in known.items():
        for town in setting.scheme.towns:
            run_of = [line for on, content in contents for line in [_line(content, code, town)]]
            length = next((place for place, line in enumerate(run_of) if not _differs(line, rule)), len(run_of))
            if length >= rule.gap_periods:
                line = run_of[0] or {}
                since, own = contents[length - 1][0], line["own"]
                yield LastingGap(measure, town, since, length, (line["of"], line["to"]), (own[0], own[1]))


def _last_editions(session: Session) -> list[tuple[date, dict[str, Any]]]:
    """The rankings by day, the latest first, each in its last edition."""
    query = select(Ranking.on, Ranking.content).order_by(Ranking.on.desc(), Ranking.edition.desc()).limit(_FURTHEST)
    found: dict[date, dict[str, Any]] = {}
    for on, content in session.execute(query):
        found.setdefault(on, content)
    return list(found.items())


def _line(content: dict[str, Any], code: str, town: str) -> dict[str, Any] | None:
    towns: list[dict[str, Any]] = next((entry["towns"] for entry in content["measures"] if entry["code"] == code), [])
    return next((line for line in towns if line["town"] == town), None)


def _differs(line: dict[str, Any] | None, rule: FigureRule) -> bool:
    """Whether a reported figure differs from the own rows, in either part, by more than the scheme's share of them and by
    at least its least number: one household of a few is no gap."""
    if line is None or not line["to"] or not line.get("own"):
        return False
    return any(
        rows is not None and abs(number - rows) >= rule.gap_least and abs(number - rows) * 100 > rule.gap * max(rows, 1)
        for number, rows in zip((line["of"], line["to"]), line["own"], strict=True)
    )


def _filed(writing: Transactions, now: datetime, gap: LastingGap) -> bool:
    """File the ticket of a gap, unless there was one; the unique index decides between two workers."""
    try:
        with writing() as session:
            setting = county_context(session, at=now)
            rule, unit = setting.scheme.figures, str(gap.measure.reported_by)
            there = select(Ticket.id).where(
                Ticket.subject_unit_id == setting.by_code[unit].id, Ticket.source_reference == gap.reference
            )
            if session.scalar(there.limit(1)) is not None:
                return False
            reported = Deficiency(
                unit=setting.by_code[unit].name,
                kind=str(rule.kind),
                source=rule.source,
                reference=gap.reference,
                description=_description(setting, gap),
            )
            filing.file_ticket(session, system(), now, reported)
    except Duplicate:
        return False
    return True


def _description(setting: CountyContext, gap: LastingGap) -> str:
    """What the ticket says, in Chinese as every text of the county's policy."""
    unit = gap.measure.counted_in.zh if gap.measure.counted_in else ""
    since = f"{gap.since.year}年{gap.since.month}月{gap.since.day}日"
    return (
        f"{setting.by_code[gap.town].name}“{gap.measure.name.zh}”自{since}起连续{gap.rankings}期填报数与台账不一致，"
        f"最近一期填报达标数{gap.figure[0]}{unit}、总数{gap.figure[1]}{unit}；{gap_words(gap.figure, gap.own, unit)}。"
        "请核对后更正填报数据或完善台账。"
    )


def gap_words(figure: Sequence[int], own: Sequence[int | None], unit: str) -> str:
    """The own count of each part the system has rows of, and how much more or less was reported; empty without rows.

    >>> gap_words((8, 71), (None, 83), "人")
    '台账总数83人，少报12人'
    >>> gap_words((9, 10), (8, 10), "户")
    '台账达标数8户，多报1户；台账总数10户，与填报一致'
    >>> gap_words((9, 10), (None, None), "户")
    ''
    """
    said = []
    for name, number, rows in zip(PARTS, figure, own, strict=True):
        if rows is not None:
            more = number - rows
            gap = f"{'多报' if more > 0 else '少报'}{abs(more)}{unit}" if more else "与填报一致"
            said.append(f"台账{name}{rows}{unit}，{gap}")
    return "；".join(said)
