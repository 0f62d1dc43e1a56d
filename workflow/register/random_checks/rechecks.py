"""Rechecks (复查): a household whose random check failed is checked again when its tickets are closed.

The check is given to the same unit, or to the next one if the household came to that unit's town, with a term of its own.
A pending check of a household that is gone, or that came to the town that was to check it, lapses; so does one whose
checking town merged with the one that passed the household.  Both are done by the
worker, for the history's sake as events of the household.
"""

from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import Household, RandomCheck, RandomDraw, RandomResult, Ticket, Unit, Village
from models.household import GONE
from workflow.actors import system
from workflow.batches import Transactions
from workflow.county import draws
from workflow.county.context import CountyContext, county_context
from workflow.history import event_log
from workflow.policy.sampling import checkers
from workflow.policy.scheme.thresholds import RandomChecks
from workflow.register.access import Located
from workflow.register.exits_in_doubt import about_haves
from workflow.register.failed_checks import is_decisive, is_pending
from workflow.register.random_checks import household_draw, random_results
from workflow.tickets.open_predicate import still_open


def run(reading: Transactions, writing: Transactions, now: datetime) -> int:
    """Give out the rechecks that are due and end the checks that nobody can make; returns how many of both."""
    with reading() as session:
        setting = county_context(session)
        again, over = due(session, setting), _out_of_reach(session)
    done = 0
    for check_id in again:
        with writing() as session:
            done += give(session, check_id, now) is not None
    for check_id in over:
        with writing() as session:
            done += lapse(session, check_id, now) is not None
    return done


def due(session: Session, setting: CountyContext) -> list[int]:
    """The failed checks (ids) to be repeated: the latest of their household, without an open ticket about a have and
    without a pending check; none under a scheme without random checks."""
    if setting.scheme.random_checks is None:
        return []
    tickets = exists().where(
        Ticket.household_id == RandomResult.household_id, still_open(), Ticket.kind.in_(about_haves(setting))
    )
    pending = exists().where(RandomCheck.household_id == RandomResult.household_id, is_pending())
    query = (
        select(RandomResult.check_id)
        .join(Household, Household.id == RandomResult.household_id)
        .where(RandomResult.result == "failed", is_decisive(), Household.status.not_in(GONE), ~tickets, ~pending)
        .order_by(RandomResult.check_id)
    )
    return list(session.scalars(query))


def _out_of_reach(session: Session) -> list[int]:
    """The pending checks (ids) of households that are gone, that live in the checking town, or that it passed itself."""
    passer = aliased(Unit)
    query = (
        select(RandomCheck.id)
        .join(Household, Household.id == RandomCheck.household_id)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == RandomCheck.checker_unit_id)
        .outerjoin(passer, passer.id == RandomCheck.passed_by_unit_id)
        .where(
            is_pending(),
            or_(
                Household.status.in_(GONE),
                Village.town_id == func.coalesce(Unit.successor_id, Unit.id),
                func.coalesce(passer.successor_id, passer.id) == func.coalesce(Unit.successor_id, Unit.id),
            ),
        )
        .order_by(RandomCheck.id)
    )
    return list(session.scalars(query))


def give(session: Session, check_id: int, now: datetime) -> RandomCheck | None:
    """Give out the check that repeats a failed one; None where it is no longer due."""
    failed = session.get_one(RandomCheck, check_id)
    located = random_results.locate(session, failed, lock=True)
    rule = located.setting.scheme.random_checks
    if rule is None or check_id not in due(session, located.setting):
        return None
    row = RandomCheck(
        draw_id=failed.draw_id,
        household_id=failed.household_id,
        standing=failed.standing,
        town_id=located.town.id,
        passed_by_unit_id=failed.passed_by_unit_id,
        checker_unit_id=_checker(session, located, failed, rule),
        repeats_id=failed.id,
        given_at=now,
        due_at=located.setting.clock.due(now, rule.days),
    )
    session.add(row)
    session.flush()
    event_log.of(session, located.household, system(), now).append(
        "recheck_given", {"check": row.id}, {"rechecks": [household_draw.given(row)]}
    )
    return row


def _checker(session: Session, located: Located, failed: RandomCheck, rule: RandomChecks) -> int:
    """The unit that checks again: the same one or its successor, unless the household lives in its town now."""
    setting = located.setting
    if (same := setting.present(failed.checker_unit_id)).id not in _concerned(located, failed):
        return same.id
    seed = session.get_one(RandomDraw, failed.draw_id).seed
    passed_by = setting.present(failed.passed_by_unit_id).code if failed.passed_by_unit_id else None
    others = (setting.office.code, setting.leaders.code)
    barred = [{located.town.code, passed_by}]
    return setting.by_code[next(checkers(seed, barred, rule, draws.towns_of(setting), others))].id


def _concerned(located: Located, check: RandomCheck) -> set[int]:
    """The units of today that would check their own work: the household's town, and who passed it."""
    passed_by = check.passed_by_unit_id
    return {located.town.id} | ({located.setting.present(passed_by).id} if passed_by is not None else set())


def lapse(session: Session, check_id: int, now: datetime) -> RandomResult | None:
    """End the pending check of a household that is gone or came to the checking town; None where it was answered, or can be
    made again."""
    check = session.get_one(RandomCheck, check_id)
    located = random_results.locate(session, check, lock=True)
    checker = located.setting.present(check.checker_unit_id).id
    in_reach = not located.household.gone and checker not in _concerned(located, check)
    if in_reach or random_results.result_of(session, check_id) is not None:
        return None
    row = RandomResult(check_id=check_id, household_id=check.household_id, result="lapsed", at=now)
    session.add(row)
    session.flush()
    event_log.of(session, located.household, system(), now).append(
        "random_lapsed",
        {"check": check_id, "gone": located.household.gone},
        {"random_checks": [random_results.payload(row)]},
        notify=False,
    )
    return row
