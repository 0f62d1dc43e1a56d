"""Random check lists: the draws with everything needed to repeat them, and the checks visible to a reader.

Office, leading group and inspectorate read all; a town those given to it and, once made, those of its own households.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models import Checkup, Evidence, Finding, Household, RandomCheck, RandomDraw, RandomResult, Village
from models.household import GONE
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed
from workflow.paging import MOST
from workflow.redaction import masked
from workflow.register.failed_checks import is_pending
from workflow.register.random_checks.random_results import find, may_check
from workflow.tickets import attachments
from workflow.tickets.visibility import COUNTY_WIDE, masks_names

STATUSES = ("todo", "overdue", "holds", "failed", "lapsed")
#: The most a board lists.
_ON_BOARD = 20


@dataclass(frozen=True, slots=True)
class HouseholdDrawLine:
    """A draw with the number of its checks by status, rechecks included."""

    draw: RandomDraw
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class HouseholdCheckLine:
    """One check.  `status` is one of STATUSES; the head of the household masked except for its town and the office.

    `address` only for the unit that is to go there; `mine`: whether the reader may record the result.
    """

    check: RandomCheck
    period: str
    code: str
    head_name: str
    address: str
    village: str
    status: str
    result: RandomResult | None
    mine: bool


@dataclass(frozen=True, slots=True)
class HaveSeen:
    """What a check found of one have."""

    have: str
    result: str
    cause: str
    note: str


@dataclass(frozen=True, slots=True)
class HouseholdCheckView:
    """One check with its findings, the words of its checkup, and its photos.

    `present`, `note` and the notes of findings are empty for readers who see names masked.
    """

    line: HouseholdCheckLine
    findings: list[HaveSeen]
    present: str
    note: str
    photos: list[Evidence]


def draws(session: Session, actor: Actor, now: datetime) -> list[HouseholdDrawLine]:
    """Every draw of the county, the latest first.  Raises NotAllowed for roles that do not read the county."""
    if actor.role not in COUNTY_WIDE:
        raise NotAllowed("random_checks_not_yours")
    counted: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(RandomCheck.draw_id, RandomResult.result, RandomCheck.due_at, Household.status, func.count())
        .join(Household, Household.id == RandomCheck.household_id)
        .outerjoin(RandomResult, RandomResult.check_id == RandomCheck.id)
        .group_by(RandomCheck.draw_id, RandomResult.result, RandomCheck.due_at, Household.status)
    )
    for draw, result, due_at, status, count in rows:
        of = counted.setdefault(draw, dict.fromkeys(STATUSES, 0))
        of[_status(result, due_at < now, status in GONE)] += count
    query = select(RandomDraw).order_by(RandomDraw.id.desc())
    return [HouseholdDrawLine(row, counted.get(row.id, dict.fromkeys(STATUSES, 0))) for row in session.scalars(query)]


def listed(session: Session, actor: Actor, now: datetime, period: str | None = None) -> list[HouseholdCheckLine]:
    """The checks visible to the actor, of one period's draw or all, at most MOST; pending ones first, by deadline.

    Raises NotAllowed for roles without any, BadInput for a period that was not drawn.
    """
    if actor.role in COUNTY_WIDE:
        conditions: list[ColumnElement[bool]] = []
    elif actor.role == "town":
        made = select(RandomResult.id).where(RandomResult.check_id == RandomCheck.id, RandomResult.result != "lapsed")
        own = made.where(actor.own(RandomResult.unit_id))
        conditions = [
            or_(
                and_(actor.own(RandomCheck.checker_unit_id), or_(is_pending(), own.correlate(RandomCheck).exists())),
                and_(
                    or_(actor.own(RandomCheck.town_id), actor.own(Village.town_id)),
                    made.correlate(RandomCheck).exists(),
                ),
            )
        ]
    else:
        raise NotAllowed("random_checks_not_yours")
    if period:
        known = select(RandomDraw.id).where(RandomDraw.period == period[:7])
        if len(period) != 7 or session.scalar(known) is None:
            raise BadInput("no_such_household_draw", "period", period=period[:20])
        conditions.append(RandomDraw.period == period)
    lines = _check_lines(session, actor, now, *conditions)
    return sorted(lines, key=lambda one: (one.result is not None, one.check.due_at, one.check.id))


def one(session: Session, actor: Actor, check_id: int, now: datetime) -> HouseholdCheckView:
    """One check with what was seen.  Raises NotFound."""
    check = find(session, actor, check_id)
    (line,) = _check_lines(session, actor, now, RandomCheck.id == check.id)
    made = line.result.checkup_id if line.result else None
    if made is None:
        return HouseholdCheckView(line, [], "", "", [])
    checkup, hides = session.get_one(Checkup, made), masks_names(actor)
    rows = session.scalars(select(Finding).where(Finding.checkup_id == made).order_by(Finding.id))
    findings = [HaveSeen(row.have, row.result, row.cause, "" if hides else row.note) for row in rows]
    words = ("", "") if hides else (checkup.present, checkup.note)
    return HouseholdCheckView(line, findings, *words, attachments.of_checkup(session, made))


def overdue(session: Session, actor: Actor, now: datetime) -> list[HouseholdCheckLine]:
    """The checks past their term, the longest overdue first, for the board of the county."""
    late = (is_pending(), RandomCheck.due_at < now, Household.status.not_in(GONE))
    lines = _check_lines(session, actor, now, *late)
    return sorted(lines, key=lambda line: (line.check.due_at, line.check.id))[:_ON_BOARD]


def _check_lines(
    session: Session, actor: Actor, now: datetime, *conditions: ColumnElement[bool]
) -> list[HouseholdCheckLine]:
    query = (
        select(RandomCheck, RandomDraw.period, Household, Village.name, RandomResult)
        .join(RandomDraw, RandomDraw.id == RandomCheck.draw_id)
        .join(Household, Household.id == RandomCheck.household_id)
        .join(Village, Village.id == Household.village_id)
        .outerjoin(RandomResult, RandomResult.check_id == RandomCheck.id)
        .where(*conditions)
        .order_by(RandomCheck.id.desc())
        .limit(MOST)
    )
    rows = session.execute(query).all()
    return [_check_line(actor, now, *row) for row in rows]


def _check_line(
    actor: Actor,
    now: datetime,
    check: RandomCheck,
    period: str,
    household: Household,
    village: str,
    result: RandomResult | None,
) -> HouseholdCheckLine:
    cleared = household.gone
    goes = result is None and not cleared and may_check(actor, check)
    hides = masks_names(actor, actor.role == "town" and not actor.is_of(check.town_id))
    return HouseholdCheckLine(
        check=check,
        period=period,
        code=household.code,
        head_name=masked(household.head_name) if hides else household.head_name,
        address=household.address if goes else "",
        village=village,
        status=_status(result.result if result else None, check.due_at < now, cleared),
        result=result,
        mine=goes,
    )


def _status(result: str | None, late: bool, cleared: bool) -> str:
    if result is None and cleared:
        return "lapsed"
    return result or ("overdue" if late else "todo")
