"""Random check results (入户抽查): the unit a check was given to records what was seen, have by have.

A household whose haves are all met holds (属实).  Otherwise the check failed: a ticket is filed for every missing have, the
exit gate is shut until another check holds, and of a household that has exited the exit is in doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Checkup, Evidence, ExitDossier, Finding, Household, RandomCheck, RandomResult, Village
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.evidence.uploads import Kept
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.register import checkups
from workflow.register.access import Located
from workflow.register.checkup_input import CheckupInput, Found
from workflow.tickets import attachments
from workflow.tickets.visibility import COUNTY_WIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomInput:
    """A random check as submitted: the day of the visit (in China), a finding for every have, who was there, photos."""

    visited_on: date | str | None
    findings: Mapping[str, Found]
    present: str = ""
    note: str = ""
    photos: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class RandomRecorded:
    """The result of a check, the checkup that holds its findings and what came of it, and its photos."""

    result: RandomResult
    recorded: checkups.Recorded
    photos: list[Evidence]


def find(session: Session, actor: Actor, check_id: int) -> RandomCheck:
    """The check with this id, if the actor may see it: readers of the county, the unit it was given to, and the town
    of the household, present or as drawn, once it was made, since it must act on the result.  Raises NotFound."""
    row = session.get(RandomCheck, check_id)
    if row is None or not _sees(session, actor, row):
        raise NotFound("no_such_random_check")
    return row


def _sees(session: Session, actor: Actor, row: RandomCheck) -> bool:
    if actor.role in COUNTY_WIDE:
        return True
    if actor.role != "town" or actor.unit_id is None:
        return False
    result = result_of(session, row.id)
    made = result is not None and result.result != "lapsed"
    if made and (actor.is_of(row.town_id) or actor.is_of(locate(session, row).town.id)):
        return True
    return actor.is_of(row.checker_unit_id) and (result is None or actor.is_of(result.unit_id))


def result_of(session: Session, check_id: int) -> RandomResult | None:
    """The result of a check, if any."""
    query = select(RandomResult).where(RandomResult.check_id == check_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def may_check(actor: Actor, check: RandomCheck) -> bool:
    """Whether the actor may make the check: the unit it was given to, or the office in its place unless the office named
    or passed the household itself."""
    if actor.role == "office":
        return not actor.is_of(check.passed_by_unit_id)
    return actor.role in ("town", "leaders") and actor.is_of(check.checker_unit_id)


def still_open(session: Session, check: RandomCheck) -> None:
    """Raises WrongState for a check that was made already, or whose household was cleared before."""
    result = result_of(session, check.id)
    if result is not None:
        raise WrongState("random_check_lapsed" if result.result == "lapsed" else "random_check_made")


def locate(session: Session, check: RandomCheck, *, lock: bool = False) -> Located:
    """The household of a check that the caller may see, with its village and town; locked on request."""
    query = (
        select(Household, Village)
        .join(Village, Village.id == Household.village_id)
        .where(Household.id == check.household_id)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query.with_for_update(of=Household) if lock else query).one()
    setting = county_context(session)
    return Located(row[0], row[1], setting.unit(row[1].town_id), setting)


def record(session: Session, actor: Actor, now: datetime, check_id: int, given: RandomInput) -> RandomRecorded:
    """Record a random check (notice item 1, 抽查核实).

    Raises NotFound, NotAllowed, WrongState (made already, or the household is gone or came to the checking town) or
    BadInput.
    """
    row = find(session, actor, check_id)
    if not may_check(actor, row):
        raise NotAllowed("random_check_of_another")
    located = locate(session, row, lock=True)
    # An earlier result may have held the household's lock.
    still_open(session, row)
    if actor.role == "town" and (actor.is_of(located.town.id) or actor.is_of(row.passed_by_unit_id)):
        raise WrongState("random_check_own_town")
    if _own_work(session, actor, row):
        raise NotAllowed("own_work")
    report = CheckupInput(
        seen_on=given.visited_on, findings=given.findings, present=given.present, note=given.note, source="random"
    )
    made = checkups.record_random(session, actor, now, located, report)
    # A visit before the draw was for another purpose.
    if made.checkup.seen_on < local_date(row.given_at):
        raise BadInput("visit_before_draw", "seen_on", day=local_date(row.given_at).isoformat())
    failed = any(finding.result == "unmet" for finding in made.findings)
    result = RandomResult(
        check_id=row.id,
        household_id=row.household_id,
        result="failed" if failed else "holds",
        at=now,
        by_id=actor.account_id,
        unit_id=actor.own_unit_id,
        visited_on=made.checkup.seen_on,
        checkup_id=made.checkup.id,
    )
    session.add(result)
    session.flush()
    photos = [attachments.add(session, actor, made.checkup, now, **photo) for photo in given.photos]
    event_log.of(session, located.household, actor, now).append(
        "random_failed" if failed else "random_holds",
        {"check": row.id, "checkup": made.checkup.id, "evidence": [photo.id for photo in photos]},
        {"random_checks": [payload(result, made.findings)]},
    )
    return RandomRecorded(result, made, photos)


def _own_work(session: Session, actor: Actor, check: RandomCheck) -> bool:
    """Whether the actor passed the household at the gate, or visited it for another unit before the account moved."""
    passed = select(ExitDossier.id).where(
        ExitDossier.household_id == check.household_id, ExitDossier.passed_by_id == actor.user_id
    )
    visits = select(Checkup.id).where(
        Checkup.household_id == check.household_id, Checkup.by_id == actor.user_id, Checkup.source != "random"
    )
    visited = visits.where(~actor.own(Checkup.unit_id))
    return session.scalar(select(or_(passed.exists(), visited.exists()))) or False


def payload(row: RandomResult, findings: Sequence[Finding] = ()) -> dict[str, Any]:
    """The household's event payload of a result, with its findings by have; their words are in the checkup's event."""
    return {
        "id": row.check_id,
        "result": row.result,
        "at": event_log.stamp(row.at),
        "by": row.by_id,
        "unit": row.unit_id,
        "visited_on": row.visited_on.isoformat() if row.visited_on else None,
        "checkup": row.checkup_id,
        "findings": {finding.have: [finding.result, finding.cause] for finding in findings},
    }
