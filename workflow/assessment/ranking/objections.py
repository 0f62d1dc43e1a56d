"""Ranking objections (申诉): towns object to figures, for themselves and for towns they succeed; the office answers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LARGEST_ID, Event, ObjectionAnswer, Ranking, RankingObjection
from workflow.actors import Actor
from workflow.assessment.ranking import rankings
from workflow.assessment.ranking.responses import add_once, chain_of, require_current
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.inputs import statement_of


def objecting_towns(actor: Actor, setting: CountyContext, row: Ranking) -> list[UnitFact]:
    """The ranked towns for which the actor objects: its own, and those that its town succeeds, which have no one left."""
    ranked = {line["town"] for line in row.content["county"]}
    towns = [unit for unit in setting.units.values() if unit.code in ranked and actor.is_of(unit.id)]
    return towns if actor.role == "town" else []


def object_to(
    session: Session, actor: Actor, now: datetime, row: Ranking, measure: str, reason: str, town: str = ""
) -> RankingObjection:
    """A town's objection to its figure of one measure, within the scheme's working days of the ranking.

    `town` (code or name): which of the ranked towns that are the actor's, by default its own or the only one.  The event
    names the town of the figure, and the successor that objects for it.  Raises NotAllowed, WrongState, BadInput, Duplicate.
    """
    if actor.role != "town":
        raise NotAllowed("objection_not_yours")
    setting = county_context(session, row.scheme_version_id)
    if measure not in {entry["code"] for entry in row.content["measures"]}:
        raise BadInput("unknown_measure", "measure", measure=measure[:64])
    why = statement_of("reason", reason)
    of = _objecting_town(actor, setting, row, town.strip())
    require_current(session, row)
    if now > setting.clock.due(row.made_at, setting.scheme.ranking.appeal_days):
        raise WrongState("objection_too_late", days=setting.scheme.ranking.appeal_days)
    made = RankingObjection(
        ranking_id=row.id,
        town_id=of.id,
        measure=measure,
        reason=why,
        by_id=actor.account_id,
        at=now,
    )
    add_once(session, made, Duplicate("objected_already", "measure"), "uq_ranking_objection_ranking_id_town_id_measure")
    successor = {} if of.id == actor.unit_id else {"successor": actor.own_unit_id}
    chain_of(session, actor, row, now).append(
        "object_ranking",
        rankings.named(row) | {"town": of.id, "measure": measure} | successor,
        {"objection": made.id},
        private={"reason": why},
    )
    return made


def _objecting_town(actor: Actor, setting: CountyContext, row: Ranking, town: str) -> UnitFact:
    towns = objecting_towns(actor, setting, row)
    if not towns:
        raise BadInput("town_not_ranked", "town")
    if town:
        found = next((unit for unit in towns if town in (unit.code, unit.name)), None)
        if found is None:
            raise BadInput("objection_for_another_town", "town", towns="、".join(unit.name for unit in towns))
        return found
    own = next((unit for unit in towns if unit.id == actor.unit_id), None)
    if own is None and len(towns) > 1:
        raise BadInput("missing", "town")
    return own or towns[0]


def answer(
    session: Session, actor: Actor, now: datetime, objection_id: int, upheld: bool, reason: str
) -> ObjectionAnswer:
    """The office's answer, with its reason; an upheld figure is corrected by the reporting unit, then in a new edition.

    Raises NotAllowed, NotFound, BadInput, Duplicate.
    """
    if actor.role != "office":
        raise NotAllowed("answer_not_yours")
    objection = session.get(RankingObjection, objection_id) if 0 < objection_id <= LARGEST_ID else None
    if objection is None:
        raise NotFound("no_such_objection")
    why = statement_of("reason", reason)
    made = ObjectionAnswer(objection_id=objection.id, upheld=upheld, reason=why, by_id=actor.account_id, at=now)
    add_once(session, made, Duplicate("objection_answered"), "uq_objection_answer_objection_id")
    row = session.get_one(Ranking, objection.ranking_id)
    chain_of(session, actor, row, now).append(
        "answer_objection",
        rankings.named(row) | {"town": objection.town_id, "measure": objection.measure, "upheld": upheld},
        {"answer": made.id},
        private={"reason": why},
    )
    return made


def on_day(session: Session, row: Ranking) -> list[tuple[RankingObjection, ObjectionAnswer | None]]:
    """The objections to any edition of the day, with their answers, the earliest first."""
    query = (
        select(RankingObjection, ObjectionAnswer)
        .outerjoin(ObjectionAnswer, ObjectionAnswer.objection_id == RankingObjection.id)
        .join(Ranking, Ranking.id == RankingObjection.ranking_id)
        .where(Ranking.on == row.on)
        .order_by(RankingObjection.id)
    )
    return [(objection, said) for objection, said in session.execute(query)]


def raised_by_successors(session: Session, row: Ranking) -> dict[int, int]:
    """By objection to any edition of the day that a successor raised for a town that had ended: that successor."""
    query = (
        select(Event)
        .join(Ranking, Ranking.id == Event.subject_id)
        .where(Event.subject_type == "ranking", Event.action == "object_ranking", Ranking.on == row.on)
    )
    return {
        event.effect["objection"]: event.given["successor"]
        for event in session.scalars(query)
        if "successor" in event.given
    }
