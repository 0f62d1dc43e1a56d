"""Paper numbers: per year and rung, without gaps, because their counter row is locked last."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflow.accountability.ladder_steps import LadderStep
from workflow.county.counters import take
from workflow.policy.worktime import local_date
from workflow.tickets.consequences.paper_outcomes import FIRST_PAPER


def number(session: Session, now: datetime, steps: list[LadderStep]) -> dict[int, str]:
    """Numbers for the steps that are papers, by tenure; their counter rows are locked last, so there are no gaps."""
    numbered: dict[str, list[LadderStep]] = {}
    for due in steps:
        if due.issued and due.top.rung >= FIRST_PAPER:
            numbered.setdefault(f"{local_date(now).year}:{due.top.rung}", []).append(due)
    numbers: dict[int, str] = {}
    for series, wanted in sorted(numbered.items()):
        last = take(session, series, len(wanted))
        for number, due in enumerate(wanted, start=last + 1):
            numbers[due.held.tenure_id] = f"{series}:{number}"
    return numbers
