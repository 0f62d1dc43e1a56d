"""Turned measures: the towns that crossed a measure's threshold between the ranking before and this one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Ranking
from workflow.county.context import CountyContext


def turned(session: Session, setting: CountyContext, row: Ranking) -> list[dict[str, Any]] | None:
    """The measures with towns that fell below the threshold or rose to it; None before the second ranking.

    A town counts only where it had figures both times.
    """
    before = session.scalars(
        select(Ranking)
        .where(Ranking.on < row.on, Ranking.made_at <= row.made_at)
        .order_by(Ranking.on.desc(), Ranking.edition.desc())
        .limit(1)
    ).one_or_none()
    if before is None:
        return None
    was = {entry["code"]: {line["town"]: line for line in entry["towns"]} for entry in before.content["measures"]}
    thresholds = {measure.code: measure.threshold for measure in setting.scheme.measures}
    changes = []
    for entry in row.content["measures"]:
        code = entry["code"]
        fell: list[str] = []
        rose: list[str] = []
        for line in entry["towns"]:
            old = was.get(code, {}).get(line["town"])
            if old is None or not old["to"] or not line["to"]:
                continue
            met_before, met_now = (_met(figure, thresholds[code]) for figure in (old, line))
            if met_before != met_now:
                (rose if met_now else fell).append(line["town"])
        if fell or rose:
            changes.append({"measure": code, "fell": fell, "rose": rose})
    return changes


def _met(figure: dict[str, Any], threshold: int) -> bool:
    return bool(figure["of"] * 100 >= threshold * figure["to"])
