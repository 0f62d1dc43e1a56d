"""Village incomes (村居民人均可支配收入): what the survey found of a listed village in a year, held against the average.

Source: the notice's item 2 (不低于同期全省农村居民人均可支配收入60%); whether a village reaches it is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import Village, VillageSurvey
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import CountyContext
from workflow.errors import BadInput, Duplicate, NotAllowed
from workflow.history import event_log
from workflow.inputs import origin_of, statement_of
from workflow.register.counted.villages import income_line_fen
from workflow.tickets.visibility import COUNTY_WIDE

#: In fen; no village earns more a head.
_MOST = 1_000_000_00


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """A listed village with the income standing in a year, the year before, and whether it reaches the line."""

    village: Village
    income: VillageSurvey | None
    before: VillageSurvey | None
    reached: bool | None


def may_enter(actor: Actor, setting: CountyContext) -> bool:
    """Whether the actor's unit is the one that surveys."""
    rule = setting.scheme.village_income
    return rule is not None and actor.role in ("bureau", "office") and actor.unit_id == setting.by_code[rule.by].id


def listed(session: Session, actor: Actor, setting: CountyContext, year: int) -> list[IncomeLine]:
    """The listed villages of the county, or a town's own, by town and code.  Raises NotAllowed."""
    if actor.role not in (*COUNTY_WIDE, "town", "bureau"):
        raise NotAllowed("villages_not_yours")
    query = (
        select(Village).where(Village.listed_poor, Village.ended_on.is_(None)).order_by(Village.town_id, Village.code)
    )
    if actor.role == "town":
        query = query.where(Village.town_id == actor.unit_id)
    now_is, before = standing(session, year), standing(session, year - 1)
    line = income_line_fen(setting, year)
    found = []
    for village in session.scalars(query):
        row = now_is.get(village.id)
        reached = row.income_fen >= line if row is not None and line is not None else None
        found.append(IncomeLine(village, row, before.get(village.id), reached))
    return found


def standing(session: Session, year: int, known_at: datetime | None = None) -> dict[int, VillageSurvey]:
    """The income of each village in a year as known at a moment (by default now), by the village's id."""
    later = aliased(VillageSurvey)
    query = (
        select(VillageSurvey)
        .outerjoin(later, (later.replaces_id == VillageSurvey.id) & (later.at <= known_at if known_at else True))
        .where(VillageSurvey.year == year, later.id.is_(None))
    )
    if known_at is not None:
        query = query.where(VillageSurvey.at <= known_at)
    return {row.village_id: row for row in session.scalars(query)}


def record(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    incomes: Mapping[str, int],
    source: str,
    reason: str = "",
) -> int:
    """Record the incomes a head of listed villages in the assessment year, in fen, by code; returns how many are new.

    An equal one is left unchanged, another one is corrected, which needs a reason.  Raises NotAllowed; BadInput with the
    `box` at fault; Duplicate.
    """
    if not may_enter(actor, setting):
        raise NotAllowed("figure_of_another_unit")
    source = origin_of("source", source)
    if len(source) > 200:
        raise BadInput("too_long", "source", most=200)
    known = {row.code: row for row in session.scalars(select(Village).where(Village.code.in_(incomes)))}
    before, made = standing(session, setting.year), 0
    for code, fen in incomes.items():
        village, box = known.get(code), f"income-{code}"
        if village is None or not village.listed_poor:
            raise BadInput("village_not_listed", "incomes", village=village.name if village else code[:40], box=box)
        if not 0 < fen <= _MOST:
            raise BadInput("survey_income", "incomes", village=village.name, box=box)
        earlier = before.get(village.id)
        if earlier is not None and earlier.income_fen == fen:
            continue
        if earlier is not None and not reason.strip():
            raise BadInput("figure_corrected_why", "reason", town=village.name)
        row = VillageSurvey(
            village_id=village.id,
            year=setting.year,
            income_fen=fen,
            source=source,
            unit_id=actor.own_unit_id,
            by_id=actor.account_id,
            at=now,
            replaces_id=earlier.id if earlier else None,
            reason=statement_of("reason", reason) if earlier else "",
        )
        session.add(row)
        with refused_as(Duplicate("income_meanwhile"), "uq_village_survey_first", "uq_village_survey_replaces_id"):
            session.flush()
        words = {"source": source} | ({"reason": row.reason} if row.reason else {})
        event_log.of(session, village, actor, now).append(
            "survey_village", {"year": row.year}, {"income": income_payload(row)}, private=words, notify=False
        )
        made += 1
    return made


def income_payload(row: VillageSurvey) -> dict[str, int | None]:
    """An income in its event."""
    return {"id": row.id, "year": row.year, "fen": row.income_fen, "replaces": row.replaces_id}
