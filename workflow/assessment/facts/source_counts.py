"""Counts by source (来源): how many deficiencies each source put on the ledger this year, and where they stand at a moment.

Source: item 1 of the notice (抽查核实).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from workflow.assessment.facts.facts_as_of import TicketFact
from workflow.policy.scheme.model import Scheme


def by_source(scheme: Scheme, facts: Iterable[TicketFact], since: datetime, at: datetime) -> list[dict[str, Any]]:
    """For each source, in the scheme's order: filed and closed since a moment, open and overdue at the hour.

    A ticket filed before sources were kept is under an empty code, which comes last; a source without any is left out.
    """
    counts: dict[str, dict[str, int]] = {}
    for fact in facts:
        if fact.duty_code is not None:
            continue
        line = counts.setdefault(fact.source, dict.fromkeys(("filed", "closed", "open", "overdue"), 0))
        line["filed"] += fact.filed_at >= since
        line["closed"] += fact.state == "closed" and fact.ended_at is not None and fact.ended_at >= since
        line["open"] += fact.ended_at is None
        line["overdue"] += fact.ended_at is None and fact.due_at is not None and fact.due_at < at
    order = {source.code: place for place, source in enumerate(scheme.sources)}
    named = sorted(counts, key=lambda code: (code == "", order.get(code, len(order)), code))
    return [{"source": code, **counts[code]} for code in named if any(counts[code].values())]
