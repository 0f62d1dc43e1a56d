"""Ranking snapshot: composes counts, places, head of the chain, trend and changes from what was on record."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Block, Ranking, SchemeVersion
from workflow.assessment.facts import awaited_rows
from workflow.assessment.facts.known_facts import FORMULA, Known
from workflow.assessment.ranking import county_measures, ranking_figures
from workflow.assessment.ranking.own_counts import nothing_to_report, own_of, stated_none
from workflow.assessment.ranking.ranking_figures import shares
from workflow.assessment.reported_figures import measure_named
from workflow.county.context import CountyContext
from workflow.history import event_log
from workflow.policy import scoring_version_1

TREND = 3


def version_of(content: dict[str, Any]) -> int:
    """The version of the formula of a snapshot; those made before version 2 name none."""
    return int(content.get("formula_version", 1))


def states_none(content: dict[str, Any], measure: str, town: str | None) -> bool:
    """Whether a snapshot holds the statement that a town (code; None: the county itself) has none of a measure this period."""
    stated = (entry for entry in content.get("stated_none", ()) if entry["measure"] == measure)
    return any(town in entry["towns"] if entry["towns"] else town is None for entry in stated)


def figures_of(
    session: Session,
    setting: CountyContext,
    on: date,
    as_of: datetime,
    known_at: datetime,
    formula: int = FORMULA,
) -> dict[str, Any]:
    """Counts, scores and places of a day under a version of the formula."""
    known = Known(session, setting, as_of, formula=formula, known_at=known_at)
    itself = county_measures.figures(session, setting, known, on, known_at)
    awaiting = awaited_rows.awaited(known, formula) if formula > 2 else {}
    counted = shares(session, setting, known, on, known_at, awaiting)
    if formula == 1:
        found = scoring_version_1.standing(setting.scheme, counted)
    else:
        spared = nothing_to_report(known) if formula > 5 else {}
        stated = stated_none(session, known, on, known_at) if formula > 6 else {}
        spared |= {code: [*spared.get(code, ()), *towns] for code, towns in stated.items()}
        found = ranking_figures.standing(setting.scheme, counted, awaiting, formula, spared)
        _name_who_enters(known, found, formula)
        found["sources"] = known.sources
        found["owed"] += [
            {"unit": measure.reported_by, "measure": measure.code, "towns": []}
            for measure, entry in zip(setting.scheme.county_measures, itself, strict=True)
            if measure.reported and not entry["to"] and measure.code not in stated
        ]
        if formula > 6:
            found["stated_none"] = [_stated(setting, code, towns) for code, towns in stated.items()]
        _put_own(setting, known, found)
    return {**found, "of_county": itself} if itself else found


def _stated(setting: CountyContext, code: str, towns: list[str]) -> dict[str, Any]:
    """Who states that there is none of a measure, and in which towns; of the county itself it names none."""
    measure = measure_named(setting, code)
    own = towns if measure in setting.scheme.measures else []
    return {"unit": measure.reported_by, "measure": code, "towns": own}


def _name_who_enters(known: Known, found: dict[str, Any], formula: int) -> None:
    """Name who owes rows that are awaited, as the measure itself names who reports."""
    by_code = {measure.code: measure for measure in known.setting.scheme.measures}
    for entry in found["owed"]:
        entry["unit"] = entry["unit"] or awaited_rows.entered_by(known, by_code[entry["measure"]], formula)


def _put_own(setting: CountyContext, known: Known, found: dict[str, Any]) -> None:
    """Put beside the figures of towns what the system's own rows say of them: numerator and denominator, or None."""
    by_code = {measure.code: measure for measure in setting.scheme.measures if measure.own.terms}
    for entry in found["measures"]:
        if entry["code"] in by_code:
            for line in entry["towns"]:
                own = own_of(known, by_code[entry["code"]], [setting.by_code[line["town"]].id])
                line["own"] = [own.of, own.to]


def worked_out(
    session: Session,
    setting: CountyContext,
    on: date,
    edition: int,
    as_of: datetime,
    known_at: datetime,
    made_at: datetime,
    counted: dict[str, Any] | None = None,
    formula: int = FORMULA,
) -> dict[str, Any]:
    """The content of a snapshot from what was on record at `as_of`; `counted`: its figures, if already counted."""
    version = session.get_one(SchemeVersion, setting.scheme_version_id)
    return {
        "date": on.isoformat(),
        "edition": edition,
        "as_of": event_log.stamp(as_of),
        "known_at": event_log.stamp(known_at),
        "scheme": version.content_hash,
        "formula": ranking_figures.formula_of(setting.scheme, formula),
        "block": _head(session, as_of),
        **(counted or figures_of(session, setting, on, as_of, known_at, formula)),
        "trend": _trend(session, setting, on, made_at),
    }


def _head(session: Session, at: datetime) -> list[Any]:
    row = session.execute(
        select(Block.number, Block.hash).where(Block.sealed_at <= at).order_by(Block.number.desc()).limit(1)
    ).one_or_none()
    return [row[0], row[1]] if row else [0, event_log.GENESIS]


def _trend(session: Session, setting: CountyContext, on: date, made_at: datetime) -> list[dict[str, Any]]:
    """The places of the previous ranking days as known when this one was made; the latest last."""
    rows = session.scalars(
        select(Ranking)
        .where(Ranking.on < on, Ranking.made_at <= made_at)
        .order_by(Ranking.on.desc(), Ranking.edition.desc())
    )
    by_day: dict[date, Ranking] = {}
    for row in rows:
        if row.on not in by_day and len(by_day) == TREND:
            break
        by_day.setdefault(row.on, row)
    return [
        {"date": row.on.isoformat(), "places": {line["town"]: line["place"] for line in row.content["county"]}}
        for row in reversed(by_day.values())
    ]


def changes_of(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """The shares that differ from the previous edition; those of the county itself without a town."""
    was = {measure["code"]: {line["town"]: line for line in measure["towns"]} for measure in before["measures"]}
    changes = []
    for measure in after["measures"]:
        for line in measure["towns"]:
            old = was.get(measure["code"], {}).get(line["town"])
            if old is None or (old["of"], old["to"]) != (line["of"], line["to"]):
                changes.append(
                    {
                        "measure": measure["code"],
                        "town": line["town"],
                        "from": [old["of"], old["to"]] if old else None,
                        "to": [line["of"], line["to"]],
                    }
                )
    of_itself = {entry["code"]: entry for entry in before.get("of_county", ())}
    for entry in after.get("of_county", ()):
        old = of_itself.get(entry["code"])
        if old is None or (old["of"], old["to"]) != (entry["of"], entry["to"]):
            changes.append(
                {
                    "measure": entry["code"],
                    "town": None,
                    "from": [old["of"], old["to"]] if old else None,
                    "to": [entry["of"], entry["to"]],
                }
            )
    return changes


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
